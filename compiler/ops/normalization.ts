/**
 * Batch normalisation over all axes but the last (Ioffe & Szegedy 2015, algorithm 1; backward as in its
 * section 3), and the running statistics that inference uses.
 *
 * Statistics travel as one [2, C] tensor: row 0 the mean, row 1 the variance (biased, except where kept).
 */
import { invariant } from '../../util/invariant.ts';
import type { GraphNode, NodeId, Shape } from '../graph/graph.ts';
import type { CpuTensor, OpTable, ShapeProblem, TensorType } from './op.ts';
import { five, four, one, three, two } from './operands.ts';
import { addScaled, doubles } from './rows.ts';
import { channelsOf, f32, fewerAxes, firstProblem, noMacs, otherShape } from './shapes.ts';

function perChannel(x: TensorType): Shape {
  return [channelsOf(x.shape)];
}

function statisticsShape(x: TensorType): Shape {
  return [2, channelsOf(x.shape)];
}

function badEpsilon(epsilon: number): ShapeProblem | undefined {
  if (epsilon > 0 && Number.isFinite(epsilon)) return undefined;
  return { problem: `epsilon is ${epsilon}`, expected: 'a small number above 0' };
}

/** (x, scale, shift, statistics) -> type of y */
function normalizedType(
  inputs: readonly TensorType[],
  { epsilon }: { readonly epsilon: number },
): TensorType | ShapeProblem {
  const [x, scale, shift, statistics] = four(inputs);
  const problem = fewerAxes('the input', x, 2);
  if (problem) return problem;
  return (
    firstProblem(
      otherShape('the scale', scale, perChannel(x)),
      otherShape('the shift', shift, perChannel(x)),
      otherShape('the statistics', statistics, statisticsShape(x)),
      badEpsilon(epsilon),
    ) ?? x
  );
}

/** Per channel the mean, and 1 / sqrt(variance + epsilon). */
function centres(statistics: CpuTensor, epsilon: number): { mean: Float64Array; inverse: Float64Array } {
  const values = doubles(statistics);
  const channels = values.length / 2;
  const mean = values.slice(0, channels);
  const inverse = values.slice(channels).map((variance) => 1 / Math.sqrt(variance + epsilon));
  return { mean, inverse };
}

/** (x, scale, shift, statistics) -> scale * (x - mean) / sqrt(variance + epsilon) + shift */
function normalize(
  inputs: readonly CpuTensor[],
  out: CpuTensor,
  { epsilon }: { readonly epsilon: number },
): void {
  const [x, scale, shift, statistics] = four(inputs);
  const xs = doubles(x);
  const scales = doubles(scale);
  const shifts = doubles(shift);
  const { mean, inverse } = centres(statistics, epsilon);
  const channels = mean.length;
  for (let i = 0; i < xs.length; i++) {
    const c = i % channels;
    const xhat = ((xs[i] ?? NaN) - (mean[c] ?? NaN)) * (inverse[c] ?? NaN);
    out.data[i] = (scales[c] ?? NaN) * xhat + (shifts[c] ?? NaN);
  }
}

function isMomentsOf(node: GraphNode, x: NodeId): boolean {
  return node.kind === 'op' && node.op === 'moments' && node.inputs[0] === x;
}

export const normalizationOps: Pick<
  OpTable,
  | 'moments'
  | 'batch_norm_training'
  | 'batch_norm_gradient_sums'
  | 'batch_norm_input_gradient'
  | 'batch_norm_inference'
  | 'update_statistics'
  | 'row'
> = {
  moments: {
    doc: 'The mean and the biased variance of each channel, over all other axes.',
    arity: 1,
    shape(inputs) {
      const x = one(inputs);
      return fewerAxes('the input', x, 2) ?? f32(statisticsShape(x));
    },
    cost: noMacs,
    reference(inputs, out) {
      const xs = doubles(one(inputs));
      const channels = out.data.length / 2;
      const count = xs.length / channels;
      const mean = new Float64Array(channels);
      for (let i = 0; i < xs.length; i += channels) addScaled(mean, 0, xs, i, 1 / count, channels);
      const variance = new Float64Array(channels);
      for (let i = 0; i < xs.length; i++) {
        const c = i % channels;
        const distance = (xs[i] ?? NaN) - (mean[c] ?? NaN);
        variance[c] = (variance[c] ?? NaN) + (distance * distance) / count;
      }
      out.data.set(mean, 0);
      out.data.set(variance, channels);
    },
    gradient: {
      none: 'batch_norm_training accounts for the way through its moments; nothing else may be trained through them',
    },
  },

  batch_norm_training: {
    doc: 'Makes each channel of a batch have mean `shift` and standard deviation `scale`.',
    cheap: true,
    arity: 4,
    shape: normalizedType,
    cost: noMacs,
    reference: normalize,
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, scale, , moments] = four(inputs);
      // The formulas hold for the moments of x itself; for any others they would be silently wrong.
      invariant(
        isMomentsOf(builder.node(moments), x),
        `gradient of batch_norm_training at ${node.site}: its moments are not those of its input`,
      );
      const { epsilon } = node.attributes;
      if (!wants(0) && !wants(1) && !wants(2)) return [];
      const sums = builder.op('batch_norm_gradient_sums', [dy, x, moments], { epsilon });
      return [
        wants(0)
          ? builder.op('batch_norm_input_gradient', [dy, x, moments, scale, sums], { epsilon })
          : undefined,
        wants(1) ? builder.op('row', [sums], { index: 1 }) : undefined,
        wants(2) ? builder.op('row', [sums], { index: 0 }) : undefined,
        undefined,
      ];
    },
  },

  batch_norm_gradient_sums: {
    doc: 'Per channel, the sum of the gradient and the sum of the gradient times the normalised input.',
    arity: 3,
    shape(inputs, { epsilon }) {
      const [dy, x, moments] = three(inputs);
      const problem = fewerAxes('the input', x, 2);
      if (problem) return problem;
      return (
        firstProblem(
          otherShape('the gradient', dy, x.shape),
          otherShape('the statistics', moments, statisticsShape(x)),
          badEpsilon(epsilon),
        ) ?? f32(statisticsShape(x))
      );
    },
    cost: noMacs,
    reference(inputs, out, { epsilon }) {
      const [dy, x, moments] = three(inputs);
      const dys = doubles(dy);
      const xs = doubles(x);
      const { mean, inverse } = centres(moments, epsilon);
      const channels = mean.length;
      const sums = new Float64Array(2 * channels);
      for (let i = 0; i < xs.length; i++) {
        const c = i % channels;
        const d = dys[i] ?? NaN;
        const xhat = ((xs[i] ?? NaN) - (mean[c] ?? NaN)) * (inverse[c] ?? NaN);
        sums[c] = (sums[c] ?? NaN) + d;
        sums[channels + c] = (sums[channels + c] ?? NaN) + d * xhat;
      }
      out.data.set(sums);
    },
    gradient: { none: 'second derivatives of batch normalisation are not needed by any method here' },
  },

  batch_norm_input_gradient: {
    doc: 'The gradient of batch normalisation for its input, the way through mean and variance included.',
    arity: 5,
    shape(inputs, { epsilon }) {
      const [dy, x, moments, scale, sums] = five(inputs);
      const problem = fewerAxes('the input', x, 2);
      if (problem) return problem;
      return (
        firstProblem(
          otherShape('the gradient', dy, x.shape),
          otherShape('the statistics', moments, statisticsShape(x)),
          otherShape('the scale', scale, perChannel(x)),
          otherShape('the sums', sums, statisticsShape(x)),
          badEpsilon(epsilon),
        ) ?? x
      );
    },
    cost: noMacs,
    // dx = scale / sqrt(variance + epsilon) * (dy - mean(dy) - xhat * mean(dy * xhat))
    reference(inputs, out, { epsilon }) {
      const [dy, x, moments, scale, sums] = five(inputs);
      const dys = doubles(dy);
      const xs = doubles(x);
      const scales = doubles(scale);
      const totals = doubles(sums);
      const { mean, inverse } = centres(moments, epsilon);
      const channels = mean.length;
      const count = xs.length / channels;
      for (let i = 0; i < xs.length; i++) {
        const c = i % channels;
        const toUnit = inverse[c] ?? NaN;
        const xhat = ((xs[i] ?? NaN) - (mean[c] ?? NaN)) * toUnit;
        const meanDy = (totals[c] ?? NaN) / count;
        const meanDyXhat = (totals[channels + c] ?? NaN) / count;
        out.data[i] = (scales[c] ?? NaN) * toUnit * ((dys[i] ?? NaN) - meanDy - xhat * meanDyXhat);
      }
    },
    gradient: { none: 'second derivatives of batch normalisation are not needed by any method here' },
  },

  batch_norm_inference: {
    doc: 'Batch normalisation with kept statistics instead of those of the batch.',
    arity: 4,
    shape: normalizedType,
    cost: noMacs,
    reference: normalize,
    gradient: { none: 'kept statistics are for evaluation; training normalises with those of the batch' },
  },

  update_statistics: {
    doc: 'Moves kept statistics towards those of a batch; the variance is made unbiased on the way.',
    arity: 2,
    shape(inputs, { momentum, elements }) {
      const [statistics, moments] = two(inputs);
      const problem = fewerAxes('the kept statistics', statistics, 2);
      if (problem) return problem;
      if (!(momentum >= 0 && momentum <= 1)) {
        return { problem: `the momentum is ${momentum}`, expected: 'a number from 0 to 1' };
      }
      if (!Number.isInteger(elements) || elements < 2) {
        return {
          problem: `batch normalisation sees ${elements} value per channel`,
          expected: 'at least 2: a larger batch or larger images',
        };
      }
      return (
        firstProblem(
          otherShape('the kept statistics', statistics, statisticsShape(statistics)),
          otherShape('the statistics of the batch', moments, statistics.shape),
        ) ?? statistics
      );
    },
    cost: noMacs,
    reference(inputs, out, { momentum, elements }) {
      const [statistics, moments] = two(inputs);
      const old = doubles(statistics);
      const fresh = doubles(moments);
      const channels = old.length / 2;
      const unbias = elements / (elements - 1);
      for (let i = 0; i < old.length; i++) {
        const value = (fresh[i] ?? NaN) * (i < channels ? 1 : unbias);
        out.data[i] = (1 - momentum) * (old[i] ?? NaN) + momentum * value;
      }
    },
    gradient: { none: 'kept statistics are not trained' },
  },

  row: {
    doc: 'One row of the first axis.',
    arity: 1,
    shape(inputs, { index }) {
      const t = one(inputs);
      const problem = fewerAxes('the input', t, 2);
      if (problem) return problem;
      const [rows = 0, ...rest] = t.shape;
      if (!Number.isInteger(index) || index < 0 || index >= rows) {
        return { problem: `there is no row ${index}`, expected: `a row from 0 to ${rows - 1}` };
      }
      return f32(rest);
    },
    cost: noMacs,
    reference(inputs, out, { index }) {
      const length = out.data.length;
      out.data.set(doubles(one(inputs)).subarray(index * length, (index + 1) * length));
    },
    gradient: { none: 'it reads sums of a backward pass, which no loss is made of' },
  },
};
