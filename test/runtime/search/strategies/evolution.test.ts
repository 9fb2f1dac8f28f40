/** Aging evolution and tournament evolution (Real et al. 2019), and what they share. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { distance } from '../../../../compiler/space/algebra/distance.ts';
import {
  Population,
  type Individual,
  type Removal,
} from '../../../../runtime/search/evolution/population.ts';
import { amoebaMutation } from '../../../../runtime/search/evolution/amoebaMutation.ts';
import {
  checkStrategy,
  checkStrategyFit,
  strategyWarnings,
} from '../../../../runtime/search/strategies/table.ts';
import type { Simulated } from '../../../../runtime/search/simulate.ts';
import { Random } from '../../../../util/random.ts';
import { meanOf } from '../../../../util/statistics/summary.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { bits, mixed, onesShare, run } from './helpers.ts';

const hundred = bits(100);
const dozen = bits(12);

/** The toy of the authors' notebook: ones of 100 bits, and noise. Gives the true accuracy of the best that was measured. */
function toy(strategy: string, seed: number, args = {}): number {
  const noise = new Random(seed, 99);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - noise.next())) * Math.cos(2 * Math.PI * noise.next());
  const outcomes = run(strategy, hundred, (p) => onesShare(p) + 0.01 * normal(), {
    trials: 1100,
    seed,
    args,
  });
  return onesShare(outcomes.reduce((a, b) => (b.fitness > a.fitness ? b : a)));
}
describe('the toy of the paper', () => {
  it('is solved to about 0.9 by aging evolution, and not by random search', () => {
    const args = { population: 100, sample: 10, identity: 0 };
    const found = meanOf([1, 2, 3].map((seed) => toy('evolution', seed, args)));
    expect(found).toBeGreaterThan(0.88);
    expect(found).toBeLessThan(0.92);
    const drawn = meanOf(Array.from({ length: 20 }, (_, seed) => toy('random', seed + 1)));
    expect(drawn).toBeGreaterThan(0.64);
    expect(drawn).toBeLessThan(0.67);
  });
});

describe('a population', () => {
  const individual = (fitness: number, failed = false): Individual => ({
    architecture: { space: 's', choices: [fitness] },
    fitness,
    failed,
  });
  const filled = (removal: Removal, size: number, fitnesses: readonly number[]): Population => {
    const population = new Population(size, removal);
    for (const fitness of fitnesses) population.add(individual(fitness));
    return population;
  };
  const fitnesses = (population: Population): readonly number[] =>
    population.individuals.map(({ fitness }) => fitness);

  it('keeps its size, and each individual for exactly that many insertions', () => {
    const population = new Population(7, 'oldest');
    const random = new Random(1);
    const born: number[] = [];
    for (let insertion = 0; insertion < 100; insertion++) {
      const fitness = random.next();
      born.push(fitness);
      population.add(individual(fitness));
      expect(fitnesses(population)).toEqual(born.slice(-7));
    }
  });
  it('loses the worst, or none', () => {
    expect(fitnesses(filled('worst', 3, [5, 1, 4, 2, 3]))).toEqual([5, 4, 3]);
    expect(fitnesses(filled('worst', 2, [1, 1, 1]))).toEqual([1, 1]);
    expect(fitnesses(filled('none', 2, [5, 1, 4]))).toEqual([5, 1, 4]);
  });
  it('picks anybody in a tournament of one', () => {
    const population = filled('none', 4, [0, 1, 2, 3]);
    const random = new Random(2);
    const counts = [0, 0, 0, 0];
    for (let turn = 0; turn < 40_000; turn++) counts[population.tournament(1, random)!.fitness]++;
    // Chi-square of 3 degrees: above 16.3 once in a thousand.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(16.3);
  });
  it('picks the best of a sample with replacement', () => {
    const population = filled('none', 4, [0, 1, 2, 3]);
    const random = new Random(3);
    const counts = [0, 0, 0, 0];
    for (let turn = 0; turn < 40_000; turn++) counts[population.tournament(3, random)!.fitness]++;
    // P(best <= i) = ((i + 1) / 4)^3.
    const expected = [1, 7, 19, 37].map((ways) => (ways / 64) * 40_000);
    expect(counts.reduce((sum, count, i) => sum + (count - expected[i]) ** 2 / expected[i], 0)).toBeLessThan(
      16.3,
    );
  });
  it('takes no failure for a parent', () => {
    const population = new Population(4, 'oldest');
    population.add(individual(-Number.MAX_VALUE, true));
    expect(population.tournament(5, new Random(1))).toBeUndefined();
    population.add(individual(-1));
    for (let turn = 0; turn < 20; turn++) {
      expect(population.tournament(20, new Random(turn))).toMatchObject({ fitness: -1 });
    }
  });
});

/** Architectures of a run as texts. */
const texts = (outcomes: readonly Simulated[]): readonly string[] =>
  outcomes.map(({ architecture }) => architecture.choices.join());

describe('aging evolution', () => {
  it('draws its first population, then changes one answer of one of it', () => {
    const outcomes = run('evolution', dozen, onesShare, {
      trials: 60,
      args: { population: 10, sample: 3, identity: 0 },
    });
    for (const { trial, architecture } of outcomes.slice(10)) {
      const alive = outcomes.slice(trial - 10, trial);
      const distances = alive.map((other) => distance(dozen.space, other.architecture, architecture));
      expect(Math.min(...distances)).toBeLessThanOrEqual(1);
    }
  });
  it('is a random walk where one individual competes', () => {
    // Fitness has no say: with any two of them the proposals are the same.
    const args = { population: 10, sample: 1 };
    const runs = [onesShare, () => 0.3].map((score) =>
      texts(run('evolution', dozen, score, { trials: 100, args })),
    );
    expect(runs[0]).toEqual(runs[1]);
  });
  it('tries a parent once more as often as it is told', () => {
    const outcomes = run('evolution', hundred, onesShare, {
      trials: 2000,
      args: { population: 20, sample: 5, identity: 0.3 },
    });
    const children = outcomes.slice(20);
    const same = children.filter(({ trial, architecture }) =>
      outcomes
        .slice(trial - 20, trial)
        .some((other) => other.architecture.choices.join() === architecture.choices.join()),
    );
    expect(same.length / children.length).toBeGreaterThan(0.25);
    expect(same.length / children.length).toBeLessThan(0.37);
  });
  it('begins anew from draws where everything fails, and goes on from what did not', () => {
    const fails = run('evolution', dozen, () => Number.NaN, {
      trials: 300,
      args: { population: 5, sample: 2 },
    });
    expect(new Set(texts(fails)).size).toBeGreaterThan(250);
    const half = run('evolution', dozen, (p) => (p.architecture.choices[0] === 1 ? NaN : onesShare(p)), {
      trials: 300,
      args: { population: 20, sample: 10 },
    });
    expect(Math.max(...half.map(({ fitness }) => fitness))).toBeGreaterThan(0.9);
  });
  it('climbs, as tournaments without aging do', () => {
    const args = { population: 10, sample: 5 };
    for (const strategy of ['evolution', 'tournament']) {
      const outcomes = run(strategy, hundred, onesShare, { trials: 600, args });
      expect(Math.max(...outcomes.map(({ fitness }) => fitness))).toBeGreaterThan(0.8);
    }
  });
  it('warns of a run that is hardly longer than its first population', () => {
    const warned = (trials: number | undefined, args = {}): readonly string[] =>
      strategyWarnings({ name: 'evolution', args }, trials).map(({ code, message }) => `${code}: ${message}`);
    expect(warned(undefined)).toEqual([]);
    expect(warned(200)).toEqual([]);
    expect(warned(20)).toEqual([
      'NAS4511: too few trials for the strategy evolution: its first population takes 100 of the 20, and is drawn at random',
    ]);
    expect(warned(20, { population: 5 })).toEqual([]);
  });
  it('refuses what its arguments cannot be', () => {
    const codes = (args: Readonly<Record<string, number | string>>): readonly string[] =>
      checkStrategy({ name: 'evolution', args }).map(({ code }) => code);
    expect(codes({ population: 0 })).toEqual(['NAS4503']);
    expect(codes({ remove: 'youngest' })).toEqual(['NAS4503']);
    expect(codes({ populaton: 3 })).toEqual(['NAS4502']);
    expect(codes({ population: 3, sample: 2, remove: 'none', mutation: 'amoeba', identity: 0.5 })).toEqual(
      [],
    );
  });
});

describe('the mutations of AmoebaNet', () => {
  const text = readFileSync(new URL('../../../../spaces/amoebanet.nas', import.meta.url), 'utf8');
  const amoebanet = compileText(text, [{ path: 'n', value: '1' }]);
  const { space, members } = amoebanet;

  test('the space says which decisions read', () => {
    const reading = space.decisions.filter(({ fromList }) => fromList).map(({ path }) => path.slice(-1));
    expect(new Set(reading)).toEqual(new Set(['a', 'b']));
    expect(reading).toHaveLength(20);
  });
  it('are equally likely, in equally likely cells and slots', () => {
    const change = amoebaMutation(amoebanet);
    const random = new Random(5);
    const turns = 6000;
    const counts = new Map<number, number>();
    for (let turn = 0; turn < turns; turn++) {
      const parent = members.sample(random).architecture!;
      const child = change(parent, random);
      const changed = space.decisions.filter(({ id }) => child.choices[id] !== parent.choices[id]);
      expect(changed).toHaveLength(1);
      expect(members.contains(child)).toBe(true);
      counts.set(changed[0].id, (counts.get(changed[0].id) ?? 0) + 1);
    }
    // 2 cells, 2 mutations, 10 slots of each kind: each decision as often as any other. 39 degrees: 73 once in a thousand.
    const expected = turns / 40;
    const square = space.decisions.reduce(
      (sum, { id }) => sum + ((counts.get(id) ?? 0) - expected) ** 2 / expected,
      0,
    );
    expect(square).toBeLessThan(73);
  });
  it('need decisions that choose what is read', () => {
    const spec = { name: 'evolution', args: { mutation: 'amoeba' } };
    expect(checkStrategyFit(spec, amoebanet)).toEqual([]);
    expect(checkStrategyFit(spec, mixed())).toMatchObject([
      { code: 'NAS4512', message: expect.stringContaining('evolution cannot search mixed') as string },
    ]);
  });
});
