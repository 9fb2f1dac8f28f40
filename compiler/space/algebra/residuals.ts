/**
 * Builds the automaton that reads decisions in text order. A state is what is left of the diagrams that later steps still
 * ask (existence, guards, requirements, costs) once the answers so far are put in. Equal diagrams are one object, so equal
 * states are found by identity: "exactly two of ten" needs three states at each member, however many ways lead there.
 *
 * The diagrams stand in a list in the order in which they are asked, and lists share their tails; what an answer does to
 * one tail is worked out once.
 */
import { branchFor, fixed, never } from '../diagrams.ts';
import { answered, support } from '../open.ts';
import type { Decision, DecisionId, Derived, Open } from '../space.ts';
import type { Layer } from './automaton.ts';
import { derivedOf, fixedValues, Reach, settleFixed } from './derivation.ts';

/** A number that grows by `value` once all decisions that it reads are made. Nothing is added where it has no value. */
export interface Term {
  readonly sum: number;
  readonly value: Open<number>;
}

/** What the automaton keeps besides the decisions. */
export interface Plan {
  /** All must come out true. */
  readonly conditions: readonly Open<boolean>[];
  readonly terms: readonly Term[];
  /** Number of sums. */
  readonly sums: number;
}

/** A layer with what its steps add to each sum: for each state, column and sum. */
export interface AddingLayer extends Layer {
  readonly added: Float64Array;
}

export interface Built {
  readonly layers: readonly AddingLayer[];
  /** What the sums are before the first decision. */
  readonly start: readonly number[];
  /** A condition is false without any decision. */
  readonly empty: boolean;
}

/** What asks for no requirement. */
export const nothing: Plan = { conditions: [], terms: [], sums: 0 };

interface Cell {
  readonly head: Open<unknown> | undefined;
  readonly tail: Cell | undefined;
}

interface Item {
  readonly diagram: Open<unknown>;
  readonly role: 'exists' | 'allowed' | 'derived' | 'condition' | 'term';
  /** The option that it guards, the derived value that it defines, or the sum that it adds to. */
  readonly index: number;
  /** Of a derived value, how many of the items after it may read it. */
  readonly reach: number;
}

/** Lists that are equal are one. */
class Lists {
  readonly #cells = new Map<Cell | undefined, Map<Open<unknown> | undefined, Cell>>();

  cons(head: Open<unknown> | undefined, tail: Cell | undefined): Cell {
    let row = this.#cells.get(tail);
    if (!row) this.#cells.set(tail, (row = new Map()));
    const known = row.get(head);
    if (known) return known;
    const cell = { head, tail };
    row.set(head, cell);
    return cell;
  }
}

/**
 * Builds the layers for `decisions`, a part of a space that nothing outside of the part has a say in. `derived` are all
 * derived values of the space: each is settled as soon as the last decision that it depends on is made, and put into what
 * reads it. Undefined when there are more states than `limit`.
 */
export function buildLayers(
  decisions: readonly Decision[],
  derived: readonly Derived[],
  plan: Plan,
  limit: number,
): Built | undefined {
  const { asked, conditions, terms } = sortItems(decisions, derived, plan);
  const start = Array.from({ length: plan.sums }, () => 0);
  for (const { sum, value } of terms) {
    if (value.kind === 'fixed') start[sum] = (start[sum] ?? 0) + value.value;
  }
  const empty = conditions.some((c) => c.kind === 'fixed' && !c.value);
  const lists = new Lists();
  const items = asked.flatMap(({ before, after }) => [...before, ...after]);
  let first: Cell | undefined;
  for (const { diagram } of items.toReversed()) first = lists.cons(diagram, first);
  const lastReader = lastReaders(items);
  let current: (Cell | undefined)[] = [first];
  let states = 0;
  let position = 0;
  const layers: AddingLayer[] = [];
  for (const [i, decision] of decisions.entries()) {
    const { before, after } = asked[i] ?? { before: [], after: [] };
    const begin = position + before.length;
    const reaching = after.map((item, k) =>
      item.role === 'derived' ? { ...item, reach: (lastReader.get(item.index) ?? -1) - begin - k } : item,
    );
    const reach = (lastReader.get(decision.id) ?? -1) - begin + 1;
    const layer = buildLayer({ decision, before, after: reaching, reach, sums: plan.sums, lists }, current);
    states += layer.following.length;
    if (states > limit) return undefined;
    layers.push(layer.layer);
    current = layer.following;
    position += before.length + after.length;
  }
  return { layers, start, empty };
}

interface LayerTask {
  readonly decision: Decision;
  /** What is asked before the decision is made, and once it is made. */
  readonly before: readonly Item[];
  readonly after: readonly Item[];
  /** Number of items after `before` that may read the decision. */
  readonly reach: number;
  readonly sums: number;
  readonly lists: Lists;
}

function buildLayer(
  task: LayerTask,
  current: readonly (Cell | undefined)[],
): { readonly layer: AddingLayer; readonly following: (Cell | undefined)[] } {
  const { decision, before, after, reach, sums, lists } = task;
  const width = decision.options.length;
  const guarded = decision.options.some((o) => o.allowed !== undefined && !isTrue(o.allowed));
  const columns = guarded || reach > 0 || after.length > 0 ? width : 1;
  const exists = new Uint8Array(current.length);
  const next = new Int32Array(current.length * columns).fill(-1);
  const added = new Float64Array(current.length * columns * sums);
  const numbers = new Map<Cell | undefined, number>();
  const following: (Cell | undefined)[] = [];
  const memos = Array.from({ length: width + 1 }, () => new Map<Cell, Cell>());
  current.forEach((list, state) => {
    const allowed = decision.options.map((o) => o.allowed === undefined || isTrue(o.allowed));
    let there = isTrue(decision.exists);
    let rest = list;
    for (const { role, index } of before) {
      const truth = rest?.head?.kind === 'fixed' && rest.head.value === true;
      rest = rest?.tail;
      if (role === 'exists') there = truth;
      else allowed[index] = truth;
    }
    exists[state] = there ? 1 : 0;
    const steps = there ? columns : 1;
    for (let column = 0; column < steps; column++) {
      if (there && columns === width && !allowed[column]) continue;
      const option = there ? column : -1;
      const at = state * columns + column;
      const made = (head: Open<unknown>): Open<unknown> | undefined =>
        head.kind === 'test' && head.decision === decision.id ? branchFor(head, option) : head;
      let left = reach > 0 ? replace(rest, reach, made, lists, memos[option + 1]) : rest;
      let fine = true;
      for (const { role, index, reach: read } of after) {
        const value = left?.head?.kind === 'fixed' ? left.head.value : undefined;
        left = left?.tail;
        if (role === 'derived') {
          const is = value === true ? 0 : 1;
          left = replace(left, read, (head) => answered(head, index, is), lists);
        } else if (role === 'condition') fine &&= value === true;
        else if (typeof value === 'number')
          added[at * sums + index] = (added[at * sums + index] ?? 0) + value;
      }
      if (!fine) continue;
      let number = numbers.get(left);
      if (number === undefined) {
        number = following.length;
        numbers.set(left, number);
        following.push(left);
      }
      next[at] = number;
    }
  });
  return { layer: { decision: decision.id, width, columns, exists, next, added }, following };
}

/** The list with its first `reach` diagrams replaced by what `rule` makes of them. Not recursive: lists may be long. */
function replace(
  list: Cell | undefined,
  reach: number,
  rule: (head: Open<unknown>) => Open<unknown> | undefined,
  lists: Lists,
  memo: Map<Cell, Cell> = new Map(),
): Cell | undefined {
  const passed: Cell[] = [];
  let cell = list;
  let result: Cell | undefined;
  for (;;) {
    const known = cell && memo.get(cell);
    if (known || cell === undefined || passed.length >= reach) {
      result = known ?? cell;
      break;
    }
    passed.push(cell);
    cell = cell.tail;
  }
  for (const before of passed.toReversed()) {
    result = lists.cons(before.head && rule(before.head), result);
    memo.set(before, result);
  }
  return result;
}

interface Sorted {
  /** For each decision, what is asked before it and what is known right after it. */
  readonly asked: readonly { readonly before: readonly Item[]; readonly after: readonly Item[] }[];
  /** The plan with the derived values put in that depend on no decision. */
  readonly conditions: readonly Open<boolean>[];
  readonly terms: readonly Term[];
}

function sortItems(decisions: readonly Decision[], derived: readonly Derived[], plan: Plan): Sorted {
  const read = derivedOf([...plan.conditions, ...plan.terms.map(({ value }) => value)], derived);
  const reach = new Reach(decisions, derived);
  const values = fixedValues(read, reach);
  const conditions = plan.conditions.map((c) => settleFixed(c, values) ?? never);
  const terms = plan.terms.map(({ sum, value }) => ({ sum, value: settleFixed(value, values) ?? fixed(0) }));
  const after: Item[][] = decisions.map(() => []);
  const place = (diagram: Open<unknown>, role: Item['role'], index: number): void => {
    if (diagram.kind === 'test') after[reach.of(diagram)]?.push({ diagram, role, index, reach: 0 });
  };
  // Derived values come first: what else is known by then may read them.
  for (const { id, definition } of read) {
    if (!values.has(id)) place(settleFixed(definition, values) ?? never, 'derived', id);
  }
  for (const diagram of conditions) place(diagram, 'condition', 0);
  for (const { value, sum } of terms) place(value, 'term', sum);
  const asked = decisions.map(({ exists, options }, i) => {
    const before: Item[] = [];
    const ask = (diagram: Open<boolean>, role: Item['role'], index: number): void => {
      if (diagram.kind === 'test') before.push({ diagram, role, index, reach: 0 });
    };
    ask(exists, 'exists', 0);
    options.forEach(({ allowed }, index) => allowed && ask(allowed, 'allowed', index));
    return { before, after: after[i] ?? [] };
  });
  return { asked, conditions, terms };
}

/** For each decision, the place in the list of the last diagram that reads it. */
function lastReaders(items: readonly Item[]): ReadonlyMap<DecisionId, number> {
  const last = new Map<DecisionId, number>();
  items.forEach(({ diagram }, i) => {
    for (const decision of support(diagram)) last.set(decision, i);
  });
  return last;
}

function isTrue(open: Open<boolean>): boolean {
  return open.kind === 'fixed' && open.value;
}
