/** Predictions from made-up rows: sums, what an option adds, and expectations with their derivatives. */
import { describe, expect, it } from 'vitest';
import { evenly, type Probabilities } from '../../../compiler/latency/expectation.ts';
import { latencyModel, type LatencyModel } from '../../../compiler/latency/model.ts';
import { caseUnits, latencyCases, networkUnits } from '../../../compiler/latency/units.ts';
import type { CompiledSpace } from '../../../compiler/compile.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { uniformAt } from '../../../util/random.ts';
import { compileNamed } from '../../spaces/shipped.ts';
import { compileText } from '../space/helpers.ts';

const batch = 2;

/** Every row with a time of its own. */
function rowsOf({ space }: CompiledSpace): Record<string, number> {
  const keys = new Set(latencyCases(space, batch).flatMap(({ units }) => units.map(({ key }) => key)));
  return Object.fromEntries([...keys].map((key, i) => [key, 1 + Math.sqrt(i + 2)]));
}

const plain = { intercept: 0, factor: 1 };

function model(compiled: CompiledSpace, calibration = plain): LatencyModel {
  return latencyModel(compiled.space, { batch, rows: rowsOf(compiled), calibration });
}

/** The probability of an architecture that is drawn decision by decision. */
function probabilityOf({ space }: CompiledSpace, { choices }: Architecture, given: Probabilities): number {
  return space.decisions.reduce((product, { id }) => {
    const choice = choices[id] ?? -1;
    return choice < 0 ? product : product * (given[id]?.[choice] ?? 0);
  }, 1);
}

function* all({ members }: CompiledSpace): Generator<Architecture> {
  for (let rank = 0n; rank < members.places; rank++) yield members.unrank(rank);
}

/** Uneven probabilities that are the same every time. */
function uneven({ space }: CompiledSpace, seed: number): number[][] {
  let next = 0;
  return space.decisions.map(({ options }) => {
    const weights = options.map(() => 0.1 + uniformAt(seed, 0, next++));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}

// Blocks as those of ProxylessNAS: a kernel, an expansion, and a block that may be nothing but its skip.
const mobile = compileText(`nas 1
space mobile {
  input x: image[8, 8, 3]
  output x |> conv(4, 3) |> for (c, stride) in [(4, 1), (8, 2), (8, 1)] { block(c, stride) } |> classifier(5)
}
motif block(x; c, stride) {
  let same = stride == 1 and channels(x) == c
  let y = x |> choose op { mb: mbconv(c, k: choose {3, 5}, e: choose {2, 3}, stride: stride), none when same }
  if same then x + y else y
}`);

describe('latencies of networks', () => {
  it('are calibrated sums of the rows of their ops', () => {
    const rows = rowsOf(mobile);
    const { sum, milliseconds } = model(mobile, { intercept: 2, factor: 0.5 });
    for (const architecture of all(mobile)) {
      const units = networkUnits(mobile.space, architecture, batch);
      const by = units.reduce((total, { key }) => total + (rows[key] ?? NaN), 0);
      expect(sum(architecture)).toBeCloseTo(by, 9);
      expect(milliseconds(architecture)).toBeCloseTo(2 + by / 2, 9);
    }
  });

  it('are refused where a row is missing', () => {
    const { space, members } = mobile;
    const rows = Object.fromEntries(Object.entries(rowsOf(mobile)).slice(1));
    const broken = latencyModel(space, { batch, rows, calibration: plain });
    try {
      broken.milliseconds(members.unrank(0n));
      throw new Error('not refused');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      expect(error.diagnostics[0]?.code).toBe('NAS4823');
      expect(error.diagnostics[0]?.message).toContain('has no row for `conv 2x8x8x3');
    }
    // Names of what every object has are no rows.
    expect(() =>
      latencyModel(space, { batch, rows: {}, calibration: plain }).sum(members.unrank(0n)),
    ).toThrow(Refusal);
  });
});

describe('expected latencies', () => {
  it.each([1, 2])('are the mean over all architectures (%d)', (seed) => {
    const { sum, expected } = model(mobile);
    const given = uneven(mobile, seed);
    let [mean, mass] = [0, 0];
    for (const architecture of all(mobile)) {
      const probability = probabilityOf(mobile, architecture, given);
      mass += probability;
      mean += probability * sum(architecture);
    }
    expect(mass).toBeCloseTo(1, 9);
    expect(expected(given)).toBeCloseTo(mean, 9);
    expect(model(mobile, { intercept: 3, factor: 2 }).expected(given)).toBeCloseTo(3 + 2 * mean, 9);
  });

  it('have exact derivatives', () => {
    const given = uneven(mobile, 3);
    const { expected, gradient } = model(mobile, { intercept: 1, factor: 1.5 });
    const found = gradient(given);
    mobile.space.decisions.forEach(({ id, options }) => {
      // Shares of one decision add up to 1, so only their differences show.
      for (let option = 1; option < options.length; option++) {
        const h = 1e-4;
        const moved = (by: number): Probabilities =>
          given.map((shares, d) =>
            shares.map((p, o) => (d !== id ? p : o === option ? p + by : o === 0 ? p - by : p)),
          );
        const slope = (expected(moved(h)) - expected(moved(-h))) / (2 * h);
        expect((found[id]?.[option] ?? NaN) - (found[id]?.[0] ?? NaN)).toBeCloseTo(slope, 6);
      }
    });
  });

  it('count a relu once where a kernel takes it, and merges as long as they are', () => {
    const compiled = compileText(`nas 1
space s {
  input x: image[4, 4, 4]
  let a = x |> choose a { c: conv(4, 3) |> batch_norm |> relu, none }
  let b = x |> choose b { c: conv(4, 1), none }
  output add(h for h in [x, a, b]) |> classifier(3)
}`);
    const { sum, expected } = model(compiled);
    const given = uneven(compiled, 4);
    const mean = [...all(compiled)].reduce(
      (total, one) => total + probabilityOf(compiled, one, given) * sum(one),
      0,
    );
    expect(expected(given)).toBeCloseTo(mean, 9);
  });

  it('keep to what is allowed', () => {
    const compiled = compileText(
      `nas 1
space s {
  input x: image[4, 4, 4]
  let parts = choose 2 from [x, x |> conv(4, 3), x |> conv(4, 1)]
  output sum(parts) |> classifier(3)
}`.replace('sum(parts)', 'add(h for h in parts)'),
    );
    const { sum, expected } = model(compiled);
    const sums = [...all(compiled)].map(sum);
    const value = expected(evenly(compiled.space));
    expect(value).toBeGreaterThanOrEqual(Math.min(...sums));
    expect(value).toBeLessThanOrEqual(Math.max(...sums));
  });
});

describe('what an option adds', () => {
  const { space } = mobile;
  const rows = rowsOf(mobile);
  const decision = (path: string): number => space.decisions.findIndex((d) => d.path === path);
  const option = (path: string, label: string): number =>
    space.decisions[decision(path)]?.options.findIndex((o) => o.label === label) ?? -1;
  const paths = space.decisions.map(({ path }) => path);
  const [op = '', k = '', e = ''] = paths;

  it('is what its own operations take, and nothing for none', () => {
    expect(paths.slice(0, 3).map((path) => path.split('.').at(-1))).toEqual(['op', 'k', 'e']);
    const { option: adds, sum } = model(mobile);
    expect(adds(decision(op), option(op, 'none'))).toBe(0);
    // Kernel 5, expansion 2 in the first block, against none there: the sum lies in the block's operations and the sum behind.
    const given = evenly(space).map((shares, d) =>
      d === decision(k) ? [0, 1] : d === decision(e) ? [1, 0] : shares,
    );
    const own = adds(decision(op), option(op, 'mb'), given);
    const find = (...choice: number[]): Architecture => {
      const found = [...all(mobile)].find(({ choices }) => choice.every((c, d) => choices[d] === c));
      if (!found) throw new Error('no such architecture');
      return found;
    };
    const [withBlock, without] = [find(0, 1, 0), find(1)];
    const rest = (choices: readonly number[]): string => choices.slice(3).join();
    expect(rest(withBlock.choices)).toBe(rest(without.choices));
    const add = caseUnits(
      {
        operation: 'add',
        attributes: {},
        shapes: [
          [8, 8, 4],
          [8, 8, 4],
        ],
      },
      batch,
    )?.[0];
    expect(own).toBeCloseTo(sum(withBlock) - sum(without) - (rows[add?.key ?? ''] ?? NaN), 9);
  });

  it('is the same as the derivative, but for what both sides of a choice have', () => {
    const { option: adds, gradient } = model(mobile, { intercept: 1, factor: 2 });
    const given = uneven(mobile, 5);
    const d = decision(k);
    // The kernel is asked about only where there is a block.
    const there = given[decision(op)]?.[option(op, 'mb')] ?? NaN;
    const [three = NaN, five = NaN] = gradient(given)[d] ?? [];
    expect(there * (adds(d, 1, given) - adds(d, 0, given))).toBeCloseTo(five - three, 9);
  });

  it('is averaged over what is decided inside of it', () => {
    const { option: adds } = model(mobile);
    const d = decision(op);
    const inside = (kernel: number, expansion: number): number =>
      adds(
        d,
        0,
        evenly(space).map((shares, id) => {
          const certain = id === decision(k) ? kernel : id === decision(e) ? expansion : undefined;
          return certain === undefined ? shares : shares.map((_, o) => (o === certain ? 1 : 0));
        }),
      );
    const four = [inside(0, 0), inside(0, 1), inside(1, 0), inside(1, 1)];
    expect(new Set(four).size).toBe(4);
    expect(adds(d, 0)).toBeCloseTo(four.reduce((sum, one) => sum + one, 0) / 4, 9);
  });

  it('tells the operations of NAS-Bench-201 apart', () => {
    const compiled = compileNamed('nasbench201_small');
    const { option: adds } = model(compiled);
    const labels = compiled.space.decisions[0]?.options.map(({ label }) => label) ?? [];
    const told = new Map(labels.map((label, i) => [label, adds(0, i)]));
    const three = [...told].find(([label]) => label.includes('3x3') && label.includes('conv'))?.[1] ?? 0;
    expect(three).toBeGreaterThan(0);
    expect([...told].filter(([label]) => /none|skip/.test(label)).map(([, ms]) => ms)).toEqual([0, 0]);
  });
});
