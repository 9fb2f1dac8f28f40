/**
 * DropPath (Larsson et al. 2017, as Zoph et al. 2018 and Liu et al. 2019 use it): each example of a batch loses the whole
 * tensor, or keeps it, scaled so that the mean stays. The rate is a tensor, for it grows while a network is trained. Which
 * examples lose it is a hash of a key, the step and the example's place in the batch, as for `dropout`.
 */
import type { OpTable } from './op.ts';
import { droppedHashes, hash, keptFactor, seedOf } from './dropout.ts';
import { four } from './operands.ts';
import { doubles } from './rows.ts';
import { firstProblem, noMacs, otherShape, wrongDType } from './shapes.ts';

export const dropPathOps: Pick<OpTable, 'drop_path'> = {
  drop_path: {
    doc: 'Makes all of an example zero with a probability, and the other examples larger, so that the mean stays.',
    cheap: true,
    arity: 4,
    shape(inputs) {
      const [x, key, step, rate] = four(inputs);
      if (x.shape.length < 2) {
        return { problem: 'drop path reads a list of numbers', expected: 'examples of one axis or more' };
      }
      return (
        firstProblem(
          wrongDType('the input', x),
          otherShape('the key', key, [1]),
          otherShape('the step', step, [1]),
          otherShape('the rate', rate, [1]),
        ) ?? x
      );
    },
    cost: noMacs,
    reference(inputs, out) {
      const [x, key, step, rate] = four(inputs);
      const xs = doubles(x);
      const seed = seedOf(key.data[0] ?? NaN, step.data[0] ?? NaN);
      const share = rate.data[0] ?? NaN;
      const below = droppedHashes(share);
      const factor = keptFactor(share);
      const [examples = 0] = x.shape;
      const length = xs.length / examples;
      for (let n = 0; n < examples; n++) {
        const drops = hash((n ^ seed) >>> 0) >>> 8 < below;
        for (let i = n * length; i < (n + 1) * length; i++) out.data[i] = drops ? 0 : factor * (xs[i] ?? NaN);
      }
    },
    gradient({ builder, inputs, dy, wants }) {
      const [, key, step, rate] = four(inputs);
      return [wants(0) ? builder.op('drop_path', [dy, key, step, rate], {}) : undefined];
    },
  },
};
