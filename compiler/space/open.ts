/**
 * Work on open values (see diagrams.ts): rules that are written for plain values are applied to every case that can occur by
 * {@link mapOpen}, and to no other.
 */
import { present } from '../../util/invariant.ts';
import { always, branchFor, fixed, keyOf, known, never, test } from './diagrams.ts';
import { identityOf, Lists, Results } from './memory.ts';
import type { DecisionId, Fixed, Open, Test } from './space.ts';

/** One step of a way through a diagram: at `decision`, option `option` was taken. */
export interface Answer {
  readonly decision: DecisionId;
  readonly option: number;
}

/** Cases that one rule may be applied to before the compiler gives up on proving it. */
export const caseLimit = 4096;

/** Parts of diagrams that one rule may visit on the way to its cases. */
const partLimit = 60_000;

/** Thrown when a value has more cases than {@link caseLimit}; the elaborator turns it into a diagnostic. */
export class TooManyCases extends Error {}

type Values<T extends readonly unknown[]> = {
  readonly [I in keyof T]: T[I] extends Open<infer V> ? V : never;
};

const branchOf = <T>(open: Open<T>, decision: DecisionId, option: number): Open<T> | undefined =>
  open.kind === 'test' && open.decision === decision ? open.branches[option] : open;

/**
 * Applies `rule` in every case that exists `within`: once for each distinct combination of the inputs' values. The rule may
 * return undefined for "does not exist". Throws {@link TooManyCases}.
 */
export function mapOpen<const T extends readonly Open<unknown>[], R>(
  inputs: T,
  within: Open<boolean>,
  rule: (values: Values<T>) => R | undefined,
): Open<R> | undefined {
  if (within === never) return undefined;
  if (inputs.every((input) => input.kind === 'fixed') && within.kind === 'fixed') {
    const result = rule(inputs.map((input) => (input as Fixed<unknown>).value) as unknown as Values<T>);
    return result === undefined ? undefined : fixed(result);
  }
  let parts = 0;
  const seen = new Lists<Open<R> | undefined>();
  const ruled = new Lists<Open<R> | undefined>();
  const settle = (current: readonly Open<unknown>[]): Open<R> | undefined => {
    const before = ruled.get(current);
    if (before) return before.value;
    if (ruled.size >= caseLimit) throw new TooManyCases();
    const values = current.map((input) => (input as Fixed<unknown>).value);
    const result = rule(values as unknown as Values<T>);
    const leaf = result === undefined ? undefined : fixed(result);
    ruled.set(current, leaf);
    return leaf;
  };
  const visit = (current: readonly Open<unknown>[], guard: Open<boolean>): Open<R> | undefined => {
    let decision = Infinity;
    let width = 0;
    let allFixed = true;
    for (const input of current) {
      if (input.kind === 'fixed') continue;
      allFixed = false;
      if (input.decision < decision) [decision, width] = [input.decision, input.branches.length];
    }
    if (allFixed) return settle(current);
    const key = [...current, guard];
    const before = seen.get(key);
    if (before) return before.value;
    if (++parts > partLimit) throw new TooManyCases();
    if (guard.kind === 'test' && guard.decision < decision) {
      [decision, width] = [guard.decision, guard.branches.length];
    }
    const branches: (Open<R> | undefined)[] = [];
    for (let option = 0; option < width; option++) {
      const inside = branchOf(guard, decision, option) ?? never;
      const next = inside === never ? undefined : current.map((input) => branchOf(input, decision, option));
      if (next === undefined || !next.every((input) => input !== undefined)) {
        branches.push(undefined);
        continue;
      }
      branches.push(visit(next, inside));
    }
    const result = test(decision, branches);
    seen.set(key, result);
    return result;
  };
  return visit(inputs.map(known), known(within));
}

const conjunctions = new Results<Open<boolean>>();
const disjunctions = new Results<Open<boolean>>();

/** `unit` leaves the other side as it is; where a side does not exist it counts as false. */
function logic(
  left: Open<boolean>,
  right: Open<boolean>,
  unit: Open<boolean>,
  memo: Results<Open<boolean>>,
): Open<boolean> {
  const [a, b] = [known(left), known(right)];
  if (a === b) return a;
  const zero = unit === always ? never : always;
  if (a === unit) return b;
  if (b === unit) return a;
  if (a === zero || b === zero) return zero;
  const [first, second] = [identityOf(a), identityOf(b)];
  const before = memo.get(first, second);
  if (before) return before.value;
  const decision = Math.min(
    a.kind === 'test' ? a.decision : Infinity,
    b.kind === 'test' ? b.decision : Infinity,
  );
  const tested = (a.kind === 'test' && a.decision === decision ? a : b) as Test<boolean>;
  const absent = tested.branches.length - 1;
  const branches = tested.branches.map((_, option) => {
    const [x, y] = [branchOf(a, decision, option), branchOf(b, decision, option)];
    // A side that says nothing of a decision's absence holds only where the decision is there.
    if (option === absent && (x === undefined || y === undefined)) return unit === always ? never : (x ?? y);
    return logic(x ?? never, y ?? never, unit, memo);
  });
  const result = present(test(decision, branches), 'a branch of a diagram');
  memo.set(first, second, result);
  return result;
}

/** Both hold. */
export function both(a: Open<boolean>, b: Open<boolean>): Open<boolean> {
  return logic(a, b, always, conjunctions);
}

/** At least one holds. */
export function either(a: Open<boolean>, b: Open<boolean>): Open<boolean> {
  return logic(a, b, never, disjunctions);
}

/** Whether `condition` holds in every case that `where` leaves. */
export function holdsWithin(condition: Open<boolean>, where: Open<boolean>): boolean {
  return both(where, negate(condition)) === never;
}

/** It does not hold. */
export function negate(a: Open<boolean>): Open<boolean> {
  return holds(a, (value) => !value);
}

/** True exactly where `open` has a value that satisfies `condition`; false where it has none. */
export function holds<T>(open: Open<T>, condition: (value: T) => boolean): Open<boolean> {
  const seen = new Map<Open<T>, Open<boolean>>();
  const visit = (current: Open<T>): Open<boolean> => {
    if (current.kind === 'fixed') return condition(current.value) ? always : never;
    const before = seen.get(current);
    if (before) return before;
    const result = present(test(current.decision, totally(current.branches, visit)), 'a branch of a diagram');
    seen.set(current, result);
    return result;
  };
  return visit(open);
}

const pointers = new Results<Open<boolean>>();

/** Where a selection takes its part `index`. */
export function pointsAt(on: Open<number>, index: number): Open<boolean> {
  const identity = identityOf(known(on));
  const before = pointers.get(identity, index);
  if (before) return before.value;
  const result = holds(on, (value) => value === index);
  pointers.set(identity, index, result);
  return result;
}

/** Branches under a change; where an option has no value the truth is false, where absence has none it stays open. */
export function totally<T>(
  branches: readonly (Open<T> | undefined)[],
  change: (branch: Open<T>) => Open<boolean>,
): readonly (Open<boolean> | undefined)[] {
  const absent = branches.length - 1;
  return branches.map((b, i) => (b === undefined ? (i === absent ? undefined : never) : change(b)));
}

/** The value under `change`, case by case. */
export function mapLeaves<T, R>(open: Open<T>, change: (value: T) => R | undefined): Open<R> | undefined {
  const seen = new Map<Open<T>, Open<R> | undefined>();
  const visit = (current: Open<T>): Open<R> | undefined => {
    if (current.kind === 'fixed') {
      const value = change(current.value);
      return value === undefined ? undefined : fixed(value);
    }
    if (seen.has(current)) return seen.get(current);
    const result = test(
      current.decision,
      current.branches.map((b) => b && visit(b)),
    );
    seen.set(current, result);
    return result;
  };
  return visit(open);
}

const settled = new Results<Open<unknown> | undefined>();

/** The diagram where `decision`, wherever it is tested, is answered by `option`. */
export function answered<T>(open: Open<T>, decision: DecisionId, option: number): Open<T> | undefined {
  if (open.kind === 'fixed' || open.decision > decision) return open;
  if (open.decision === decision) return branchFor(open, option);
  const [identity, answer] = [identityOf(known(open)), decision * 2 ** 20 + option];
  const before = settled.get(identity, answer);
  if (before) return before.value as Open<T> | undefined; // it was made from this diagram
  const result = test(
    open.decision,
    open.branches.map((branch) => branch && answered(branch, decision, option)),
  );
  settled.set(identity, answer, result);
  return result;
}

/** The condition without what it says of the absence of decisions that are never absent. `seen` remembers its parts. */
export function whereThere(
  condition: Open<boolean>,
  isAlways: (decision: DecisionId) => boolean,
  seen: Map<Open<boolean>, Open<boolean>> = new Map(),
): Open<boolean> {
  const visit = (current: Open<boolean>): Open<boolean> => {
    if (current.kind === 'fixed') return current;
    const before = seen.get(current);
    if (before) return before;
    const branches = current.branches.map((b) => b && visit(b));
    if (isAlways(current.decision)) branches[branches.length - 1] = undefined;
    const result = test(current.decision, branches) ?? never;
    seen.set(current, result);
    return result;
  };
  return visit(condition);
}

/** Fewest answers that make `condition` true; undefined where nothing does. */
export function shortestWay(condition: Open<boolean>): readonly Answer[] | undefined {
  interface Way {
    readonly length: number;
    readonly answer: Answer | undefined;
    readonly rest: Way | undefined;
  }
  const end: Way = { length: 0, answer: undefined, rest: undefined };
  const seen = new Map<Open<boolean>, Way | undefined>();
  const visit = (current: Open<boolean>): Way | undefined => {
    if (current.kind === 'fixed') return current.value ? end : undefined;
    if (seen.has(current)) return seen.get(current);
    let best: Way | undefined;
    current.branches.forEach((branch, option) => {
      const rest = branch && visit(branch);
      if (rest && (best === undefined || rest.length + 1 < best.length)) {
        best = { length: rest.length + 1, answer: { decision: current.decision, option }, rest };
      }
    });
    seen.set(current, best);
    return best;
  };
  const answers: Answer[] = [];
  const way = visit(condition);
  for (let at = way; at?.answer; at = at.rest) answers.push(at.answer);
  return way && answers;
}

/** `open` where `guard` holds, nothing elsewhere: what is told apart only elsewhere is not told apart. */
export function restrict<T>(open: Open<T>, guard: Open<boolean>): Open<T> | undefined {
  if (guard === always || open.kind === 'fixed') return guard === never ? undefined : open;
  return mapOpen([open], guard, ([value]) => value);
}

/** `branches[on]`: the branch that `on` points at, case by case. */
export function select<T>(on: Open<number>, branches: readonly (Open<T> | undefined)[]): Open<T> | undefined {
  const seen = new Lists<Open<T> | undefined>();
  const visit = (at: Open<number>, current: readonly (Open<T> | undefined)[]): Open<T> | undefined => {
    if (at.kind === 'fixed') return current[at.value];
    let decision = at.decision;
    let width = at.branches.length;
    for (const branch of current) {
      if (branch?.kind === 'test' && branch.decision < decision) {
        [decision, width] = [branch.decision, branch.branches.length];
      }
    }
    const key = [at, ...current];
    const before = seen.get(key);
    if (before) return before.value;
    if (seen.size > partLimit) throw new TooManyCases();
    const results: (Open<T> | undefined)[] = [];
    for (let option = 0; option < width; option++) {
      const chosen = branchOf(at, decision, option);
      const next = current.map((branch) => branch && branchOf(branch, decision, option));
      results.push(chosen === undefined ? undefined : visit(chosen, next));
    }
    const result = test(decision, results);
    seen.set(key, result);
    return result;
  };
  return visit(
    known(on),
    branches.map((b) => b && known(b)),
  );
}

/** The value under the answers `choices` (index of the option, -1 or absent: the decision does not exist). */
export function evaluateOpen<T>(open: Open<T>, choices: readonly number[]): T | undefined {
  let current: Open<T> | undefined = open;
  while (current?.kind === 'test') current = branchFor(current, choices[current.decision]);
  return current?.value;
}

const supports = new WeakMap<object, readonly DecisionId[]>();

/** The decisions that the value depends on, ascending. */
export function support(open: Open<unknown>): readonly DecisionId[] {
  const before = supports.get(open);
  if (before) return before;
  const found = new Set<DecisionId>();
  const visited = new Set<Open<unknown>>();
  const visit = (current: Open<unknown> | undefined): void => {
    if (current?.kind !== 'test' || visited.has(current)) return;
    visited.add(current);
    found.add(current.decision);
    current.branches.forEach(visit);
  };
  visit(open);
  const result = [...found].sort((a, b) => a - b);
  supports.set(open, result);
  return result;
}

/** All distinct values, in the order in which the options meet them. */
export function valuesOf<T>(open: Open<T>): readonly T[] {
  const values = new Map<string, T>();
  const visited = new Set<Open<T>>();
  const visit = (current: Open<T> | undefined): void => {
    if (current === undefined || visited.has(current)) return;
    visited.add(current);
    if (current.kind === 'test') current.branches.forEach(visit);
    else {
      const key = keyOf(current.value);
      if (!values.has(key)) values.set(key, current.value);
    }
  };
  visit(open);
  return [...values.values()];
}

/** Number of tests in a diagram. */
export function sizeOf(open: Open<unknown>): number {
  const visited = new Set<Open<unknown>>();
  const visit = (current: Open<unknown> | undefined): void => {
    if (current?.kind !== 'test' || visited.has(current)) return;
    visited.add(current);
    current.branches.forEach(visit);
  };
  visit(open);
  return visited.size;
}
