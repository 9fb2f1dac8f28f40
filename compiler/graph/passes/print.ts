/** The text of a Graph: one line a node, then what a run gives back. For people and golden tests. */
import type { Graph, GraphNode, Initializer, NodeId } from '../graph.ts';

/**
 * The program in words: `%12 = conv(%0, %11) stride=[1,1] padding=[1,1,1,1] : f32[64,8,8,16]  // early.conv`.
 * Never throws, so that a broken graph can be shown.
 */
export function printGraph(graph: Graph): string {
  const lines = graph.nodes.map(printNode);
  for (const [name, id] of Object.entries(graph.outputs)) lines.push(`output ${name} = ${ref(id)}`);
  for (const { parameter, gradient } of graph.gradients) {
    lines.push(`gradient ${nameOf(graph, parameter)} = ${ref(gradient)}`);
  }
  for (const { state, value } of graph.updates) lines.push(`update ${nameOf(graph, state)} = ${ref(value)}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** The line of one node. */
export function printNode(node: GraphNode): string {
  const site = node.kind === 'op' && node.site !== '' ? `  // ${node.site}` : '';
  return `${ref(node.id)} = ${expression(node)} : ${node.dtype}[${node.shape.join(',')}]${site}`;
}

function ref(id: NodeId): string {
  return `%${id}`;
}

function nameOf(graph: Graph, id: NodeId): string {
  const node = graph.nodes[id];
  return node && 'name' in node ? node.name : ref(id);
}

function expression(node: GraphNode): string {
  switch (node.kind) {
    case 'input':
      return `input ${node.name}`;
    case 'parameter':
    case 'state':
      return `${node.kind} ${node.name} init=${initializer(node.init)}`;
    case 'constant':
      return `constant ${number(node.value)}`;
    case 'op': {
      const attributes = Object.entries(node.attributes).map(([key, value]) => ` ${key}=${attribute(value)}`);
      return `${node.op}(${node.inputs.map(ref).join(', ')})${attributes.join('')}`;
    }
    default:
      return node satisfies never;
  }
}

function initializer(init: Initializer): string {
  switch (init.kind) {
    case 'constant':
      return number(init.value);
    case 'he':
      return `he(${init.fanIn})`;
    case 'uniform':
      return `uniform(${init.limit})`;
    case 'key':
      return 'key';
    case 'rows':
      return `rows(${init.values.map(number).join(', ')})`;
    default:
      return init satisfies never;
  }
}

function attribute(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return `[${value.map(attribute).join(',')}]`;
  return String(value);
}

function number(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
