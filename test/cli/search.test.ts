/** Searches whose trainings are faked: what is shown, what is kept, how they are stopped and continued. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StopSignal } from '../../cli/terminal.ts';
import { fakeEvaluator, type FakeOptions } from '../runtime/search/fakes.ts';
import { files, nas, temporaryFolder, type NasOptions, type Ran } from './runNas.ts';
import { Screen } from './screen.ts';

const tiny = join(files, 'tiny.nas');

/** Runs a search in a folder of its own; times and the folder are made the same for all. */
async function search(
  cwd: string,
  words: string,
  options: NasOptions & { fake?: FakeOptions } = {},
): Promise<Ran> {
  const evaluator = () => fakeEvaluator(options.fake);
  const ran = await nas(`search ${tiny} ${words}`, { cwd, evaluator, ...options });
  const plain = (text: string): string =>
    text
      .replaceAll(cwd, 'HERE')
      .replaceAll(/ +\d+\.\d s\b/g, ' 0.0 s')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'DATE TIME');
  return { ...ran, out: plain(ran.out), err: plain(ran.err) };
}

const json = async (cwd: string, words: string = ''): Promise<string> =>
  (await nas(`trials ${tiny} --json --no-times ${words}`, { cwd })).out;

describe('nas search in plain lines', () => {
  test('from the first trial to the report, and once more', async () => {
    const cwd = temporaryFolder();
    const first = await search(cwd, '');
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    await expect(first.out).toMatchFileSnapshot('golden/search.txt');
    const second = await search(cwd, '');
    expect(second.code).toBe(0);
    await expect(second.out).toMatchFileSnapshot('golden/search-again.txt');
    expect(existsSync(join(cwd, '.nas', 'store.db'))).toBe(true);
  });

  test('a larger budget goes on, `--fresh` begins anew', async () => {
    const cwd = temporaryFolder();
    await search(cwd, '');
    const larger = await search(cwd, '--trials 4');
    expect(larger.out).toContain('has 2 trials so far\ntrial 2 ');
    const fresh = await search(cwd, '--trials 3 --fresh');
    expect(fresh.out).toContain('seed 3\ntrial 0 ');
    expect(JSON.parse(await json(cwd)).trials).toHaveLength(3);
  });

  test('what does not change the results does not change the experiment', async () => {
    const cwd = temporaryFolder();
    await search(cwd, '');
    const text = readFileSync(tiny, 'utf8');
    const same = text
      .replace('  seed      3\n', '')
      .replace('  maximize  accuracy\n', '')
      .replace('  data ', '  maximize accuracy // first\n  data ')
      .replace('let way = x', '/// A way.\n  let way   =   x');
    writeFileSync(join(cwd, 'same.nas'), same);
    expect(await nas('trials same.nas --seed 3 --set budget.trials=9 --json --no-times', { cwd })).toEqual({
      code: 0,
      out: await json(cwd),
      err: '',
    });
    for (const words of ['--seed 4', '--set evaluate.epochs=2', '--set classes=10']) {
      expect(await nas(`trials ${tiny} ${words}`, { cwd })).toMatchObject({ code: 1, out: '' });
    }
    writeFileSync(join(cwd, 'other.nas'), text.replace('{4, 8, 12}', '{4, 8, 16}'));
    const { err } = await nas('trials other.nas', { cwd });
    expect(err).toContain('error[NAS4408]');
    expect(err).toContain('`nas search other.nas` with the same settings runs it');
  });

  test('a budget larger than the space ends with the space', async () => {
    const { code, out } = await search(temporaryFolder(), '--trials 20');
    expect(code).toBe(0);
    expect(out).toContain('\ntrial  6 ');
    expect(out).toContain('\nthe whole space has been tried: 7 architectures\n');
  });

  test('failed trials are shown, and a search without a winner says why', async () => {
    const cwd = temporaryFolder();
    const { code, out, err } = await search(cwd, '', { fake: { fail: () => 'failed' } });
    expect(code).toBe(1);
    expect(out).toMatch(/trial 0 {2}failed .* tiny:\S+ {2}NAS4202: the loss is no finite number/);
    expect(err).toContain('error[NAS4508]: there is no winner: all 2 trials failed');
  });

  test('a machine that cannot train stops it, and what was done is kept', async () => {
    const cwd = temporaryFolder();
    let made = 0;
    const { code, out, err } = await search(cwd, '', {
      fake: { fail: () => (made++ === 1 ? 'fatal' : undefined) },
    });
    expect(code).toBe(1);
    expect(err).toContain('error[NAS4304]');
    expect(out).toContain('1 trial kept in HERE/.nas/store.db; the next start goes on from there\n');
  });

  test('as JSON on stdout, with progress on stderr', async () => {
    const cwd = temporaryFolder();
    const { code, out, err } = await search(cwd, '--json');
    expect(code).toBe(0);
    expect(err).toContain('trial 0 ');
    expect(JSON.parse(out)).toMatchObject({
      status: 'finished',
      search: 'brief',
      seed: 3,
      trials: 2,
      reason: 'trials',
      earlier: false,
      best: { params: expect.any(Number), validation: { images: 200, correct: expect.any(Number) } },
      final: {
        testReadings: 1,
        weights: expect.stringMatching(/^HERE\/\.nas\/experiments\/.*\.safetensors$/),
      },
    });
    const { best, final } = JSON.parse((await nas(`search ${tiny} --json`, { cwd })).out);
    const shown = await nas(['params', tiny, final.architecture, '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({ architecture: best.architecture, rank: best.rank });
  });
});

describe('stopping', () => {
  /** Signals while trial `number` trains. */
  async function interrupt(cwd: string, number: number, ...signals: readonly StopSignal[]) {
    let send: (name: StopSignal) => void = () => undefined;
    const exits: number[] = [];
    let made = 0;
    const fake: FakeOptions = {
      delay: 600,
      fail: () => {
        if (made++ === number) signals.forEach((name, i) => setTimeout(() => send(name), 10 + i * 400));
        return undefined;
      },
    };
    const ran = await search(cwd, '--trials 4', {
      fake,
      onStart: (signal) => (send = signal),
      onExit: (c) => exits.push(c),
    });
    return { ...ran, exits };
  }

  test('Ctrl-C stops in order and says how to go on; going on leads to the same', async () => {
    const [cwd, other] = [temporaryFolder(), temporaryFolder()];
    const { code, out, exits } = await interrupt(cwd, 2, 'SIGINT');
    expect({ code, exits }).toEqual({ code: 130, exits: [] });
    expect(out).toMatch(
      /\nstopping\nstopped; 2 trials kept in HERE\/\.nas\/store\.db\nThe same command goes on after trial 1\.\n$/,
    );
    await search(cwd, '--trials 4');
    await search(other, '--trials 4');
    expect(await json(cwd)).toBe(await json(other));
  });

  test('before the first trial has ended', async () => {
    const { code, out } = await interrupt(temporaryFolder(), 0, 'SIGINT');
    expect(code).toBe(130);
    expect(out).toContain('stopped before the first trial had ended; the next start begins anew\n');
  });

  test('SIGTERM ends it as a shell expects', async () => {
    expect((await interrupt(temporaryFolder(), 1, 'SIGTERM')).code).toBe(143);
  });
});

describe('on a terminal', () => {
  test('finished trials stay, progress is redrawn in place and gone at the end', async () => {
    const screen = new Screen(100);
    const seen: string[] = [];
    const fake: FakeOptions = { delay: 30, change: (result) => (seen.push(screen.text()), result) };
    const { code } = await search(temporaryFolder(), '--set evaluate.epochs=2', { stdout: screen, fake });
    expect(code).toBe(0);
    expect(seen[0]).toMatch(/[━─] 0 of 2 trials.*\ntrial 0 {2}epoch 2 of 2, loss 0\.\d{4}, 0\.0 s$/);
    expect(seen[1]).toMatch(
      /━ 1 of 2 trials.*\ntrial 1 {2}epoch 2 of 2, loss .*\nbest {5}trial 0: \d+\.\d% \(\d+ of 200\)/,
    );
    expect(seen[2]).toMatch(/━ 2 of 2 trials.*\nfinal {4}the best network is trained anew: epoch 6 of 6/);
    const text = screen.text();
    expect(text.match(/^trial \d/gm)).toHaveLength(2);
    expect(text).not.toContain('of 2 trials');
    expect(text).not.toContain('─');
    expect(screen.cursorVisible).toBe(true);
  });

  test('a narrower window leaves no remains', async () => {
    const screen = new Screen(100);
    const fake: FakeOptions = { delay: 30, change: (result) => (screen.resize(40), result) };
    await search(temporaryFolder(), '', { stdout: screen, fake });
    const text = screen.text();
    expect(text.match(/of 2 trials/g)).toBeNull();
    expect(text).not.toContain('epoch 1 of 1');
  });

  test('a dumb terminal gets plain lines', async () => {
    const screen = new Screen(80);
    await search(temporaryFolder(), '', { stdout: screen, env: { TERM: 'dumb' } });
    expect(screen.writes.join('')).not.toContain('\x1b');
  });
});

describe('nas trials', () => {
  test('a table, with and without times', async () => {
    const cwd = temporaryFolder();
    await search(cwd, '--trials 3');
    const { code, out } = await nas(`trials ${tiny} --no-times`, { cwd });
    expect(code).toBe(0);
    await expect(out.replaceAll(cwd, 'HERE')).toMatchFileSnapshot('golden/trials.txt');
    expect((await nas(`trials ${tiny}`, { cwd })).out).toMatch(/ time {2}architecture/);
  });

  test('by file, by name, or the latest', async () => {
    const cwd = temporaryFolder();
    await search(cwd, '');
    const text = await json(cwd);
    const { experiment } = JSON.parse(text);
    for (const words of ['', experiment]) {
      expect((await nas(`trials ${words} --json --no-times`, { cwd })).out).toBe(text);
    }
    expect(await nas('trials 0123456789ab', { cwd })).toMatchObject({ code: 1, out: '' });
  });

  test('the list of experiments', async () => {
    const cwd = temporaryFolder();
    await search(cwd, '');
    await search(cwd, '--seed 9', { fake: { fail: () => 'failed' } });
    const { out } = await nas('trials --list --json --no-times', { cwd });
    const rows: Record<string, unknown>[] = JSON.parse(out);
    expect(rows).toMatchObject([
      { search: 'brief', seed: 9, trials: 2, state: 'open' },
      { search: 'brief', seed: 3, trials: 2, state: 'finished' },
    ]);
    expect((await nas('trials --list --no-times', { cwd })).out).toMatch(
      /^[0-9a-f]{12} {2}brief {2}seed 9 {2}2 trials {2}open\n[0-9a-f]{12} {2}brief {2}seed 3 {2}2 trials {2}finished\n$/,
    );
  });

  test('without a store, and without a search', async () => {
    const cwd = temporaryFolder();
    expect(await nas('trials', { cwd })).toMatchObject({ code: 1, out: '' });
    expect((await nas('trials --store there', { cwd })).err).toContain(
      'error[NAS4407]: there are no results at',
    );
    expect(existsSync(join(cwd, 'there'))).toBe(false);
  });
});
