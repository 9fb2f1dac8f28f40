/** Changes, mixtures, distances and encodings of architectures, on spaces made without the language. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossover } from '../../../compiler/space/algebra/crossover.ts';
import { diff, distance } from '../../../compiler/space/algebra/distance.ts';
import { mutate } from '../../../compiler/space/algebra/mutate.ts';
import { neighbours } from '../../../compiler/space/algebra/neighbours.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import {
  fromCompact,
  fromJson,
  fromVector,
  toCompact,
  toJson,
  toVector,
} from '../../../compiler/space/encode.ts';
import { membersOf, type Members } from '../../../compiler/space/members.ts';
import { fixed, takes } from '../../../compiler/space/diagrams.ts';
import { Random } from '../../../util/random.ts';
import { makeSpace, SpaceMaker, spaceObjects, type MadeSpace } from '../../arbitraries/spaceObjects.ts';
import { long } from '../../long.ts';
import { darts } from './published.ts';

const runs = long ? 500 : 60;

/** Spaces that have members, counted. */
const counted = spaceObjects()
  .filter(({ allowed }) => allowed.length > 0)
  .map((made): MadeSpace & { readonly members: Members } => ({
    ...made,
    members: membersOf(made.space).value!,
  }));
const seeds = fc.nat(2 ** 31);

function some({ members }: { readonly members: Members }, random: Random): Architecture {
  return members.sample(random).architecture!;
}

describe('changes', () => {
  test('a mutation is another member, at distance 1 where only one answer changed', () => {
    fc.assert(
      fc.property(counted, seeds, (made, seed) => {
        const random = new Random(seed);
        const parent = some(made, random);
        const child = mutate(made.space, made.members, parent, random);
        if (child === undefined) return;
        expect(made.members.contains(child)).toBe(true);
        expect(distance(made.space, parent, child)).toBeGreaterThan(0);
        expect(mutate(made.space, made.members, parent, new Random(seed))).toEqual(
          mutate(made.space, made.members, parent, new Random(seed)),
        );
      }),
      { numRuns: runs },
    );
  });

  test('there is no mutation only where there is no other member within reach of the walk', () => {
    fc.assert(
      fc.property(spaceObjects({ requirements: 0 }), seeds, (made, seed) => {
        fc.pre(made.allowed.length > 1);
        const { space } = made;
        const members = membersOf(space).value!;
        expect(mutate(space, members, some({ members }, new Random(seed)), new Random(seed))).toBeDefined();
      }),
      { numRuns: runs },
    );
  });

  test('a mutation picks each slot equally often, and each other answer of it', () => {
    const maker = new SpaceMaker();
    maker.choose('a', [0, 1, 2]);
    maker.choose('b', [0, 1]);
    maker.subset('c', ['x', 'y', 'z'], 2, 2);
    const space = maker.finish(0);
    const members = membersOf(space).value!;
    const parent = members.unrank(0n);
    const random = new Random(5);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const child = mutate(space, members, parent, random)!;
      const [change] = diff(space, parent, child);
      const key = `${change.path} ${change.right}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const expected = { 'a 1': 1_000, 'a 2': 1_000, 'b 1': 2_000, 'c [x, z]': 1_000, 'c [y, z]': 1_000 };
    expect([...seen.keys()].sort()).toEqual(Object.keys(expected));
    // Five standard deviations of a binomial count.
    for (const [key, mean] of Object.entries(expected))
      expect(Math.abs(seen.get(key)! - mean)).toBeLessThan(200);
  });

  test('a subset of DARTS is changed by exchanging one element; new edges get operations', () => {
    const space = darts();
    const members = membersOf(space).value!;
    const random = new Random(1);
    const parent = some({ members }, random);
    let exchanged = 0;
    for (let i = 0; i < 200; i++) {
      const child = mutate(space, members, parent, random)!;
      expect(members.contains(child)).toBe(true);
      const changes = diff(space, parent, child);
      if (!changes.some(({ path }) => path.endsWith('.h'))) {
        expect(changes).toHaveLength(1);
        continue;
      }
      exchanged++;
      // The subset, the operation that is gone and the one that is new.
      expect(changes).toHaveLength(3);
    }
    expect(exchanged).toBeGreaterThan(20);
  });

  test('a child takes each answer from a parent that has it', () => {
    fc.assert(
      fc.property(counted, seeds, (made, seed) => {
        const random = new Random(seed);
        const [a, b] = [some(made, random), some(made, random)];
        const child = crossover(made.space, made.members, a, b, random);
        expect(child && made.members.contains(child)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test('without requirements, a child is between its parents', () => {
    fc.assert(
      fc.property(spaceObjects({ requirements: 0 }), seeds, (made, seed) => {
        fc.pre(made.space.requirements.length === 0);
        const members = membersOf(made.space).value!;
        const random = new Random(seed);
        const [a, b] = [some({ members }, random), some({ members }, random)];
        expect(crossover(made.space, members, a, a, random)).toEqual(a);
        const child = crossover(made.space, members, a, b, random)!;
        const inherited = made.space.decisions.every(({ id, options }) => {
          const option = child.choices[id];
          const parents = [a.choices[id], b.choices[id]];
          // What neither parent had, or what an earlier answer forbids, is drawn anew.
          const guarded = options.some((o) => o.allowed !== undefined);
          return option < 0 || guarded || parents.includes(option) || parents.every((p) => p < 0);
        });
        expect(inherited).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test('neighbours are members, none twice, and hold all members at one plain change', () => {
    fc.assert(
      fc.property(counted, seeds, (made, seed) => {
        const from = some(made, new Random(seed));
        const found = [...neighbours(made.space, made.members, from)].map((a) => a.choices.join());
        expect(new Set(found).size).toBe(found.length);
        expect(found).not.toContain(from.choices.join());
        for (const choices of made.allowed) {
          const changed = choices.flatMap((option, i) => (option === from.choices[i] ? [] : [i]));
          const plain = changed.length === 1 && choices[changed[0]] >= 0 && from.choices[changed[0]] >= 0;
          if (plain) expect(found).toContain(choices.join());
        }
        const members = new Set(made.allowed.map((c) => c.join()));
        for (const key of found) expect(members.has(key)).toBe(true);
      }),
      { numRuns: runs },
    );
  });
});

describe('distances', () => {
  test('a metric', () => {
    fc.assert(
      fc.property(counted, seeds, (made, seed) => {
        const random = new Random(seed);
        const [a, b, c] = [some(made, random), some(made, random), some(made, random)];
        const d = (x: Architecture, y: Architecture): number => distance(made.space, x, y);
        expect(d(a, a)).toBe(0);
        expect(d(a, b)).toBe(d(b, a));
        expect(d(a, b) === 0).toBe(a.choices.join() === b.choices.join());
        expect(d(a, c)).toBeLessThanOrEqual(d(a, b) + d(b, c));
        expect(diff(made.space, a, b)).toHaveLength(d(a, b));
      }),
      { numRuns: runs },
    );
  });

  test('what exists in one only has no answer in the other', () => {
    const maker = new SpaceMaker();
    const op = maker.choose('op', ['conv', 'pool']);
    maker.choose('op.conv.k', [3, 5], { exists: takes(op, 0, 2) });
    const space = maker.finish(0);
    const [left, right] = [0n, 2n].map((rank) => membersOf(space).value!.unrank(rank));
    expect(diff(space, left, right)).toEqual([
      { path: 'op', left: 'conv', right: 'pool' },
      { path: 'op.conv.k', left: '3', right: undefined },
    ]);
  });
});

describe('encodings', () => {
  test('come back as the architecture that they were', () => {
    fc.assert(
      fc.property(counted, seeds, (made, seed) => {
        const { space } = made;
        const architecture = some(made, new Random(seed));
        const json: unknown = JSON.parse(JSON.stringify(toJson(space, architecture)));
        expect(fromJson(space, json)).toEqual({ value: architecture, diagnostics: [] });
        expect(fromCompact(space, toCompact(space, architecture)).value).toEqual(architecture);
        expect(fromVector(space, toVector(space, architecture)).value).toEqual(architecture);
      }),
      { numRuns: 2 * runs },
    );
  });

  test('anything may be read, and only sequences of the space are accepted', () => {
    const made = makeSpace({ seed: 11, decisions: 8, requirements: 0, depth: false, limit: 4_000 });
    const sequences = new Set(made.free.map((c) => c.join()));
    const paths = [...made.space.decisions.map((d) => d.path), ...made.space.subsets.map((s) => s.path)];
    const answer = fc.oneof(
      fc.constantFrom(0, 1, 2, 'o0', 'o1', 'a', true, null),
      fc.array(fc.constantFrom('a', 'b', 'c', 1)),
      fc.anything(),
    );
    const answers = fc.dictionary(fc.oneof(fc.constantFrom(...paths), fc.string()), answer);
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ answers })), (json) => {
        const { value, diagnostics } = fromJson(made.space, json);
        expect(value === undefined).toBe(diagnostics.length > 0);
        if (value) expect(sequences.has(value.choices.join())).toBe(true);
        expect(fromVector(made.space, json).value).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('a subset is answered by the list of what is in', () => {
    const space = darts();
    const members = membersOf(space).value!;
    const json = toJson(space, members.unrank(0n));
    expect(Object.entries(json.answers).slice(0, 3)).toEqual([
      ['normal.n[0].h', ['s0', 's1']],
      ['normal.n[0].edge[s0]', 'op0'],
      ['normal.n[0].edge[s1]', 'op0'],
    ]);
    const wrong = (answer: unknown): string[] => {
      const answers = { ...json.answers, 'normal.n[1].h': answer };
      return fromJson(space, { answers })
        .diagnostics.map((d) => `${d.message}; ${d.expected ?? ''}`)
        .slice(0, 1);
    };
    const wanted = 'expected 2 of s0, s1, n0'.slice('expected '.length);
    expect(wrong('s0')).toEqual([`\`normal.n[1].h\` cannot be "s0"; ${wanted}`]);
    expect(wrong(['s0'])).toEqual([`\`normal.n[1].h\` cannot be [s0]; ${wanted}`]);
    expect(wrong(['s0', 's0'])).toEqual([`\`normal.n[1].h\` holds "s0" twice; ${wanted}`]);
    expect(wrong(['s0', 'n7'])).toEqual([`\`normal.n[1].h\` cannot hold "n7"; ${wanted}`]);
    expect(wrong(['s1', 's0'])).toEqual([]);
    const answers = Object.fromEntries(
      Object.entries(json.answers).filter(([path]) => path !== 'normal.n[1].h'),
    );
    expect(fromJson(space, { answers }).diagnostics[0].message).toBe('`normal.n[1].h` has no answer');
  });
});

describe('sampling', () => {
  test('is uniform on constrained spaces (chi-square)', () => {
    const draws = long ? 100_000 : 20_000;
    for (const seed of [3, 14, 21, 40]) {
      const made = makeSpace({ seed, decisions: 7, requirements: 2, depth: seed === 21, limit: 3_000 });
      expect(made.allowed.length).toBeGreaterThan(1);
      const members = membersOf(made.space).value!;
      const counts = new Map(made.allowed.map((c) => [c.join(), 0]));
      const random = new Random(seed);
      for (let i = 0; i < draws; i++) {
        const key = members.sample(random).architecture!.choices.join();
        counts.set(key, counts.get(key)! + 1);
      }
      expect(counts.size).toBe(made.allowed.length);
      const mean = draws / counts.size;
      const chi = [...counts.values()].reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
      // Its mean is the degrees of freedom f, its deviation sqrt(2 f); beyond five deviations is chance below 1e-5.
      const freedom = counts.size - 1;
      expect(Math.abs(chi - freedom)).toBeLessThan(5 * Math.sqrt(2 * freedom) + 5);
    }
  });

  test('by rejection it is uniform too, and counts its attempts', () => {
    const maker = new SpaceMaker();
    const ids = Array.from({ length: 18 }, (_, i) => maker.choose(`d${i}`, [0, 1]));
    ids.slice(0, 2).forEach((id) => {
      maker.apply('conv', [0], { exists: takes(id, 0, 2), cost: fixed({ params: 1, macs: 1 }) });
    });
    maker.apply('add', [1, 2], { when: ids.slice(0, 2).map((id) => takes(id, 0, 2)) });
    maker.require({
      kind: 'binary',
      operator: '==',
      left: { kind: 'cost', cost: 'depth' },
      right: { kind: 'value', value: fixed(0) },
    });
    const { value: members, diagnostics } = membersOf(maker.finish());
    expect(diagnostics.map((d) => [d.code, d.severity])).toEqual([['NAS3006', 'warning']]);
    expect(members!.allowed).toBeUndefined();
    expect(members!.places).toBe(2n ** 18n);
    const random = new Random(1);
    let attempts = 0;
    for (let i = 0; i < 200; i++) {
      const draw = members!.sample(random);
      expect(draw.architecture!.choices.slice(0, 2)).toEqual([1, 1]);
      attempts += draw.attempts;
    }
    // One in four is allowed.
    expect(attempts / 200).toBeGreaterThan(3);
    expect(attempts / 200).toBeLessThan(5);
  });
});
