/** What progressive search promises (Liu et al. 2018): counts, order, no copies, and predictors that reach one block further. */
import { describe, expect, it } from 'vitest';
import { canonicalHash } from '../../../../compiler/space/algebra/canonical.ts';
import type { Architecture } from '../../../../compiler/space/architecture.ts';
import type { StrategySpace } from '../../../../runtime/search/host.ts';
import { Ensemble } from '../../../../runtime/search/models/ensemble.ts';
import { sequenceFormOf } from '../../../../runtime/search/models/sequences.ts';
import { blockCountOf, completions } from '../../../../runtime/search/proposals/growth.ts';
import { strategyWarnings } from '../../../../runtime/search/strategies/table.ts';
import type { Proposal } from '../../../../runtime/search/strategy.ts';
import { Random } from '../../../../util/random.ts';
import { midranks } from '../../../../util/statistics/ranks.ts';
import { long, patience } from '../../../long.ts';
import { compileNamed } from '../../../spaces/shipped.ts';
import { bits, mixed, proposed, run } from './helpers.ts';

/** Up to three blocks. */
const cells = compileNamed('pnas_progressive');
const count = blockCountOf(cells.space)!;
const small = { predictor: 'mlp', units: 8, ensemble: 2, epochs: 10 } as const;
const blocksOf = ({ choices }: Architecture): number => choices[count.id] + 1;
const ofSize = (blocks: number) => (id: number) => (id === count.id ? blocks - 1 : undefined);
const hashOf = (architecture: Architecture): string => canonicalHash(cells.space, architecture);

/** Inputs and operations of each block: [a, b, left, right]. */
function blocksIn({ choices }: Architecture): readonly (readonly number[])[] {
  const asked = choices.filter((choice, id) => id !== count.id && choice >= 0);
  return Array.from({ length: asked.length / 4 }, (_, i) => asked.slice(4 * i, 4 * i + 4));
}

/** An accuracy that each operation adds to, more so behind the newer input. */
function synthetic(architecture: Architecture): number {
  const worth = [0.9, 0.6, 0.4, 0.3, -0.2, -0.5, -0.1, 0.5];
  const sum = blocksIn(architecture).reduce(
    (total, [a, b, left, right]) =>
      total + worth[left] * (a === 1 ? 1.3 : 1) + worth[right] * (b === 1 ? 1.3 : 1) + (a === b ? -0.2 : 0),
    0,
  );
  return 1 / (1 + Math.exp(-0.6 * sum));
}

function spearman(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [midranks(x), midranks(y)];
  const mean = (x.length + 1) / 2;
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, rank, i) => sum + (rank - mean) * (q[i] - mean), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

const randomCells = (blocksWanted: number, number: number, seed: number): readonly Architecture[] =>
  completions(cells, ofSize(blocksWanted), number, new Random(seed));

describe('blocks', () => {
  it('are counted by the decision on which it depends what is asked', () => {
    expect(count.path).toBe('blocks');
    expect(blockCountOf(mixed().space)?.path).toBe('depth');
    expect(blockCountOf(bits(4).space)).toBeUndefined();
    expect(blockCountOf(compileNamed('pnas').space)).toBeUndefined();
  });
  it('make 136 different cells of 256, and 300 extensions of one of 576', () => {
    const first = completions(cells, ofSize(1), 1000, new Random(1));
    expect(first).toHaveLength(256);
    expect(new Set(first.map(hashOf)).size).toBe(136);
    // Of two different inputs, operations that differ.
    const [parent] = first.filter((cell) => blocksIn(cell)[0].join() === '0,1,0,1');
    const extensions = completions(
      cells,
      (id) => (id === count.id ? 1 : parent.choices[id] < 0 ? undefined : parent.choices[id]),
      1000,
      new Random(1),
    );
    expect(extensions).toHaveLength(576);
    expect(new Set(extensions.map(hashOf)).size).toBe(300);
  });
  it('are drawn where there are more than are asked for', () => {
    const drawn = randomCells(3, 50, 1);
    expect(drawn.length).toBeGreaterThan(45);
    expect(drawn.length).toBeLessThanOrEqual(50);
    for (const cell of drawn) expect([blocksOf(cell), cells.members.contains(cell)]).toEqual([3, true]);
  });
});

describe('progressive search', () => {
  const outcomes = run('pnas', cells, (p) => synthetic(p.architecture), {
    trials: 500,
    args: { ...small, beam: 20, extensions: 600 },
  });
  const levels = [1, 2, 3].map((n) => outcomes.filter((o) => blocksOf(o.architecture) === n));
  it('tries all 136 cells of one block, then a beam of each number of blocks, then ends', () => {
    expect(levels.map(({ length }) => length)).toEqual([136, 20, 20]);
    const sizes = outcomes.map((o) => blocksOf(o.architecture));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });
  it('never tries one network twice', () => {
    expect(new Set(outcomes.map((o) => hashOf(o.architecture))).size).toBe(outcomes.length);
  });
  it('extends what it has tried', () => {
    const tried = new Set(levels[1].map((o) => blocksIn(o.architecture).join(';')));
    for (const { architecture } of levels[2])
      expect(tried).toContain(blocksIn(architecture).slice(0, 2).join(';'));
  });
  it('keeps a beam that is better than random cells, and finds a better best', () => {
    const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;
    const random = run('random', cells, (p) => synthetic(p.architecture), { trials: outcomes.length });
    const beam = levels[2].map((o) => o.fitness);
    expect(mean(beam)).toBeGreaterThan(mean(random.map((o) => o.fitness)) + 0.1);
    expect(Math.max(...beam)).toBeGreaterThan(Math.max(...random.map((o) => o.fitness)));
  });
  it('shares a small budget between the numbers of blocks', () => {
    const few = run('pnas', cells, (p) => synthetic(p.architecture), {
      trials: 31,
      args: { ...small, extensions: 50 },
    });
    expect([1, 2, 3].map((n) => few.filter((o) => blocksOf(o.architecture) === n).length)).toEqual([
      10, 10, 11,
    ]);
  });
  it('extends nothing that failed', () => {
    const fails = ({ architecture }: Proposal): number =>
      blocksIn(architecture)[0][2] < 4 ? Number.NaN : synthetic(architecture);
    const tried = run('pnas', cells, fails, { trials: 60, args: { ...small, extensions: 50 } });
    const larger = tried.filter((o) => blocksOf(o.architecture) > 1);
    expect(larger.length).toBeGreaterThan(10);
    expect(larger.filter(({ status }) => status === 'failed')).toEqual([]);
  });
  it.runIf(long)('trains 1,160 networks in all', { timeout: patience }, () => {
    const five = compileNamed('pnas_progressive', { most: 5 });
    const all = run('pnas', five, (p) => synthetic(p.architecture), {
      trials: 2000,
      args: { ...small, extensions: 60 },
    });
    expect([1, 2, 3, 4, 5].map((n) => all.filter((o) => blocksOf(o.architecture) === n).length)).toEqual([
      136, 256, 256, 256, 256,
    ]);
  });
});

describe.each([
  ['lstm', 12, 20],
  ['mlp', 12, 60],
] as const)('the %s predictor', (kind, units, epochs) => {
  const form = sequenceFormOf(cells.space, true, count.id);
  const { tokens, columns, longest } = form;
  const predictorOf = (members: number): Ensemble =>
    new Ensemble({ kind, tokens, columns, longest, units }, members, 1);
  const examplesOf = (architectures: readonly Architecture[]) =>
    architectures.map((cell) => ({ sequence: form.sequenceOf(cell), target: synthetic(cell) }));
  const predicted = (ensemble: Ensemble, architectures: readonly Architecture[]): readonly number[] => [
    ...ensemble.predict(architectures.map((cell) => form.sequenceOf(cell))),
  ];

  it('ranks cells with a block more than it has seen', () => {
    const ensemble = predictorOf(3);
    const first = completions(cells, ofSize(1), 1000, new Random(1));
    ensemble.train(examplesOf(first), epochs, 0.01);
    const second = randomCells(2, 150, 2);
    expect(spearman(predicted(ensemble, second), second.map(synthetic))).toBeGreaterThan(0.6);
    ensemble.train(examplesOf([...first, ...second]), epochs, 0.002);
    const third = randomCells(3, 150, 3);
    expect(spearman(predicted(ensemble, third), third.map(synthetic))).toBeGreaterThan(0.6);
  });
  it('begins near 0.86, and has tokens for the largest cells from the start', () => {
    const values = predicted(predictorOf(2), randomCells(3, 50, 4));
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    expect(mean).toBeGreaterThan(0.75);
    expect(mean).toBeLessThan(0.95);
    // Two inputs, two blocks that later ones read, and eight operations.
    expect(tokens).toBe(12);
  });
  it('says the same of a cell alone and among others of any length', () => {
    const ensemble = predictorOf(1);
    const mixedSizes = [1, 2, 3, 2, 1].flatMap((n, i) => randomCells(n, 7, 10 + i).slice(0, 7));
    ensemble.train(examplesOf(mixedSizes), 2, 0.01);
    const together = predicted(ensemble, mixedSizes);
    mixedSizes.forEach((cell, i) => expect(predicted(ensemble, [cell])[0]).toBeCloseTo(together[i], 10));
  });
});

describe('in a space without blocks', () => {
  it('finds better architectures than random search, round by round', () => {
    const space: StrategySpace = bits(14);
    const pairs = ({ architecture: { choices } }: Proposal): number => {
      const right = choices.map((choice, i) => choice === i % 2);
      return right.filter((yes, i) => yes && right[(i + 1) % right.length]).length / choices.length;
    };
    const best = (name: string, seed: number): number => {
      const args = name === 'pnas' ? { ...small, pool: 200 } : {};
      return Math.max(...run(name, space, pairs, { trials: 120, seed, args }).map((o) => o.fitness));
    };
    const mean = (name: string): number => [1, 2, 3, 4].reduce((sum, seed) => sum + best(name, seed) / 4, 0);
    expect(mean('pnas')).toBeGreaterThan(mean('random') + 0.1);
  });
  it('learns ranks where the objective is no share', () => {
    const space = bits(12);
    const outcomes = run('pnas', space, (p) => -1000 * p.architecture.choices.filter((c) => c === 1).length, {
      trials: 100,
      args: { ...small, pool: 100 },
    });
    const [early, late] = [outcomes.slice(0, 20), outcomes.slice(-20)].map((part) =>
      part.reduce((s, o) => s + o.fitness / 20, 0),
    );
    expect(late).toBeGreaterThan(early + 2000);
  });
  it('begins as random search does, and warns of few trials', () => {
    const own = proposed(run('pnas', bits(12), () => 0.5, { trials: 60, args: small })).slice(0, 4);
    expect(own).toEqual(proposed(run('random', bits(12), () => 0.5, { trials: 4 })));
    expect(strategyWarnings({ name: 'pnas', args: {} }, 59).map(({ code }) => code)).toEqual(['NAS4511']);
    expect(strategyWarnings({ name: 'pnas', args: {} }, 60)).toEqual([]);
  });
});
