/**
 * Kernels that put tensors together or see them in another shape: each thread writes one vec4, or one element
 * where vec4s of the two tensors do not meet. Rows of padding at the end of the last axis are written as zeros.
 */
import type { Shape } from '../../graph/graph.ts';
import { one } from '../../ops/operands.ts';
import { channelsOf, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, input, output, type KernelRule, type Operand } from '../rule.ts';
import { family } from '../source.ts';
import { copyDispatch } from './elementwise.ts';
import { moveKernel, over, type Piece } from './move.ts';

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
  /** Rows of each matrix of the input, and how many of them it has in memory. */
  inRows: 'i32',
  inRowsInMemory: 'i32',
} as const;

/** Counts the elements of both tensors without their padding. */
const reshapeKernel = moveKernel('reshape', 'f32', reshapeFields, [
  'let row = i / u.outMemory;',
  'let c = i - row * u.outMemory;',
  'let at = row * u.outChannels + c;',
  'let line = at / u.inChannels;',
  'let inside = c < u.outChannels;',
  'let matrix = line / u.inRows;',
  'let row_in_memory = line + matrix * (u.inRowsInMemory - u.inRows);',
  'let value = x[select(0, row_in_memory * u.inMemory + at - line * u.inChannels, inside)];',
  'y[i] = select(0.0, value, inside);',
]);

/** Rows of a matrix: of weights, memory has more of them than the shape. */
const rowsOf = (shape: Shape): number => shape.at(-2) ?? 1;

/** Whether the elements of two shapes of one tensor lie at the same places in memory. */
export function liesAlike(x: Operand, out: Operand): boolean {
  const [inChannels, outChannels] = [channelsOf(x.shape), channelsOf(out.shape)];
  const alike = inChannels === outChannels || (inChannels % 4 === 0 && outChannels % 4 === 0);
  return (
    alike && elementsOf(x.physical) === elementsOf(out.physical) && rowsOf(x.shape) === rowsOf(x.physical)
  );
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
    inRows: rowsOf(x.shape),
    inRowsInMemory: rowsOf(x.physical),
  };
  return [dispatch(reshapeKernel, [input(0), output], values, [grid.width, grid.height, 1])];
};
