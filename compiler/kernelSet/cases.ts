/**
 * The cases of a space: every operation with all arguments and shapes that it can have, whatever is decided elsewhere. What
 * one network needs is made of these, so that a space of any size has few of them.
 */
import { present } from '../../util/invariant.ts';
import type { Shape } from '../graph/graph.ts';
import { checkAttribute } from '../ops/attributeKinds.ts';
import { operations, type OperationName } from '../ops/operations.ts';
import { always, keyOf, never } from '../space/diagrams.ts';
import { mapOpen, TooManyCases, valuesOf } from '../space/open.ts';
import { reached } from '../space/reached.ts';
import { MOST_TERMS } from '../wgsl/fuse.ts';
import type {
  Apply,
  AuxiliaryOutput,
  Open,
  Space,
  SpaceNode,
  SpaceNodeId,
  StaticValue,
} from '../space/space.ts';

/** An operation as it is applied in some networks. */
export interface Case {
  readonly operation: OperationName;
  readonly attributes: Readonly<Record<string, StaticValue>>;
  /** Shapes of its tensors, without the batch axis. */
  readonly shapes: readonly Shape[];
  /** For each of its tensors, whether the loss is differentiated through it: something before it is trained. */
  readonly wants: readonly boolean[];
  /** Whether a relu may follow at once. */
  readonly relu: boolean;
}

/** Lists of shapes that are all tried for one `concat`; of more, their pairs. */
const listLimit = 512;

export interface CaseOptions {
  /**
   * Whether sums, products and means are listed with every shape that they can have, and not with one that stands for all: it
   * makes no other kernel, but takes other time.
   */
  readonly everyShape?: boolean;
  /** The auxiliary heads that are trained, too. */
  readonly heads?: readonly AuxiliaryOutput[];
}

/** The cases of everything that the output of a space, and heads that are trained, may need; each once. */
export function casesOf(space: Space, { everyShape = false, heads = [] }: CaseOptions = {}): readonly Case[] {
  const needed = reached(space, [space.output, ...heads.map(({ node }) => node)]);
  const nodes = space.nodes.filter(({ id }) => needed.has(id));
  const trained = trainedNodes(nodes);
  const before = beforeRelus(space, nodes);
  const found = new Map<string, Case>();
  for (const node of nodes) {
    if (node.kind !== 'apply') continue;
    const { operation } = node;
    const relu = before.has(node.id);
    const wants = node.inputs.map((id) => trained.has(id));
    const open = node.inputs.map((id) => present(space.nodes[id], 'an input of an operation').shape);
    const tried =
      operations[operation].tensors === 'list' ? listCases(node, open, everyShape) : fixedCases(node, open);
    for (const { values, shapes } of tried) {
      const names = Object.keys(node.attributes);
      const attributes = Object.fromEntries(names.map((name, i) => [name, present(values[i], name)]));
      if (!isTaken(operation, attributes)) continue;
      // Of a list it is not told which of its tensors these are.
      const isList = operations[operation].tensors === 'list';
      const one: Case = {
        operation,
        attributes,
        shapes,
        wants: isList ? shapes.map(() => wants.some(Boolean)) : wants,
        relu,
      };
      found.set(JSON.stringify(one), one);
    }
  }
  return [...found.values()];
}

/** Whether the operation takes such arguments; it need not in cases that cannot occur. */
export function isTaken(operation: OperationName, attributes: Case['attributes']): boolean {
  return operations[operation].params.every(
    ({ name, kind }) => 'value' in checkAttribute(kind, present(attributes[name], name)),
  );
}

/** Arguments of an operation, in the order in which its node has them, and the shapes of its tensors. */
export interface Tried {
  readonly values: readonly StaticValue[];
  readonly shapes: readonly Shape[];
}

/** Arguments and shapes that occur together; where there are too many decisions to tell, all that occur. */
export function fixedCases(node: Apply, shapes: readonly Open<Shape>[]): readonly Tried[] {
  const attributes = Object.values(node.attributes);
  const found: Tried[] = [];
  const collect = (values: readonly unknown[]): true => {
    // The values are the arguments, then the shapes.
    found.push({
      values: values.slice(0, attributes.length) as StaticValue[],
      shapes: values.slice(attributes.length) as Shape[],
    });
    return true;
  };
  for (const within of [node.exists, always]) {
    // What only a head needs exists nowhere: costs leave it out.
    if (within === never) continue;
    try {
      found.length = 0;
      mapOpen([...attributes, ...shapes] as readonly Open<unknown>[], within, collect);
      return found;
    } catch (error) {
      if (!(error instanceof TooManyCases)) throw error;
    }
  }
  found.length = 0;
  for (const values of combinations([
    ...attributes.map(valuesOf<StaticValue>),
    ...shapes.map(valuesOf<Shape>),
  ])) {
    collect(values);
  }
  return found;
}

/**
 * What a merge may join. Sums, products and means are the same for every shape, so that one will do; sums of sums are taken
 * in one pass, so that one may have more terms than the list.
 */
function listCases(node: Apply, shapes: readonly Open<Shape>[], everyShape: boolean): readonly Tried[] {
  const found: Tried[] = [];
  const options = shapes.map((shape) => valuesOf(shape));
  for (const values of combinations(Object.values(node.attributes).map(valuesOf<StaticValue>))) {
    if (operations[node.operation].alike) {
      // Longer sums are several of these; how many are averaged is part of a mean.
      const most = everyShape ? Math.max(MOST_TERMS, shapes.length) : MOST_TERMS;
      const [first, ...others] = shapes.length < 2 ? [] : distinct(options.flat());
      for (const shape of first === undefined ? [] : [first, ...(everyShape ? others : [])]) {
        for (let terms = 2; terms <= most; terms++) {
          found.push({ values, shapes: Array.from({ length: terms }, () => shape) });
        }
      }
    } else {
      for (const list of joined(options)) found.push({ values, shapes: list });
    }
  }
  return found;
}

function distinct(shapes: readonly Shape[]): readonly Shape[] {
  return [...new Map(shapes.map((shape) => [shape.join(), shape])).values()];
}

/** Lists of shapes, one or none of each part's; only two parts at a time where there are very many. */
function* joined(parts: readonly (readonly Shape[])[]): Generator<readonly Shape[]> {
  const count = parts.reduce((product, { length }) => product * (length + 1), 1);
  if (count <= listLimit) {
    const optional = parts.map((shapes): readonly (Shape | undefined)[] => [undefined, ...shapes]);
    for (const list of combinations(optional)) {
      const there = list.filter((shape) => shape !== undefined);
      if (there.length > 0) yield there;
    }
    return;
  }
  for (const [i, first] of parts.entries()) {
    for (const second of parts.slice(i + 1)) yield* combinations([first, second]);
  }
}

/** Every choice of one element of each list; equal ones once. */
function* combinations<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const seen = new Set<string>();
  const partial = function* (from: number): Generator<readonly T[]> {
    const [first] = lists.slice(from, from + 1);
    if (first === undefined) {
      yield [];
      return;
    }
    for (const value of first) for (const rest of partial(from + 1)) yield [value, ...rest];
  };
  for (const list of partial(0)) {
    const key = list.map((value) => keyOf(value ?? null)).join(' ');
    if (!seen.has(key)) yield list;
    seen.add(key);
  }
}

/** The nodes before which, or in which, something is trained. */
function trainedNodes(nodes: readonly SpaceNode[]): ReadonlySet<SpaceNodeId> {
  const trained = new Set<SpaceNodeId>();
  for (const node of nodes) {
    if (node.kind !== 'apply' && node.kind !== 'select') continue;
    const own = node.kind === 'apply' && valuesOf(node.cost).some(({ params }) => params > 0);
    if (own || node.inputs.some((id) => id !== undefined && trained.has(id))) trained.add(node.id);
  }
  return trained;
}

/** Operations that may give back a tensor as it is: what follows them may follow the tensor at once. */
const passing: ReadonlySet<OperationName> = new Set([
  'identity',
  'dropout',
  'flatten',
  'first_channels',
  'split_part',
  'shift',
  'scale',
  'add',
  'mul',
  'mean',
  'concat',
]);

/** The nodes that some relu may read. */
function beforeRelus(space: Space, nodes: readonly SpaceNode[]): ReadonlySet<SpaceNodeId> {
  const read = new Set<SpaceNodeId>();
  for (const node of nodes.toReversed()) {
    const isRelu = node.kind === 'apply' && node.operation === 'relu';
    const passes = node.kind === 'select' || (node.kind === 'apply' && passing.has(node.operation));
    if (!isRelu && !(passes && read.has(node.id))) continue;
    for (const id of node.inputs) if (id !== undefined) read.add(id);
  }
  return read;
}
