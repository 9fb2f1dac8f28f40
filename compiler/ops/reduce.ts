/** Ops along chosen axes: reductions, and what undoes their shapes: repetition and reversal. */
import type { NodeId, Shape } from '../graph/graph.ts';
import type { ReduceKind } from './attributes.ts';
import type { CpuTensor, GradientContext, OpTable, ShapeProblem, TensorType } from './op.ts';
import { one, two } from './operands.ts';
import { doubles } from './rows.ts';
import { f32, firstProblem, noMacs, otherShape, shapeText } from './shapes.ts';
import { along, MOST_AXES, stridesOf, visitPlaces, wrongAxes } from './strides.ts';

function wrongChoice(x: TensorType, axes: Shape): ShapeProblem | undefined {
  const problem = wrongAxes(x);
  if (problem) return problem;
  const fits = axes.every((axis, i) => Number.isInteger(axis) && axis >= 0 && axes.indexOf(axis) === i);
  if (fits && axes.every((axis) => axis < x.shape.length)) return undefined;
  return {
    problem: `the axes are ${axes.join(', ')} and the input is ${shapeText(x.shape)}`,
    expected: `some of 0 to ${x.shape.length - 1}, each once`,
  };
}

/** The shape with each of `axes` made 1. */
const reduced = (shape: Shape, axes: Shape): Shape => shape.map((n, axis) => (axes.includes(axis) ? 1 : n));

/** Visits each element of x with the place of its result; both have the rank of x. */
function visitReduced(shape: Shape, axes: Shape, visit: (from: number, to: number) => void): void {
  const strides = stridesOf(reduced(shape, axes)).map((n, axis) => (axes.includes(axis) ? 0 : n));
  let from = 0;
  visitPlaces(shape, strides, (to) => visit(from++, to));
}

interface Folding {
  readonly start: number;
  readonly step: (sum: number, x: number) => number;
}

const foldings: Readonly<Record<ReduceKind, Folding>> = {
  sum: { start: 0, step: (sum, x) => sum + x },
  max: { start: -Infinity, step: Math.max },
  min: { start: Infinity, step: Math.min },
  product: { start: 1, step: (sum, x) => sum * x },
};

/** dy where x is the extreme that was kept; where several are, each receives an equal share. */
function toExtremes({ builder, node, inputs, dy }: GradientContext<'reduce'>): NodeId {
  const x = one(inputs);
  const shape = builder.shape(x);
  const spread = (id: NodeId): NodeId => builder.op('broadcast', [id], { shape });
  const away = builder.op('activation', [builder.op('sub', [x, spread(node.id)], {})], { name: 'sign' });
  const far = builder.op('activation', [away], { name: 'abs' });
  const kept = builder.op('sub', [builder.constant(1, shape), far], {});
  const count = builder.op('reduce', [kept], { kind: 'sum', axes: node.attributes.axes });
  return builder.op('mul', [kept, spread(builder.op('div', [dy, count], {}))], {});
}

export const reduceOps: Pick<OpTable, 'reduce' | 'product_gradient' | 'broadcast' | 'reverse'> = {
  reduce: {
    doc: 'The sum, largest, smallest or product along some axes, which stay with size 1.',
    arity: 1,
    shape(inputs, { axes }) {
      const x = one(inputs);
      return wrongChoice(x, axes) ?? f32(reduced(x.shape, axes));
    },
    cost: noMacs,
    reference(inputs, out, { kind, axes }) {
      const x = one(inputs);
      const xs = doubles(x);
      const { start, step } = foldings[kind];
      const sums = new Float64Array(out.data.length).fill(start);
      visitReduced(x.shape, axes, (from, to) => {
        sums[to] = step(sums[to] ?? NaN, xs[from] ?? NaN);
      });
      out.data.set(sums);
    },
    gradient(context) {
      const { builder, node, inputs, dy, wants } = context;
      const { kind, axes } = node.attributes;
      if (!wants(0)) return [undefined];
      const x = one(inputs);
      if (kind === 'sum') return [builder.op('broadcast', [dy], { shape: builder.shape(x) })];
      return [kind === 'product' ? builder.op('product_gradient', [dy, x], { axes }) : toExtremes(context)];
    },
  },

  product_gradient: {
    doc: 'The gradient of a product along axes: for each element, the product of all others.',
    arity: 2,
    shape(inputs, { axes }) {
      const [dy, x] = two(inputs);
      return firstProblem(wrongChoice(x, axes), otherShape('the gradient', dy, reduced(x.shape, axes))) ?? x;
    },
    cost: noMacs,
    reference(inputs, out, { axes }) {
      const [dy, x] = two(inputs);
      const [dys, xs] = [doubles(dy), doubles(x)];
      const members = Array.from(dys, (): number[] => []);
      visitReduced(x.shape, axes, (from, to) => void members[to]?.push(from));
      members.forEach((places, to) => {
        for (const here of places) {
          let product = dys[to] ?? NaN;
          for (const other of places) if (other !== here) product *= xs[other] ?? NaN;
          out.data[here] = product;
        }
      });
    },
    gradient: { none: 'second derivatives of products are not needed by any method here' },
  },

  broadcast: {
    doc: 'A tensor repeated along axes of size 1 and along new axes in front.',
    cheap: true,
    arity: 1,
    shape(inputs, { shape }) {
      const x = one(inputs);
      const problem = wrongAxes(x);
      if (problem) return problem;
      const missing = shape.length - x.shape.length;
      const fits =
        missing >= 0 &&
        shape.length <= MOST_AXES &&
        shape.every((n) => Number.isInteger(n) && n >= 1) &&
        x.shape.every((n, axis) => n === 1 || n === shape[axis + missing]);
      if (fits) return f32(shape);
      return {
        problem: `${shapeText(x.shape)} cannot be repeated to ${shapeText(shape)}`,
        expected: `at most ${MOST_AXES} axes, of which the last are those of the input, or of size 1 there`,
      };
    },
    cost: noMacs,
    reference(inputs, out, { shape }) {
      const x = one(inputs);
      copyAlong(x, out, repeatedStrides(x.shape, shape), 0);
    },
    gradient({ builder, inputs, dy, wants }) {
      if (!wants(0)) return [undefined];
      const [from, to] = [builder.shape(one(inputs)), builder.shape(dy)];
      const axes = to.flatMap((n, axis) => (n === aligned(from, to, axis) ? [] : [axis]));
      const sum = axes.length > 0 ? builder.op('reduce', [dy], { kind: 'sum', axes }) : dy;
      return [from.length < to.length ? builder.op('reshape', [sum], { shape: from }) : sum];
    },
  },

  reverse: {
    doc: 'A tensor with the order of elements along some axes turned round.',
    cheap: true,
    arity: 1,
    shape(inputs, { axes }) {
      const x = one(inputs);
      return wrongChoice(x, axes) ?? x;
    },
    cost: noMacs,
    reference(inputs, out, { axes }) {
      const x = one(inputs);
      const strides = stridesOf(x.shape);
      const lasts = x.shape.map((n, axis) => (axes.includes(axis) ? n - 1 : 0));
      const turned = strides.map((n, axis) => (axes.includes(axis) ? -n : n));
      copyAlong(x, out, turned, along(lasts, strides));
    },
    gradient({ builder, node, dy, wants }) {
      return [wants(0) ? builder.op('reverse', [dy], node.attributes) : undefined];
    },
  },
};

/** The size of `from` at the axis of `to`, aligned at the last; 1 where it has none. */
function aligned(from: Shape, to: Shape, axis: number): number {
  return from[axis - to.length + from.length] ?? 1;
}

/** Distances in a tensor of shape `from` of what are neighbours in `to`: 0 where it is repeated. */
function repeatedStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  return to.map((_, axis) => {
    const here = axis - to.length + from.length;
    return (from[here] ?? 1) === 1 ? 0 : (strides[here] ?? 0);
  });
}

/** out[i] is the element of x that lies `strides` apart, from `first` on. */
function copyAlong(x: CpuTensor, out: CpuTensor, strides: readonly number[], first: number): void {
  const xs = doubles(x);
  let i = 0;
  visitPlaces(out.shape, strides, (offset) => {
    out.data[i++] = xs[first + offset] ?? NaN;
  });
}
