/**
 * What a person reads when what they give is wrong: the whole text, for each kind of mistake. Golden files, so that a
 * change of words is seen in review.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../runtime/store/open.ts';
import { packageRoot } from '../../runtime/packageRoot.ts';
import { fakeEvaluator } from '../runtime/search/fakes.ts';
import { start } from './child.ts';
import { files, nas, temporaryFolder, type Ran } from './runNas.ts';

const tiny = readFileSync(join(files, 'tiny.nas'), 'utf8');
const head = 'nas 1\nspace s(classes = 10) {\n  input x: image[8, 8, 1]\n';

/** Runs `nas` in a folder that holds `file.nas` with this text. */
async function given(text: string, words: string = 'check file.nas', cwd = temporaryFolder()): Promise<Ran> {
  writeFileSync(join(cwd, 'file.nas'), text);
  const ran = await nas(words, { cwd, evaluator: () => fakeEvaluator() });
  return { ...ran, err: ran.err.replaceAll(cwd, 'HERE') };
}

describe('texts', () => {
  test.each([
    [
      'several-syntax-errors',
      `${head}  let a = x |> conv(8 3)\n  let b = a |> conv(8, k: choose {}\n  let c = = 3\n  output c +\n}\n`,
    ],
    ['empty', ''],
    ['only-a-comment', '// to be written\n'],
    ['newer-language', 'nas 2\n'],
    [
      'unknown-names',
      `${head}  let body = x |> convv(8, 3) |> batchnorm\n  output bdy |> classifer(clases)\n}\n`,
    ],
    [
      'shapes',
      `${head}  let w = choose {8, 16}\n  let a = x |> conv(w, choose narrow {2, 3})\n  let b = x |> conv(8, 3)\n  output a + b |> classifier(classes)\n}\n`,
    ],
    [
      'unsatisfiable',
      `${head}  output x |> conv(choose {8, 16}, 3) |> classifier(classes)\n  require params <= 5\n}\n`,
    ],
    ['repeat-1e9', `${head}  output x |> repeat 1e9 { conv(8, 3) } |> classifier(classes)\n}\n`],
    [
      'repeat-up-to-1e9',
      `${head}  output x |> repeat choose n 1..1000000000 { conv(8, 3) } |> classifier(classes)\n}\n`,
    ],
    ['unknown-strategy', tiny.replace('strategy  random', 'strategy  randon')],
    [
      'batch-larger-than-the-data',
      tiny.replace('batch: 128', 'batch: 1078').replace('batch: 32', 'batch: 1438'),
    ],
    ['unknown-data', tiny.replace('data      digits', 'data      digit')],
    ['budget-without-unit', tiny.replace('2 trials', '2')],
    ['output-of-another-size', tiny.replace('classifier(classes)', 'classifier(7)')],
    ['input-of-another-size', tiny.replace('image[8, 8, 1]', 'image[28, 28, 1]')],
  ])('%s', async (name, text) => {
    const { code, out, err } = await given(text);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    await expect(err).toMatchFileSnapshot(`golden/bad-${name}.txt`);
  });

  test('a byte order mark and any kind of line end are fine', async () => {
    for (const text of [`\u{feff}${tiny}`, tiny.replaceAll('\n', '\r\n'), tiny.replaceAll('\n', '\r')]) {
      expect((await given(text)).code).toBe(0);
    }
  });

  test('UTF-16 is named', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'wide.nas'), Buffer.from(`\u{feff}${tiny}`, 'utf16le'));
    expect(await nas('check wide.nas', { cwd })).toEqual({
      code: 2,
      out: '',
      err: 'error[NAS5004]: wide.nas is not text: it is written in UTF-16\n  hint: save it as UTF-8\n',
    });
  });

  test('a space without a decision is one architecture', async () => {
    const text = `${head}  output x |> conv(8, 3) |> classifier(classes)\n}\n`;
    expect((await given(text)).out).toBe('space s: 0 decisions, 1 architecture\n');
  });
});

describe('settings', () => {
  test.each([
    'budget.trials=0',
    'budget.minutes=0',
    'evaluate.epochs=100000000000',
    'evaluate.optimizer=adagrad',
    'evaluate.optimizer.beta1=0.5',
    'evaluate.optimizer.momentum=1',
    'evaluate.clip=0',
    'evaluate.schedule=linear',
    'evaluate.schedule.warmup=-1',
    'evaluate.schedule.min=0.5',
    'retrain.optimizer=rmsprop(epsilon:0)',
    'retrain.schedule=step(every:0,gamma:2)',
    'data.split=writer',
    'seed=-1',
    'space=tiny',
    'search=brief',
    'classes=0',
    'classes=abc',
  ])('--set %s', async (setting) => {
    const { code, out, err } = await given(tiny, `check file.nas --set ${setting}`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    await expect(err).toMatchFileSnapshot(`golden/bad-set-${setting.replaceAll(/[^\w-]+/g, '-')}.txt`);
  });
});

describe('data files', () => {
  const withPath = tiny.replace('data      digits', 'data      digits(path: "PATH")');
  const digits = readFileSync(join(packageRoot(), 'data', 'digits', 'digits.csv.gz'));

  test('missing', async () => {
    const cwd = temporaryFolder();
    const path = join(cwd, 'none.csv.gz');
    const { code, err } = await given(withPath.replace('PATH', path), 'search file.nas', cwd);
    expect(code).toBe(1);
    await expect(err).toMatchFileSnapshot('golden/bad-data-missing.txt');
  });

  test('cut off', async () => {
    const cwd = temporaryFolder();
    const path = join(cwd, 'short.csv.gz');
    writeFileSync(path, digits.subarray(0, 20_000));
    writeFileSync(join(cwd, 'file.nas'), withPath.replace('PATH', path));
    // It is the worker who reads it: the real one.
    const { code, err } = await start(['search', 'file.nas'], { cwd }).ended;
    expect(code).toBe(1);
    await expect(err.replaceAll(cwd, 'HERE')).toMatchFileSnapshot('golden/bad-data-cut-off.txt');
  });
});

describe('the machine', () => {
  test('no adapter', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file.nas'), tiny);
    const { code, err } = await start(['search', 'file.nas'], { cwd, env: { NASLANG_DRIVER: 'none' } }).ended;
    expect(code).toBe(1);
    await expect(err).toMatchFileSnapshot('golden/bad-no-adapter.txt');
  });

  test('a store of a newer version', async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, '.nas');
    mkdirSync(folder);
    await (await openStore({ folder, version: '0.1.0', create: true })).close();
    const raw = new Database(join(folder, 'store.db'));
    raw.exec("insert into formats values (1000000, '9.9.9')");
    raw.close();
    const { code, err } = await given(tiny, 'search file.nas', cwd);
    expect(code).toBe(1);
    const told = err
      .replace(/this is naslang \S+,/, 'this is naslang VERSION,')
      .replace(/up to \d+/, 'up to N');
    await expect(told).toMatchFileSnapshot('golden/bad-newer-store.txt');
  });

  test('a store that is no database', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, '.nas'));
    writeFileSync(join(cwd, '.nas', 'store.db'), 'a letter to my mother, '.repeat(100));
    const { code, err } = await given(tiny, 'search file.nas', cwd);
    expect(code).toBe(1);
    await expect(err).toMatchFileSnapshot('golden/bad-foreign-store.txt');
  });

  test('a full disk', async (context) => {
    const cwd = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', cwd], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', cwd]));
    writeFileSync(join(cwd, 'file.nas'), tiny);
    const fill = (): void => {
      const { bavail, bsize } = statfsSync(cwd);
      writeFileSync(join(cwd, 'filler'), new Uint8Array(bavail * bsize));
    };
    // Others fill the disk while the second network trains.
    let made = 0;
    const evaluator = () => fakeEvaluator({ change: (result) => (++made === 2 && fill(), result) });
    const { code, out, err } = await nas('search file.nas', { cwd, evaluator });
    expect(code).toBe(1);
    await expect(err.replaceAll(cwd, 'HERE')).toMatchFileSnapshot('golden/bad-full-disk.txt');
    expect(out.split('\n').at(-2)?.replaceAll(cwd, 'HERE')).toMatch(/^\d trials? kept in HERE/);
  });
});
