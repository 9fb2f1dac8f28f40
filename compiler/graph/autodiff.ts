/**
 * Reverse-mode differentiation: extends a Graph by the nodes that compute the gradients of a loss. The walk
 * is here; what each op's gradient is stands in its record.
 */
import { InvariantError, invariant, present } from '../../util/invariant.ts';
import type { OpName } from '../ops/attributes.ts';
import type { OpRecord } from '../ops/op.ts';
import { sameShape } from '../ops/shapes.ts';
import { opTable } from '../ops/table.ts';
import { GraphBuilder } from './builder.ts';
import type { Graph, GraphNode, NodeId, OpNodeOf } from './graph.ts';

/**
 * The graph with `gradients`: one for every parameter that the loss depends on, or of those that are `wanted`, in the order
 * of the parameters. A parameter that the loss does not read gets no entry, so an optimiser leaves it alone.
 *
 * The loss, a node or the name of an output, has shape [1]. Old nodes keep their ids. Where several paths
 * meet, their gradients are added from the latest reader to the earliest, so results are reproducible.
 */
export function differentiate(
  graph: Graph,
  loss: NodeId | string,
  wanted: (parameter: string) => boolean = () => true,
): Graph {
  const lossId =
    typeof loss === 'string' ? present(graph.outputs[loss], `differentiate: the output ${loss}`) : loss;
  const lossNode = present(graph.nodes[lossId], `differentiate: node ${lossId}`);
  invariant(graph.gradients.length === 0, 'differentiate: the graph has gradients already');
  invariant(
    sameShape(lossNode.shape, [1]) && lossNode.dtype === 'f32',
    `differentiate: a loss is one number, not ${lossNode.shape.join(' x ')}`,
  );

  const builder = new GraphBuilder(graph);
  const parameters = graph.nodes.flatMap((node) =>
    node.kind === 'parameter' && wanted(node.name) ? [node.id] : [],
  );
  const gradients = backward(builder, lossId, parameters);
  for (const parameter of parameters) {
    const gradient = gradients.get(parameter);
    if (gradient !== undefined) builder.gradients.push({ parameter, gradient });
  }
  return builder.finish();
}

/**
 * The nodes that compute the gradients of a node of shape [1], by the node that they belong to: `sources`, and what
 * depends on them. What the node does not read has none.
 */
export function backward(
  builder: GraphBuilder,
  loss: NodeId,
  sources: readonly NodeId[],
): ReadonlyMap<NodeId, NodeId> {
  const nodes = builder.nodes.slice(0, loss + 1);
  const trained = dependents(nodes, sources);
  const gradients = new Map<NodeId, NodeId>();
  const receive = (id: NodeId, gradient: NodeId): void => {
    const [shape, found] = [builder.shape(id), builder.shape(gradient)];
    if (!sameShape(shape, found)) {
      throw new InvariantError(
        `differentiate: node ${id} is ${shape.join(' x ')}, its gradient ${found.join(' x ')}`,
      );
    }
    const before = gradients.get(id);
    gradients.set(id, before === undefined ? gradient : builder.op('add', [before, gradient], {}));
  };

  if (trained.has(loss)) receive(loss, builder.constant(1, [1]));
  for (const node of nodes.reverse()) {
    const dy = gradients.get(node.id);
    if (node.kind !== 'op' || dy === undefined) continue;
    builder.site = node.site;
    inputGradients(builder, node, dy, trained).forEach((gradient, i) => {
      const input = node.inputs[i];
      if (gradient !== undefined && input !== undefined && trained.has(input)) receive(input, gradient);
    });
  }
  return gradients;
}

/** The nodes that change when one of some sources does, the sources included. */
function dependents(nodes: readonly GraphNode[], sources: readonly NodeId[]): ReadonlySet<NodeId> {
  const found = new Set<NodeId>(sources);
  for (const node of nodes) {
    if (node.kind === 'op' && node.inputs.some((input) => found.has(input))) found.add(node.id);
  }
  return found;
}

function inputGradients<K extends OpName>(
  builder: GraphBuilder,
  node: OpNodeOf<K>,
  dy: NodeId,
  trained: ReadonlySet<NodeId>,
): readonly (NodeId | undefined)[] {
  const record: OpRecord<K> = opTable[node.op];
  if (typeof record.gradient !== 'function') {
    throw new InvariantError(
      `differentiate: the loss is trained through ${node.op} at ${node.site || `node ${node.id}`}, which has no gradient: ${record.gradient.none}`,
    );
  }
  const wants = (i: number): boolean => {
    const input = node.inputs[i];
    return input !== undefined && trained.has(input);
  };
  const gradients = record.gradient({ builder, node, inputs: node.inputs, dy, wants });
  // A rule may be silent about an input only if that input declares why it takes no gradient: a forgotten
  // one would train, wrongly, without a word.
  node.inputs.forEach((input, i) => {
    if (gradients[i] !== undefined || !wants(i) || takesNoGradient(builder.node(input))) return;
    throw new InvariantError(
      `differentiate: the gradient rule of ${node.op} gives nothing for its input ${i}`,
    );
  });
  return gradients;
}

function takesNoGradient(node: GraphNode): boolean {
  return node.kind === 'op' && 'none' in opTable[node.op].gradient;
}
