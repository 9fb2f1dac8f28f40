/** ONNX operators that work element by element on tensors that stretch to each other. */
import type { Composer, Tensor } from '../compose.ts';
import { ignored, optionalInt, word } from '../attributes.ts';
import {
  axisOf,
  rule,
  simple,
  unsupported,
  type OnnxRule,
  type OnnxRules,
  type RuleContext,
} from '../rule.ts';

/** Before version 7 shapes stretch only where `broadcast` asks for it; `axis` says where B begins in A. */
const legacy = { axis: optionalInt, broadcast: ignored, consumed_inputs: ignored } as const;

type Pair = Parameters<Composer['pair']>[0];

/** Inputs A and B, with B where `axis` wants it. */
function operands(c: RuleContext, axis: number | undefined): readonly [Tensor, Tensor] {
  const [a, b] = [c.tensor(0), c.tensor(1)];
  if (axis === undefined) return [a, b];
  if (c.opset >= 7)
    return unsupported(c, 'it has the attribute `axis`', 'shapes that are aligned at the last axis');
  const behind = a.shape.length - axisOf(c, axis, a.shape.length) - b.shape.length;
  return [a, c.compose.reshape(b, [...b.shape, ...Array<number>(Math.max(0, behind)).fill(1)])];
}

function pair(doc: string, op: Pair): OnnxRule {
  return rule({
    doc,
    inputs: 'A, B',
    attributes: legacy,
    build: (c, { axis }) => [c.compose.pair(op, ...operands(c, axis))],
  });
}

/** 1 where one of A and B is above the other: a truth value. */
function comparison(doc: string, order: (a: Tensor, b: Tensor) => readonly [Tensor, Tensor]): OnnxRule {
  return rule({
    doc,
    inputs: 'A, B',
    attributes: legacy,
    build: (c, { axis }) => [{ ...c.compose.pair('greater', ...order(...operands(c, axis))), dtype: 'bool' }],
  });
}

/** Any number of tensors, put together from the left. */
function many(
  doc: string,
  op: Pair,
  finish: (c: RuleContext, sum: Tensor) => Tensor = (_, sum) => sum,
): OnnxRule {
  return rule({
    doc,
    inputs: 'X...',
    attributes: { consumed_inputs: ignored },
    build: (c) => {
      let sum = c.tensor(0);
      for (let i = 1; i < c.inputCount; i++) sum = c.compose.pair(op, sum, c.tensor(i));
      return [finish(c, sum)];
    },
  });
}

type Named = Parameters<Composer['map']>[1];

/** A function of each element that has a name in the graph. */
const named = (doc: string, name: Named, since = 1): OnnxRule =>
  rule({
    doc,
    since,
    inputs: 'X',
    attributes: { consumed_inputs: ignored },
    build: (c) => [c.compose.map(c.tensor(0), name)],
  });

export const elementwiseRules: OnnxRules<
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Max'
  | 'Min'
  | 'Sum'
  | 'Mean'
  | 'Where'
  | 'Greater'
  | 'Less'
  | 'Abs'
  | 'Neg'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Sin'
  | 'Cos'
  | 'Floor'
  | 'Ceil'
  | 'Round'
  | 'Sign'
  | 'Erf'
  | 'Identity'
  | 'Softsign'
  | 'Gelu'
> = {
  Add: pair('A + B.', 'add'),
  Sub: pair('A - B.', 'sub'),
  Mul: pair('A * B.', 'mul'),
  Div: pair('A / B, of numbers.', 'div'),
  Pow: pair('A to the power of B; whole exponents must be known.', 'pow'),
  Max: many('The largest of several.', 'maximum'),
  Min: many('The smallest of several.', 'minimum'),
  Sum: many('The sum of several.', 'add'),
  Mean: many('The mean of several.', 'add', (c, sum) => c.compose.scale(sum, 1 / c.inputCount)),
  Where: rule({
    doc: 'X where the condition holds, else Y.',
    since: 9,
    inputs: 'condition, X, Y',
    attributes: {},
    build: (c) => [c.compose.where(c.tensor(0), c.tensor(1), c.tensor(2))],
  }),
  Greater: comparison('Whether A > B.', (a, b) => [a, b]),
  Less: comparison('Whether A < B.', (a, b) => [b, a]),
  Abs: named('x without its sign.', 'abs'),
  Neg: rule({
    doc: '-x.',
    inputs: 'X',
    attributes: { consumed_inputs: ignored },
    build: (c) => [c.compose.scale(c.tensor(0), -1)],
  }),
  Exp: named('e to the power of x.', 'exp'),
  Log: named('The natural logarithm.', 'log'),
  Sqrt: named('The square root.', 'sqrt'),
  Reciprocal: named('1 / x.', 'reciprocal'),
  Sin: named('The sine.', 'sin', 7),
  Cos: named('The cosine.', 'cos', 7),
  Floor: named('The largest whole number that is not above x.', 'floor'),
  Ceil: named('The smallest whole number that is not below x.', 'ceil'),
  Round: named('The nearest whole number, of two the even one.', 'round', 11),
  Sign: named('1, -1 or 0, by the sign.', 'sign', 9),
  Erf: named('The error function.', 'erf', 9),
  Identity: rule({
    doc: 'x.',
    inputs: 'X',
    attributes: {},
    build: (c) => [c.value(0)],
  }),
  Softsign: simple('x / (1 + |x|).', (compose, x) =>
    compose.pair('div', x, compose.shift(compose.map(x, 'abs'), 1)),
  ),
  Gelu: rule({
    doc: 'x times the share of the normal distribution below it, or an approximation of that by tanh.',
    since: 20,
    inputs: 'X',
    attributes: { approximate: word('none', 'tanh') },
    build: ({ compose, tensor }, { approximate }) => {
      const x = tensor(0);
      if (approximate === 'none') return [compose.map(x, 'gelu')];
      // Hendrycks & Gimpel 2016, section 2.
      const cube = compose.pair('mul', compose.square(x), x);
      const inner = compose.scale(
        compose.pair('add', x, compose.scale(cube, 0.044715)),
        Math.sqrt(2 / Math.PI),
      );
      return [compose.scale(compose.pair('mul', x, compose.shift(compose.map(inner, 'tanh'), 1)), 0.5)];
    },
  }),
};
