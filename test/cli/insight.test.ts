/** `nas insight` on experiments whose trainings are faked, and on tables: what it finds, and what it refuses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import { files, nas, temporaryFolder, type Ran } from './runNas.ts';

const layers = join(files, 'layers.nas');

/** Runs searches in a folder, each with other words. */
async function runs(cwd: string, ...words: readonly string[]): Promise<void> {
  for (const more of words) {
    const { code, err } = await nas(`search ${layers} ${more}`, { cwd, evaluator: () => judge() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }
}

const insight = (cwd: string, words: string): Promise<Ran> =>
  nas(`insight ${words} --permutations 199`, { cwd });

const experiments = async (cwd: string): Promise<string[]> =>
  JSON.parse((await nas('trials --list --json', { cwd })).out).map(
    (row: { experiment: string }) => row.experiment,
  );

describe('of experiments', () => {
  test('all runs of a search are put together', async () => {
    const cwd = temporaryFolder();
    await runs(cwd, '--seed 1', '--seed 2', '--seed 3', '--trials 12 --set evaluate.epochs=2');
    const { code, out, err } = await insight(cwd, layers);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/insight.txt');
    const told = JSON.parse((await insight(cwd, `${layers} --json`)).out);
    expect(told.samples).toHaveLength(1);
    expect(told.samples[0].experiments).toHaveLength(3);
    const [first] = told.samples[0].effects.shared;
    expect(first).toMatchObject({
      option: 'conv',
      decisions: expect.arrayContaining(['layer[0]', 'layer[4]']),
    });
    expect(first.p).toBeLessThanOrEqual(0.01);
    // Each convolution adds a tenth, and the mean of the three options has a third of it.
    expect(first.effect).toBeCloseTo(0.0667, 2);
    expect(told.samples[0].motifs.motifs[0]).toMatchObject({ p: expect.any(Number) });
    expect(told.similarity).toMatchObject({ of: 'winners', architectures: 3 });
    const ids = (await experiments(cwd)).filter((id) => told.samples[0].experiments.includes(id));
    const named = JSON.parse((await insight(cwd, `${ids.toReversed().join(' ')} --json`)).out);
    expect(named.samples[0].effects).toEqual(told.samples[0].effects);
    expect(named.samples[0].motifs).toEqual(told.samples[0].motifs);
  });

  test('rankings of two data sets are compared on common architectures', async () => {
    const cwd = temporaryFolder();
    await runs(cwd, '--trials 100', '--trials 100 --set data.split=writers --set c=6');
    const { code, out, err } = await insight(cwd, `${(await experiments(cwd)).join(' ')} --json`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { samples, transfer } = JSON.parse(out);
    expect(samples).toHaveLength(2);
    expect(transfer).toHaveLength(1);
    expect(transfer[0].architectures).toBe(100);
    expect(transfer[0].spearman.value).toBeGreaterThan(0.7);
    expect(transfer[0].kendall.low).toBeLessThan(transfer[0].kendall.value);
  });

  test('a single run has no other winner; its best are compared with all that it tried', async () => {
    const cwd = temporaryFolder();
    await runs(cwd, '--trials 40');
    const told = JSON.parse((await insight(cwd, `${layers} --json`)).out);
    expect(told.similarity).toMatchObject({ of: 'best', architectures: 5 });
    expect(told.transfer).toEqual([]);
  });

  test.each([
    ['a store without experiments', [], layers, 'NAS44'],
    ['an unknown experiment', ['--trials 3'], '0123456789ab', 'NAS4408'],
    ['too few architectures', ['--trials 9'], layers, 'NAS4903'],
    ['a file that is not there', [], 'nothing.nas', 'NAS5001'],
    ['nothing', [], '', 'NAS5103'],
    ['a column without a table', ['--trials 3'], `${layers} --column a`, 'NAS5107'],
  ])('%s', async (_, made, words, code) => {
    const cwd = temporaryFolder();
    await runs(cwd, ...made);
    const ran = await insight(cwd, words);
    expect(ran.code).not.toBe(0);
    expect(ran.out).toBe('');
    expect(ran.err).toContain(`error[${code}`);
    expect(ran.err).not.toContain('internal error');
  });

  test('experiments of different spaces', async () => {
    const cwd = temporaryFolder();
    await runs(cwd, '--trials 3');
    writeFileSync(
      join(cwd, 'other.nas'),
      readFileSync(layers, 'utf8')
        .replaceAll('relu: relu', 'relu: tanh')
        .replace('repeat 5', 'repeat 6')
        .replace('{layer[4]}"', '{layer[4]} {layer[5]}"'),
    );
    await nas('search other.nas --trials 3', { cwd, evaluator: () => judge() });
    const { code, err } = await insight(cwd, (await experiments(cwd)).join(' '));
    expect(code).toBe(1);
    expect(err).toMatch(
      /error\[NAS4902\]: experiments \w+ and \w+ are of different spaces: `layer\[5\]` is not the same decision in both/,
    );
  });
});

describe('of a table', () => {
  /** A table of 200 architectures: a column of what is good, one of what costs. */
  async function table(cwd: string): Promise<void> {
    const { out } = await nas(`enumerate ${layers} -n 200 --json`);
    const rows = out
      .trim()
      .split('\n')
      .map((line, i) => {
        const { decisions } = JSON.parse(line);
        const words = Object.values<string>(decisions.answers);
        const convolutions = words.filter((word) => word === 'conv').length;
        return `${i},${words.join(' ')},${convolutions + (i % 7) / 10},${-convolutions - (i % 5) / 10}`;
      });
    writeFileSync(join(cwd, 'table.csv'), `# a comment\nnumber,arch,good,cost\n${rows.join('\n')}\n`);
  }

  test('is read by the notation of the space', async () => {
    const cwd = temporaryFolder();
    await table(cwd);
    const { code, out, err } = await insight(cwd, `${layers} --table table.csv --column good --column cost`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/insight-table.txt');
    const { samples } = JSON.parse(
      (await insight(cwd, `${layers} --table table.csv --column cost --minimize --json`)).out,
    );
    expect(samples[0].effects.shared[0]).toMatchObject({ option: 'conv' });
    expect(samples[0].effects.shared[0].effect).toBeGreaterThan(0);
  });

  test.each([
    ['--table table.csv', 'NAS5105', 'number, good and cost'],
    ['--table table.csv --column god', 'NAS48', 'did you mean `good`?'],
    ['--table none.csv --column good', 'NAS5001', ''],
    ['other.nas --table table.csv --column good', 'NAS5104', ''],
    ['--table other.csv --column good', 'NAS4904', 'expected: a column written as `words`'],
    ['--table text.csv --column good', 'NAS48', ''],
  ])('%s', async (words, code, hint) => {
    const cwd = temporaryFolder();
    await table(cwd);
    writeFileSync(join(cwd, 'other.csv'), 'arch,good\nseven,1\n');
    writeFileSync(join(cwd, 'text.csv'), 'arch,good\nskip skip skip skip skip,much\n');
    const ran = await insight(cwd, `${layers} ${words}`);
    expect(ran.code).not.toBe(0);
    expect(ran.out).toBe('');
    expect(ran.err).toContain(`error[${code}`);
    expect(ran.err).toContain(hint);
  });
});
