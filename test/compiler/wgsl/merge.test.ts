import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge, type Access, type Mergeable } from '../../../compiler/wgsl/merge.ts';

const access: fc.Arbitrary<Access> = fc
  .record({
    of: fc.constantFrom('a', 'b', 'c'),
    begin: fc.nat(6),
    length: fc.integer({ min: 1, max: 3 }),
    writes: fc.boolean(),
  })
  .map(({ of, begin, length, writes }) => ({ of, begin, end: begin + length, writes }));

const programs: fc.Arbitrary<Mergeable[]> = fc.array(
  fc.record({
    signature: fc.constantFrom('x', 'y', 'z', undefined),
    accesses: fc.array(access, { maxLength: 3 }),
  }),
  { maxLength: 30 },
);

/** Whether one of two accesses writes what the other touches. */
function conflict(a: Mergeable, b: Mergeable): boolean {
  return a.accesses.some((one) =>
    b.accesses.some(
      (other) =>
        one.of === other.of && (one.writes || other.writes) && one.begin < other.end && other.begin < one.end,
    ),
  );
}

describe('merge', () => {
  it('runs every dispatch once, in an order in which each sees what it saw before', () => {
    fc.assert(
      fc.property(programs, (dispatches) => {
        const groups = merge(dispatches);
        const place = new Map(groups.flatMap((group, at) => group.map((i) => [i, at] as const)));
        expect([...place.keys()].sort((a, b) => a - b)).toEqual(dispatches.map((_, i) => i));
        dispatches.forEach((one, i) => {
          dispatches.slice(i + 1).forEach((other, k) => {
            if (conflict(one, other)) expect(place.get(i)).toBeLessThan(place.get(i + 1 + k)!);
          });
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never groups what differs, or what has no signature', () => {
    fc.assert(
      fc.property(programs, (dispatches) => {
        for (const group of merge(dispatches)) {
          const signatures = new Set(group.map((i) => dispatches[i].signature));
          expect(signatures.size).toBe(1);
          if (signatures.has(undefined)) expect(group).toHaveLength(1);
        }
      }),
    );
  });

  it('runs the siblings of a node in lockstep', () => {
    const step = (signature: string, from: string, to: string): Mergeable => ({
      signature,
      accesses: [
        { of: from, begin: 0, end: 1, writes: false },
        { of: to, begin: 0, end: 1, writes: true },
      ],
    });
    const edge = (k: number): Mergeable[] => [
      step('depthwise', 'x', `h${k}`),
      step('conv', `h${k}`, `y${k}`),
      step('norm', `y${k}`, `z${k}`),
    ];
    expect(merge([...edge(0), ...edge(1), ...edge(2)])).toEqual([
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ]);
  });
});
