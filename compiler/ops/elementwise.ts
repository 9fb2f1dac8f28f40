/** Ops that work element by element on tensors of one shape. */
import type { OpTable, ShapeProblem, TensorType } from './op.ts';
import { one, two } from './operands.ts';
import { mapInto, zipInto } from './rows.ts';
import { noMacs, sameShape, shapeText, wrongDType } from './shapes.ts';

function likeTheInput(inputs: readonly TensorType[]): TensorType | ShapeProblem {
  const x = one(inputs);
  return wrongDType('the input', x) ?? x;
}

function likeBoth(inputs: readonly TensorType[]): TensorType | ShapeProblem {
  const [a, b] = two(inputs);
  const problem = wrongDType('the first input', a) ?? wrongDType('the second input', b);
  if (problem) return problem;
  if (sameShape(a.shape, b.shape)) return a;
  return {
    problem: `one input is ${shapeText(a.shape)} and the other is ${shapeText(b.shape)}`,
    expected: 'two inputs of one shape',
  };
}

export const elementwiseOps: Pick<OpTable, 'relu' | 'relu_gradient' | 'add' | 'sub' | 'mul' | 'scale'> = {
  relu: {
    doc: 'Keeps what is above zero and makes the rest zero.',
    cheap: true,
    arity: 1,
    shape: likeTheInput,
    cost: noMacs,
    reference(inputs, out) {
      mapInto(out, one(inputs), (x) => Math.max(x, 0));
    },
    // Reads the output, not the input: a fused kernel then need not keep the input. At zero it is 0.
    gradient({ builder, node, dy, wants }) {
      return [wants(0) ? builder.op('relu_gradient', [dy, node.id], {}) : undefined];
    },
  },

  relu_gradient: {
    doc: 'Passes the gradient on where the output of relu was above zero.',
    arity: 2,
    shape: likeBoth,
    cost: noMacs,
    reference(inputs, out) {
      const [dy, y] = two(inputs);
      zipInto(out, dy, y, (d, value) => (value > 0 ? d : 0));
    },
    // A step in y: flat wherever it has a derivative. Negative zero is what addition leaves untouched.
    gradient({ builder, node, inputs, dy, wants }) {
      const [, y] = two(inputs);
      return [
        wants(0) ? builder.op('relu_gradient', [dy, y], {}) : undefined,
        wants(1) ? builder.constant(-0, node.shape) : undefined,
      ];
    },
  },

  add: {
    doc: 'The sum of two tensors of one shape.',
    cheap: true,
    arity: 2,
    shape: likeBoth,
    cost: noMacs,
    reference(inputs, out) {
      const [a, b] = two(inputs);
      zipInto(out, a, b, (x, y) => x + y);
    },
    gradient({ dy, wants }) {
      return [wants(0) ? dy : undefined, wants(1) ? dy : undefined];
    },
  },

  sub: {
    doc: 'The first of two tensors of one shape, less the second.',
    cheap: true,
    arity: 2,
    shape: likeBoth,
    cost: noMacs,
    reference(inputs, out) {
      const [a, b] = two(inputs);
      zipInto(out, a, b, (x, y) => x - y);
    },
    gradient({ builder, dy, wants }) {
      return [wants(0) ? dy : undefined, wants(1) ? builder.op('scale', [dy], { factor: -1 }) : undefined];
    },
  },

  mul: {
    doc: 'The product of two tensors of one shape, element by element.',
    cheap: true,
    arity: 2,
    shape: likeBoth,
    cost: noMacs,
    reference(inputs, out) {
      const [a, b] = two(inputs);
      zipInto(out, a, b, (x, y) => x * y);
    },
    gradient({ builder, inputs, dy, wants }) {
      const [a, b] = two(inputs);
      return [
        wants(0) ? builder.op('mul', [dy, b], {}) : undefined,
        wants(1) ? builder.op('mul', [dy, a], {}) : undefined,
      ];
    },
  },

  scale: {
    doc: 'Multiplies every element by one fixed factor.',
    cheap: true,
    arity: 1,
    shape(inputs, { factor }) {
      if (!Number.isFinite(factor)) {
        return { problem: `the factor is ${factor}`, expected: 'a finite number' };
      }
      return likeTheInput(inputs);
    },
    cost: noMacs,
    reference(inputs, out, { factor }) {
      mapInto(out, one(inputs), (x) => factor * x);
    },
    gradient({ builder, node, dy, wants }) {
      return [wants(0) ? builder.op('scale', [dy], node.attributes) : undefined];
    },
  },
};
