/** The command used wrongly: words, options, files; and what is asked of the command itself. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nas, temporaryFolder } from './runNas.ts';

const commands = [
  'check',
  'count',
  'params',
  'sample',
  'enumerate',
  'diff',
  'show',
  'plan',
  'build',
  'latency',
  'draw',
  'search',
  'train',
  'evaluate',
  'trials',
  'compare',
  'insight',
  'explain',
  'doctor',
];

describe('words and options', () => {
  test.each([
    ['chek tiny.nas', 'error[NAS5101]: there is no command `nas chek`\n  hint: did you mean `check`?\n'],
    [
      'frobnicate',
      'error[NAS5101]: there is no command `nas frobnicate`\n  hint: `nas --help` lists the commands\n',
    ],
    ['check', 'error[NAS5103]: `nas check` needs FILE\n  hint: `nas check --help` shows how it is used\n'],
    [
      'params tiny.nas',
      'error[NAS5103]: `nas params` needs ARCH\n  hint: `nas params --help` shows how it is used\n',
    ],
    ['check tiny.nas bad.nas', 'error[NAS5104]: `nas check` does not know what to do with `bad.nas`\n'],
    [
      'sample tiny.nas --sed 3',
      'error[NAS5102]: `nas sample` has no option `--sed`\n  hint: did you mean `--seed` or `--set`?\n',
    ],
    ['count tiny.nas --space', 'error[NAS5105]: `--space <name>` needs a value\n'],
    [
      'sample tiny.nas -n 0',
      'error[NAS5106]: `-n` cannot be `0`\n  expected: a whole number from 1 to 1000000000\n',
    ],
    [
      'sample tiny.nas --seed 4294967296',
      'error[NAS5106]: `--seed` cannot be `4294967296`\n  expected: a whole number from 0 to 4294967295\n',
    ],
    [
      'search tiny.nas --trials many',
      'error[NAS5106]: `--trials` cannot be `many`\n  expected: a whole number from 1 to 1000000000\n',
    ],
    [
      'show tiny.nas rank:0 --plan --profile cup',
      'error[NAS5106]: `--profile` cannot be `cup`\n  expected: one of cpu, portable, gpu\n',
    ],
    [
      'count tiny.nas --set classes',
      'error[NAS5108]: `--set classes` sets nothing\n  expected: NAME=VALUE, such as `--set classes=10`\n',
    ],
    [
      'count tiny.nas --set =3',
      'error[NAS5108]: `--set =3` sets nothing\n  expected: NAME=VALUE, such as `--set classes=10`\n',
    ],
  ])('%s', async (words, err) => {
    expect(await nas(words)).toEqual({ code: 2, out: '', err });
  });

  test('a value of --set that cannot be read is shown in its own frame', async () => {
    const { code, err } = await nas('count tiny.nas --set classes=(3');
    expect(code).toBe(1);
    expect(err).toContain('--> --set classes:1:3');
  });

  test('a parameter that the space does not have', async () => {
    const { code, err } = await nas('count tiny.nas --set clases=3');
    expect(code).toBe(1);
    expect(err).toContain('error[NAS2017]: the space `tiny` has no parameter `clases`');
    expect(err).toContain('hint: did you mean `classes`?');
  });
});

describe('files', () => {
  test.each(commands.slice(0, 11))('%s of a file that is not there', async (command) => {
    const more = { params: ' rank:0', plan: ' rank:0', diff: ' rank:0 rank:1' }[command] ?? '';
    const words = `${command} no.nas${more}`;
    expect(await nas(words)).toEqual({ code: 2, out: '', err: 'error[NAS5001]: there is no file no.nas\n' });
  });

  test('a folder', async () => {
    expect(await nas('check ../files')).toEqual({
      code: 2,
      out: '',
      err: 'error[NAS5002]: ../files is not a file\n  hint: name a file inside of this folder\n',
    });
  });

  test('bytes that are no text', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'zeros.nas'), Uint8Array.from([110, 97, 115, 0, 1]));
    writeFileSync(join(cwd, 'latin.nas'), Uint8Array.from([110, 97, 115, 0xe4]));
    expect((await nas('check zeros.nas', { cwd })).err).toBe(
      'error[NAS5004]: zeros.nas is not text: byte 4 of it is zero\n',
    );
    expect(await nas('check latin.nas', { cwd })).toEqual({
      code: 2,
      out: '',
      err: 'error[NAS5004]: latin.nas is not text: it is not valid UTF-8\n  hint: save it as UTF-8\n',
    });
  });

  test('a file that may not be read', async (context) => {
    if (process.getuid?.() === 0) {
      console.log('skipped: the superuser may read every file');
      return context.skip('the superuser may read every file');
    }
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'closed.nas'), 'nas 1\n');
    chmodSync(join(cwd, 'closed.nas'), 0);
    expect((await nas('check closed.nas', { cwd })).err).toBe(
      'error[NAS5003]: closed.nas cannot be read: reading it is not allowed\n',
    );
  });
});

describe('the command itself', () => {
  test('--version', async () => {
    const { code, out } = await nas('--version');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('help', async () => {
    const { code, out, err } = await nas('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/help.txt');
  });

  test.each(commands)('help of %s', async (command) => {
    const { code, out, err } = await nas(`${command} --help`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot(`golden/help-${command}.txt`);
    expect(await nas(`help ${command}`)).toEqual({ code, out, err });
  });

  test('without words it shows its help, which is not what was asked for', async () => {
    const { code, out, err } = await nas('');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe((await nas('--help')).out);
  });

  test('colours follow the user', async () => {
    const colored = async (words: string, env: Record<string, string>) =>
      (await nas(words, { env })).err.includes('\x1b[');
    expect(await colored('check no.nas', {})).toBe(false);
    expect(await colored('check no.nas', { FORCE_COLOR: '1' })).toBe(true);
    expect(await colored('check no.nas', { FORCE_COLOR: '0' })).toBe(false);
    expect(await colored('check no.nas', { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await colored('check no.nas --no-color', { FORCE_COLOR: '1' })).toBe(false);
    expect(await colored('--no-color check no.nas', { FORCE_COLOR: '1' })).toBe(false);
  });

  test('a mistake of ours says so, and where with NAS_DEBUG', async () => {
    const evaluator = () => {
      throw new Error('something impossible');
    };
    const words = ['search', 'tiny.nas', '--store', temporaryFolder()];
    const { code, err } = await nas(words, { evaluator });
    expect(code).toBe(70);
    expect(err).toBe(
      'internal error: something impossible\n' +
        'This is a mistake in naslang, not in your files. Please report it, with the command and the file that led here.\n' +
        'NAS_DEBUG=1 shows where in the program it happened.\n',
    );
    expect((await nas(words, { evaluator, env: { NAS_DEBUG: '1' } })).err).toContain('usage.test.ts');
  });
});

describe('nas explain', () => {
  test.each(['NAS3011', 'nas3011', '3011'])('%s', async (code) => {
    expect(await nas(`explain ${code}`)).toEqual({
      code: 0,
      out:
        'NAS3011 (error): architecture breaks a requirement\n\n' +
        'It would be a member of the space but for this requirement.\n',
      err: '',
    });
  });

  test('all codes', async () => {
    const { code, out } = await nas('explain');
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    expect(lines.length).toBeGreaterThan(80);
    expect(lines).toContain('NAS5001  no such file');
    expect(lines).toEqual([...lines].sort());
  });

  test('a code that does not exist', async () => {
    expect(await nas('explain NAS3999')).toMatchObject({ code: 2, out: '' });
    expect((await nas('explain something')).err).toBe(
      'error[NAS5110]: no message has the code something\n  hint: `nas explain` lists all codes\n',
    );
  });
});
