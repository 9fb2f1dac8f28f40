/** Words for units: what was chosen, or how they are called, and the values that are theirs alone. */
import { valuesOf } from '../../space/open.ts';
import type { DecisionId, Open, SpaceNodeId, StaticValue } from '../../space/space.ts';
import { formatStatic } from '../../space/values.ts';
import { baseOf, segmentsOf, unclaimed } from './paths.ts';
import type { Unit } from './units.ts';
import type { Walker } from './walk.ts';

const trivial: ReadonlySet<string> = new Set([
  'add',
  'mul',
  'relu',
  'relu6',
  'batch_norm',
  'layer_norm',
  'identity',
]);

/** The name of a unit that nothing was chosen for. */
export function nameOf(walker: Walker, unit: Unit, depth: number): string {
  const { structure } = walker;
  let at = unit.path.length;
  let children = unit.nodes.map((id) => structure.path(id));
  const name = (): string => unclaimed(unit.path.at(-1) ?? structure.space.name);
  if (at <= depth || unit.cell !== undefined) return unit.cell ?? name();
  let best = name();
  // A body that holds one use of a motif, and a sum around it, is known by the motif.
  for (;;) {
    const below = new Set(children.flatMap((path) => (path.length > at + 1 ? [path[at]] : [])));
    const leaves = children.flatMap((path) => (path.length === at + 1 ? [baseOf(path[at] ?? '')] : []));
    const [only] = below;
    if (only === undefined || below.size > 1 || !leaves.every((leaf) => trivial.has(leaf))) return best;
    children = children.filter((path) => path[at] === only);
    if (structure.syntax.isCalled(unclaimed(only))) best = unclaimed(only);
    at++;
  }
}

/** Height x width x channels; several sizes are listed. */
export function shapeOf(walker: Walker, id: SpaceNodeId): string {
  const { shape } = walker.node(id);
  const known = walker.value(shape);
  const shapes = known ? [known] : valuesOf(shape);
  const rank = shapes[0]?.length ?? 0;
  if (!shapes.every((s) => s.length === rank)) return '';
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = [...new Set(shapes.map((s) => s[axis] ?? 0))].sort((a, b) => a - b);
    if (sizes.length === 1) return String(sizes[0]);
    return sizes.length > 3 ? `${sizes[0]}..${sizes.at(-1)}` : `{${sizes.join(', ')}}`;
  }).join(' × ');
}

/** `k 5`, or `k 3 | 5` where it is open. */
export function answerText(walker: Walker, id: DecisionId): string | undefined {
  const { path, options } = walker.structure.decision(id);
  const name = segmentsOf(path).at(-1) ?? path;
  if (!walker.choices) return `${name} ${rangeText(options.map((o) => o.label))}`;
  const option = options[walker.choices[id] ?? -1];
  return option && `${name} ${option.label}`;
}

/** A few labels, or the first and the last of many. */
export function rangeText(labels: readonly string[]): string {
  if (labels.length <= 5) return labels.join(' | ');
  return `${labels[0]} .. ${labels.at(-1)}`;
}

/** What one operation is called: `conv 3×3`. */
export function operationText(walker: Walker, id: SpaceNodeId): string {
  const node = walker.node(id);
  if (node.kind !== 'apply') return node.kind;
  const k = attributeText(walker, node.attributes['k']);
  return k === undefined ? node.operation : `${node.operation} ${k}`;
}

function attributeText(walker: Walker, open: Open<StaticValue> | undefined): string | undefined {
  const value = open && walker.value(open);
  if (value === undefined) return undefined;
  if (typeof value === 'number') return `${value}×${value}`;
  if (typeof value === 'object') return value.map(formatStatic).join('×');
  return undefined;
}
