/**
 * Cross entropy, its gradient and the count of right answers: a thread takes a row of scores, and a second
 * kernel adds the rows in order. The largest score is subtracted before exponentials, so none overflows.
 */
import type { CrossEntropyAttributes } from '../../ops/attributes.ts';
import { two } from '../../ops/operands.ts';
import { axes2 } from '../../ops/shapes.ts';
import { dispatch, input, output, scratch, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import { kernel, Lines, writes, type KernelSource, type StorageBinding } from '../source.ts';

const labels: StorageBinding = { name: 'labels', type: 'i32', access: 'read' };
const scores: StorageBinding = { name: 'scores', type: 'f32', access: 'read' };
const result: StorageBinding = { name: 'result', type: 'f32', access: 'read_write' };

/** Threads of a workgroup: few, so that a batch's rows reach every core. */
const ROWS = 8;

const fields = { rows: 'i32', classes: 'i32', stride: 'i32', mean: 'i32', smoothing: 'f32' } as const;
type RowKernel = KernelSource<keyof typeof fields>;

const openRow = [
  `let row = i32(group.x) * ${ROWS} + local;`,
  'if (row < u.rows) {',
  'let label = labels[row];',
  'let first = row * u.stride;',
] as const;

/**
 * `largest`; `others`, the sum of the exponentials of the scores less the largest, the label's left out; and
 * `total`, the sum with it.
 */
const softmax = [
  'var largest = scores[first];',
  'for (var k = 1; k < u.classes; k++) {',
  'largest = max(largest, scores[first + k]);',
  '}',
  'var others = 0.0;',
  'var own = 0.0;',
  'for (var k = 0; k < u.classes; k++) {',
  'let e = exp(scores[first + k] - largest);',
  'others += select(e, 0.0, k == label);',
  'own += select(0.0, e, k == label);',
  '}',
  'let total = others + own;',
] as const;

/**
 * The loss of each row; 0 where the label is below 0. Smoothed labels ask for some of the mean score, which is
 * counted from the largest, to lose no digits.
 */
const crossEntropyRows: RowKernel = kernel({
  name: 'cross_entropy_rows',
  storage: [scores, labels, result],
  fields,
  workgroupSize: ROWS,
  body: new Lines().add(
    ...openRow,
    ...softmax,
    'let at_label = scores[first + clamp(label, 0, u.classes - 1)];',
    'var below = 0.0;',
    'for (var k = 0; k < u.classes; k++) {',
    'below += scores[first + k] - largest;',
    '}',
    'let smoothed = u.smoothing * (at_label - largest - below / f32(u.classes));',
    'result[row] = select(0.0, log(total) + largest - at_label + smoothed, label >= 0);',
    '}',
  ),
});

/** 1 for each row whose first largest score is at its label, else 0. */
const correctRows: RowKernel = kernel({
  name: 'correct_rows',
  storage: [scores, labels, result],
  fields,
  workgroupSize: ROWS,
  body: new Lines().add(
    ...openRow,
    'var largest = scores[first];',
    'var best = 0;',
    'for (var k = 1; k < u.classes; k++) {',
    'let score = scores[first + k];',
    'best = select(best, k, score > largest);',
    'largest = max(largest, score);',
    '}',
    'result[row] = select(0.0, 1.0, best == label);',
    '}',
  ),
});

/** Adds the rows' values; for a mean, divides by how many rows have a label. One thread: the rows are few. */
const addRows: KernelSource<'rows' | 'mean'> = kernel({
  name: 'add_rows',
  storage: [{ name: 'values', type: 'f32', access: 'read' }, labels, writes('y')],
  fields: { rows: 'i32', mean: 'i32' },
  workgroupSize: 1,
  body: new Lines().add(
    'var sum = 0.0;',
    'var counted = 0;',
    'for (var row = local; row < u.rows; row++) {',
    'sum += values[row];',
    'counted += select(0, 1, labels[row] >= 0);',
    '}',
    'let divisor = select(1, max(counted, 1), u.mean != 0);',
    'y[0] = vec4f(sum / f32(divisor), 0, 0, 0);',
  ),
});

/**
 * (softmax - one at the label) * dloss, over the number of rows with a label for a mean. At the label it is
 * less the probability of all others, whose digits `probability - 1` would lose in a row that is learnt.
 */
const crossEntropyGradient: RowKernel = kernel({
  name: 'cross_entropy_gradient',
  storage: [scores, labels, { name: 'dloss', type: 'f32', access: 'read' }, result],
  fields,
  workgroupSize: ROWS,
  body: new Lines().add(
    ...openRow,
    'var counted = 0;',
    'for (var r = 0; r < u.rows * u.mean; r++) {',
    'counted += select(0, 1, labels[r] >= 0);',
    '}',
    ...softmax,
    'let factor = select(0.0, dloss[0] / f32(max(counted, 1)), label >= 0);',
    'for (var k = 0; k < u.classes; k++) {',
    'let e = exp(scores[first + k] - largest);',
    'let smoothed = u.smoothing * (select(0.0, 1.0, k == label) - 1 / f32(u.classes));',
    'result[first + k] = factor * (select(e, -others, k == label) / total + smoothed);',
    '}',
    'for (var k = u.classes; k < u.stride; k++) {',
    'result[first + k] = 0.0;',
    '}',
    '}',
  ),
});

function rowDispatch(
  source: RowKernel,
  bindings: Dispatch['bindings'],
  logits: Operand,
  { reduction, smoothing = 0 }: CrossEntropyAttributes,
): Dispatch {
  const [rows, classes] = axes2(logits.shape);
  const [, stride] = axes2(logits.physical);
  return dispatch(
    source,
    bindings,
    { rows, classes, stride, mean: reduction === 'mean' ? 1 : 0, smoothing },
    [Math.ceil(rows / ROWS), 1, 1],
  );
}

function summed(source: RowKernel, logits: Operand, attributes: CrossEntropyAttributes): Dispatch[] {
  const [rows] = axes2(logits.shape);
  const values = scratch('rows', Math.ceil(rows / 4) * 16);
  return [
    rowDispatch(source, [input(0), input(1), values], logits, attributes),
    dispatch(
      addRows,
      [values, input(1), output],
      { rows, mean: attributes.reduction === 'mean' ? 1 : 0 },
      [1, 1, 1],
    ),
  ];
}

export const crossEntropyRule: KernelRule<'softmax_cross_entropy'> = ({ node, inputs }) =>
  summed(crossEntropyRows, two(inputs)[0], node.attributes);

export const correctRule: KernelRule<'correct'> = ({ inputs }) =>
  summed(correctRows, two(inputs)[0], { reduction: 'sum' });

export const crossEntropyGradientRule: KernelRule<'softmax_cross_entropy_gradient'> = ({ node, inputs }) => [
  rowDispatch(crossEntropyGradient, [input(0), input(1), input(2), output], two(inputs)[0], node.attributes),
];
