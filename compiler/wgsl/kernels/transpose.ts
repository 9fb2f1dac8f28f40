/** Transposes matrices, one per filter tap: a thread turns a block of 4 x 4. */
import { THREADS } from '../grid.ts';
import { dispatch, type Binding, type Dispatch } from '../rule.ts';
import { kernel, Lines, reads, writes, type KernelSource } from '../source.ts';

/** Rows past the end are read as zero, so that the padding of the result is zero. */
const transpose: KernelSource<'rows' | 'quads' | 'rowQuads' | 'inputStride' | 'outputRows'> = kernel({
  name: 'transpose',
  storage: [...reads('x'), writes('y')],
  fields: { rows: 'i32', quads: 'i32', rowQuads: 'i32', inputStride: 'i32', outputRows: 'i32' },
  workgroupSize: THREADS,
  body: new Lines()
    .add(
      'let quad = i32(group.x) * 64 + local;',
      'let block = i32(group.y);',
      'let matrix = i32(group.z);',
      'if (quad < u.quads) {',
      'let start = matrix * u.inputStride + quad;',
      'let to = matrix * u.outputRows * u.rowQuads + block;',
    )
    .each(4, (i) => [
      `let row${i} = block * 4 + ${i};`,
      `let a${i} = select(vec4f(), x[start + min(row${i}, u.rows - 1) * u.quads], row${i} < u.rows);`,
    ])
    .each(4, (j) => {
      const lane = 'xyzw'[j];
      return [
        `if (quad * 4 + ${j} < u.outputRows) {`,
        `y[to + (quad * 4 + ${j}) * u.rowQuads] = vec4f(a0.${lane}, a1.${lane}, a2.${lane}, a3.${lane});`,
        '}',
      ];
    })
    .add('}'),
});

export interface Matrices {
  readonly count: number;
  /** Rows that hold data, and rows in memory. */
  readonly rows: number;
  readonly rowsInMemory: number;
  /** vec4s in a row of the input. */
  readonly quads: number;
}

/** Bytes of the transposed matrices: `quads * 4` rows of the input's rows, padded. */
export function transposedBytes({ count, rows, quads }: Matrices): number {
  return count * quads * 4 * Math.ceil(rows / 4) * 16;
}

/** Writes each matrix transposed, `quads * 4` rows long. */
export function transposeDispatch(matrices: Matrices, from: Binding, to: Binding): Dispatch {
  const { count, rows, rowsInMemory, quads } = matrices;
  const rowQuads = Math.ceil(rows / 4);
  return dispatch(
    transpose,
    [from, to],
    { rows, quads, rowQuads, inputStride: rowsInMemory * quads, outputRows: quads * 4 },
    [Math.ceil(quads / THREADS), rowQuads, count],
  );
}
