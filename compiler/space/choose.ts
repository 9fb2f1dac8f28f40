/** `choose`: what is open. Each makes a decision of its body, or one for every candidate of a subset. */
import type {
  AlternativeNode,
  AlternativesNode,
  ChooseNode,
  Expr,
  RangeNode,
  SpreadNode,
} from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { present } from '../../util/invariant.ts';
import type { Body } from './bodies.ts';
import { combine } from './choices.ts';
import { enter, labelsOfUses, locate, type Context, type Elaboration } from './elaboration.ts';
import { rangeNumbers } from './lists.ts';
import { always, fixed, never, takes, test, testOf } from './diagrams.ts';
import {
  answered,
  both,
  either,
  holds,
  holdsWithin,
  mapOpen,
  negate,
  restrict,
  totally,
  valuesOf,
} from './open.ts';
import { noteOf } from './settle.ts';
import { Site } from './sites.ts';
import type { DecisionId, DecisionOption, Open, StaticValue } from './space.ts';
import { evaluateCondition } from './truth.ts';
import { describe, errorVal, formatStatic, listVal, staticVal, type ListItem, type Value } from './values.ts';

/** Evaluates `choose`: a decision of this body, and what it leads to. */
export function evaluateChoose(
  e: Elaboration,
  node: ChooseNode,
  context: Context,
  name: string | undefined,
): Value {
  const { from } = node;
  const label = node.name?.text ?? name;
  if (from.kind === 'range') return chooseRange(e, node, from, context, label);
  const candidates = from.kind === 'from' ? listed(e, from.list, context) : written(e, from, context);
  if (candidates === undefined) return errorVal;
  if (candidates.length === 0 && node.amount?.kind === 'any') return listVal([]);
  if (candidates.length === 0) {
    if (from.kind === 'from')
      e.report('emptyChoice', {}, locate(context, node), () => ({ notes: noteOf(e, context.exists) }));
    else
      e.report('nothingToChoose', {}, locate(context, node), () => ({
        notes: noteOf(e, context.exists),
        labels: labelsOfUses(context.uses),
      }));
    return errorVal;
  }
  if (!distinct(e, candidates)) return errorVal;
  return node.amount === undefined
    ? chooseOne(e, node, candidates, context, label)
    : chooseSome(e, node, candidates, context, label);
}

// ---------------------------------------------------------------- what there is to choose from

/** One thing that may be chosen. */
interface Candidate {
  readonly label: string;
  /** Its value where it stands for itself in an architecture. */
  readonly plain: StaticValue | undefined;
  /** Where it may be chosen, among what exists. */
  readonly allowed: Open<boolean>;
  readonly at: Location;
  /** What it comes to, in a body of its own. */
  readonly evaluate: (inside: Context) => Value;
}

/** The elements of a list. */
function listed(e: Elaboration, node: Expr, context: Context): readonly Candidate[] | undefined {
  const list = e.evaluate(node, context);
  if (list.kind === 'error') return undefined;
  if (list.kind !== 'list') {
    e.report('wrongKind', { found: describe(list), wanted: 'a list to choose from' }, locate(context, node));
    return undefined;
  }
  return fromItems(list.items, locate(context, node), context);
}

function fromItems(items: readonly ListItem[], at: Location, context: Context): readonly Candidate[] {
  return items.flatMap((item, i): Candidate[] => {
    const allowed = both(item.exists, context.exists) === never ? never : item.exists;
    if (allowed === never) return [];
    const { value } = item;
    const plain = value.kind === 'static' && value.value.kind === 'fixed' ? value.value.value : undefined;
    const label = plain === undefined ? (item.label ?? String(i)) : formatStatic(plain);
    return [{ label, plain, allowed, at, evaluate: () => value }];
  });
}

/** Alternatives as they are written; one whose `when` can never hold is none. */
function written(
  e: Elaboration,
  { items }: AlternativesNode,
  context: Context,
): readonly Candidate[] | undefined {
  let good = true;
  const candidates = items.flatMap((item: AlternativeNode | SpreadNode): readonly Candidate[] => {
    const at = locate(context, item);
    if (item.kind === 'spread') {
      const list = e.evaluate(item.value, context);
      if (list.kind === 'list') return fromItems(list.items, at, context);
      good = false;
      if (list.kind !== 'error') {
        e.report('wrongKind', { found: describe(list), wanted: 'a list after `...`' }, at);
      }
      return [];
    }
    const label = labelOf(item);
    if (label === '') {
      good = false;
      e.report('missingLabel', {}, at, { hint: 'write `name: ...` before it' });
      return [];
    }
    let allowed: Open<boolean> = always;
    if (item.condition) {
      const condition = evaluateCondition(e, item.condition, context);
      if (condition === undefined) good = false;
      else if (both(condition, context.exists) === never) return [];
      else if (both(condition, context.exists) !== context.exists) allowed = condition;
    }
    const { value } = item;
    const plain =
      item.label === undefined && value.kind === 'number'
        ? value.value
        : isPlain(item, context)
          ? label
          : undefined;
    const evaluate = (inside: Context): Value =>
      value.kind === 'block' ? e.evaluateBlock(value, inside) : e.evaluate(value, inside);
    return [{ label, plain, allowed, at, evaluate }];
  });
  return good ? candidates : undefined;
}

/** How an alternative is known: its label, or its value where that labels itself. */
function labelOf(item: AlternativeNode): string {
  if (item.label) return item.label.text;
  const text = (node: Expr): string | undefined => {
    if (node.kind === 'number') return formatStatic(node.value);
    if (node.kind === 'bool') return String(node.value);
    if (node.kind === 'string') return node.value;
    if (node.kind === 'none') return 'none';
    if (node.kind === 'reference') return node.name;
    if (node.kind === 'unary' && node.operator === '-') {
      const inner = text(node.operand);
      return inner === undefined ? undefined : `-${inner}`;
    }
    if (node.kind !== 'tuple' && node.kind !== 'list') return undefined;
    const parts = node.items.map((part) => (part.kind === 'spread' ? undefined : text(part)));
    if (!parts.every((p) => p !== undefined)) return undefined;
    return node.kind === 'tuple' ? `(${parts.join(', ')})` : `[${parts.join(', ')}]`;
  };
  return (item.value.kind === 'block' ? undefined : text(item.value)) ?? '';
}

/** Whether an alternative is a plain value, which stands for itself. */
function isPlain(item: AlternativeNode, context: Context): boolean {
  const plain = (node: AlternativeNode['value']): boolean => {
    if (node.kind === 'number' || node.kind === 'bool' || node.kind === 'string') return true;
    if (node.kind === 'tuple') return node.items.every(plain);
    if (node.kind === 'unary') return plain(node.operand);
    return node.kind === 'reference' && context.names.get(node.name)?.kind === 'static';
  };
  const bare =
    item.label === undefined || (item.value.kind === 'reference' && item.value.name === item.label.text);
  return bare && plain(item.value);
}

function distinct(e: Elaboration, candidates: readonly Candidate[]): boolean {
  const seen = new Set<string>();
  let good = true;
  for (const { label, at } of candidates) {
    if (seen.has(label)) {
      good = false;
      e.report('repeatedLabel', { label }, at);
    }
    seen.add(label);
  }
  return good;
}

// ---------------------------------------------------------------- one of them

/** `choose 1..3`, `choose 0.0..0.5 step 0.1` */
function chooseRange(
  e: Elaboration,
  node: ChooseNode,
  range: RangeNode,
  context: Context,
  name: string | undefined,
): Value {
  const values = rangeNumbers(e, range, context);
  if (values === undefined) return errorVal;
  const at = locate(context, node);
  const candidates = values.map(({ value, exists }): Candidate => {
    const allowed = holdsWithin(exists, context.exists) ? always : exists;
    return { label: formatStatic(value), plain: value, allowed, at, evaluate: () => staticVal(fixed(value)) };
  });
  return chooseOne(e, node, candidates, context, name);
}

function chooseOne(
  e: Elaboration,
  node: ChooseNode,
  candidates: readonly Candidate[],
  context: Context,
  name: string | undefined,
): Value {
  const at = locate(context, node);
  const isValue = candidates.every((c) => c.plain !== undefined);
  const options = candidates.map(({ label, plain, allowed }): DecisionOption => ({
    label,
    value: plain ?? label,
    allowed: allowed === always ? undefined : allowed,
  }));
  const labels = candidates.map((c) => c.label);
  const somewhere = candidates.map((c) => c.allowed).reduce(either, never);
  checkSomething(e, somewhere, context, at);
  const site = name === undefined ? context.site.claimOwn('choose') : context.site.claim(name);
  const entry = context.body.decide(name, isValue ? [] : labels, () => {
    const { decided: exists, cell } = context;
    const kind = isValue ? 'value' : 'alternative';
    const picked = node.from.kind === 'from' && !isValue ? { fromList: true as const } : {};
    const decision = { kind, ...picked, options, exists, cell, location: at } as const;
    return { ids: [e.addDecision(decision)], subset: undefined };
  });
  const [id = 0] = entry.ids;
  if (!checkSame(e, id, options, at)) return errorVal;
  const everywhere = context.decided === always;
  const guards = candidates.map(({ allowed }, i) =>
    both(takes(id, i, candidates.length, everywhere), allowed),
  );
  const restricted = candidates.some((c) => c.allowed !== always);
  if (restricted || !everywhere) e.constraints.set(id, takenOrAbsent(guards.reduce(either, never), context));
  const values = candidates.map((candidate, i) => {
    const guard = present(guards[i], 'a guard');
    const body = entry.alternatives[i] ?? context.body;
    const inside = enter(context, { body, site: new Site(`${site}.${candidate.label}`), guard });
    return inside.exists === never ? undefined : candidate.evaluate(inside);
  });
  const on = present(
    testOf(
      id,
      candidates.map((_, i) => fixed(i)),
    ),
    'the choice',
  );
  const places = candidates.map((c) => c.at);
  return combine(e, { on, values, guards, places, what: 'alternatives' }, context.exists, at);
}

/** What can be answered together: something that is allowed where the choice exists, and nothing elsewhere. */
function takenOrAbsent(taken: Open<boolean>, { decided }: Context): Open<boolean> {
  return decided === always ? taken : either(both(decided, taken), both(negate(decided), negate(taken)));
}

/** Wherever the choice exists there must be something to choose. */
function checkSomething(e: Elaboration, somewhere: Open<boolean>, context: Context, at: Location): void {
  const missing = e.feasible(both(context.decided, negate(somewhere)));
  if (missing === never) return;
  e.report('nothingToChoose', {}, at, () => {
    const { told } = e.tell(missing);
    return { notes: [told === '' ? 'no alternative can ever be taken' : `this happens when ${told}`] };
  });
}

/** A decision that is met again (a cell, a bound stage) must have the options that it had. */
function checkSame(
  e: Elaboration,
  id: DecisionId,
  options: readonly DecisionOption[],
  at: Location,
): boolean {
  const known = e.options(id);
  const same =
    known.length === options.length &&
    known.every((o, i) => o.label === options[i]?.label && o.allowed === options[i].allowed);
  if (same) return true;
  const tell = (list: readonly DecisionOption[]): string => list.map((o) => o.label).join(', ');
  const within = (a: readonly DecisionOption[], b: readonly DecisionOption[]): boolean =>
    a.every(({ label }) => b.some((o) => o.label === label));
  const differs = within(known, options) || within(options, known);
  e.report('differentChoice', { first: tell(known), second: tell(options) }, at, {
    hint: differs
      ? 'the conditions after `when` must not depend on where the cell is used'
      : 'give the alternatives labels that do not change: `choose {narrow: c, wide: 2 * c}`',
  });
  return false;
}

// ---------------------------------------------------------------- several of them

/** `choose 2 from xs`, `choose any of {...}`: a decision for every candidate, whether it is in. */
function chooseSome(
  e: Elaboration,
  node: ChooseNode,
  candidates: readonly Candidate[],
  context: Context,
  name: string | undefined,
): Value {
  const at = locate(context, node);
  const fits = amountOf(e, node, candidates.length, context);
  if (fits === undefined) return errorVal;
  const labels = candidates.map((c) => c.label);
  const site = name === undefined ? context.site.claimOwn('choose') : context.site.claim(name);
  const entry = context.body.decide(name, labels, () => {
    const first = e.decisions.length;
    const subset = e.subsets.length;
    const legal = legalSubsets(candidates, first, fits, context.decided === always);
    const { decided } = context;
    const picked = node.from.kind === 'from' ? { fromList: true as const } : {};
    const ids = candidates.map((candidate, i) => {
      const options = memberOptions(legal, first + i, candidate.allowed);
      const exists = both(context.decided, candidate.allowed);
      const { cell } = context;
      return e.addDecision({ kind: 'member', ...picked, options, exists, cell, location: at });
    });
    const constraint = decided === always ? legal : either(legal, negate(decided));
    for (const id of ids) e.constraints.set(id, constraint);
    const exists = decided;
    const open = candidates.map((c) => (c.allowed === always ? undefined : c.allowed));
    e.subsets.push({ members: ids, labels, candidates: open, exists });
    const missing = e.feasible(both(exists, negate(project(legal, first - 1))));
    if (missing !== never) {
      e.report('nothingToChoose', {}, at, () => {
        const { told } = e.tell(missing);
        const when = told === '' ? 'always' : `when ${told}`;
        return { notes: [`there are not so many candidates ${when}`] };
      });
    }
    return { ids, subset };
  });
  if (entry.labels.join('\n') !== labels.join('\n')) {
    const values = { first: entry.labels.join(', '), second: labels.join(', ') };
    e.report('differentChoice', values, at);
    return errorVal;
  }
  const [first = 0] = entry.ids;
  const legal = e.constraints.get(first) ?? always;
  const items = candidates.map((candidate, i): ListItem => {
    const everywhere = context.decided === always && candidate.allowed === always;
    const guard = both(takes(entry.ids[i] ?? 0, 0, 2, everywhere), candidate.allowed);
    const body: Body = present(entry.alternatives[i], 'the body of a candidate');
    const inside = enter(context, { body, site: new Site(`${site}.${candidate.label}`), guard });
    return { value: candidate.evaluate(inside), exists: guard, label: candidate.label };
  });
  if (items.some((item) => item.value.kind === 'error')) return errorVal;
  const stages = items.flatMap(({ value }) => (value.kind === 'stage' ? [value] : []));
  if (node.from.kind !== 'alternatives' || stages.length < items.length) return listVal(items, legal);
  // Stages that were chosen together are applied together: a stage that gives the list of their results.
  return {
    kind: 'stage',
    arity: stages[0]?.arity ?? 1,
    name: 'choose',
    apply: (args, exists, where) => {
      const results = items.map((item, i): ListItem => {
        const stage = present(stages[i], 'a chosen stage');
        return { ...item, value: stage.apply(args, both(exists, item.exists), where) };
      });
      return results.some((r) => r.value.kind === 'error') ? errorVal : listVal(results, legal);
    },
  };
}

/** Which numbers of members are meant: true for a count that fits. */
type Amount = (count: Open<number>) => Open<boolean>;

function amountOf(e: Elaboration, node: ChooseNode, most: number, context: Context): Amount | undefined {
  const { amount } = node;
  if (amount === undefined || amount.kind === 'any') return () => always;
  const at = locate(context, amount);
  if (amount.kind === 'range') {
    const numbers = rangeNumbers(e, amount, context);
    if (numbers === undefined) return undefined;
    const wanted = new Map(numbers.map(({ value, exists }) => [value, exists]));
    return (count) =>
      [...wanted]
        .map(([value, exists]) =>
          both(
            exists,
            holds(count, (n) => n === value),
          ),
        )
        .reduce(either, never);
  }
  const value = e.evaluate(amount, context);
  if (value.kind === 'error') return undefined;
  const good = (v: StaticValue): boolean => typeof v === 'number' && Number.isInteger(v) && v >= 0;
  if (value.kind !== 'static' || !valuesOf(value.value).every(good)) {
    e.report('wrongKind', { found: describe(value), wanted: 'a whole number of elements' }, at);
    return undefined;
  }
  const { value: wanted } = value;
  if (wanted.kind === 'fixed' && Number(wanted.value) > most) {
    e.report('tooFewCandidates', { wanted: Number(wanted.value), found: most }, at);
    return undefined;
  }
  return (count) => mapOpen([count, wanted], always, ([n, w]) => n === w) ?? never;
}

/** The diagram over the members (decisions from `first` on) that holds for the subsets that are meant. */
function legalSubsets(
  candidates: readonly Candidate[],
  first: DecisionId,
  fits: Amount,
  everywhere: boolean,
): Open<boolean> {
  let count: Open<number> = fixed(0);
  candidates.forEach(({ allowed }, i) => {
    const isIn = both(takes(first + i, 0, 2, everywhere && allowed === always), allowed);
    count = mapOpen([count, isIn], always, ([n, more]) => (more ? n + 1 : n)) ?? count;
  });
  return fits(count);
}

/** What can be said of `legal` before the decisions after `last` are made: whether something is left to answer. */
function project(legal: Open<boolean>, last: DecisionId): Open<boolean> {
  const seen = new Map<Open<boolean>, Open<boolean>>();
  const visit = (current: Open<boolean>): Open<boolean> => {
    if (current.kind === 'fixed') return current;
    if (current.decision > last) return always; // a reduced diagram that tests anything has a true leaf
    const before = seen.get(current);
    if (before) return before;
    const result = present(test(current.decision, totally(current.branches, visit)), 'a branch of a diagram');
    seen.set(current, result);
    return result;
  };
  return visit(legal);
}

/** In and out, each where the subset can still be completed. */
function memberOptions(
  legal: Open<boolean>,
  id: DecisionId,
  candidate: Open<boolean>,
): readonly DecisionOption[] {
  const upTo = project(legal, id);
  const taken = (option: number): Open<boolean> | undefined => {
    const after = answered(upTo, id, option) ?? never;
    return (restrict(after, candidate) ?? after) === always ? undefined : after;
  };
  return [
    { label: 'in', value: true, allowed: taken(0) },
    { label: 'out', value: false, allowed: taken(1) },
  ];
}
