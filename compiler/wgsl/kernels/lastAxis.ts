/** Softmax and the normalisation of layer norm: a thread takes a row along the last axis, element by element. */
import { one, two } from '../../ops/operands.ts';
import { channelsOf, elementsOf } from '../../ops/shapes.ts';
import { fold } from '../grid.ts';
import { dispatch, input, output, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import { kernel, Lines, type KernelSource } from '../source.ts';

/** Threads of a workgroup: few, so that few rows reach every core. */
const ROWS = 8;

const fields = {
  rows: 'i32',
  width: 'i32',
  channels: 'i32',
  inMemory: 'i32',
  /** Whether row i of a matrix sees only its first i + 1 elements. */
  causal: 'i32',
  epsilon: 'f32',
} as const;

type RowKernel = KernelSource<keyof typeof fields>;

/** A kernel whose threads see `first`, the place of their row; what lies past `end` of it is made zero. */
function rowKernel(name: string, inputs: readonly string[], statements: readonly string[]): RowKernel {
  return kernel({
    name,
    storage: [
      ...inputs.map((x) => ({ name: x, type: 'f32', access: 'read' }) as const),
      { name: 'result', type: 'f32', access: 'read_write' },
    ],
    fields,
    workgroupSize: ROWS,
    body: new Lines().add(
      `let row = (i32(group.x) + i32(group.y) * u.width) * ${ROWS} + local;`,
      'if (row < u.rows) {',
      'let first = row * u.inMemory;',
      'let end = select(u.channels, row % u.channels + 1, u.causal != 0);',
      ...statements,
      'for (var k = end; k < u.inMemory; k++) {',
      'result[first + k] = 0.0;',
      '}',
      '}',
    ),
  });
}

const each = (...statements: readonly string[]): string[] => [
  'for (var k = 0; k < end; k++) {',
  ...statements,
  '}',
];

const softmax = rowKernel(
  'softmax',
  ['x'],
  [
    'var largest = x[first];',
    ...each('largest = max(largest, x[first + k]);'),
    'var total = 0.0;',
    ...each('total += exp(x[first + k] - largest);'),
    ...each('result[first + k] = exp(x[first + k] - largest) / total;'),
  ],
);

const softmaxGradient = rowKernel(
  'softmax_gradient',
  ['dy', 'y'],
  [
    'var sum = 0.0;',
    ...each('sum += dy[first + k] * y[first + k];'),
    ...each('result[first + k] = y[first + k] * (dy[first + k] - sum);'),
  ],
);

const logSoftmax = rowKernel(
  'log_softmax',
  ['x'],
  [
    'var largest = x[first];',
    ...each('largest = max(largest, x[first + k]);'),
    'var total = 0.0;',
    ...each('total += exp(x[first + k] - largest);'),
    // Less the largest first: a sum with the logarithm would lose the digits of both.
    'let log_total = log(total);',
    ...each('result[first + k] = x[first + k] - largest - log_total;'),
  ],
);

const logSoftmaxGradient = rowKernel(
  'log_softmax_gradient',
  ['dy', 'y'],
  [
    'var sum = 0.0;',
    ...each('sum += dy[first + k];'),
    ...each('result[first + k] = dy[first + k] - exp(y[first + k]) * sum;'),
  ],
);

/** `mean` and `inverse`, one over the deviation; distances are taken from the first element, to lose no digits. */
const standardize = [
  'let origin = x[first];',
  'var sum_x = 0.0;',
  ...each('sum_x += x[first + k] - origin;'),
  'let mean = origin + sum_x / f32(u.channels);',
  'var squares = 0.0;',
  ...each('let distance = x[first + k] - mean;', 'squares += distance * distance;'),
  'let inverse = 1 / sqrt(squares / f32(u.channels) + u.epsilon);',
] as const;

const normalizeRows = rowKernel(
  'normalize_rows',
  ['x'],
  [...standardize, ...each('result[first + k] = (x[first + k] - mean) * inverse;')],
);

const normalizeRowsGradient = rowKernel(
  'normalize_rows_gradient',
  ['dy', 'x'],
  [
    ...standardize,
    'var sum = 0.0;',
    'var products = 0.0;',
    ...each('let d = dy[first + k];', 'sum += d;', 'products += d * (x[first + k] - mean) * inverse;'),
    'let mean_dy = sum / f32(u.channels);',
    'let mean_product = products / f32(u.channels);',
    ...each(
      'let xhat = (x[first + k] - mean) * inverse;',
      'result[first + k] = (dy[first + k] - mean_dy - xhat * mean_product) * inverse;',
    ),
  ],
);

function rowDispatch(
  source: RowKernel,
  out: Operand,
  inputs: number,
  { causal = false, epsilon = 0 }: { readonly causal?: boolean; readonly epsilon?: number } = {},
): Dispatch {
  const inMemory = channelsOf(out.physical);
  const rows = elementsOf(out.physical) / inMemory;
  const { width, height } = fold(Math.ceil(rows / ROWS));
  return dispatch(
    source,
    [...[...Array(inputs).keys()].map(input), output],
    { rows, width, channels: channelsOf(out.shape), inMemory, causal: causal ? 1 : 0, epsilon },
    [width, height, 1],
  );
}

export const softmaxRule: KernelRule<'softmax'> = ({ node, inputs }) => [
  rowDispatch(softmax, one(inputs), 1, node.attributes),
];

export const softmaxGradientRule: KernelRule<'softmax_gradient'> = ({ inputs }) => [
  rowDispatch(softmaxGradient, two(inputs)[1], 2),
];

export const logSoftmaxRule: KernelRule<'log_softmax'> = ({ inputs }) => [
  rowDispatch(logSoftmax, one(inputs), 1),
];

export const logSoftmaxGradientRule: KernelRule<'log_softmax_gradient'> = ({ inputs }) => [
  rowDispatch(logSoftmaxGradient, two(inputs)[1], 2),
];

export const normalizeRowsRule: KernelRule<'normalize_rows'> = ({ node, inputs }) => [
  rowDispatch(normalizeRows, one(inputs), 1, node.attributes),
];

export const normalizeRowsGradientRule: KernelRule<'normalize_rows_gradient'> = ({ node, inputs }) => [
  rowDispatch(normalizeRowsGradient, two(inputs)[1], 2, node.attributes),
];
