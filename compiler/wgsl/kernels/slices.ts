/**
 * Slices of shared weights: a smaller weight is the first channels and units of a larger one, and the middle of its kernel
 * (Cai et al. 2020 hold the kernels of smaller networks so). It is taken out before a step and put back after it, so that what
 * lies around it keeps its bits.
 */
import { invariant, present } from '../../../util/invariant.ts';
import { elementsOf } from '../../ops/shapes.ts';
import type { Shape } from '../../graph/graph.ts';
import { fold, THREADS } from '../grid.ts';
import type { BufferRange } from '../plan.ts';
import { dispatch, input, output, type Dispatch } from '../rule.ts';
import { kernel, Lines, type KernelSource } from '../source.ts';

const fields = {
  count: 'i32',
  width: 'i32',
  size0: 'i32',
  size1: 'i32',
  size2: 'i32',
  size3: 'i32',
  held1: 'i32',
  held2: 'i32',
  held3: 'i32',
  stride0: 'i32',
  stride1: 'i32',
  stride2: 'i32',
} as const;

type Field = keyof typeof fields;

/** Element `i` of the padded slice: its place `at` in the larger weight, and whether it is no padding. */
const find = [
  'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
  'if (i < u.count) {',
  'let rest3 = i / u.held3;',
  'let c3 = i - rest3 * u.held3;',
  'let rest2 = rest3 / u.held2;',
  'let c2 = rest3 - rest2 * u.held2;',
  'let c0 = rest2 / u.held1;',
  'let c1 = rest2 - c0 * u.held1;',
  'let there = c1 < u.size1 && c2 < u.size2 && c3 < u.size3 && c0 < u.size0;',
  'let at = c0 * u.stride0 + c1 * u.stride1 + c2 * u.stride2 + c3;',
];

const take: KernelSource<Field> = kernel({
  name: 'take_slice',
  storage: [
    { name: 'whole', type: 'f32', access: 'read' },
    { name: 'slice', type: 'f32', access: 'read_write' },
  ],
  fields,
  workgroupSize: THREADS,
  body: new Lines().add(...find, 'slice[i] = select(0.0, whole[select(0, at, there)], there);', '}'),
});

const put: KernelSource<Field> = kernel({
  name: 'put_slice',
  storage: [
    { name: 'slice', type: 'f32', access: 'read' },
    { name: 'whole', type: 'f32', access: 'read_write' },
  ],
  fields,
  workgroupSize: THREADS,
  body: new Lines().add(...find, 'if (there) {', 'whole[at] = slice[i];', '}', '}'),
});

/** A weight in memory. */
export interface Held {
  readonly shape: Shape;
  readonly physicalShape: Shape;
}

/** Copies a slice out of a larger weight (input 0), or back into it. */
export function sliceDispatch(direction: 'take' | 'put', slice: Held, whole: Held): Dispatch {
  const count = elementsOf(slice.physicalShape);
  const { width, height } = fold(Math.ceil(count / THREADS));
  const [size0, size1, size2, size3] = four(slice.shape);
  const [, held1, held2, held3] = four(slice.physicalShape);
  const [stride0, stride1, stride2] = stridesOf(four(whole.physicalShape));
  const sizes = { size0, size1, size2, size3, held1, held2, held3 };
  return dispatch(
    direction === 'take' ? take : put,
    [input(0), output],
    { count, width, ...sizes, stride0, stride1, stride2 },
    [width, height, 1],
  );
}

/** The part of a weight's range that its slice lies in: from its first element to the end. */
export function sliceRange({ shape }: Held, whole: Held, range: BufferRange): BufferRange {
  invariant(shape.length === whole.shape.length, 'a slice has as many axes as what it is of');
  const strides = stridesOf(four(whole.physicalShape));
  const isKernel = shape.length > 2;
  const first = isKernel
    ? [0, 1].reduce((at, axis) => {
        const [smaller, larger] = [present(shape[axis], 'an axis'), present(whole.shape[axis], 'an axis')];
        return at + ((larger - smaller) >> 1) * present(strides[axis + 4 - shape.length], 'a stride');
      }, 0)
    : 0;
  return { buffer: range.buffer, offset: range.offset + first * 4, bytes: range.bytes - first * 4 };
}

type Four = readonly [number, number, number, number];

/** The shape with axes of 1 before it. */
function four(shape: Shape): Four {
  const [a = 1, b = 1, c = 1, d = 1] = [...Array<number>(4 - shape.length).fill(1), ...shape];
  return [a, b, c, d];
}

function stridesOf([, b, c, d]: Four): readonly [number, number, number] {
  return [b * c * d, c * d, d];
}
