/**
 * Ops that move elements and compute nothing: parts, zeros around, joins, other shapes, other orders of axes.
 * All are linear, and the gradient of each is another of them.
 */
import type { NodeId, Shape } from '../graph/graph.ts';
import type { CpuTensor, OpTable } from './op.ts';
import { one } from './operands.ts';
import { doubles } from './rows.ts';
import { channelsOf, elementsOf, f32, noMacs, sameShape, shapeText, wrongDType } from './shapes.ts';
import { along, isWidth, stridesOf, visitPlaces, wrongAxes } from './strides.ts';

function copyInto(out: CpuTensor, values: Float64Array): void {
  out.data.set(values);
}

/** The part of each input in the output of a join. */
function partsOf(shapes: readonly Shape[]): readonly number[] {
  let first = 0;
  return shapes.map((shape) => {
    const here = first;
    first += channelsOf(shape);
    return here;
  });
}

export const placeOps: Pick<OpTable, 'concat' | 'slice' | 'pad' | 'reshape' | 'transpose'> = {
  concat: {
    doc: 'Joins tensors along the last axis: the channels of one after those of the other.',
    cheap: true,
    arity: 'many',
    shape(inputs) {
      for (const x of inputs) {
        const problem = wrongAxes(x);
        if (problem) return problem;
      }
      const [first, ...rest] = inputs.map((x) => x.shape);
      const outer = first?.slice(0, -1) ?? [];
      const other = rest.find((shape) => !sameShape(shape.slice(0, -1), outer));
      if (other !== undefined) {
        return {
          problem: `one input is ${shapeText((first ?? []).slice(1))} and another is ${shapeText(other.slice(1))}`,
          expected: 'tensors that differ in their channels alone',
        };
      }
      return f32([...outer, inputs.reduce((sum, x) => sum + channelsOf(x.shape), 0)]);
    },
    cost: noMacs,
    reference(inputs, out) {
      const total = channelsOf(out.shape);
      const firsts = partsOf(inputs.map((x) => x.shape));
      inputs.forEach((x, k) => {
        const xs = doubles(x);
        const channels = channelsOf(x.shape);
        for (let row = 0; row * channels < xs.length; row++) {
          const part = xs.subarray(row * channels, (row + 1) * channels);
          out.data.set(part, row * total + (firsts[k] ?? NaN));
        }
      });
    },
    gradient({ builder, inputs, dy, wants }) {
      const shapes = inputs.map((id) => builder.shape(id));
      const firsts = partsOf(shapes);
      return shapes.map((size, i): NodeId | undefined => {
        if (!wants(i)) return undefined;
        const begin = size.map((_, axis) => (axis === size.length - 1 ? (firsts[i] ?? 0) : 0));
        return builder.op('slice', [dy], { begin, size });
      });
    },
  },

  slice: {
    doc: 'A part of a tensor: from `begin`, of `size`.',
    cheap: true,
    arity: 1,
    shape(inputs, { begin, size }) {
      const x = one(inputs);
      const problem = wrongAxes(x);
      if (problem) return problem;
      const fits =
        begin.length === x.shape.length &&
        size.length === x.shape.length &&
        x.shape.every((n, i) => {
          const [from, count] = [begin[i] ?? NaN, size[i] ?? NaN];
          return isWidth(from) && Number.isInteger(count) && count >= 1 && from + count <= n;
        });
      if (fits) return f32(size);
      return {
        problem: `a part of ${shapeText(size)} from ${shapeText(begin)} is not within ${shapeText(x.shape)}`,
        expected: 'a part that the tensor has',
      };
    },
    cost: noMacs,
    reference(inputs, out, { begin, size }) {
      const x = one(inputs);
      const xs = doubles(x);
      const strides = stridesOf(x.shape);
      const first = along(begin, strides);
      let i = 0;
      visitPlaces(size, strides, (offset) => {
        out.data[i++] = xs[first + offset] ?? NaN;
      });
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const { begin, size } = node.attributes;
      const after = builder.shape(one(inputs)).map((n, i) => n - (begin[i] ?? 0) - (size[i] ?? 0));
      return [wants(0) ? builder.op('pad', [dy], { before: begin, after }) : undefined];
    },
  },

  pad: {
    doc: 'Zeros before and after a tensor along each axis.',
    cheap: true,
    arity: 1,
    shape(inputs, { before, after }) {
      const x = one(inputs);
      const problem = wrongAxes(x);
      if (problem) return problem;
      const fits = [before, after].every((w) => w.length === x.shape.length && w.every(isWidth));
      if (!fits) {
        return {
          problem: `the padding is ${before.join(', ')} and ${after.join(', ')}`,
          expected: `whole widths of 0 or more, ${x.shape.length} and ${x.shape.length} of them`,
        };
      }
      return f32(x.shape.map((n, i) => n + (before[i] ?? 0) + (after[i] ?? 0)));
    },
    cost: noMacs,
    reference(inputs, out, { before }) {
      const x = one(inputs);
      const xs = doubles(x);
      const strides = stridesOf(out.shape);
      const first = along(before, strides);
      let i = 0;
      visitPlaces(x.shape, strides, (offset) => {
        out.data[first + offset] = xs[i++] ?? NaN;
      });
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const size = builder.shape(one(inputs));
      return [wants(0) ? builder.op('slice', [dy], { begin: node.attributes.before, size }) : undefined];
    },
  },

  reshape: {
    doc: 'The same elements, row-major, in another shape.',
    cheap: true,
    arity: 1,
    shape(inputs, { shape }) {
      const x = one(inputs);
      const problem = wrongDType('the input', x);
      if (problem) return problem;
      if (elementsOf(shape) === elementsOf(x.shape) && shape.every((n) => Number.isInteger(n) && n >= 1)) {
        return f32(shape);
      }
      return {
        problem: `${shapeText(x.shape)} cannot be seen as ${shapeText(shape)}`,
        expected: 'as many elements',
      };
    },
    cost: noMacs,
    reference: (inputs, out) => copyInto(out, doubles(one(inputs))),
    gradient({ builder, inputs, dy, wants }) {
      return [wants(0) ? builder.op('reshape', [dy], { shape: builder.shape(one(inputs)) }) : undefined];
    },
  },

  transpose: {
    doc: 'The axes of a tensor in another order.',
    arity: 1,
    shape(inputs, { axes }) {
      const x = one(inputs);
      const problem = wrongAxes(x);
      if (problem) return problem;
      if (axes.length === x.shape.length && x.shape.every((_, axis) => axes.includes(axis))) {
        return f32(axes.map((axis) => x.shape[axis] ?? NaN));
      }
      return {
        problem: `the order of axes is ${axes.join(', ')}`,
        expected: `each of 0 to ${x.shape.length - 1} once`,
      };
    },
    cost: noMacs,
    reference(inputs, out, { axes }) {
      const x = one(inputs);
      const xs = doubles(x);
      const strides = stridesOf(x.shape);
      let i = 0;
      visitPlaces(
        out.shape,
        axes.map((axis) => strides[axis] ?? NaN),
        (offset) => {
          out.data[i++] = xs[offset] ?? NaN;
        },
      );
    },
    gradient({ builder, node, dy, wants }) {
      const { axes } = node.attributes;
      const back = axes.map((_, axis) => axes.indexOf(axis));
      return [wants(0) ? builder.op('transpose', [dy], { axes: back }) : undefined];
    },
  },
};
