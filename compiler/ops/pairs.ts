/** Ops that compute each element from elements of other tensors of the same shape, beside sums and products. */
import type { NodeId } from '../graph/graph.ts';
import type { GradientContext, OpRecord, OpTable, ShapeProblem, TensorType } from './op.ts';
import { three, two } from './operands.ts';
import { doubles, zipInto } from './rows.ts';
import { firstProblem, noMacs, otherShape, sameShape, shapeText, wrongDType } from './shapes.ts';

function likeBoth(inputs: readonly TensorType[]): TensorType | ShapeProblem {
  const [a, b] = two(inputs);
  const problem = firstProblem(wrongDType('the first input', a), wrongDType('the second input', b));
  if (problem) return problem;
  if (sameShape(a.shape, b.shape)) return a;
  return {
    problem: `one input is ${shapeText(a.shape)} and the other is ${shapeText(b.shape)}`,
    expected: 'two inputs of one shape',
  };
}

type PairName = 'div' | 'pow' | 'maximum' | 'minimum' | 'greater';

/** A record of an op on two tensors of one shape. */
function pair<K extends PairName>(
  doc: string,
  value: (a: number, b: number) => number,
  gradient: (context: GradientContext<K>) => readonly (NodeId | undefined)[],
): OpRecord<K> {
  return {
    doc,
    arity: 2,
    shape: likeBoth,
    cost: noMacs,
    reference(inputs, out) {
      const [a, b] = two(inputs);
      zipInto(out, a, b, value);
    },
    gradient,
  };
}

/** dy times the share that the first input has in the larger (`sign` 1) or smaller (-1) of two: half of a tie. */
function shares<K extends 'maximum' | 'minimum'>(
  { builder, node, inputs, dy, wants }: GradientContext<K>,
  sign: 1 | -1,
): readonly (NodeId | undefined)[] {
  const [a, b] = two(inputs);
  const difference = builder.op('activation', [builder.op('sub', [a, b], {})], { name: 'sign' });
  const half = builder.constant(0.5, node.shape);
  const share = (factor: number): NodeId =>
    builder.op('mul', [dy, builder.op('add', [half, builder.op('scale', [difference], { factor })], {})], {});
  return [wants(0) ? share(sign / 2) : undefined, wants(1) ? share(-sign / 2) : undefined];
}

export const pairOps: Pick<OpTable, PairName | 'where'> = {
  div: pair(
    'The first of two tensors of one shape divided by the second, element by element.',
    (a, b) => a / b,
    ({ builder, node, inputs, dy, wants }) => {
      const [, b] = two(inputs);
      const share = builder.op('div', [dy, b], {});
      const down = (): NodeId =>
        builder.op('scale', [builder.op('mul', [share, node.id], {})], { factor: -1 });
      return [wants(0) ? share : undefined, wants(1) ? down() : undefined];
    },
  ),

  pow: pair(
    'The first of two tensors of one shape to the power of the second, element by element.',
    (a, b) => a ** b,
    ({ builder, node, inputs, dy, wants }) => {
      const [a, b] = two(inputs);
      const constant = (value: number): NodeId => builder.constant(value, node.shape);
      const base = (): NodeId => {
        const lower = builder.op('pow', [a, builder.op('sub', [b, constant(1)], {})], {});
        return builder.op('mul', [dy, builder.op('mul', [b, lower], {})], {});
      };
      // Only a positive base has a logarithm; elsewhere the exponent's gradient is taken to be zero.
      const exponent = (): NodeId => {
        const positive = builder.op('greater', [a, constant(0)], {});
        const safe = builder.op('where', [positive, a, constant(1)], {});
        const log = builder.op('activation', [safe], { name: 'log' });
        return builder.op('mul', [dy, builder.op('mul', [node.id, log], {})], {});
      };
      return [wants(0) ? base() : undefined, wants(1) ? exponent() : undefined];
    },
  ),

  maximum: pair('The larger of each two elements of two tensors of one shape.', Math.max, (context) =>
    shares(context, 1),
  ),

  minimum: pair('The smaller of each two elements of two tensors of one shape.', Math.min, (context) =>
    shares(context, -1),
  ),

  greater: pair(
    '1 where the first of two tensors of one shape is above the second, else 0.',
    (a, b) => (a > b ? 1 : 0),
    // A step: flat wherever it has a derivative.
    ({ builder, node, wants }) =>
      [0, 1].map((i) => (wants(i) ? builder.constant(-0, node.shape) : undefined)),
  ),

  where: {
    doc: 'Elements of the second tensor where the first is not zero, of the third elsewhere.',
    cheap: true,
    arity: 3,
    shape(inputs) {
      const [c, a, b] = three(inputs);
      return (
        firstProblem(
          wrongDType('the first choice', a),
          otherShape('the second choice', b, a.shape),
          otherShape('the condition', c, a.shape),
        ) ?? a
      );
    },
    cost: noMacs,
    reference(inputs, out) {
      const [c, a, b] = three(inputs);
      const [cs, as, bs] = [doubles(c), doubles(a), doubles(b)];
      for (let i = 0; i < cs.length; i++) out.data[i] = (cs[i] !== 0 ? as[i] : bs[i]) ?? NaN;
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [c] = three(inputs);
      const zero = (): NodeId => builder.constant(0, node.shape);
      return [
        wants(0) ? builder.constant(-0, node.shape) : undefined,
        wants(1) ? builder.op('where', [c, dy, zero()], {}) : undefined,
        wants(2) ? builder.op('where', [c, zero(), dy], {}) : undefined,
      ];
    },
  },
};
