/**
 * Reductions along chosen axes, and the gradient of products: a thread takes one element of the result and walks
 * over what belongs to it, axis by axis. Padding of the result is written as zero.
 */
import type { ReduceKind } from '../../ops/attributes.ts';
import { one, two } from '../../ops/operands.ts';
import { channelsOf, elementsOf } from '../../ops/shapes.ts';
import { stridesOf } from '../../ops/strides.ts';
import { fold, THREADS } from '../grid.ts';
import {
  dispatch,
  input,
  output,
  type Binding,
  type Dispatch,
  type KernelRule,
  type Operand,
} from '../rule.ts';
import { kernel, Lines, type KernelSource } from '../source.ts';

const axes = [0, 1, 2, 3] as const;

const fields = {
  count: 'i32',
  width: 'i32',
  /** Size of the result in memory along each axis but the first. */
  n1: 'i32',
  n2: 'i32',
  n3: 'i32',
  /** Elements of a row of the result that are no padding. */
  channels: 'i32',
  /** Elements between neighbours of x along each axis: of those that stay, and of those that are walked over. */
  keep0: 'i32',
  keep1: 'i32',
  keep2: 'i32',
  keep3: 'i32',
  walk0: 'i32',
  walk1: 'i32',
  walk2: 'i32',
  walk3: 'i32',
  /** How many elements are walked over along each axis. */
  m0: 'i32',
  m1: 'i32',
  m2: 'i32',
  m3: 'i32',
  /** Elements between neighbours of dy along each axis of x. */
  dy0: 'i32',
  dy1: 'i32',
  dy2: 'i32',
  dy3: 'i32',
} as const;

type ReduceKernel = KernelSource<keyof typeof fields>;

const sumOf = (term: (axis: number) => string): string => axes.map(term).join(' + ');

/** A kernel whose threads see their place `c0` to `c3`, `base`, and walk over the places `at` of x. */
function reduceKernel(name: string, reads: readonly string[], statements: readonly string[]): ReduceKernel {
  return kernel({
    name,
    storage: [
      ...reads.map((read) => ({ name: read, type: 'f32', access: 'read' }) as const),
      { name: 'y', type: 'f32', access: 'read_write' },
    ],
    fields,
    workgroupSize: THREADS,
    body: new Lines().add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      'let r2 = i / u.n3;',
      'let c3 = i - r2 * u.n3;',
      'let r1 = r2 / u.n2;',
      'let c2 = r2 - r1 * u.n2;',
      'let c0 = r1 / u.n1;',
      'let c1 = r1 - c0 * u.n1;',
      `let base = ${sumOf((axis) => `c${axis} * u.keep${axis}`)};`,
      ...statements,
      '}',
    ),
  });
}

const walk = (...statements: readonly string[]): string[] => [
  ...axes.map((axis) => `for (var k${axis} = 0; k${axis} < u.m${axis}; k${axis}++) {`),
  `let at = base + ${sumOf((axis) => `k${axis} * u.walk${axis}`)};`,
  ...statements,
  ...axes.map(() => '}'),
];

const store = 'y[i] = select(0.0, result, c3 < u.channels);';

/** What each element does to the result; an extreme begins with the first. */
const steps: Readonly<Record<ReduceKind, readonly [start: string, step: string]>> = {
  sum: ['0.0', 'result + x[at]'],
  max: ['x[select(0, base, c3 < u.channels)]', 'max(result, x[at])'],
  min: ['x[select(0, base, c3 < u.channels)]', 'min(result, x[at])'],
  product: ['1.0', 'result * x[at]'],
};

const kernelOf = (kind: ReduceKind): ReduceKernel => {
  const [start, step] = steps[kind];
  return reduceKernel(
    `reduce_${kind}`,
    ['x'],
    [`var result = ${start};`, ...walk(`result = ${step};`), store],
  );
};

const kernels: Readonly<Record<ReduceKind, ReduceKernel>> = {
  sum: kernelOf('sum'),
  max: kernelOf('max'),
  min: kernelOf('min'),
  product: kernelOf('product'),
};

/** Walks over all that are multiplied with the thread's own element. */
const productGradient = reduceKernel(
  'product_gradient',
  ['dy', 'x'],
  [
    `let own = base + ${sumOf((axis) => `c${axis} * u.walk${axis}`)};`,
    `let scale = ${sumOf((axis) => `c${axis} * u.dy${axis}`)};`,
    'var result = dy[select(0, scale, c3 < u.channels)];',
    ...walk('result *= select(x[at], 1.0, at == own);'),
    store,
  ],
);

/** Numbers of four axes by name, the missing ones in front. */
function named<N extends string>(
  name: N,
  values: readonly number[],
  missing: number,
): Record<`${N}${0 | 1 | 2 | 3}`, number> {
  const all = [...Array<number>(4 - values.length).fill(missing), ...values];
  const entries = axes.map((axis) => [`${name}${axis}`, all[axis] ?? missing] as const);
  return Object.fromEntries(entries) as Record<`${N}${0 | 1 | 2 | 3}`, number>;
}

function reduceDispatch(
  source: ReduceKernel,
  bindings: readonly Binding[],
  chosen: readonly number[],
  x: Operand,
  out: Operand,
  dy?: Operand,
): Dispatch {
  const strides = stridesOf(x.physical);
  const count = elementsOf(out.physical);
  const grid = fold(Math.ceil(count / THREADS));
  const where = (inside: readonly number[], outside: number, taken: boolean): number[] =>
    inside.map((n, axis) => (chosen.includes(axis) === taken ? n : outside));
  const { n1, n2, n3 } = named('n', out.physical, 1);
  const values = {
    count,
    width: grid.width,
    n1,
    n2,
    n3,
    channels: channelsOf(out.shape),
    ...named('keep', where(strides, 0, false), 0),
    ...named('walk', where(strides, 0, true), 0),
    ...named('m', where(x.shape, 1, true), 1),
    ...named('dy', dy ? where(stridesOf(dy.physical), 0, false) : [], 0),
  };
  return dispatch(source, bindings, values, [grid.width, grid.height, 1]);
}

export const reduceRule: KernelRule<'reduce'> = ({ node, inputs, output: out }) => {
  const { kind, axes: chosen } = node.attributes;
  return [reduceDispatch(kernels[kind], [input(0), output], chosen, one(inputs), out)];
};

export const productGradientRule: KernelRule<'product_gradient'> = ({ node, inputs, output: out }) => {
  const [dy, x] = two(inputs);
  return [reduceDispatch(productGradient, [input(0), input(1), output], node.attributes.axes, x, out, dy)];
};
