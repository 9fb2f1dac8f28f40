/** Steps that compute each element from the elements at the same place. */
import type { NodeId } from '../../../compiler/graph/graph.ts';
import type { ActivationName, ElementaryName, OpName } from '../../../compiler/ops/attributes.ts';
import type { Sketch } from './sketch.ts';
import type { StepRule, StepRules } from './step.ts';

const activationNames: readonly ActivationName[] = [
  'relu6',
  'leaky_relu',
  'elu',
  'selu',
  'gelu',
  'sigmoid',
  'tanh',
  'swish',
  'hard_swish',
  'softplus',
];

const elementaryNames: readonly ElementaryName[] = [
  'abs',
  'exp',
  'log',
  'sqrt',
  'reciprocal',
  'sin',
  'cos',
  'floor',
  'ceil',
  'round',
  'sign',
  'erf',
];

/** Where these are steep or have no value is kept away from. */
const ofPositive: ReadonlySet<string> = new Set(['log', 'sqrt', 'reciprocal']);

function elementary(s: Sketch): NodeId {
  const name = s.pick(elementaryNames);
  const x = s.any();
  if (ofPositive.has(name)) return s.apply(name, s.positive(x));
  return s.apply(name, name === 'exp' ? s.op('scale', [x], { factor: 0.5 }) : x);
}

function activation(s: Sketch): NodeId {
  const name = s.pick(activationNames);
  const parameter = name === 'leaky_relu' || name === 'elu' ? s.pick([undefined, 0.2, 1.5]) : undefined;
  return s.op('activation', [s.any()], parameter === undefined ? { name } : { name, parameter });
}

/** A step that makes one tensor of the shape of another. */
function step(ops: readonly OpName[], build: (s: Sketch) => NodeId): StepRule {
  return { ops, rows: 'always', build: (s) => s.add(build(s)) };
}

/** A step on two tensors of one shape. */
function pair(op: 'add' | 'sub' | 'mul' | 'maximum' | 'minimum' | 'greater' | 'relu_gradient'): StepRule {
  return step([op], (s) => {
    const x = s.any();
    return s.op(op, [x, s.like(s.shape(x))], {});
  });
}

export const elementSteps: StepRules = {
  relu: step(['relu'], (s) => s.op('relu', [s.any()], {})),
  activation: step(['activation'], activation),
  elementary: step(['activation'], elementary),
  add: pair('add'),
  sub: pair('sub'),
  mul: pair('mul'),
  maximum: pair('maximum'),
  minimum: pair('minimum'),
  greater: pair('greater'),
  reluGradient: pair('relu_gradient'),
  scale: step(['scale'], (s) => s.op('scale', [s.any()], { factor: s.pick([0.5, -1, 1.7, 0]) })),
  div: step(['div'], (s) => {
    const x = s.any();
    return s.op('div', [x, s.positive(s.like(s.shape(x)))], {});
  }),
  pow: step(['pow'], (s) => {
    const x = s.any();
    const shape = s.shape(x);
    if (s.choose(2) === 0) {
      const exponent = s.like(shape);
      const small =
        s.choose(2) === 0 ? s.apply('tanh', exponent) : s.op('scale', [exponent], { factor: 0.4 });
      return s.op('pow', [s.positive(x), small], {});
    }
    return s.op('pow', [x, s.constant(s.pick([2, 3, 1]), shape)], {});
  }),
  where: step(['where'], (s) => {
    const x = s.any();
    const shape = s.shape(x);
    const judged = s.like(shape);
    const condition =
      s.choose(2) === 0 ? s.op('relu', [judged], {}) : s.op('greater', [judged, s.constant(0.3, shape)], {});
    return s.op('where', [condition, x, s.like(shape)], {});
  }),
  /** Squeeze and excitation, roughly: a tensor times a share of it. */
  selfGate: step(['mul', 'activation'], (s) => {
    const x = s.any();
    return s.op('mul', [x, s.apply(s.pick(['sigmoid', 'tanh'] as const), s.like(s.shape(x)))], {});
  }),
};
