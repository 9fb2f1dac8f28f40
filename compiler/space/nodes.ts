/** `nodes n[4] = ...`, and `loose(n)`: which of them nothing reads. */
import type { NodesNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { bodyWeight, enter, limits, locate, type Context, type Elaboration } from './elaboration.ts';
import { countOf } from './loops.ts';
import { always, fixed, never } from './diagrams.ts';
import { both, either, holds, holdsWithin, negate, pointsAt, valuesOf } from './open.ts';
import { Site } from './sites.ts';
import type { Open, SpaceNodeId } from './space.ts';
import {
  describe,
  errorVal,
  listVal,
  presenceOf,
  staticVal,
  type ListItem,
  type ListVal,
  type Value,
} from './values.ts';

/** Builds the nodes in order; inside, the name holds those that are there so far. Returns the context that knows them. */
export function bindNodes(e: Elaboration, node: NodesNode, context: Context): Context {
  const name = node.name.text;
  const at = locate(context, node.count);
  const withNodes = (value: Value): Context => ({
    ...context,
    names: context.names.with(name, value),
  });
  const count = countOf(e, e.evaluate(node.count, context), 'a whole number of nodes', context, at);
  if (count === undefined) return withNodes(errorVal);
  const most = Math.max(...valuesOf(count));
  if (most > limits.turns) e.stop('nodes', limits.turns, at);
  const bodies = context.body.open({ kind: 'nodes', name });
  const path = context.site.claim(name);
  const items: ListItem[] = [];
  for (let i = 0; i < most; i++) {
    e.step(at, bodyWeight + (items.length >> 2));
    const before = context.names.with(name, listVal([...items]));
    const names = node.index ? before.with(node.index.text, staticVal(fixed(i))) : before;
    const guard = holds(count, (n) => n > i);
    const inside = enter(context, {
      body: bodies.open({ kind: 'turn', label: String(i) }),
      site: new Site(`${path}[${i}]`),
      guard,
      names,
    });
    const value = e.evaluateBlock(node.body, inside);
    if (value.kind === 'error') return withNodes(errorVal);
    const exists = holdsWithin(guard, context.exists) ? always : guard;
    items.push({ value, exists, label: `${name}[${i}]` });
  }
  return withNodes(listVal(items));
}

/**
 * `loose(xs)`: the elements that no other element, and nothing else that has a name here, reads. Found on the nodes that the
 * elements came to: from each reader the way back to the elements, under the answers that take it.
 */
export function looseOf(e: Elaboration, list: ListVal, context: Context, at: Location): Value {
  const elements = new Map<SpaceNodeId, number>();
  for (const [i, { value }] of list.items.entries()) {
    if (value.kind === 'tensor') elements.set(value.node, i);
    else if (value.kind !== 'none') {
      const found = describe(value);
      e.report('wrongKind', { found, wanted: 'a list of tensors for `loose`' }, at);
      return errorVal;
    }
  }
  const read: Open<boolean>[] = list.items.map(() => never);
  const first = Math.min(...elements.keys());
  const readFrom = (root: SpaceNodeId, where: Open<boolean>): void => {
    const needed = new Map<SpaceNodeId, Open<boolean>>([[root, where]]);
    for (let id = root; id >= first; id--) {
      const here = needed.get(id);
      if (here === undefined || here === never) continue;
      const element = elements.get(id);
      if (element !== undefined && id !== root) {
        read[element] = either(read[element] ?? never, here);
        continue;
      }
      for (const [input, taken] of inputsOf(e, id)) {
        needed.set(input, either(needed.get(input) ?? never, both(here, taken)));
      }
    }
  };
  for (const { value, exists } of list.items) {
    if (value.kind === 'tensor') readFrom(value.node, both(exists, presenceOf(value)));
  }
  for (const value of context.names.entries().values()) {
    for (const root of tensorsIn(value)) if (!elements.has(root)) readFrom(root, always);
  }
  const items = list.items.map((item, i): ListItem => {
    const unread = negate(read[i] ?? never);
    const exists = both(item.exists, unread);
    return { ...item, exists: holdsWithin(exists, context.exists) ? always : exists };
  });
  return listVal(items, list.within);
}

/** What a node reads, each with where it does so. */
function inputsOf(e: Elaboration, id: SpaceNodeId): readonly (readonly [SpaceNodeId, Open<boolean>])[] {
  const node = e.node(id);
  switch (node.kind) {
    case 'apply':
      return node.inputs.map((input, i) => [input, node.when[i] ?? always]);
    case 'select':
      return node.inputs.flatMap((input, i) =>
        input === undefined ? [] : [[input, pointsAt(node.on, i)] as const],
      );
    case 'scan':
      return [[node.sequence, always], ...node.results.map((r) => [r, always] as const)];
    case 'input':
    case 'scanInput':
      return [];
  }
}

function tensorsIn(value: Value): readonly SpaceNodeId[] {
  if (value.kind === 'tensor') return [value.node];
  if (value.kind === 'tuple') return value.items.flatMap(tensorsIn);
  if (value.kind === 'list') return value.items.flatMap((item) => tensorsIn(item.value));
  return [];
}
