/**
 * Losses and counts of classifiers. Labels are class numbers from 0; a row whose label is below 0 takes no
 * part, in the mean's divisor either, so a last batch can be filled up. With no row left the loss is 0.
 */
import { invariant } from '../../util/invariant.ts';
import type { CrossEntropyAttributes } from './attributes.ts';
import type { CpuTensor, OpTable, ShapeProblem, TensorType } from './op.ts';
import { three, two } from './operands.ts';
import { doubles } from './rows.ts';
import { axes2, f32, firstProblem, noMacs, notMatrix, otherShape, shapeText, wrongDType } from './shapes.ts';

function notClassified(logits: TensorType, labels: TensorType): ShapeProblem | undefined {
  const problem = firstProblem(notMatrix('the scores', logits), wrongDType('the labels', labels, 'i32'));
  if (problem) return problem;
  const [rows] = axes2(logits.shape);
  if (labels.shape.length === 1 && labels.shape[0] === rows) return undefined;
  return {
    problem: `the shape of the labels is ${shapeText(labels.shape)}`,
    expected: `one label for each of ${rows} rows`,
  };
}

function badSmoothing({ smoothing = 0 }: CrossEntropyAttributes): ShapeProblem | undefined {
  if (smoothing >= 0 && smoothing < 1) return undefined;
  return { problem: `the smoothing of labels is ${smoothing}`, expected: 'a number from 0 to below 1' };
}

/** The label of a row, or undefined if the row takes no part. */
function labelOf(labels: CpuTensor, row: number, classes: number): number | undefined {
  const label = labels.data[row] ?? NaN;
  if (label < 0) return undefined;
  invariant(label < classes, `row ${row} has the label ${label}, but there are ${classes} classes`);
  return label;
}

function divisor(labels: CpuTensor, reduction: 'mean' | 'sum'): number {
  if (reduction === 'sum') return 1;
  let rows = 0;
  for (const label of labels.data) if (label >= 0) rows++;
  return Math.max(rows, 1);
}

/** log of the sum of exponentials of `count` elements, without overflow. */
function logSumExp(xs: Float64Array, offset: number, count: number): number {
  const row = xs.subarray(offset, offset + count);
  let largest = -Infinity;
  for (const x of row) largest = Math.max(largest, x);
  let sum = 0;
  for (const x of row) sum += Math.exp(x - largest);
  return largest + Math.log(sum);
}

export const classificationOps: Pick<
  OpTable,
  'softmax_cross_entropy' | 'softmax_cross_entropy_gradient' | 'correct'
> = {
  softmax_cross_entropy: {
    doc: 'The negative logarithm of the probability that softmax gives to the label, smoothed where told, over rows: their mean or sum.',
    arity: 2,
    shape(inputs, attributes) {
      const [logits, labels] = two(inputs);
      return notClassified(logits, labels) ?? badSmoothing(attributes) ?? f32([1]);
    },
    cost: noMacs,
    reference(inputs, out, { reduction, smoothing = 0 }) {
      const [logits, labels] = two(inputs);
      const xs = doubles(logits);
      const [rows, classes] = axes2(logits.shape);
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const label = labelOf(labels, row, classes);
        if (label === undefined) continue;
        const atLabel = xs[row * classes + label] ?? NaN;
        let mean = 0;
        for (let k = 0; k < classes; k++) mean += (xs[row * classes + k] ?? NaN) / classes;
        const target = (1 - smoothing) * atLabel + smoothing * mean;
        sum += logSumExp(xs, row * classes, classes) - target;
      }
      out.data[0] = sum / divisor(labels, reduction);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [logits, labels] = two(inputs);
      return [
        wants(0)
          ? builder.op('softmax_cross_entropy_gradient', [logits, labels, dy], node.attributes)
          : undefined,
        undefined,
      ];
    },
  },

  softmax_cross_entropy_gradient: {
    doc: 'The gradient of the cross entropy for the scores: softmax less one at the label, times the gradient of the loss.',
    arity: 3,
    shape(inputs, attributes) {
      const [logits, labels, dloss] = three(inputs);
      return (
        firstProblem(
          notClassified(logits, labels),
          otherShape('the gradient of the loss', dloss, [1]),
          badSmoothing(attributes),
        ) ?? logits
      );
    },
    cost: noMacs,
    reference(inputs, out, { reduction, smoothing = 0 }) {
      const [logits, labels, dloss] = three(inputs);
      const xs = doubles(logits);
      const [rows, classes] = axes2(logits.shape);
      const factor = (dloss.data[0] ?? NaN) / divisor(labels, reduction);
      for (let row = 0; row < rows; row++) {
        const label = labelOf(labels, row, classes);
        if (label === undefined) continue;
        const total = logSumExp(xs, row * classes, classes);
        for (let k = 0; k < classes; k++) {
          const probability = Math.exp((xs[row * classes + k] ?? NaN) - total);
          const target = (k === label ? 1 - smoothing : 0) + smoothing / classes;
          out.data[row * classes + k] = factor * (probability - target);
        }
      }
    },
    gradient: { none: 'second derivatives of the cross entropy are not needed by any method here' },
  },

  correct: {
    doc: 'How many rows have their largest score, the first of equals, at the label.',
    arity: 2,
    shape(inputs) {
      const [logits, labels] = two(inputs);
      return notClassified(logits, labels) ?? f32([1]);
    },
    cost: noMacs,
    reference(inputs, out) {
      const [logits, labels] = two(inputs);
      const xs = doubles(logits);
      const [rows, classes] = axes2(logits.shape);
      let count = 0;
      for (let row = 0; row < rows; row++) {
        let best = 0;
        for (let k = 1; k < classes; k++) {
          if ((xs[row * classes + k] ?? NaN) > (xs[row * classes + best] ?? NaN)) best = k;
        }
        if (best === labels.data[row]) count++;
      }
      out.data[0] = count;
    },
    gradient: { none: 'a count of rows is flat: it has no useful gradient' },
  },
};
