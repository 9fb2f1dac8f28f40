/** What the papers' methods promise, each trap with a test that fails in it: see the sources named in `runtime/share/methods/`. */
import { describe, expect, test } from 'vitest';
import { relax } from '../../../compiler/space/relax.ts';
import { membersOf } from '../../../compiler/space/members.ts';
import type { Alphas } from '../../../compiler/space/relax.ts';
import { mapRows, meanEntropy, softmaxRows, type Matrices } from '../../../runtime/share/alphas.ts';
import { gumbel } from '../../../runtime/share/initialAlphas.ts';
import { advantagesOf } from '../../../runtime/share/methods/enas.ts';
import { dropPaths, dropProbability } from '../../../runtime/share/methods/oneShot.ts';
import { drawPairs, rescaled } from '../../../runtime/share/methods/proxyless.ts';
import { concrete, temperatureAt } from '../../../runtime/share/methods/snas.ts';
import { deriveMember, drawMember, rowsOf } from '../../../runtime/share/relaxation.ts';
import { skipCollapse } from '../../../runtime/share/skipCollapse.ts';
import { bestWay } from '../../../runtime/share/walks.ts';
import { Random } from '../../../util/random.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { feedsFor } from '../../compiler/ops/gradientCheck.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { compileShipped, shippedSpaces } from '../../spaces/shipped.ts';
import { smoothSupernet } from './smooth.ts';

const matrix = (rows: number, values: readonly number[]): Matrices =>
  new Map([['a', { shape: [rows, values.length / rows], data: Float64Array.from(values) }]]);
const valuesOf = (matrices: Matrices): number[] => [...matrices.values()].flatMap(({ data }) => [...data]);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

test('the mean of single paths by their probabilities is the mixture, and the sum of all is n times the even one', () => {
  const { space } = compileText(`nas 1
space edge {
  input x: image[2, 2, 2]
  output x |> flatten |> choose { a: dense(3), b: dense(3) |> tanh, c: dense(3) |> swish }
}`);
  const { graph, alphas } = relax(space, { batch: 4, mode: 'batch statistics', gates: 'given' });
  const { parameters, inputs } = feedsFor(graph, 3, 'normal');
  const logits = (row: readonly number[]): number[] => {
    const gates = { shape: [1, 3], data: Float64Array.from(row) };
    const feeds = { inputs, parameters: { ...parameters, [alphas[0].name]: gates } };
    return [...runReference(graph, feeds, { precision: 'f64' }).outputs['logits'].data];
  };
  const p = [0.2, 0.5, 0.3];
  const single = [logits([1, 0, 0]), logits([0, 1, 0]), logits([0, 0, 1])];
  const mixed = logits(p);
  const [all, even] = [logits([1, 1, 1]), logits([1 / 3, 1 / 3, 1 / 3])];
  mixed.forEach((y, i) => {
    expect(sum(single.map((path, k) => p[k] * path[i]))).toBeCloseTo(y, 12);
    expect(all[i]).toBeCloseTo(3 * even[i], 12);
  });
});

describe('SNAS', () => {
  test('the largest of a draw is each option as often as its probability, at every temperature', () => {
    const logits = matrix(1, [0.5, -1, 0.2]);
    const shares = valuesOf(softmaxRows(logits));
    for (const temperature of [0.1, 1, 10]) {
      const counts = [0, 0, 0];
      const random = new Random(3);
      for (let i = 0; i < 20_000; i++) {
        const draw = valuesOf(concrete(logits, temperature, random));
        counts[draw.indexOf(Math.max(...draw))] += 1;
      }
      counts.forEach((count, i) => expect(count / 20_000).toBeCloseTo(shares[i], 1.7));
    }
  });

  test('draws become one-hot as the temperature falls, and even as it rises', () => {
    const logits = matrix(1, [0.5, -1, 0.2]);
    const largest = (temperature: number): number => {
      const random = new Random(5);
      const all = Array.from({ length: 500 }, () =>
        Math.max(...valuesOf(concrete(logits, temperature, random))),
      );
      return sum(all) / all.length;
    };
    expect(largest(0.03)).toBeGreaterThan(0.98);
    expect(largest(100)).toBeLessThan(0.36);
    expect(temperatureAt([1, 0.03], 0)).toBe(1);
    expect(temperatureAt([1, 0.03], 1)).toBeCloseTo(0.03, 12);
  });

  test('Gumbel numbers are finite for every uniform number, and have their mean', () => {
    const random = new Random(1);
    const all = Array.from({ length: 50_000 }, () => gumbel(random));
    expect(all.every(Number.isFinite)).toBe(true);
    expect(sum(all) / all.length).toBeCloseTo(0.5772, 1.7);
    for (const u of [0, 1 - 2 ** -53])
      expect(Number.isFinite(gumbel({ next: () => u } as Random))).toBe(true);
  });
});

describe('ProxylessNAS', () => {
  test('pairs are two different paths, each as likely as it should be', () => {
    const shares = softmaxRows(matrix(1, [1, 0, -1, 0.5]));
    const random = new Random(7);
    const counts = [0, 0, 0, 0];
    const draws = 100_000;
    for (let i = 0; i < draws; i++) {
      const { pair, within, active } = drawPairs(shares, random);
      const [chosen, q, on] = [valuesOf(pair), valuesOf(within), valuesOf(active)];
      expect(sum(chosen)).toBe(2);
      expect(sum(q)).toBeCloseTo(1, 12);
      expect(sum(on)).toBe(1);
      on.forEach((x, k) => {
        if (x === 1) expect(chosen[k]).toBe(1);
        counts[k] += x;
      });
    }
    // The first of two drawn without replacement has the probabilities of the softmax; the one of the two that is let through has
    // more of the small ones. Enumerated exactly:
    const p = valuesOf(shares);
    const expected = p.map((a, i) =>
      sum(p.map((b, j) => (i === j ? 0 : (a * b * (1 / (1 - a) + 1 / (1 - b)) * a) / (a + b)))),
    );
    expect(sum(expected)).toBeCloseTo(1, 12);
    counts.forEach((count, i) => expect(Math.abs(count / draws - expected[i])).toBeLessThan(0.006));
  });

  test('a step of a pair leaves all other probabilities, and what one gains the other loses', () => {
    const random = new Random(11);
    for (let i = 0; i < 200; i++) {
      const before = matrix(
        2,
        Array.from({ length: 14 }, () => 3 * random.next() - 1.5),
      );
      const { pair } = drawPairs(softmaxRows(before), random);
      const after = mapRows(before, (old, out, _, row) =>
        old.forEach((x, k) => (out[k] = x + (valuesOf(pair)[row * 7 + k] === 1 ? random.next() - 0.5 : 0))),
      );
      const [p, q] = [softmaxRows(before), softmaxRows(rescaled(before, after, pair))].map(valuesOf);
      const chosen = valuesOf(pair);
      let change = 0;
      p.forEach((share, k) => {
        if (chosen[k] === 0) expect(Math.abs(q[k] - share)).toBeLessThan(1e-6);
        else change += q[k] - share;
      });
      expect(Math.abs(change)).toBeLessThan(1e-6);
      // Without the shift they would change: the test can fail.
      const without = valuesOf(softmaxRows(after));
      expect(
        Math.max(...p.map((share, k) => (chosen[k] === 0 ? Math.abs(without[k] - share) : 0))),
      ).toBeGreaterThan(1e-6);
    }
  });
});

describe('One-Shot', () => {
  test('all paths that come together drop with probability r, however many they are', () => {
    for (const k of [1, 2, 3, 4, 5]) expect(dropProbability(0.05, k, 1) ** k).toBeCloseTo(0.05, 12);
    expect(dropProbability(0.05, 4, 0)).toBe(0);
    expect(dropProbability(0.05, 4, 0.5)).toBeCloseTo(0.5 * 0.05 ** 0.25, 12);
    const { space } = compileShipped(shippedSpaces.find(({ name }) => name === 'one_shot')!);
    const random = new Random(2);
    const subset = space.subsets.find(({ members }) => members.length === 7)!;
    let none = 0;
    for (let i = 0; i < 4000; i++) {
      const dropped = dropPaths(space, 0.3, 1, random);
      if (subset.members.every((id) => dropped.has(`${id}.0`))) none += 1;
    }
    expect(none / 4000).toBeCloseTo(0.3, 1.5);
    expect(dropPaths(space, 0.3, 0, random).size).toBe(0);
  });

  test('where all drop, zeros stand in their place and shapes stay', async () => {
    const supernet = smoothSupernet();
    const part = supernet.part(() => false, 'weights');
    expect(part.alphas).toEqual([]);
    const rows = Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]);
    const { loss } = await part.train(new Map(), rows, 0.1);
    expect(Number.isFinite(loss)).toBe(true);
  });
});

describe('ENAS', () => {
  test('the baseline follows rewards, and advantages are what is above it', () => {
    const first = advantagesOf(undefined, [0.5, 0.5], 0.9);
    expect(first).toEqual({ baseline: 0.5, advantages: [0, 0] });
    const { baseline, advantages } = advantagesOf(0.5, [1], 0.9);
    expect(baseline).toBeCloseTo(0.55, 12);
    expect(advantages[0]).toBeCloseTo(0.45, 12);
  });
});

describe('what is derived', () => {
  const darts = compileText('nas 1\nuse "darts.nas"\n', [
    { path: 'n', value: '1' },
    { path: 'c', value: '4' },
  ]);
  const { space } = darts;
  const members = membersOf(space).value!;
  const { alphas } = relax(space, { batch: 1, mode: 'batch statistics', zero: true, gates: 'given' });
  const rows = rowsOf(space, alphas);
  const random = new Random(13);
  const someShares = (): Matrices =>
    softmaxRows(
      new Map(
        alphas.map(({ name, decisions, columns }: Alphas) => [
          name,
          {
            shape: [decisions.length, columns] as const,
            data: Float64Array.from({ length: decisions.length * columns }, () => 4 * random.next()),
          },
        ]),
      ),
    );

  test('from alphas of DARTS are two different inputs a node, the strongest by their best operation but none', () => {
    for (let i = 0; i < 20; i++) {
      const shares = someShares();
      const { choices } = deriveMember(space, members, rows, shares);
      expect(members.contains({ space: space.name, choices })).toBe(true);
      for (const { members: candidates } of space.subsets) {
        // By hand: the operation of the edge has the path of its member, in brackets.
        const strength = (member: number): number => {
          const path = space.decisions[member].path.replace('{', '[').replace('}', ']');
          const { id, options } = space.decisions.find((d) => d.path === path)!;
          const { name, row, columns } = rows.get(id)!;
          const at = row * columns;
          return Math.max(...shares.get(name)!.data.subarray(at, at + options.length));
        };
        const byStrength = [...candidates].sort((a, b) => strength(b) - strength(a));
        const isIn = candidates.filter((member) => choices[member] === 0);
        expect(new Set(isIn)).toEqual(new Set(byStrength.slice(0, 2)));
      }
      for (const { name, decisions, columns } of alphas) {
        const { data } = shares.get(name)!;
        decisions.forEach((decision, row) => {
          const option = choices[decision];
          if (option < 0) return;
          const shareOf = (column: number): number => data[row * columns + column];
          expect(option).toBeLessThan(columns - 1);
          for (let other = 0; other < columns - 1; other++)
            expect(shareOf(option)).toBeGreaterThanOrEqual(shareOf(other));
        });
      }
    }
  });

  test('is the member with the largest sum of scores, by brute force', () => {
    const small = compileText(`nas 1
space s {
  input x: image[4, 4, 1]
  let a = x |> conv(2, 1)
  let b = a |> relu
  let c = a |> tanh
  output add(choose 1..2 from [a, b, c]) |> choose op { i: identity, r: relu, t: conv(2, choose k {1, 3}) } |> classifier(2)
}`);
    const all = [...small.members.enumerate()];
    for (let i = 0; i < 50; i++) {
      const scores = new Map<string, number>();
      const score = (id: number, option: number): number => {
        const key = `${id} ${option}`;
        if (!scores.has(key)) scores.set(key, random.next() - 0.5);
        return scores.get(key)!;
      };
      const total = (choices: readonly number[]): number =>
        sum(choices.map((option, id) => (option < 0 ? 0 : score(id, option))));
      const best = Math.max(...all.map(({ choices }) => total(choices)));
      expect(total(bestWay(small.members.ways, score))).toBeCloseTo(best, 12);
    }
  });

  test('members are drawn by probabilities of options', () => {
    const shares = someShares();
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i++) {
      const choices = drawMember(members, rows, shares, random);
      expect(choices.length).toBe(space.decisions.length);
      const [id] = alphas[0].decisions;
      const key = String(choices[id]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const there = 2000 - (counts.get('-1') ?? 0);
    const row = [...shares.get(alphas[0].name)!.data.subarray(0, alphas[0].columns - 1)];
    row.forEach((p, option) => {
      expect((counts.get(String(option)) ?? 0) / there).toBeCloseTo(p / sum(row), 1);
    });
  });

  test('mostly skip connections is warned of', () => {
    const all = (label: string): number[] => {
      const shares = someShares();
      const biased = mapRows(shares, (_, out, name, index) => {
        const { decisions } = alphas.find((a) => a.name === name)!;
        const { options } = space.decisions[decisions[index]];
        out.fill(0.01);
        out[options.findIndex((o) => o.label === label)] = 1;
      });
      return [...deriveMember(space, members, rows, biased).choices];
    };
    expect(skipCollapse(space, { space: '', choices: all('skip_connect') })?.code).toBe('NAS4835');
    expect(skipCollapse(space, { space: '', choices: all('sep_conv_3') })).toBeUndefined();
  });

  test('entropy is that of even rows at first', () => {
    expect(meanEntropy(softmaxRows(matrix(2, [0, 0, 0, 0, 0, 0, 0, 0])))).toBeCloseTo(Math.log(4), 12);
  });
});
