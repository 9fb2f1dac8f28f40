/** Merges nodes that compute the same (common-subexpression elimination by value numbering). */
import { sameShape } from '../../ops/shapes.ts';
import type { ConstantNode, Graph, OpNode } from '../graph.ts';
import { rewrite } from './rewrite.ts';

/**
 * The graph in which equal ops on equal inputs, and equal constants, stand once, at the place of the first.
 * Ops are deterministic functions, so the results are the same to the last bit.
 */
export function mergeEqual(graph: Graph): Graph {
  const alike = new Map<number, (ConstantNode | OpNode)[]>();
  return rewrite(graph, {
    replaces(node) {
      if (node.kind !== 'constant' && node.kind !== 'op') return undefined;
      const hash = hashOf(node);
      const others = alike.get(hash);
      if (!others) alike.set(hash, [node]);
      else {
        const first = others.find((other) => areEqual(other, node));
        if (first) return first.id;
        others.push(node);
      }
      return undefined;
    },
  });
}

/** Equal for equal nodes, and for few others. */
function hashOf(node: ConstantNode | OpNode): number {
  if (node.kind === 'constant') return -1;
  let hash = 0;
  for (const input of node.inputs) hash = Math.imul(hash ^ input, 0x01000193) + 1;
  return hash;
}

/** Whether two nodes have equal results. */
function areEqual(a: ConstantNode | OpNode, b: ConstantNode | OpNode): boolean {
  if (a.kind === 'constant') {
    return b.kind === 'constant' && Object.is(a.value, b.value) && sameShape(a.shape, b.shape);
  }
  if (b.kind === 'constant') return false;
  return (
    a.op === b.op &&
    a.late === b.late &&
    sameShape(a.inputs, b.inputs) &&
    (a.attributes === b.attributes || attributesKey(a.attributes) === attributesKey(b.attributes))
  );
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
