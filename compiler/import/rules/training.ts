/** ONNX's operators for training: gradients of what stands before, and steps of optimisers. */
import { backward } from '../../graph/autodiff.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { NodeId } from '../../graph/graph.ts';
import { opTable } from '../../ops/table.ts';
import { float, string, strings, word } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import { misfit, rule, unsupported, type OnnxRules, type Results, type RuleContext } from '../rule.ts';

const domain = 'ai.onnx.preview.training';

/** What a step of an optimiser makes of one tensor: its new value, and then its new states. */
type Step = (x: Tensor, gradient: Tensor, states: readonly Tensor[]) => readonly Tensor[];

/**
 * Steps for tensors whose inputs come in groups: all tensors, all gradients, and then each kind of state. Gradients
 * get the decay of weights, `norm_coefficient` times the tensor, first. Results are grouped alike.
 */
function steps(c: RuleContext, states: number, decay: number, step: Step): Results {
  const { compose } = c;
  const groups = states + 2;
  const count = (c.inputCount - 2) / groups;
  if (!Number.isInteger(count)) {
    return misfit(c, `it has ${c.inputCount} inputs`, `two, and ${groups} for each tensor that is trained`);
  }
  const input = (group: number, i: number): Tensor => c.tensor(2 + group * count + i);
  const made = Array.from({ length: count }, (_, i) => {
    const x = input(0, i);
    const gradient = compose.pair('add', compose.scale(x, decay), input(1, i));
    return step(
      x,
      gradient,
      Array.from({ length: states }, (__, state) => input(2 + state, i)),
    );
  });
  return Array.from({ length: states + 1 }, (_, group) => made.flatMap((one) => one[group] ?? [])).flat();
}

/** An op that a node is made from and that has no gradient. */
function withoutGradient(builder: GraphBuilder, id: NodeId): string | undefined {
  const read = new Set([id]);
  for (let at = id; at >= 0; at--) {
    const node = builder.node(at);
    if (!read.has(at) || node.kind !== 'op') continue;
    if ('none' in opTable[node.op].gradient) return node.op;
    for (const input of node.inputs) read.add(input);
  }
  return undefined;
}

/** How many steps were made before, which must be known. */
const stepsBefore = (c: RuleContext): number => c.known(1)?.[0] ?? 0;

export const trainingRules: OnnxRules<'Gradient' | 'Adagrad' | 'Adam' | 'Momentum'> = {
  Gradient: rule({
    doc: 'The gradients of one number for tensors that it is made from.',
    domain,
    inputs: 'X...',
    attributes: { xs: strings, zs: strings, y: string },
    build: (c, { xs = [], zs, y: name }) => {
      if (zs) return misfit(c, 'some tensors are to be held (`zs`)', 'gradients for `xs` alone');
      const { compose } = c;
      const y = c.named(name);
      if (y.shape.some((n) => n !== 1))
        return misfit(c, `\`${name}\` is ${y.shape.join(' x ')}`, 'one number');
      const sources = xs.map((x) => c.named(x));
      const flat = withoutGradient(compose.builder, y.id);
      if (flat !== undefined)
        return unsupported(c, `\`${name}\` is made by ${flat}`, 'first derivatives alone');
      const gradients = backward(
        compose.builder,
        compose.reshape(y, [1]).id,
        sources.map(({ id }) => id),
      );
      return sources.map(({ shape, id }) => {
        const found = gradients.get(id);
        return found === undefined ? compose.constant(0, shape) : { shape, id: found };
      });
    },
  }),
  Adagrad: rule({
    doc: 'A step of Adagrad (Duchi et al. 2011).',
    domain,
    inputs: 'R, T, X...',
    attributes: { decay_factor: float(0), epsilon: float(1e-6), norm_coefficient: float(0) },
    build: (c, { decay_factor: decay, epsilon, norm_coefficient: norm }) => {
      const { compose } = c;
      const rate = compose.scale(c.tensor(0), 1 / (1 + stepsBefore(c) * decay));
      return steps(c, 1, norm, (x, gradient, [h = x]) => {
        const squares = compose.pair('add', h, compose.square(gradient));
        const moved = compose.pair('div', gradient, compose.shift(compose.map(squares, 'sqrt'), epsilon));
        return [compose.pair('sub', x, compose.pair('mul', rate, moved)), squares];
      });
    },
  }),
  Adam: rule({
    doc: 'A step of Adam (Kingma & Ba 2015).',
    domain,
    inputs: 'R, T, X...',
    attributes: {
      alpha: float(0.9),
      beta: float(0.999),
      epsilon: float(1e-6),
      norm_coefficient: float(0),
      norm_coefficient_post: float(0),
    },
    build: (c, { alpha, beta, epsilon, norm_coefficient: norm, norm_coefficient_post: post }) => {
      const { compose } = c;
      const t = stepsBefore(c);
      const correction = t > 0 ? Math.sqrt(1 - beta ** t) / (1 - alpha ** t) : 1;
      const rate = compose.scale(c.tensor(0), correction);
      const mixed = (old: Tensor, fresh: Tensor, share: number): Tensor =>
        compose.pair('add', compose.scale(old, share), compose.scale(fresh, 1 - share));
      return steps(c, 2, norm, (x, gradient, [v = x, h = x]) => {
        const mean = mixed(v, gradient, alpha);
        const squares = mixed(h, compose.square(gradient), beta);
        const moved = compose.pair('div', mean, compose.shift(compose.map(squares, 'sqrt'), epsilon));
        const next = compose.pair('sub', x, compose.pair('mul', rate, moved));
        return [compose.scale(next, 1 - post), mean, squares];
      });
    },
  }),
  Momentum: rule({
    doc: 'A step of gradient descent with momentum, plain or that of Nesterov.',
    domain,
    inputs: 'R, T, X...',
    attributes: {
      alpha: float(0.9),
      beta: float(1),
      mode: word('standard', 'nesterov'),
      norm_coefficient: float(0),
    },
    build: (c, { alpha, beta, mode, norm_coefficient: norm }) => {
      const { compose } = c;
      const rate = c.tensor(0);
      const share = stepsBefore(c) > 0 ? beta : 1;
      return steps(c, 1, norm, (x, gradient, [v = x]) => {
        const velocity = compose.pair('add', compose.scale(v, alpha), compose.scale(gradient, share));
        const move =
          mode === 'standard' ? velocity : compose.pair('add', gradient, compose.scale(velocity, alpha));
        return [compose.pair('sub', x, compose.pair('mul', rate, move)), velocity];
      });
    },
  }),
};
