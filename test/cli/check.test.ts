import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, nas, temporaryFolder } from './runNas.ts';

describe('nas check', () => {
  test('a sound file: the size of each space and search', async () => {
    expect(await nas('check tiny.nas')).toEqual({
      code: 0,
      out:
        'space tiny: 3 decisions, 9 architectures, 7 of them allowed\n' +
        'search brief of tiny: random, 2 trials, 1 epoch each, seed 3\n',
      err: '',
    });
  });

  test('a broken file: a frame for each error, and how many there are', async () => {
    const { code, out, err } = await nas('check bad.nas');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    await expect(err).toMatchFileSnapshot('golden/check-bad.txt');
  });

  test('as JSON', async () => {
    const good = await nas('check tiny.nas --json');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toEqual({
      ok: true,
      diagnostics: [],
      spaces: [{ name: 'tiny', decisions: 3, free: '9', allowed: '7' }],
      searches: [
        {
          name: 'brief',
          space: 'tiny',
          strategy: 'random',
          budget: { trials: 2 },
          evaluate: 'train',
          epochs: 1,
          seed: 3,
        },
      ],
      genomes: [],
      programs: [],
      architectures: [],
      notations: [],
      moves: [],
      properties: [],
      uses: [],
    });
    const bad = await nas('check bad.nas --json');
    expect(bad).toMatchObject({ code: 1, err: '' });
    const { ok, diagnostics } = JSON.parse(bad.out);
    expect(ok).toBe(false);
    expect(diagnostics).toHaveLength(5);
    expect(diagnostics[0]).toMatchObject({ code: 'NAS2001', file: 'bad.nas', line: 5, column: 31 });
  });

  test('a setting reaches whom it concerns, and is refused where it concerns nobody', async () => {
    expect((await nas('check tiny.nas --set seed=4')).out).toContain('seed 4\n');
    const fitless = await nas('check tiny.nas --set classes=5');
    expect(fitless.code).toBe(1);
    expect(fitless.err).toContain('error[NAS3008]');
    const unknown = await nas('check tiny.nas --set clases=5');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('did you mean `classes`?');
  });

  test('a parameter of one of two spaces', async () => {
    const folder = temporaryFolder();
    const spare =
      'space spare(w = 4) {\n  input x: image[8, 8, 1]\n  output x |> conv(w, choose k {1, 3})\n}\n';
    writeFileSync(join(folder, 'two.nas'), readFileSync(join(files, 'tiny.nas'), 'utf8') + spare);
    expect(await nas('check two.nas --set w=5', { cwd: folder })).toMatchObject({ code: 0, err: '' });
  });

  test('an error that a search finds again in its space is told once', async () => {
    const folder = temporaryFolder();
    const text = readFileSync(join(files, 'tiny.nas'), 'utf8').replace('relu |>', 'rellu |>');
    writeFileSync(join(folder, 'once.nas'), text);
    const { err } = await nas('check once.nas', { cwd: folder });
    expect(err.match(/error\[/g)).toHaveLength(1);
  });

  test('a file of nothing but its version', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'empty.nas'), 'nas 1\n');
    expect(await nas('check empty.nas', { cwd: folder })).toEqual({
      code: 0,
      out: 'no space and no search, and nothing wrong\n',
      err: '',
    });
  });

  test('the shipped space', async () => {
    const { code, err } = await nas('check digits.nas', { cwd: join(files, '..', '..', '..', 'spaces') });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});
