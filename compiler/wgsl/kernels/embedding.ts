/**
 * Embeddings: a thread reads one vec4 of the row of one id. The gradient of the table: a thread takes one vec4
 * of one row and looks at every id, in order, so that results are the same from run to run.
 */
import { two } from '../../ops/operands.ts';
import { channelsOf, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, input, output, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import { divideHelper, kernel, Lines, type KernelSource, type StorageBinding } from '../source.ts';

const fields = {
  count: 'i32',
  width: 'i32',
  quads: 'i32',
  inverseQuads: 'f32',
  /** Rows of ids, the ids in each, and how many of them it has in memory. */
  lines: 'i32',
  positions: 'i32',
  inversePositions: 'f32',
  inMemory: 'i32',
  tableRows: 'i32',
} as const;

type EmbeddingKernel = KernelSource<keyof typeof fields>;

const ids: StorageBinding = { name: 'ids', type: 'i32', access: 'read' };

function source(name: string, read: string, statements: readonly string[]): EmbeddingKernel {
  return kernel({
    name,
    storage: [
      ids,
      { name: read, type: 'vec4f', access: 'read' },
      { name: 'y', type: 'vec4f', access: 'read_write' },
    ],
    fields,
    workgroupSize: THREADS,
    helpers: [divideHelper],
    body: new Lines().add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      'let row = divide(i, u.quads, u.inverseQuads);',
      'let quad = i - row * u.quads;',
      ...statements,
      '}',
    ),
  });
}

const embedding = source('embedding', 'table', [
  'let line = divide(row, u.positions, u.inversePositions);',
  'let id = ids[line * u.inMemory + row - line * u.positions];',
  'let known = id >= 0 && id < u.tableRows;',
  'let value = table[select(0, id, known) * u.quads + quad];',
  'y[i] = select(vec4f(), value, known);',
]);

const embeddingGradient = source('embedding_gradient', 'dy', [
  'var sum = vec4f();',
  'for (var line = 0; line < select(0, u.lines, row < u.tableRows); line++) {',
  'for (var p = 0; p < u.positions; p++) {',
  'if (ids[line * u.inMemory + p] == row) {',
  'sum += dy[(line * u.positions + p) * u.quads + quad];',
  '}',
  '}',
  '}',
  'y[i] = sum;',
]);

function embeddingDispatch(
  kernelSource: EmbeddingKernel,
  tokens: Operand,
  out: Operand,
  tableRows: number,
): Dispatch {
  const positions = channelsOf(tokens.shape);
  const quads = channelsOf(out.physical) / 4;
  const count = elementsOf(out.physical) / 4;
  const { width, height } = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width,
    quads,
    inverseQuads: 1 / quads,
    lines: elementsOf(tokens.shape) / positions,
    positions,
    inversePositions: 1 / positions,
    inMemory: channelsOf(tokens.physical),
    tableRows,
  };
  return dispatch(kernelSource, [input(0), input(1), output], values, [width, height, 1]);
}

export const embeddingRule: KernelRule<'embedding'> = ({ inputs, output: out }) => {
  const [tokens, table] = two(inputs);
  return [embeddingDispatch(embedding, tokens, out, table.shape[0] ?? 0)];
};

export const embeddingGradientRule: KernelRule<'embedding_gradient'> = ({ node, inputs, output: out }) => [
  embeddingDispatch(embeddingGradient, two(inputs)[0], out, node.attributes.rows),
];
