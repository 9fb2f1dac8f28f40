/**
 * Counting under bounds on sums: dynamic programming over the automaton of the decisions, whose states are joined by the
 * sums so far. Sums that no remaining decision can tell apart are one: each state of the first automaton knows which sums
 * can still be added (all of them, or their least and greatest where they are many), so that a sum is replaced by the
 * greatest that meets the same bounds in all futures (the reduction of knapsack diagrams, Behle 2007). Near the end few
 * futures are left, near the beginning few sums, so the widest layer is as wide as the fewer of both.
 */
import { present } from '../../../util/invariant.ts';
import { Automaton, type Layer } from './automaton.ts';
import type { AddingLayer, Built } from './residuals.ts';
import type { Formula } from './requirements.ts';

/** What may still be added to a sum. */
interface Future {
  readonly least: number;
  readonly most: number;
  /** All that may be added, ascending; undefined where that is too much to list. */
  readonly all: Float64Array | undefined;
}

/** Sums listed at one state, and in one automaton. */
const futureLimit = 10_000;
const futuresLimit = 3_000_000;

/** The automaton of those ways whose final sums satisfy all formulas; undefined beyond `limit` states. */
export function constrain(
  built: Built,
  formulas: readonly Formula[],
  decisions: number,
  limit: number,
): Automaton | undefined {
  const alive = new Automaton(built.layers, decisions, built.empty);
  if (alive.total === 0n) return alive;
  const sums = built.start.length;
  const futures = futuresOf(built, alive, sums);
  const bounds = Array.from({ length: sums }, (_, sum) => boundsOn(formulas, sum));
  let current: Product[] = [{ state: 0, sums: built.start }];
  const beginning = present(futures[0]?.[0], 'the futures of the beginning');
  const nowhere = formulas.some((formula) => truth(formula, built.start, beginning) === false);
  let states = 0;
  const layers: Layer[] = [];
  for (const [i, layer] of built.layers.entries()) {
    const { width, decision, columns } = layer;
    const exists = new Uint8Array(current.length);
    // A layer whose options all lead to the same stays so: it adds nothing.
    const next = new Int32Array(current.length * columns).fill(-1);
    const following: Product[] = [];
    const numbers: Numbers = new Map();
    const ahead = present(futures[i + 1], 'the futures of a layer');
    for (const [index, { state, sums: before }] of current.entries()) {
      exists[index] = layer.exists[state] ?? 0;
      const steps = exists[index] === 1 ? columns : 1;
      for (let column = 0; column < steps; column++) {
        const at = state * columns + column;
        const target = layer.next[at] ?? -1;
        const future = target < 0 ? undefined : ahead[target];
        if (!future) continue;
        const after = before.map((sum, k) =>
          represent(sum + (layer.added[at * sums + k] ?? 0), bounds[k], future[k]),
        );
        if (formulas.some((formula) => truth(formula, after, future) === false)) continue;
        next[index * columns + column] = numberOf(numbers, target, after, following);
      }
      if (states + following.length > limit) return undefined;
    }
    states += following.length;
    layers.push({ decision, width, columns, exists, next });
    current = following;
  }
  return new Automaton(layers, decisions, nowhere);
}

interface Product {
  readonly state: number;
  readonly sums: readonly number[];
}

type Numbers = Map<number, Numbers | number>;

/** The number of a state with these sums; a new one is appended to `following`. */
function numberOf(numbers: Numbers, state: number, sums: readonly number[], following: Product[]): number {
  let row = numbers;
  let key = state;
  for (const sum of sums) {
    let deeper = row.get(key);
    if (deeper === undefined) row.set(key, (deeper = new Map()));
    row = deeper as Numbers; // only the last level holds numbers
    key = sum;
  }
  const known = row.get(key);
  if (typeof known === 'number') return known;
  const number = following.length;
  row.set(key, number);
  following.push({ state, sums });
  return number;
}

/** The bounds that a sum meets somewhere in the formulas; undefined where its very value is asked for. */
function boundsOn(formulas: readonly Formula[], sum: number): readonly number[] | undefined {
  const bounds = new Set<number>();
  let exact = false;
  const visit = (formula: Formula): void => {
    switch (formula.kind) {
      case 'atMost':
        if (formula.sum === sum) bounds.add(formula.bound);
        return;
      case 'other':
        if (formula.sums.includes(sum)) exact = true;
        return;
      case 'not':
        return visit(formula.operand);
      case 'and':
      case 'or':
        visit(formula.left);
        return visit(formula.right);
      default:
        return formula satisfies never;
    }
  };
  formulas.forEach(visit);
  return exact ? undefined : [...bounds];
}

/** The greatest sum that meets the same of its bounds in every future. */
function represent(sum: number, bounds: readonly number[] | undefined, future: Future | undefined): number {
  if (!bounds || !future) return sum;
  const { least, most, all } = future;
  let greatest = Infinity;
  for (const bound of bounds) {
    if (sum + least > bound) continue; // exceeded whatever comes
    if (sum + most <= bound) greatest = Math.min(greatest, bound - most);
    else if (all) greatest = Math.min(greatest, bound - lastAtMost(all, bound - sum));
    else return sum;
  }
  return greatest;
}

/** The last of an ascending list that is not above `limit`; the first one is not. */
function lastAtMost(ascending: Float64Array, limit: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return ascending[low] ?? 0;
}

/** What is already known of a formula; undefined where it depends on the future. */
function truth(formula: Formula, sums: readonly number[], futures: readonly Future[]): boolean | undefined {
  switch (formula.kind) {
    case 'atMost': {
      const sum = sums[formula.sum] ?? 0;
      const future = futures[formula.sum];
      if (!future) return undefined;
      if (sum + future.most <= formula.bound) return true;
      return sum + future.least > formula.bound ? false : undefined;
    }
    case 'other': {
      const complete = formula.sums.every((sum) => futures[sum]?.least === futures[sum]?.most);
      return complete ? formula.holds(sums.map((sum, k) => sum + (futures[k]?.least ?? 0))) : undefined;
    }
    case 'not': {
      const operand = truth(formula.operand, sums, futures);
      return operand === undefined ? undefined : !operand;
    }
    case 'and':
    case 'or': {
      const [left, right] = [truth(formula.left, sums, futures), truth(formula.right, sums, futures)];
      const settles = formula.kind === 'or';
      if (left === settles || right === settles) return settles;
      return left === undefined || right === undefined ? undefined : !settles;
    }
    default:
      return formula satisfies never;
  }
}

/** For each layer and state, what may still be added to each sum; undefined for states that lead nowhere. */
function futuresOf(
  built: Built,
  alive: Automaton,
  sums: number,
): readonly (readonly (readonly Future[] | undefined)[])[] {
  const done: Future = { least: 0, most: 0, all: new Float64Array(1) };
  const last = Array.from({ length: sums }, () => done);
  let after: (readonly Future[] | undefined)[] = [];
  const result = [after];
  let listed = 0;
  for (let i = built.layers.length - 1; i >= 0; i--) {
    const layer = present(built.layers[i], 'a layer');
    const ahead = after;
    const atEnd = i === built.layers.length - 1;
    const futureOf = (target: number): readonly Future[] | undefined => (atEnd ? last : ahead[target]);
    after = Array.from(layer.exists, (_, state) => {
      if (alive.ways(i, state) === 0n) return undefined;
      const futures = last.map((_unused, sum) =>
        joinFutures(layer, state, sum, sums, futureOf, listed < futuresLimit),
      );
      for (const { all } of futures) listed += all?.length ?? 0;
      return futures;
    });
    result.push(after);
  }
  result[0] = Array.from({ length: endStates(built.layers) }, () => last);
  return result.reverse();
}

function endStates(layers: readonly AddingLayer[]): number {
  return layers.at(-1)?.next.reduce((most, state) => Math.max(most, state + 1), 1) ?? 1;
}

function joinFutures(
  { exists, columns, next, added }: AddingLayer,
  state: number,
  sum: number,
  sums: number,
  futureOf: (target: number) => readonly Future[] | undefined,
  list: boolean,
): Future {
  let [least, most] = [Infinity, -Infinity];
  const steps = exists[state] === 1 ? columns : 1;
  const found: { readonly all: Float64Array; readonly by: number }[] = [];
  let complete = list;
  for (let column = 0; column < steps; column++) {
    const at = state * columns + column;
    const target = next[at] ?? -1;
    const future = target < 0 ? undefined : futureOf(target)?.[sum];
    if (!future) continue;
    const by = added[at * sums + sum] ?? 0;
    least = Math.min(least, by + future.least);
    most = Math.max(most, by + future.most);
    if (!future.all) complete = false;
    else if (!found.some((f) => f.all === future.all && f.by === by)) found.push({ all: future.all, by });
  }
  const [first] = found;
  if (!complete || !first) return { least, most, all: undefined };
  if (found.length === 1 && first.by === 0) return { least, most, all: first.all };
  return { least, most, all: union(found) };
}

function union(
  parts: readonly { readonly all: Float64Array; readonly by: number }[],
): Float64Array | undefined {
  const values = new Float64Array(parts.reduce((length, { all }) => length + all.length, 0));
  let filled = 0;
  for (const { all, by } of parts) for (const value of all) values[filled++] = value + by;
  values.sort();
  let kept = 0;
  for (const value of values) {
    if (kept === 0 || values[kept - 1] !== value) values[kept++] = value;
  }
  return kept > futureLimit ? undefined : values.slice(0, kept);
}
