/** Whether tensors are what an operation takes, in the user's words. Shapes here are of one example. */
import type { DType, Shape } from '../graph/graph.ts';
import type { ShapeProblem } from './op.ts';
import type { Operation, Takes } from './operation.ts';
import { sameShape } from './shapes.ts';

/** A shape in words: `an image of 8 x 8 x 16`. */
export function describeShape(shape: Shape): string {
  if (shape.length === 3) return `an image of ${shape.join(' x ')}`;
  if (shape.length === 2) return `a sequence of ${shape.join(' x ')}`;
  if (shape.length === 1) return `a vector of ${String(shape[0])}`;
  return `a tensor of ${shape.join(' x ')}`;
}

const wanted: { readonly [K in Takes]: { readonly axes: readonly number[]; readonly expected: string } } = {
  image: { axes: [3], expected: 'an image (height x width x channels)' },
  vector: { axes: [1], expected: 'a vector; `global_avg_pool` makes one of an image' },
  sequence: { axes: [2], expected: 'a sequence (positions x features)' },
  features: { axes: [1, 2], expected: 'a vector; `global_avg_pool` makes one of an image' },
  tokens: { axes: [1, 2], expected: 'tokens (whole numbers)' },
  any: { axes: [], expected: 'a tensor' },
};

/** Why an operation does not take tensors of these shapes; undefined where it may. */
export function inputsProblem(
  { takes, alike }: Operation,
  shapes: readonly Shape[],
): ShapeProblem | undefined {
  const { axes, expected } = wanted[takes];
  const stranger = shapes.find((shape) => axes.length > 0 && !axes.includes(shape.length));
  if (stranger !== undefined) return { problem: `it gets ${describeShape(stranger)}`, expected };
  const [first, ...rest] = shapes;
  const other = rest.find((shape) => first !== undefined && !sameShape(first, shape));
  if (!alike || first === undefined || other === undefined) return undefined;
  if (shapes.length === 2) {
    return {
      problem: `its left side is ${describeShape(first)} and its right side ${describeShape(other)}`,
      expected: 'two tensors of one shape',
    };
  }
  return {
    problem: `one of its tensors is ${describeShape(first)} and another ${describeShape(other)}`,
    expected: 'tensors of one shape',
  };
}

/** The type of the elements of an operation's tensors. */
export function elementsTaken({ takes }: Operation): DType {
  return takes === 'tokens' ? 'i32' : 'f32';
}
