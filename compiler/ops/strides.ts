/** Walks over tensors along their axes: the loops of ops that move or gather elements. */
import type { Shape } from '../graph/graph.ts';
import type { ShapeProblem, TensorType } from './op.ts';
import { fewerAxes, shapeText } from './shapes.ts';

/** Most axes that these ops take apart. */
export const MOST_AXES = 4;

/** Whether the tensor is anything but f32 of one to four axes. */
export function wrongAxes(x: TensorType): ShapeProblem | undefined {
  const problem = fewerAxes('the input', x, 1);
  if (problem || x.shape.length <= MOST_AXES) return problem;
  return {
    problem: `the shape of the input is ${shapeText(x.shape)}`,
    expected: `at most ${MOST_AXES} axes`,
  };
}

/** A whole number of 0 or more. */
export const isWidth = (n: number): boolean => Number.isInteger(n) && n >= 0;

/** Row-major distances of neighbours along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** Visits the elements of `shape` in row-major order; `offset` is the same place in a tensor of `strides`. */
export function visitPlaces(shape: Shape, strides: readonly number[], visit: (offset: number) => void): void {
  const walk = (axis: number, offset: number): void => {
    if (axis === shape.length) return visit(offset);
    for (let i = 0; i < (shape[axis] ?? 0); i++) walk(axis + 1, offset + i * (strides[axis] ?? 0));
  };
  walk(0, 0);
}

/** Sum of a[i] * b[i]. */
export function along(a: Shape, b: readonly number[]): number {
  return a.reduce((sum, n, i) => sum + n * (b[i] ?? 0), 0);
}
