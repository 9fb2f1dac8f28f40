/**
 * Rows of a resident data set become the images of a batch, changed on the way: cropped (moved, with zeros coming in),
 * turned left to right, and with a square of zeros. What becomes of each image is decided on the host
 * (`runtime/train/augment.ts`), so that every executor does the same to the last bit; the images stay where they are.
 */
import { elementsOf } from '../../ops/shapes.ts';
import type { AugmentSpec } from '../../search/search.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, type Binding, type Dispatch, type Operand } from '../rule.ts';
import { divideHelper, kernel, Lines, writes, type KernelSource } from '../source.ts';
import { paddedRead, stepBinding } from './step.ts';

/**
 * Numbers that say what becomes of an image: by how many pixels down and to the right it is read from, whether it is turned
 * left to right (1), and the place of the square's centre in row-major order, or -1 for no square.
 */
export const AUGMENT_WORDS = 4;

const augmentRows: KernelSource<
  | 'count'
  | 'width'
  | 'rowQuads'
  | 'inverseRow'
  | 'quads'
  | 'inverseQuads'
  | 'channels'
  | 'columns'
  | 'inverseColumns'
  | 'rows'
  | 'side'
> = kernel({
  name: 'augment_rows',
  storage: [
    { name: 'data', type: 'f32', access: 'read' },
    { name: 'indices', type: 'i32', access: 'read' },
    { name: 'changes', type: 'i32', access: 'read' },
    stepBinding,
    writes('x'),
  ],
  fields: {
    count: 'i32',
    width: 'i32',
    rowQuads: 'i32',
    inverseRow: 'f32',
    quads: 'i32',
    inverseQuads: 'f32',
    channels: 'i32',
    columns: 'i32',
    inverseColumns: 'f32',
    rows: 'i32',
    side: 'i32',
  },
  workgroupSize: THREADS,
  helpers: [divideHelper],
  body: new Lines()
    .add(
      `let i = (i32(group.x) + i32(group.y) * u.width) * ${THREADS} + local;`,
      'if (i < u.count) {',
      'let image = divide(i, u.rowQuads, u.inverseRow);',
      'let place = i - image * u.rowQuads;',
      'let pixel = divide(place, u.quads, u.inverseQuads);',
      'let channel = (place - pixel * u.quads) * 4;',
      'let row = divide(pixel, u.columns, u.inverseColumns);',
      'let column = pixel - row * u.columns;',
      'let at = i32(step[1]) + image;',
      `let down = changes[at * ${AUGMENT_WORDS}];`,
      `let right = changes[at * ${AUGMENT_WORDS} + 1];`,
      `let turned = changes[at * ${AUGMENT_WORDS} + 2] == 1;`,
      `let centre = changes[at * ${AUGMENT_WORDS} + 3];`,
      // Division of what may be -1: the square is then nowhere.
      'let centre_row = divide(max(centre, 0), u.columns, u.inverseColumns);',
      'let top = centre_row - u.side / 2;',
      'let left = max(centre, 0) - centre_row * u.columns - u.side / 2;',
      'let cut = centre >= 0 && row >= top && row < top + u.side && column >= left && column < left + u.side;',
      'let from_row = row + down;',
      'let from_column = select(column, u.columns - 1 - column, turned) + right;',
      'let inside = from_row >= 0 && from_row < u.rows && from_column >= 0 && from_column < u.columns;',
      'let index = indices[at];',
      'let length = u.rows * u.columns * u.channels;',
      'let there = index >= 0 && index < i32(arrayLength(&data)) / length && inside && !cut;',
      'let source = select(0, index * length + (from_row * u.columns + from_column) * u.channels, there);',
      'let last = u.channels - 1;',
    )
    .each(4, (k) => paddedRead('source', k))
    .add('x[i] = vec4f(v0, v1, v2, v3);', '}'),
});

/** Fills an input of images with the batch's rows of the resident data, changed. */
export function augmentBatch(
  target: Operand,
  { cutout = 0 }: AugmentSpec,
  [data, order, changes, now, to]: readonly [Binding, Binding, Binding, Binding, Binding],
): Dispatch {
  const [images = 1, rows = 1, columns = 1, channels = 1] = target.shape;
  const count = elementsOf(target.physical) / 4;
  const quads = (target.physical.at(-1) ?? 0) / 4;
  const rowQuads = count / images;
  const { width, height } = fold(Math.ceil(count / THREADS));
  return dispatch(
    augmentRows,
    [data, order, changes, now, to],
    {
      count,
      width,
      rowQuads,
      inverseRow: 1 / rowQuads,
      quads,
      inverseQuads: 1 / quads,
      channels,
      columns,
      inverseColumns: 1 / columns,
      rows,
      side: cutout,
    },
    [width, height, 1],
  );
}
