/** Ops that treat each channel alike: repeated channels stay repeated. Some are the identity on what they made before. */
import type { NodeId, OpNodeOf } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { sameShape } from '../../../compiler/ops/shapes.ts';
import { sameImage, type ChannelMap, type Image } from './image.ts';
import type { Parent } from './parent.ts';
import type { Rule, Rules, Step, Way } from './rule.ts';

export function sameAttributes(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The same op in the parent. `homogeneous`: a factor above 0 passes through it. */
function* same<K extends OpName>(step: Step<K>, homogeneous: boolean): Generator<Way> {
  const { node, parent } = step;
  const image = step.image(0);
  if (!image || !(image.factor === 1 || (homogeneous && image.factor > 0))) return;
  for (const other of parent.following(image.node, node.op, node.site)) {
    if (!sameAttributes(other.attributes, node.attributes)) continue;
    yield { image: { ...image, node: other.id }, beginnings: [] };
  }
}

const homogeneous: Rule<'global_avg_pool'> = (step) => same(step, true);

/** A pool cannot begin as the identity (Cai et al. 2018, section 3.1); where it keeps the size it departs from it. */
function pool<K extends 'max_pool' | 'avg_pool'>(): Rule<K> {
  return function* (step) {
    yield* same(step, true);
    const image = step.image(0);
    if (image && sameShape(step.shape(0), step.node.shape)) {
      yield { image, beginnings: [], departure: `a ${step.node.op} that was not there before` };
    }
  };
}

/** Tensors that an op only takes elements from, repeats, joins or averages stay within the bounds of its inputs. */
const withinBounds: readonly OpName[] = [
  'max_pool',
  'avg_pool',
  'global_avg_pool',
  'slice',
  'reshape',
  'concat',
];

/** Whether a tensor of the parent is one of `makers`, or made of such alone by `keepers`. */
function madeBy(
  parent: Parent,
  id: NodeId,
  isMaker: (node: OpNodeOf<OpName>) => boolean,
  keepers: readonly OpName[],
): boolean {
  const node = parent.node(id);
  if (node.kind !== 'op') return node.kind === 'constant' && node.value === 0;
  if (isMaker(node)) return true;
  if (node.op === 'scale' && keepers.includes('scale')) {
    return node.attributes.factor >= 0 && node.inputs.every((i) => madeBy(parent, i, isMaker, keepers));
  }
  return keepers.includes(node.op) && node.inputs.every((input) => madeBy(parent, input, isMaker, keepers));
}

const positiveActivations: readonly string[] = ['relu6', 'sigmoid', 'softplus', 'abs', 'exp'];

function neverNegative(parent: Parent, id: NodeId): boolean {
  const isMaker = (node: OpNodeOf<OpName>): boolean =>
    node.op === 'relu' ||
    node.op === 'softmax' ||
    (node.op === 'activation' &&
      'name' in node.attributes &&
      positiveActivations.includes(node.attributes.name));
  return madeBy(parent, id, isMaker, [...withinBounds, 'add', 'mul', 'scale', 'pad']);
}

/** The op is the identity on what is never negative. */
const relu: Rule<'relu'> = function* (step) {
  yield* same(step, true);
  const image = step.image(0);
  if (!image || image.factor <= 0) return;
  if (neverNegative(step.parent, image.node)) yield { image, beginnings: [] };
  else yield { image, beginnings: [], departure: 'a relu of what may be negative' };
};

const activation: Rule<'activation'> = function* (step) {
  yield* same(step, false);
  const image = step.image(0);
  const { name } = step.node.attributes;
  if (!image || image.factor !== 1) return;
  const isMaker = (node: OpNodeOf<OpName>): boolean =>
    node.op === 'activation' && sameAttributes(node.attributes, step.node.attributes);
  const idempotent = name === 'relu6' || name === 'abs';
  if (idempotent && madeBy(step.parent, image.node, isMaker, withinBounds)) yield { image, beginnings: [] };
  else yield { image, beginnings: [], departure: `a ${name} that was not there before` };
};

/** A factor that averages copies is done with; any other one stays. */
const scale: Rule<'scale'> = function* (step) {
  const image = step.image(0);
  if (!image) return;
  const product = image.factor * step.node.attributes.factor;
  const averaged = {
    image: { ...image, factor: Math.abs(product - 1) < 1e-6 ? 1 : product },
    beginnings: [],
  };
  if (image.factor !== 1) yield averaged;
  yield* same(step, true);
  if (image.factor === 1) yield averaged;
};

/** The channels of two tensors that an op of elements combines, if they agree. A constant is the same in every channel. */
function agreed(parent: Parent, a: Image, b: Image): ChannelMap | undefined {
  if (a.channels.key === b.channels.key || parent.node(b.node).kind === 'constant') return a.channels;
  return parent.node(a.node).kind === 'constant' ? b.channels : undefined;
}

/** The same op of two tensors in the parent. */
function* pair<K extends 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum' | 'greater'>(
  step: Step<K>,
  { commutes, linear }: { readonly commutes: boolean; readonly linear: boolean },
): Generator<Way> {
  const { node, parent } = step;
  const [a, b] = [step.image(0), step.image(1)];
  if (!a || !b || a.factor !== b.factor || !(linear || a.factor === 1)) return;
  const channels = agreed(parent, a, b);
  if (!channels) return;
  const readers = [...parent.readers(a.node)].sort(
    (one, other) => Number(other.site === node.site) - Number(one.site === node.site),
  );
  for (const other of readers) {
    if (other.op !== node.op) continue;
    const [first, second] = other.inputs;
    const straight = first === a.node && second === b.node;
    if (straight || (commutes && first === b.node && second === a.node)) {
      yield { image: { node: other.id, channels, factor: a.factor }, beginnings: [] };
    }
  }
}

/** Two copies add up to twice the tensor. */
const add: Rule<'add'> = function* (step) {
  yield* pair(step, { commutes: true, linear: true });
  const [a, b] = [step.image(0), step.image(1)];
  if (!a || !b || !sameImage({ ...a, factor: 1 }, { ...b, factor: 1 })) return;
  yield { image: { ...a, factor: a.factor + b.factor }, beginnings: [] };
};

export const pointRules: Pick<
  Rules,
  | 'relu'
  | 'activation'
  | 'scale'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'greater'
  | 'max_pool'
  | 'avg_pool'
  | 'global_avg_pool'
> = {
  relu,
  activation,
  scale,
  add,
  sub: (step) => pair(step, { commutes: false, linear: true }),
  mul: (step) => pair(step, { commutes: true, linear: false }),
  div: (step) => pair(step, { commutes: false, linear: false }),
  pow: (step) => pair(step, { commutes: false, linear: false }),
  maximum: (step) => pair(step, { commutes: true, linear: false }),
  minimum: (step) => pair(step, { commutes: true, linear: false }),
  greater: (step) => pair(step, { commutes: false, linear: false }),
  max_pool: pool(),
  avg_pool: pool(),
  global_avg_pool: homogeneous,
};
