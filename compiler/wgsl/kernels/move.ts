/** The frame of kernels that move elements: a thread writes one vec4, or one element where vec4s do not meet. */
import { THREADS } from '../grid.ts';
import { divideHelper, kernel, Lines, type FieldType, type KernelSource } from '../source.ts';

/** What a thread moves: a vec4, or one element. */
export type Piece = 'vec4f' | 'f32';

/** A kernel that reads `x` and writes `y` piece by piece. */
export function moveKernel<F extends string>(
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
export function over(piece: Piece, dividend: string, size: string): string {
  if (piece === 'f32') return `${dividend} / u.${size}`;
  return `divide(${dividend}, u.${size}, u.inverse_${size})`;
}
