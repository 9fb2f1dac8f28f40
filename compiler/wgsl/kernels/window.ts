/**
 * Kernels that read one tensor at places which follow from their own: parts, padding, orders of axes, repetition.
 * Rows of padding at the end of the last axis are written as zeros.
 */
import { one } from '../../ops/operands.ts';
import { channelsOf, elementsOf } from '../../ops/shapes.ts';
import { fold, MAX_WORKGROUPS, THREADS } from '../grid.ts';
import { dispatch, input, output, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import type { Profile } from '../plan.ts';
import { divideHelper, family, kernel, Lines, reads, writes } from '../source.ts';
import { moveKernel, over, type Piece } from './move.ts';

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
  /** Pieces in front of what the first place reads. */
  start: 'i32',
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
    `let base = ${axes.map((axis) => `s${axis} * u.stride${axis}`).join(' + ')} + u.start;`,
    'let value = x[select(0, base, inside)];',
    ...(piece === 'f32'
      ? ['y[i] = select(0.0, value, inside && c3 < u.channels);']
      : [
          'let keep = vec4i(0, 1, 2, 3) + 4 * c3 < vec4i(u.channels);',
          'y[i] = select(vec4f(), value, keep & vec4<bool>(inside));',
        ]),
  ]),
);

/**
 * The same where the first two axes make many lines: a workgroup takes some of them, and finds once for a line what all
 * its places share. `ragged` rows of the result end within a vec4.
 */
const lineKernel = family((threads: number, ragged: boolean) =>
  kernel({
    name: `window_lines_${threads}${ragged ? '_ragged' : ''}`,
    storage: [...reads('x'), writes('y')],
    fields: { ...windowFields, lines: 'i32', perGroup: 'i32', inner: 'i32' },
    workgroupSize: threads,
    helpers: [divideHelper],
    body: new Lines().add(
      'let first = i32(group.x) * u.perGroup;',
      'let last = min(first + u.perGroup, u.lines);',
      'for (var line = first; line < last; line++) {',
      'let c0 = divide(line, u.n1, u.inverse_n1);',
      'let s0 = c0 + u.move0;',
      'let s1 = line - c0 * u.n1 + u.move1;',
      'let line_inside = s0 >= 0 && s0 < u.m0 && s1 >= 0 && s1 < u.m1;',
      'let base = s0 * u.stride0 + s1 * u.stride1 + u.start;',
      `for (var i = local; i < u.inner; i += ${threads}) {`,
      'let c2 = divide(i, u.n3, u.inverse_n3);',
      'let c3 = i - c2 * u.n3;',
      'let s2 = c2 + u.move2;',
      'let s3 = c3 + u.move3;',
      'let inside = line_inside && s2 >= 0 && s2 < u.m2 && s3 >= 0 && s3 < u.m3;',
      'let value = x[select(0, base + s2 * u.stride2 + s3 * u.stride3, inside)];',
      ...(ragged
        ? [
            'let keep = vec4i(0, 1, 2, 3) + 4 * c3 < vec4i(u.channels);',
            'y[line * u.inner + i] = select(vec4f(), value, keep & vec4<bool>(inside));',
          ]
        : ['y[line * u.inner + i] = select(vec4f(), value, inside);']),
      '}',
      '}',
    ),
  }),
);

/** Lines, and vec4s of a line, from which on {@link lineKernel} is worth it. */
const LINES = 16;
const INNER = 8;

/** vec4s that a workgroup of it takes on a CPU adapter, about. */
const SHARE = 512;

/** Four sizes, the missing ones in front. */
function four(sizes: readonly number[], missing: number): readonly [number, number, number, number] {
  const all = [...Array<number>(4 - sizes.length).fill(missing), ...sizes];
  return [all[0] ?? missing, all[1] ?? missing, all[2] ?? missing, all[3] ?? missing];
}

/** Elements between neighbours along each axis in memory. */
function stridesOf(physical: readonly number[]): number[] {
  return physical.map((_, axis) => elementsOf(physical.slice(axis + 1)));
}

/** What a result reads at a place: in elements, for each axis of the result. */
interface Window {
  /** What is added to a place to find it in the input. */
  readonly moves: readonly number[];
  /** Size of what may be read; outside there are zeros. */
  readonly sizes: readonly number[];
  /** Elements between neighbours of the input in memory. */
  readonly strides: readonly number[];
  /** Elements in front of what is read at place 0: none where left out. */
  readonly start?: number;
}

function windowDispatch(
  profile: Profile,
  out: Operand,
  { moves, sizes, strides, start = 0 }: Window,
): Dispatch {
  const piece = strides.at(-1) === 1 && (moves.at(-1) ?? 0) % 4 === 0 ? 'vec4f' : 'f32';
  const unit = piece === 'f32' ? 1 : 4;
  const [n0, n1, n2, n3] = four(out.physical, 1);
  const [m0, m1, m2, m3] = four(sizes, 1);
  const [stride0, stride1, stride2, stride3] = four(strides, 0);
  const [move0, move1, move2, move3] = four(moves, 0);
  const values = {
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
    start: start / unit,
  };
  const bindings = [input(0), output];
  const lines = n0 * n1;
  const inner = n2 * (n3 / unit);
  if (piece === 'vec4f' && lines >= LINES && inner >= INNER) {
    const cpu = profile.kind === 'cpu';
    const threads = cpu ? 8 : THREADS;
    const perGroup = Math.max(cpu ? Math.ceil(SHARE / inner) : 1, Math.ceil(lines / MAX_WORKGROUPS));
    const ragged = channelsOf(out.shape) % 4 !== 0;
    const block = { ...values, lines, perGroup, inner };
    return dispatch(lineKernel(threads, ragged), bindings, block, [Math.ceil(lines / perGroup), 1, 1]);
  }
  const count = lines * inner;
  const grid = fold(Math.ceil(count / THREADS));
  const block = { ...values, count, width: grid.width };
  return dispatch(windowKernel(piece), bindings, block, [grid.width, grid.height, 1]);
}

/** A window over all of the input. */
function whole({ shape, physical }: Operand): Window {
  return { moves: shape.map(() => 0), sizes: shape, strides: stridesOf(physical) };
}

export const sliceRule: KernelRule<'slice'> = ({ node, inputs, output: out, profile }) => [
  windowDispatch(profile, out, { ...whole(one(inputs)), moves: node.attributes.begin }),
];

export const padRule: KernelRule<'pad'> = ({ node, inputs, output: out, profile }) => [
  windowDispatch(profile, out, {
    ...whole(one(inputs)),
    moves: node.attributes.before.map((width) => -width),
  }),
];

export const transposeRule: KernelRule<'transpose'> = ({ node, inputs, output: out, profile }) => {
  const { moves, sizes, strides } = whole(one(inputs));
  const ordered = (of: readonly number[]): number[] => node.attributes.axes.map((axis) => of[axis] ?? 0);
  return [windowDispatch(profile, out, { moves, sizes: ordered(sizes), strides: ordered(strides) })];
};

/** Neighbours along a repeated axis read the same element: they lie 0 apart. */
export const broadcastRule: KernelRule<'broadcast'> = ({ inputs, output: out, profile }) => {
  const x = one(inputs);
  const near = stridesOf(x.physical);
  const missing = out.shape.length - x.shape.length;
  const strides = out.shape.map((n, axis) =>
    x.shape[axis - missing] === n ? (near[axis - missing] ?? 0) : 0,
  );
  return [windowDispatch(profile, out, { moves: out.shape.map(() => 0), sizes: out.shape, strides })];
};

export const reverseRule: KernelRule<'reverse'> = ({ node, inputs, output: out, profile }) => {
  const x = whole(one(inputs));
  const turned = (axis: number): boolean => node.attributes.axes.includes(axis);
  const strides = x.strides.map((stride, axis) => (turned(axis) ? -stride : stride));
  const start = x.strides.reduce(
    (sum, stride, axis) => sum + (turned(axis) ? stride * ((x.sizes[axis] ?? 1) - 1) : 0),
    0,
  );
  return [windowDispatch(profile, out, { ...x, strides, start })];
};
