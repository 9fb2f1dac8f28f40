/** Replaces ops that give back one of their inputs by that input. */
import { present } from '../../../util/invariant.ts';
import type { OpAttributes, OpName } from '../../ops/attributes.ts';
import { sameShape } from '../../ops/shapes.ts';
import type { Graph, GraphNode, NodeId, OpNodeOf, Shape } from '../graph.ts';
import { rewrite } from './rewrite.ts';

/** The input that a node gives back unchanged, if it does. */
type Identity<K extends OpName> = (
  inputs: readonly GraphNode[],
  attributes: OpAttributes[K],
) => GraphNode | undefined;

const isConstant = (node: GraphNode | undefined, value: number): boolean =>
  node?.kind === 'constant' && Object.is(node.value, value);

const shaped = (x: GraphNode | undefined, shape: Shape): GraphNode | undefined =>
  x && sameShape(x.shape, shape) ? x : undefined;

/**
 * Only what holds for every bit pattern. Adding 0 is not here: it turns -0 into 0. Adding -0 changes nothing.
 */
const identities: { readonly [K in OpName]?: Identity<K> } = {
  scale: ([x], { factor }) => (factor === 1 ? x : undefined),
  add: ([a, b]) => (isConstant(b, -0) ? a : isConstant(a, -0) ? b : undefined),
  sub: ([a, b]) => (isConstant(b, 0) ? a : undefined),
  mul: ([a, b]) => (isConstant(b, 1) ? a : isConstant(a, 1) ? b : undefined),
  broadcast: ([x], { shape }) => shaped(x, shape),
  reduce: ([x], { axes }) => (axes.length === 0 ? x : undefined),
  reverse: ([x], { axes }) => (axes.length === 0 ? x : undefined),
  concat: ([x, ...others]) => (others.length === 0 ? x : undefined),
  slice: ([x], { size }) => shaped(x, size),
  reshape: ([x], { shape }) => shaped(x, shape),
  pad: ([x], { before, after }) => ([...before, ...after].every((width) => width === 0) ? x : undefined),
  transpose: ([x], { axes }) => (axes.every((axis, i) => axis === i) ? x : undefined),
  relu: ([x]) => (x?.kind === 'op' && x.op === 'relu' ? x : undefined),
};

/** The graph without identities; its results are the same to the last bit. */
export function dropIdentities(graph: Graph): Graph {
  return rewrite(graph, {
    replaces: (node, copy) => (node.kind === 'op' ? givenBack(node, copy) : undefined),
  });
}

function givenBack<K extends OpName>(node: OpNodeOf<K>, copy: readonly GraphNode[]): NodeId | undefined {
  const identity: Identity<K> | undefined = identities[node.op];
  if (!identity) return undefined;
  const inputs = node.inputs.map((id) => present(copy[id], 'dropIdentities: node', id));
  return identity(inputs, node.attributes)?.id;
}
