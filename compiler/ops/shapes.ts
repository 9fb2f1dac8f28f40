/** Pieces of shape rules: checks that give a problem in the user's words, and access to axes by meaning. */
import { InvariantError, present } from '../../util/invariant.ts';
import type { DType, Shape } from '../graph/graph.ts';
import type { OpCost, ShapeProblem, TensorType } from './op.ts';

/** The first of some checks that found something. */
export function firstProblem(...checks: readonly (ShapeProblem | undefined)[]): ShapeProblem | undefined {
  return checks.find((check) => check !== undefined);
}

/** A shape as people write it: `8 x 8 x 16`. */
export function shapeText(shape: Shape): string {
  return shape.length === 0 ? 'no axes' : shape.join(' x ');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a === b || (a.length === b.length && a.every((size, axis) => size === b[axis]));
}

/** Number of elements. */
export function elementsOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Size of the last axis: the channels of an image, the columns of a matrix. */
export function channelsOf(shape: Shape): number {
  return present(shape.at(-1), 'the last axis');
}

/** (images, height, width, channels), or the four axes of convolution filters. */
export function axes4(shape: Shape): readonly [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || shape.length > 4) {
    throw new InvariantError(`a shape of four axes was promised, not ${shapeText(shape)}`);
  }
  return [a, b, c, d];
}

/** (height, width, channels) of depthwise filters, or (matrices, rows, columns). */
export function axes3(shape: Shape): readonly [number, number, number] {
  const [a, b, c] = shape;
  if (a === undefined || b === undefined || c === undefined || shape.length > 3) {
    throw new InvariantError(`a shape of three axes was promised, not ${shapeText(shape)}`);
  }
  return [a, b, c];
}

/** (rows, columns) */
export function axes2(shape: Shape): readonly [number, number] {
  const [a, b] = shape;
  if (a === undefined || b === undefined || shape.length > 2) {
    throw new InvariantError(`a shape of two axes was promised, not ${shapeText(shape)}`);
  }
  return [a, b];
}

/** Whether the elements are of another type than wanted. `what` names the tensor: `the input`. */
export function wrongDType(what: string, found: TensorType, dtype: DType = 'f32'): ShapeProblem | undefined {
  if (found.dtype === dtype) return undefined;
  return { problem: `the elements of ${what} are ${dtypeText(found.dtype)}`, expected: dtypeText(dtype) };
}

function dtypeText(dtype: DType): string {
  return dtype === 'f32' ? 'numbers (f32)' : 'whole numbers (i32)';
}

/** Whether the tensor is anything but an f32 image batch: images, height, width, channels. */
export function notImages(what: string, found: TensorType): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem) return problem;
  if (found.shape.length === 4) return undefined;
  return {
    problem: `the shape of ${what} is ${shapeText(found.shape)}`,
    expected: 'four axes: images, height, width and channels',
  };
}

/** Whether the tensor is anything but an f32 matrix. */
export function notMatrix(what: string, found: TensorType): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem) return problem;
  if (found.shape.length === 2) return undefined;
  return {
    problem: `the shape of ${what} is ${shapeText(found.shape)}`,
    expected: 'two axes: rows and columns',
  };
}

/** Whether an f32 tensor has fewer axes than wanted. */
export function fewerAxes(what: string, found: TensorType, least: number): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem) return problem;
  if (found.shape.length >= least) return undefined;
  return {
    problem: `the shape of ${what} is ${shapeText(found.shape)}`,
    expected: least === 1 ? 'at least one axis' : `at least ${least} axes`,
  };
}

/** Whether an f32 tensor has another shape than the one that the other inputs demand. */
export function otherShape(what: string, found: TensorType, shape: Shape): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem) return problem;
  if (sameShape(found.shape, shape)) return undefined;
  return { problem: `the shape of ${what} is ${shapeText(found.shape)}`, expected: shapeText(shape) };
}

/** An f32 tensor of this shape. */
export function f32(shape: Shape): TensorType {
  return { shape, dtype: 'f32' };
}

/** The cost rule of ops whose arithmetic papers do not count. */
export function noMacs(): OpCost {
  return { macs: 0 };
}
