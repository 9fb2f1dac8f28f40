/** Operations that make one tensor of several. */
import type { GraphBuilder } from '../../graph/builder.ts';
import type { NodeId } from '../../graph/graph.ts';
import { operation, type Operation } from '../operation.ts';

/** Applies an op of two tensors to a list, from left to right. */
function fold(builder: GraphBuilder, op: 'add' | 'mul', xs: readonly NodeId[]): NodeId {
  return xs.reduce((sum, x) => builder.op(op, [sum, x], {}));
}

/** Sum or product of a list. */
export function foldOf(op: 'add' | 'mul', operator: '+' | '*', doc: string): Operation {
  return operation({
    doc,
    takes: 'any',
    tensors: 'list',
    alike: true,
    params: [],
    operator,
    build: ({ builder }, inputs) => fold(builder, op, inputs),
  });
}

export const sub: Operation = operation({
  doc: 'Difference of two tensors of one shape; written `x - y`.',
  takes: 'any',
  tensors: ['x', 'y'],
  alike: true,
  params: [],
  operator: '-',
  build: ({ builder }, inputs) => builder.op('sub', inputs, {}),
});

export const mean: Operation = operation({
  doc: 'Mean of tensors of one shape.',
  takes: 'any',
  tensors: 'list',
  alike: true,
  params: [],
  build: ({ builder }, inputs) => {
    const sum = fold(builder, 'add', inputs);
    return inputs.length === 1 ? sum : builder.op('scale', [sum], { factor: 1 / inputs.length });
  },
});

/** Zeros at the bottom and at the right of those that are smaller than the largest. */
function padToLargest(builder: GraphBuilder, xs: readonly NodeId[]): readonly NodeId[] {
  const shapes = xs.map((x) => builder.shape(x));
  return xs.map((x, i) => {
    const after = (shapes[i] ?? []).map((size, axis, { length }) =>
      axis === 0 || axis === length - 1 ? 0 : Math.max(...shapes.map((s) => s[axis] ?? 0)) - size,
    );
    if (after.every((width) => width === 0)) return x;
    return builder.op('pad', [x], { before: after.map(() => 0), after });
  });
}

export const concat: Operation = operation({
  doc: 'Joins channels; all other sizes must agree, unless smaller images are padded with zeros at the bottom and right.',
  takes: 'any',
  tensors: 'list',
  params: [{ name: 'pad', kind: 'flag', default: false, doc: 'whether smaller images are padded' }],
  build: ({ builder }, inputs, { pad }) => {
    const [first, ...rest] = inputs;
    if (first !== undefined && rest.length === 0) return first;
    return builder.op('concat', pad ? padToLargest(builder, inputs) : inputs, {});
  },
});
