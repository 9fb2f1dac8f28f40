/**
 * Kernels that move elements: each thread writes one vec4, or one element where vec4s of the two tensors do
 * not meet. Rows of padding at the end of the last axis are written as zeros.
 */
import { one } from '../../ops/operands.ts';
import { channelsOf, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, input, output, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import { divideHelper, family, kernel, Lines, type FieldType, type KernelSource } from '../source.ts';
import { copyDispatch } from './elementwise.ts';

/** What a thread moves: a vec4, or one element. */
type Piece = 'vec4f' | 'f32';

/** A kernel that reads `x` and writes `y` piece by piece. */
function moveKernel<F extends string>(
  name: string,
  piece: Piece,
  fields: Readonly<Record<F, FieldType>>,
  statements: readonly string[],
): KernelSource<F | 'count' | 'width'> {
  return kernel<F | 'count' | 'width'>({
    name: `${name}_${piece}`,
    storage: [
      { name: 'x', type: piece, access: 'read' },
      { name: 'y', type: piece, access: 'read_write' },
    ],
    fields: { count: 'i32', width: 'i32', ...fields },
    workgroupSize: THREADS,
    helpers: [divideHelper],
    body: new Lines().add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      ...statements,
      '}',
    ),
  });
}

/**
 * Division by a size `u.NAME`. The quick one is exact for counts of vec4s; of single elements there may be
 * more than a float can count.
 */
function over(piece: Piece, dividend: string, size: string): string {
  if (piece === 'f32') return `${dividend} / u.${size}`;
  return `divide(${dividend}, u.${size}, u.inverse_${size})`;
}

const axes = [0, 1, 2, 3] as const;

const windowFields = {
  /** Size of the result along each axis but the first, the last in pieces. */
  n1: 'i32',
  inverse_n1: 'f32',
  n2: 'i32',
  inverse_n2: 'f32',
  n3: 'i32',
  inverse_n3: 'f32',
  /** Elements of a row of the result that are no padding. */
  channels: 'i32',
  /** Where the result begins in the input along each axis, the last in pieces. */
  move0: 'i32',
  move1: 'i32',
  move2: 'i32',
  move3: 'i32',
  /** Size of what may be read along each axis of the result, the last in pieces. */
  m0: 'i32',
  m1: 'i32',
  m2: 'i32',
  m3: 'i32',
  /** Pieces between neighbours in the input along each axis of the result. */
  stride0: 'i32',
  stride1: 'i32',
  stride2: 'i32',
  stride3: 'i32',
} as const;

/** Reads the input at the thread's place, moved: zeros outside it. */
const windowKernel = family((piece: Piece) =>
  moveKernel('window', piece, windowFields, [
    `let r2 = ${over(piece, 'i', 'n3')};`,
    'let c3 = i - r2 * u.n3;',
    `let r1 = ${over(piece, 'r2', 'n2')};`,
    'let c2 = r2 - r1 * u.n2;',
    `let c0 = ${over(piece, 'r1', 'n1')};`,
    'let c1 = r1 - c0 * u.n1;',
    ...axes.map((axis) => `let s${axis} = c${axis} + u.move${axis};`),
    `let inside = ${axes.map((axis) => `s${axis} >= 0 && s${axis} < u.m${axis}`).join(' && ')};`,
    `let base = ${axes.map((axis) => `s${axis} * u.stride${axis}`).join(' + ')};`,
    'let value = x[select(0, base, inside)];',
    ...(piece === 'f32'
      ? ['y[i] = select(0.0, value, inside && c3 < u.channels);']
      : [
          'let keep = vec4i(0, 1, 2, 3) + 4 * c3 < vec4i(u.channels);',
          'y[i] = select(vec4f(), value, keep & vec4<bool>(inside));',
        ]),
  ]),
);

/** Four sizes, the missing ones in front. */
function four(sizes: readonly number[], missing: number): readonly [number, number, number, number] {
  const all = [...Array<number>(4 - sizes.length).fill(missing), ...sizes];
  return [all[0] ?? missing, all[1] ?? missing, all[2] ?? missing, all[3] ?? missing];
}

/** Elements between neighbours along each axis in memory. */
function stridesOf(physical: readonly number[]): number[] {
  return physical.map((_, axis) => elementsOf(physical.slice(axis + 1)));
}

/** The result's element at a place is the input's at that place, moved, with its axes in an order. */
function windowDispatch(
  x: Operand,
  out: Operand,
  moves: readonly number[],
  order: readonly number[] = x.shape.map((_, axis) => axis),
): Dispatch {
  const last = x.shape.length - 1;
  const piece = order[last] === last && (moves[last] ?? 0) % 4 === 0 ? 'vec4f' : 'f32';
  const unit = piece === 'f32' ? 1 : 4;
  const strides = stridesOf(x.physical);
  const [, n1, n2, n3] = four(out.physical, 1);
  const [m0, m1, m2, m3] = four(
    order.map((axis) => x.shape[axis] ?? 1),
    1,
  );
  const [stride0, stride1, stride2, stride3] = four(
    order.map((axis) => strides[axis] ?? 0),
    0,
  );
  const [move0, move1, move2, move3] = four(moves, 0);
  const count = elementsOf(out.physical) / unit;
  const grid = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width: grid.width,
    n1,
    inverse_n1: 1 / n1,
    n2,
    inverse_n2: 1 / n2,
    n3: n3 / unit,
    inverse_n3: unit / n3,
    channels: channelsOf(out.shape),
    move0,
    move1,
    move2,
    move3: move3 / unit,
    m0,
    m1,
    m2,
    m3: Math.ceil(m3 / unit),
    stride0: stride0 / unit,
    stride1: stride1 / unit,
    stride2: stride2 / unit,
    stride3: unit === 1 ? stride3 : 1,
  };
  return dispatch(windowKernel(piece), [input(0), output], values, [grid.width, grid.height, 1]);
}

export const sliceRule: KernelRule<'slice'> = ({ node, inputs, output: out }) => [
  windowDispatch(one(inputs), out, node.attributes.begin),
];

export const padRule: KernelRule<'pad'> = ({ node, inputs, output: out }) => [
  windowDispatch(
    one(inputs),
    out,
    node.attributes.before.map((width) => -width),
  ),
];

export const transposeRule: KernelRule<'transpose'> = ({ node, inputs, output: out }) => [
  windowDispatch(
    one(inputs),
    out,
    out.shape.map(() => 0),
    node.attributes.axes,
  ),
];

const joinFields = {
  /** Pieces of a row that a thread's input gives, padding of the result included. */
  span: 'i32',
  inverse_span: 'f32',
  /** Pieces of a row that hold the input's elements. */
  channels: 'i32',
  inMemory: 'i32',
  outMemory: 'i32',
  first: 'i32',
} as const;

/** Writes one input of a join into its part of each row. */
const joinKernel = family((piece: Piece) =>
  moveKernel('join', piece, joinFields, [
    `let row = ${over(piece, 'i', 'span')};`,
    'let c = i - row * u.span;',
    'let inside = c < u.channels;',
    'let value = x[row * u.inMemory + select(0, c, inside)];',
    `y[row * u.outMemory + u.first + c] = select(${piece}(), value, inside);`,
  ]),
);

export const concatRule: KernelRule<'concat'> = ({ inputs, output: out }) => {
  const outMemory = channelsOf(out.physical);
  const rows = elementsOf(out.physical) / outMemory;
  const aligned = inputs.slice(0, -1).every(({ shape }) => channelsOf(shape) % 4 === 0);
  const [piece, unit] = aligned ? (['vec4f', 4] as const) : (['f32', 1] as const);
  let first = 0;
  return inputs.map(({ shape, physical }, index) => {
    const channels = channelsOf(shape);
    const span = Math.ceil((index === inputs.length - 1 ? outMemory - first : channels) / unit);
    const count = rows * span;
    const grid = fold(Math.ceil(count / THREADS));
    const values = {
      count,
      width: grid.width,
      span,
      inverse_span: 1 / span,
      channels: Math.ceil(channels / unit),
      inMemory: channelsOf(physical) / unit,
      outMemory: outMemory / unit,
      first: first / unit,
    };
    first += channels;
    return dispatch(joinKernel(piece), [input(index), output], values, [grid.width, grid.height, 1]);
  });
};

const reshapeFields = {
  outMemory: 'i32',
  outChannels: 'i32',
  inMemory: 'i32',
  inChannels: 'i32',
} as const;

/** Counts the elements of both tensors without their padding. */
const reshapeKernel = moveKernel('reshape', 'f32', reshapeFields, [
  'let row = i / u.outMemory;',
  'let c = i - row * u.outMemory;',
  'let at = row * u.outChannels + c;',
  'let line = at / u.inChannels;',
  'let inside = c < u.outChannels;',
  'let value = x[select(0, line * u.inMemory + at - line * u.inChannels, inside)];',
  'y[i] = select(0.0, value, inside);',
]);

/** Whether the elements of two shapes of one tensor lie at the same places in memory. */
export function liesAlike(x: Operand, out: Operand): boolean {
  const [inChannels, outChannels] = [channelsOf(x.shape), channelsOf(out.shape)];
  const alike = inChannels === outChannels || (inChannels % 4 === 0 && outChannels % 4 === 0);
  return alike && elementsOf(x.physical) === elementsOf(out.physical);
}

export const reshapeRule: KernelRule<'reshape'> = ({ inputs, output: out, profile }) => {
  const x = one(inputs);
  const [inChannels, outChannels] = [channelsOf(x.shape), channelsOf(out.shape)];
  const count = elementsOf(out.physical);
  if (liesAlike(x, out)) return [copyDispatch(profile, count * 4)];
  const grid = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width: grid.width,
    outMemory: channelsOf(out.physical),
    outChannels,
    inMemory: channelsOf(x.physical),
    inChannels,
  };
  return [dispatch(reshapeKernel, [input(0), output], values, [grid.width, grid.height, 1])];
};
