/** Tensors between their logical layout, row-major, and the padded one that a device keeps. */
import type { Shape } from '../../compiler/graph/graph.ts';
import { elementsOf, shapeText } from '../../compiler/ops/shapes.ts';
import { InvariantError } from '../../util/invariant.ts';

interface Layout {
  readonly shape: Shape;
  readonly physicalShape: Shape;
}

/** Runs up to this length are copied one by one, which takes less than to ask for it. */
const SHORT = 32;

/** Copies a run of elements. */
function copyRun<T extends Float32Array | Int32Array>(
  from: T,
  at: number,
  to: T,
  place: number,
  length: number,
): void {
  if (length > SHORT) to.set(from.subarray(at, at + length), place);
  else for (let i = 0; i < length; i += 1) to[place + i] = from[at + i] ?? NaN;
}

/** Visits each run of elements that is contiguous in both layouts: (logical offset, physical offset, length). */
function visitRuns(
  { shape, physicalShape }: Layout,
  visit: (logical: number, physical: number, length: number) => void,
): void {
  const columns = shape.at(-1) ?? 1;
  const columnsInMemory = physicalShape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  const rowsInMemory = physicalShape.at(-2) ?? 1;
  const matrices = elementsOf(shape) / (rows * columns);
  for (let matrix = 0; matrix < matrices; matrix += 1) {
    for (let row = 0; row < rows; row += 1) {
      visit((matrix * rows + row) * columns, (matrix * rowsInMemory + row) * columnsInMemory, columns);
    }
  }
}

/** The padded tensor, padding zero. */
export function padTensor<T extends Float32Array | Int32Array>(layout: Layout, values: T): T {
  const elements = elementsOf(layout.physicalShape);
  const padded = (values instanceof Int32Array ? new Int32Array(elements) : new Float32Array(elements)) as T;
  padInto(layout, values, padded, 0);
  return padded;
}

/** Puts the padded tensor into zeros, from element `at` on. */
export function padInto<T extends Float32Array | Int32Array>(
  layout: Layout,
  values: T,
  target: T,
  at: number,
): void {
  const { shape, physicalShape } = layout;
  const elements = elementsOf(shape);
  if (values.length !== elements) {
    throw new InvariantError(`a tensor of ${shapeText(shape)} cannot hold ${values.length} elements`);
  }
  if (elements === elementsOf(physicalShape)) target.set(values, at);
  else {
    visitRuns(layout, (logical, physical, length) => copyRun(values, logical, target, at + physical, length));
  }
}

/** The logical tensor from a padded one. */
export function unpadTensor(layout: Layout, padded: Float32Array): Float32Array {
  const values = new Float32Array(elementsOf(layout.shape));
  visitRuns(layout, (logical, physical, length) => copyRun(padded, physical, values, logical, length));
  return values;
}
