/**
 * Checks that a Graph keeps its promises. It trusts nothing that is written in a node: every type is derived
 * again from the op's shape rule. After it has passed, later stages may rely on the graph.
 */
import { InvariantError } from '../../../util/invariant.ts';
import type { OpName } from '../../ops/attributes.ts';
import { takesInputs, type OpRecord } from '../../ops/op.ts';
import { sameShape, shapeText } from '../../ops/shapes.ts';
import { opTable } from '../../ops/table.ts';
import type { Graph, GraphNode, NodeId, OpNodeOf } from '../graph.ts';
import { printGraph, printNode } from './print.ts';

/**
 * Gives the graph back if it is sound. Otherwise throws an internal error with all that is wrong and the
 * printed program; `after` names the pass that made it.
 */
export function verify(graph: Graph, after = 'the builder'): Graph {
  const problems = graphProblems(graph);
  if (problems.length === 0) return graph;
  throw new InvariantError(
    `verify: the graph is broken after ${after}:\n  ${problems.join('\n  ')}\n${printGraph(graph)}`,
  );
}

/** All that is wrong with a graph, a line each. */
export function graphProblems(graph: Graph): readonly string[] {
  return [
    ...graph.nodes.flatMap((node, index) => nodeProblems(graph, node, index)),
    ...nameProblems(graph),
    ...resultProblems(graph),
  ];
}

function nodeProblems(graph: Graph, node: GraphNode, index: number): string[] {
  const problems: string[] = [];
  const report = (what: string): void => void problems.push(`${what}: ${printNode(node)}`);
  if (node.id !== index) report(`node ${index} has the id ${node.id}`);
  if (!node.shape.every((size) => Number.isInteger(size) && size >= 1)) report('sizes must be 1 or more');
  if (node.dtype === 'i32' && node.kind !== 'input') report('only inputs are i32');
  if (node.kind === 'op') {
    const late = node.inputs.find((id) => !(Number.isInteger(id) && id >= 0 && id < index));
    if (late === undefined) opProblems(graph, node).forEach(report);
    else report(`reads %${late}, which is not made before`);
  }
  return problems;
}

function opProblems<K extends OpName>(graph: Graph, node: OpNodeOf<K>): string[] {
  const record: OpRecord<K> | undefined = opTable[node.op];
  if (record === undefined) return ['there is no such op'];
  const inputs = node.inputs.flatMap((id) => graph.nodes[id] ?? []);
  if (!takesInputs(record.arity, inputs.length)) return [`takes ${record.arity} inputs`];
  const type = record.shape(inputs, node.attributes);
  if ('problem' in type) return [`${type.problem}, expected ${type.expected}`];
  if (sameShape(type.shape, node.shape) && type.dtype === node.dtype) return [];
  return [`the op makes ${type.dtype}[${type.shape.join(',')}]`];
}

function nameProblems(graph: Graph): string[] {
  const names = graph.nodes.flatMap((node) => ('name' in node ? [node.name] : []));
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `two tensors are called ${name}`);
}

function resultProblems(graph: Graph): string[] {
  const problems: string[] = [];
  const missing = (id: NodeId, what: string): boolean => {
    if (graph.nodes[id]) return false;
    problems.push(`${what} is %${id}, which does not exist`);
    return true;
  };
  for (const [name, id] of Object.entries(graph.outputs)) missing(id, `the output ${name}`);

  const pairs = [
    ...graph.gradients.map((g) => ({
      kind: 'parameter',
      what: 'gradient',
      target: g.parameter,
      value: g.gradient,
    })),
    ...graph.updates.map((u) => ({ kind: 'state', what: 'update', target: u.state, value: u.value })),
  ] as const;
  const seen = new Set<NodeId>();
  for (const { kind, what, target, value } of pairs) {
    if (missing(target, `the ${kind} of a ${what}`) || missing(value, `the ${what} of %${target}`)) continue;
    const owner = graph.nodes[target];
    const made = graph.nodes[value];
    if (!owner || !made) continue;
    if (owner.kind !== kind) problems.push(`%${target} is no ${kind}, so it has no ${what}`);
    if (seen.has(target)) problems.push(`%${target} has two ${what}s`);
    seen.add(target);
    if (!sameShape(owner.shape, made.shape) || owner.dtype !== made.dtype) {
      problems.push(
        `the ${what} of %${target} is ${made.dtype} ${shapeText(made.shape)}, not ${owner.dtype} ${shapeText(owner.shape)}`,
      );
    }
  }
  return problems;
}
