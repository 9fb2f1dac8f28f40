/** Merges nodes that compute the same (common-subexpression elimination by value numbering). */
import type { Graph, GraphNode, NodeId } from '../graph.ts';
import { rewrite } from './rewrite.ts';

/**
 * The graph in which equal ops on equal inputs, and equal constants, stand once, at the place of the first.
 * Ops are deterministic functions, so the results are the same to the last bit.
 */
export function mergeEqual(graph: Graph): Graph {
  const firsts = new Map<string, NodeId>();
  return rewrite(graph, {
    replaces(node) {
      const key = keyOf(node);
      if (key === undefined) return undefined;
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, node.id);
      return first;
    },
  });
}

/** Equal for nodes with equal results, undefined for those that are themselves alone. */
function keyOf(node: GraphNode): string | undefined {
  if (node.kind === 'constant') return `constant ${valueKey(node.value)} ${node.shape.join()}`;
  if (node.kind !== 'op') return undefined;
  return `${node.op}(${node.inputs.join()}) ${attributesKey(node.attributes)}${node.late ? ' late' : ''}`;
}

/** Attributes are handed on from pass to pass as they are. */
const attributeKeys = new WeakMap<object, string>();

function attributesKey(attributes: object): string {
  const known = attributeKeys.get(attributes);
  if (known !== undefined) return known;
  const key = Object.entries(attributes)
    .map(([name, value]) => `${name}=${valueKey(value)}`)
    .sort()
    .join(' ');
  attributeKeys.set(attributes, key);
  return key;
}

/** JSON would write -0 as 0. */
function valueKey(value: unknown): string {
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}
