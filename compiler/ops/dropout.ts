/**
 * Dropout (Srivastava et al. 2014), scaled while training as is usual now. Whether an element is dropped is a
 * hash of a key, the step and the element's index: the same on every executor, whatever ran before. The op is
 * linear in `x`, so that its gradient is itself, with the same key and step.
 */
import type { OpTable } from './op.ts';
import { three } from './operands.ts';
import { doubles } from './rows.ts';
import { firstProblem, noMacs, otherShape, wrongDType } from './shapes.ts';

/** PCG's output permutation as a hash of 32 bits (Jarzynski & Olano 2020, listing 3). */
export function hash(n: number): number {
  const state = (Math.imul(n, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** The hash of a key and a step, both whole numbers below 2^24, with which an element's index is mixed. */
export function seedOf(key: number, step: number): number {
  return hash((step ^ hash(key)) >>> 0);
}

/** Hashes have 24 bits here, which a float holds exactly. */
const HASHES = 2 ** 24;

/** How many of the 2^24 hashes are dropped. */
export function droppedHashes(rate: number): number {
  return Math.floor(rate * HASHES);
}

/** What the kept elements are multiplied by, so that the mean stays. */
export function keptFactor(rate: number): number {
  return HASHES / (HASHES - droppedHashes(rate));
}

export const dropoutOps: Pick<OpTable, 'dropout'> = {
  dropout: {
    doc: 'Makes each element zero with a probability, and the others larger, so that the mean stays.',
    cheap: true,
    arity: 3,
    shape(inputs, { rate }) {
      const [x, key, step] = three(inputs);
      if (!(rate >= 0 && rate < 1)) {
        return { problem: `the rate of dropout is ${rate}`, expected: 'a number from 0 to below 1' };
      }
      return (
        firstProblem(
          wrongDType('the input', x),
          otherShape('the key', key, [1]),
          otherShape('the step', step, [1]),
        ) ?? x
      );
    },
    cost: noMacs,
    reference(inputs, out, { rate }) {
      const [x, key, step] = three(inputs);
      const xs = doubles(x);
      const seed = seedOf(key.data[0] ?? NaN, step.data[0] ?? NaN);
      const below = droppedHashes(rate);
      const factor = keptFactor(rate);
      for (let i = 0; i < xs.length; i++) {
        out.data[i] = hash((i ^ seed) >>> 0) >>> 8 < below ? 0 : factor * (xs[i] ?? NaN);
      }
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [, key, step] = three(inputs);
      return [wants(0) ? builder.op('dropout', [dy, key, step], node.attributes) : undefined];
    },
  },
};
