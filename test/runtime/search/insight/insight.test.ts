// What insight says of samples whose truth is known: planted effects, shuffled tables, sums over all cases.
import { describe, expect, test } from 'vitest';
import { distance } from '../../../../compiler/space/algebra/distance.ts';
import type { Architecture } from '../../../../compiler/space/architecture.ts';
import { Random } from '../../../../util/random.ts';
import { hypergeometricTail } from '../../../../util/statistics/distributions.ts';
import { meanOf } from '../../../../util/statistics/summary.ts';
import { effectsOf } from '../../../../runtime/search/insight/effects.ts';
import { insightOfTable } from '../../../../runtime/search/insight/insight.ts';
import { motifsOf } from '../../../../runtime/search/insight/motifs.ts';
import { gather, type Observation } from '../../../../runtime/search/insight/observations.ts';
import {
  listPool,
  meanDistance,
  membersPool,
  similarityOf,
} from '../../../../runtime/search/insight/similarity.ts';
import { transferOf } from '../../../../runtime/search/insight/transfer.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { mixed } from '../strategies/helpers.ts';

/** Four decisions of three options, and one that exists under one of them. */
const { space, members } = compileText(`nas 1
space layers {
  input x: image[4, 4, 2]
  output x |> repeat 4 { layer } |> classifier(2)
}
motif layer(x) = x |> choose { skip: identity, relu: relu, conv: conv(2, choose k { 1, 3 }) }`);

const all = [...members.enumerate()];

/** A sample of distinct members with a fitness of each. */
function sample(
  count: number,
  seed: number,
  fitness: (architecture: Architecture, random: Random) => number,
): readonly Observation[] {
  const random = new Random(seed);
  return random
    .shuffled(all)
    .slice(0, count)
    .map((architecture) => ({ architecture, fitness: fitness(architecture, random) }));
}

const kinds = space.decisions.filter(({ options }) => options.length === 3);
const noise = (random: Random): number => random.next() + random.next() + random.next() - 1.5;
const answer = ({ choices }: Architecture, id: number): number => choices[id] ?? -1;

describe('which decisions matter', () => {
  test('of an unbalanced sample without noise, the effects that were put in', () => {
    const put = [
      [0, 3, -1.5],
      [1, 0, 0.5],
      [0, 0, 0],
      [2, -2, 0],
    ];
    const kernels = space.decisions.filter(({ options }) => options.length === 2);
    const observations = sample(200, 4, (architecture) =>
      kinds.reduce(
        (sum, { id }, i) => sum + (put[i]?.[answer(architecture, id)] ?? 0),
        // The larger kernel of the first layer gains 1; effects of options that exist seldom are told apart, too.
        answer(architecture, kernels[0]?.id ?? -1) === 1 ? 1 : 0,
      ),
    );
    const { model, explained, options, decisions } = effectsOf(space, observations, 99, 1);
    expect(model).toBe('together');
    expect(explained).toBeCloseTo(1, 9);
    kinds.forEach(({ path, options: labels }, i) => {
      // A kernel that exists under one option only counts half of its gain for the option, on average of its two.
      const values = labels.map((_, at) => (put[i]?.[at] ?? 0) + (i === 0 && at === 2 ? 0.5 : 0));
      labels.forEach(({ label }, at) => {
        const found = options.find((o) => o.path === path && o.option === label);
        expect(found?.effect).toBeCloseTo((values[at] ?? 0) - meanOf(values), 9);
      });
    });
    const kernel = options.filter(({ path }) => path === kernels[0]?.path).map(({ effect }) => effect);
    expect(kernel[0]).toBeCloseTo(0.5, 9);
    expect(kernel[1]).toBeCloseTo(-0.5, 9);
    expect(decisions[0]?.path).toBe(kinds[0]?.path);
    expect(decisions.at(-1)?.share).toBeLessThan(1e-9);
  });

  test('on the whole of a free space the shares are those of means', () => {
    const { space: bits, members: ofBits } = compileText(`nas 1
space bits {
  input x: image[4, 4, 2]
  output x |> repeat 6 { choose { zero: identity, one: relu, two: tanh } } |> classifier(2)
}`);
    const random = new Random(9);
    const observations = [...ofBits.enumerate()].map((architecture) => ({
      architecture,
      fitness:
        (answer(architecture, 1) === 2 ? 2 : 0) * (answer(architecture, 4) === 1 ? 2 : 1) + noise(random),
    }));
    const { decisions, options, explained } = effectsOf(bits, observations, 99, 1);
    const mean = meanOf(observations.map(({ fitness }) => fitness));
    const total = observations.reduce((sum, { fitness }) => sum + (fitness - mean) ** 2, 0);
    let together = 0;
    for (const decision of bits.decisions) {
      let share = 0;
      decision.options.forEach(({ label }, at) => {
        const rows = observations.filter(({ architecture }) => answer(architecture, decision.id) === at);
        const effect = meanOf(rows.map(({ fitness }) => fitness)) - mean;
        share += (rows.length * effect ** 2) / total;
        const found = options.find((o) => o.path === decision.path && o.option === label);
        expect(found?.effect).toBeCloseTo(effect, 9);
      });
      expect(decisions.find(({ path }) => path === decision.path)?.share).toBeCloseTo(share, 9);
      together += share;
    }
    expect(explained).toBeCloseTo(together, 9);
    const claimed = decisions.filter(({ p }) => p <= 0.01).map(({ path }) => path);
    expect(claimed).toEqual([bits.decisions[1]?.path, bits.decisions[4]?.path]);
  });

  test('an option shared by several decisions is found where single decisions hardly show it', () => {
    const observations = sample(
      120,
      6,
      (architecture, random) =>
        0.35 * kinds.filter(({ id }) => answer(architecture, id) === 1).length + noise(random),
    );
    const { shared } = effectsOf(space, observations, 499, 2);
    expect(shared[0]).toMatchObject({ option: 'relu', decisions: kinds.map(({ path }) => path) });
    expect(shared[0]?.p).toBeLessThanOrEqual(0.01);
  });

  test('with few architectures each decision is looked at alone', () => {
    const observations = sample(
      18,
      11,
      (a, random) => 5 * Number(answer(a, kinds[2]?.id ?? 0) === 0) + noise(random),
    );
    const { model, explained, decisions } = effectsOf(space, observations, 999, 1);
    expect({ model, explained }).toEqual({ model: 'alone', explained: undefined });
    expect(decisions[0]?.path).toBe(kinds[2]?.path);
    expect(decisions[0]?.p).toBeLessThanOrEqual(0.01);
  });

  test('decisions that always go together are not told apart, and one that never varied is not told of', () => {
    const observations = all
      .filter((a) => answer(a, kinds[0]?.id ?? 0) === answer(a, kinds[1]?.id ?? 0))
      .filter((a) => answer(a, kinds[3]?.id ?? 0) === 0)
      .map((architecture, i) => ({
        architecture,
        fitness: answer(architecture, kinds[0]?.id ?? 0) + (i % 3),
      }));
    const { untold } = effectsOf(space, observations, 99, 1);
    expect(untold).toContain(kinds[3]?.path);
    expect(untold).toContain(kinds[0]?.path);
    expect(untold).toContain(kinds[1]?.path);
    expect(untold).not.toContain(kinds[2]?.path);
  });

  test('equal fitnesses tell nothing', () => {
    const { decisions, options } = effectsOf(
      space,
      sample(100, 2, () => 0.5),
      99,
      1,
    );
    for (const { p } of [...decisions, ...options]) expect(p).toBe(1);
  });
});

describe('which motifs are over-represented', () => {
  const best = (a: Architecture): boolean =>
    answer(a, kinds[1]?.id ?? 0) === 1 && answer(a, kinds[2]?.id ?? 0) === 2;

  test('a pair that makes the best is found, with the p-value of an urn', () => {
    const observations = sample(250, 8, (a, random) => (best(a) ? 3 : 0) + noise(random));
    const { motifs, best: size, all: rows, tests } = motifsOf(space, observations, 0.08);
    const [first] = motifs;
    expect(first).toMatchObject({
      kind: 'pair',
      answers: [
        { path: kinds[1]?.path, option: 'relu' },
        { path: kinds[2]?.path, option: 'conv' },
      ],
    });
    const marked = observations.filter(({ architecture }) => best(architecture)).length;
    expect(first?.all).toBe(marked);
    const alone = hypergeometricTail(first?.best ?? 0, { balls: rows, marked, drawn: size });
    expect(first?.p).toBeCloseTo(tests * alone, 12);
    expect(first?.p).toBeLessThan(0.01);
  });

  test('equal fitnesses make no motif of the order of the sample', () => {
    const observations = all.map((architecture, i) => ({ architecture, fitness: i % 2 }));
    const { motifs } = motifsOf(space, observations, 0.05);
    // The last decision alternates with the fitness; nothing else has a part in it.
    const last = kinds.at(-1)?.path ?? '';
    const others = motifs.filter(
      (m) => m.kind !== 'count' && m.answers.every(({ path }) => !path.startsWith(last)),
    );
    expect(others.filter(({ p }) => p <= 0.01)).toEqual([]);
    const equal = all.map((architecture) => ({ architecture, fitness: 1 }));
    expect(motifsOf(space, equal, 0.1).motifs.filter(({ p }) => p <= 0.01)).toEqual([]);
  });

  test('counts of an option over all decisions', () => {
    const count = (a: Architecture): number => kinds.filter(({ id }) => answer(a, id) === 0).length;
    const observations = sample(256, 5, (a, random) => count(a) + noise(random) / 3);
    const { motifs } = motifsOf(space, observations, 0.1);
    const found = motifs.find((m) => m.kind === 'count' && m.option === 'skip' && m.times === 3);
    expect(found).toMatchObject({ bound: 'at least', all: all.filter((a) => count(a) >= 3).length });
    expect(found?.p).toBeLessThan(0.01);
  });
});

describe('how similar architectures are', () => {
  test('the mean distance is that of all pairs', () => {
    const { space: other, members: ofOther } = mixed();
    const random = new Random(3);
    for (const count of [2, 3, 4, 17]) {
      const drawn = membersPool(ofOther)(random, count);
      const pairs = drawn.flatMap((a, i) => drawn.slice(i + 1).map((b) => distance(other, a, b)));
      expect(meanDistance(other, drawn)).toBeCloseTo(meanOf(pairs), 12);
    }
  });

  test('planted winners are similar; random ones are so as often as p says', () => {
    const alike = all.filter((a) => [0, 1].every((i) => answer(a, kinds[i]?.id ?? 0) === 2)).slice(0, 8);
    expect(similarityOf(space, alike, membersPool(members), 499, 1).p).toBe(1 / 500);
    const random = new Random(12);
    const ps = Array.from({ length: 120 }, () => {
      const drawn = membersPool(members)(random, 5);
      return similarityOf(space, drawn, membersPool(members), 99, random.below(1000)).p;
    });
    // Uniform: the mean is a half, within four deviations of 0.026.
    expect(Math.abs(meanOf(ps) - 0.5)).toBeLessThan(0.11);
    expect(ps.filter((p) => p <= 0.05).length).toBeLessThan(16);
  });

  test('a pool draws different ones, each as often as another', () => {
    const random = new Random(1);
    const pool = listPool(all.slice(0, 6));
    const times = new Map<Architecture, number>();
    for (let draw = 0; draw < 1000; draw++) {
      const drawn = pool(random, 3);
      expect(new Set(drawn).size).toBe(3);
      for (const one of drawn) times.set(one, (times.get(one) ?? 0) + 1);
    }
    for (const count of times.values()) expect(Math.abs(count - 500)).toBeLessThan(70);
  });
});

describe('whether rankings carry over', () => {
  test('intervals cover the correlation of all about as often as they say', () => {
    const random = new Random(21);
    // Both columns share half of their variance: Pearson 0.5, and Kendall 2/pi arcsin(0.5) = 1/3 of normal ones.
    const draw = (): readonly [number, number] => {
      const normal = (): number =>
        Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, -6);
      const common = normal();
      return [common + normal(), common + normal()];
    };
    let covered = 0;
    for (let round = 0; round < 40; round++) {
      const rows = Array.from({ length: 60 }, draw);
      const { kendall } = transferOf(
        rows.map(([a]) => a),
        rows.map(([, b]) => b),
        300,
        round,
      );
      if (kendall.low <= 1 / 3 && 1 / 3 <= kendall.high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(33);
  });
});

test('an architecture that was measured several times counts once, by its mean', () => {
  const [a, b] = [all[3], all[5]];
  const measured = [
    { architecture: a, fitness: 1 },
    { architecture: b, fitness: 7 },
    { architecture: { ...a, choices: [...a.choices] }, fitness: 2 },
  ];
  const gathered = gather(measured);
  expect(gathered.map(({ fitness }) => fitness).sort((x, y) => x - y)).toEqual([1.5, 7]);
  expect(gathered.find(({ fitness }) => fitness === 7)?.architecture).toEqual(b);
  expect(gather(measured.toReversed())).toEqual(gathered);
});

test('of tables that were shuffled nothing is claimed', () => {
  const random = new Random(5);
  const truth = all.map((a) => kinds.filter(({ id }) => answer(a, id) === 1).length + noise(random));
  const options = { best: 0.1, permutations: 199, seed: 1 };
  const claims = (values: readonly number[]): number => {
    const columns = [
      { name: 'a', values },
      { name: 'b', values: truth },
    ];
    const compiled = { space } as Parameters<typeof insightOfTable>[0];
    const { samples, similarity, transfer } = insightOfTable(compiled, all, columns, 'maximize', options);
    const { effects, motifs } = samples[0];
    const tests = [...effects.decisions, ...effects.options, ...effects.shared, ...(motifs?.motifs ?? [])];
    const low = transfer[0]?.correlations?.spearman.low ?? NaN;
    const high = transfer[0]?.correlations?.spearman.high ?? NaN;
    return [...tests, similarity!].filter(({ p }) => p <= 0.01).length + Number(low > 0.2 || high < -0.2);
  };
  expect(claims(truth)).toBeGreaterThan(10);
  for (let round = 0; round < 12; round++) expect(claims(random.shuffled(truth))).toBe(0);
});
