/** Diagrams: equal ones are one object, and the work on them does not depend on what was done before. */
import { expect, test } from 'vitest';
import { fixed, limitWork, takes, testOf, TooMuchWork } from '../../../compiler/space/diagrams.ts';
import { both, either, mapOpen } from '../../../compiler/space/open.ts';
import type { Open } from '../../../compiler/space/space.ts';

/** Conditions on 12 decisions, combined; `from` is the first decision. */
function build(from: number): Open<boolean> {
  return Array.from({ length: 12 }, (_, i) => i).reduce<Open<boolean>>(
    (all, i) => either(all, both(takes(from + i, i % 3, 4), takes(from + i + 1, (i + 1) % 3, 4))),
    takes(from, 0, 4),
  );
}

/** The least limit with which `act` ends; it is told how many times it was called before. */
function workOf(act: (times: number) => void): number {
  let [low, high] = [0, 1 << 20];
  for (let times = 0; low < high; times++) {
    const middle = (low + high) >> 1;
    try {
      limitWork(middle, () => act(times));
      high = middle;
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      low = middle + 1;
    }
  }
  return low;
}

test('equal diagrams are one object', () => {
  expect(build(5)).toBe(build(5));
  expect(build(5)).not.toBe(build(6));
  const shapes = (): unknown => testOf(3, [fixed([8, 8, 16]), fixed([8, 8, 32])]);
  expect(shapes()).toBe(shapes());
  expect(testOf(3, [fixed([8, 8]), fixed([8, 8])])).toBe(fixed([8, 8]));
});

test('what work it takes does not depend on what was done before', () => {
  const act = (from: number): void =>
    void mapOpen([build(from), build(from + 4)], build(from + 2), ([a, b]) => a !== b);
  // Decisions that nothing was made of yet, at each turn, against the same ones over and over.
  const anew = workOf((times) => act(1000 + 100 * times));
  expect(workOf(() => act(0))).toBe(anew);
});
