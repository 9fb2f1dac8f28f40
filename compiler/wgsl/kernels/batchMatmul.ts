/** Products of batches of small matrices, as attention has them: a thread computes one element. */
import { two } from '../../ops/operands.ts';
import { axes3, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, input, output, type KernelRule } from '../rule.ts';
import { kernel, Lines, type KernelSource } from '../source.ts';

const fields = {
  count: 'i32',
  width: 'i32',
  rows: 'i32',
  columns: 'i32',
  inMemory: 'i32',
  inner: 'i32',
  aMatrix: 'i32',
  aRow: 'i32',
  aInner: 'i32',
  bMatrix: 'i32',
  bInner: 'i32',
  bColumn: 'i32',
} as const;

const batchMatmul: KernelSource<keyof typeof fields> = kernel({
  name: 'batch_matmul',
  storage: [
    { name: 'a', type: 'f32', access: 'read' },
    { name: 'b', type: 'f32', access: 'read' },
    { name: 'y', type: 'f32', access: 'read_write' },
  ],
  fields,
  workgroupSize: THREADS,
  body: new Lines().add(
    'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
    'if (i < u.count) {',
    'let line = i / u.inMemory;',
    'let column = i - line * u.inMemory;',
    'let matrix = line / u.rows;',
    'let row = line - matrix * u.rows;',
    'var sum = 0.0;',
    'if (column < u.columns) {',
    'let from_a = matrix * u.aMatrix + row * u.aRow;',
    'let from_b = matrix * u.bMatrix + column * u.bColumn;',
    'for (var k = 0; k < u.inner; k++) {',
    'sum += a[from_a + k * u.aInner] * b[from_b + k * u.bInner];',
    '}',
    '}',
    'y[i] = sum;',
    '}',
  ),
});

export const batchMatmulRule: KernelRule<'batch_matmul'> = ({ node, inputs, output: out }) => {
  const [a, b] = two(inputs);
  const { transposeA, transposeB } = node.attributes;
  const [, aHigh, aWide] = axes3(a.physical);
  const [, bHigh, bWide] = axes3(b.physical);
  const [, rows, columns] = axes3(out.shape);
  const count = elementsOf(out.physical);
  const { width, height } = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width,
    rows,
    columns,
    inMemory: axes3(out.physical)[2],
    inner: axes3(a.shape)[transposeA ? 1 : 2],
    aMatrix: aHigh * aWide,
    aRow: transposeA ? 1 : aWide,
    aInner: transposeA ? aWide : 1,
    bMatrix: bHigh * bWide,
    bInner: transposeB ? 1 : bWide,
    bColumn: transposeB ? bWide : 1,
  };
  return [dispatch(batchMatmul, [input(0), input(1), output], values, [width, height, 1])];
};
