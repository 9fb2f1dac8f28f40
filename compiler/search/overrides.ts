/** `--set PATH=VALUE` on a search: replaces fields, and arguments inside of them, in the syntax tree. */
import type {
  AmountsNode,
  ArgNode,
  Expr,
  FieldNode,
  FieldValue,
  NameNode,
  SearchNode,
} from '../../grammar/ast.ts';
import type { Source } from '../../grammar/source.ts';

/** A value for `path`, such as `data.split` or `budget.trials`. */
export interface SearchOverride {
  readonly path: readonly string[];
  readonly value: Expr;
  readonly source: Source;
}

/** A search with overrides in it, and the sources of what came from elsewhere. */
export interface OverriddenSearch {
  readonly node: SearchNode;
  readonly sources: ReadonlyMap<object, Source>;
}

/** Applies overrides in order; a later one wins. Whether the names mean anything is checked afterwards. */
export function overrideSearch(node: SearchNode, overrides: readonly SearchOverride[]): OverriddenSearch {
  const sources = new Map<object, Source>();
  let fields = node.fields;
  for (const override of overrides) {
    const [name = '', ...rest] = override.path;
    const made = wordsOf(override, name, sources);
    const before = fields.find((f) => f.name.text === name);
    const value =
      name === 'budget' && rest.length === 1
        ? amounts(before?.value, rest[0] ?? '', override, sources)
        : replace(before?.value, rest, override, sources, name);
    const field: FieldNode = { kind: 'field', span: override.value.span, name: made, value };
    sources.set(field, override.source);
    // One objective replaces the other: `--set minimize=loss` is meant instead of `maximize`.
    const isObjective = name === 'maximize' || name === 'minimize';
    const others = fields.filter(
      (f) =>
        f.name.text !== name && !(isObjective && (f.name.text === 'maximize' || f.name.text === 'minimize')),
    );
    fields = [...others, field];
  }
  return { node: { ...node, fields }, sources };
}

function wordsOf({ value, source }: SearchOverride, text: string, sources: Map<object, Source>): NameNode {
  const name: NameNode = { kind: 'name', span: value.span, text };
  sources.set(name, source);
  return name;
}

/** The value of a field with the argument at `path` replaced; calls are made where there are none. */
function replace(
  before: FieldValue | undefined,
  path: readonly string[],
  override: SearchOverride,
  sources: Map<object, Source>,
  parent: string,
): Expr {
  const [name, ...rest] = path;
  if (name === undefined) {
    adopt(override.value, override.source, sources);
    return override.value;
  }
  const call = callOf(before);
  const args = call?.args ?? [];
  const old = args.find((a) => a.name?.text === name);
  const value = replace(old?.value, rest, override, sources, name);
  const arg: ArgNode = { kind: 'arg', span: value.span, name: wordsOf(override, name, sources), value };
  sources.set(arg, override.source);
  // What says nothing yet becomes what it would be by default.
  const span = call?.callee.span ?? override.value.span;
  const callee: Expr = call?.callee ?? { kind: 'reference', span, name: defaults.get(parent) ?? 'train' };
  const node: Expr = {
    kind: 'call',
    span,
    callee,
    args: [...args.filter((a) => a !== old), arg],
    statics: [],
  };
  if (!call) sources.set(node, override.source);
  return node;
}

/** What optimisers and schedules are when nothing is said; everything else is a training. */
const defaults: ReadonlyMap<string, string> = new Map([
  ['optimizer', 'sgd'],
  ['schedule', 'cosine'],
]);

function callOf(
  value: FieldValue | undefined,
): { readonly callee: Expr; readonly args: readonly ArgNode[] } | undefined {
  if (value?.kind === 'reference') return { callee: value, args: [] };
  if (value?.kind === 'call') return { callee: value.callee, args: [...value.args, ...value.statics] };
  return undefined;
}

/** `budget.trials=5`: the amount of one unit. */
function amounts(
  before: FieldValue | undefined,
  unit: string,
  override: SearchOverride,
  sources: Map<object, Source>,
): FieldValue {
  const { value, source } = override;
  adopt(value, source, sources);
  if (value.kind !== 'number') return value;
  const kept = before?.kind === 'amounts' ? before.amounts.filter((a) => a.unit.text !== unit) : [];
  const amount = {
    kind: 'amount',
    span: value.span,
    number: value,
    unit: wordsOf(override, unit, sources),
  } as const;
  const node: AmountsNode = { kind: 'amounts', span: value.span, amounts: [...kept, amount] };
  sources.set(amount, source).set(node, source);
  return node;
}

/** Remembers the source of a node and of everything inside of it. */
function adopt(node: object, source: Source, sources: Map<object, Source>): void {
  sources.set(node, source);
  for (const part of Object.values(node)) {
    if (typeof part === 'object' && part !== null) adopt(part, source, sources);
  }
}
