/**
 * Open values: what depends on decisions, as ordered, reduced decision diagrams (Bryant 1986; with more than two branches
 * and leaves). Shapes, static values and existence are all open values, so a rule that is written for plain values is
 * applied to every case that can occur by {@link mapOpen}, and to no other.
 *
 * A test has a branch for every option of its decision and a last one for where the decision does not exist: what one tensor
 * of a choice depends on is asked for beside what another depends on, so a diagram may test a decision that is not there.
 *
 * Reduced means: a test whose existing branches all agree is that branch. A missing branch (the value does not exist there)
 * agrees with everything. Equal diagrams are one object (hash consing), so work on them is remembered by identity.
 */
import { present } from '../../util/invariant.ts';
import type { DecisionId, Fixed, Open, Test } from './space.ts';

/** One step of a path through a diagram: at `decision`, option `option` was taken. */
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

// ---------------------------------------------------------------- one object for equal diagrams

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/**
 * Diagrams made lately, by what they are made of: two generations, of which the older is dropped when the younger is full.
 * What was dropped and is made again is another object, which costs work and changes no result.
 */
let young = new Map<string, Open<unknown>>();
let old = new Map<string, Open<unknown>>();
const generation = 250_000;

function keep<T>(key: string, make: () => Open<T>): Open<T> {
  let found = young.get(key);
  if (found) return found as Open<T>; // the key tells the value
  found = old.get(key);
  if (!found) {
    found = make();
    identities.set(found, ++lastIdentity);
  }
  if (young.size >= generation) [old, young] = [young, new Map()];
  young.set(key, found);
  return found as Open<T>;
}

/** The number of a diagram made here; a diagram from elsewhere (read from JSON) is made anew first. */
export function identityOf(open: Open<unknown>): number {
  return present(identities.get(open), 'a diagram that is known');
}

function known<T>(open: Open<T>): Open<T> {
  if (identities.has(open)) return open;
  if (open.kind === 'fixed') return fixed(open.value);
  return present(
    test(
      open.decision,
      open.branches.map((b) => b && known(b)),
    ),
    'a branch of a diagram',
  );
}

/** The same value everywhere. */
export function fixed<T>(value: T): Open<T> {
  if (value === true) return always as Open<T>;
  if (value === false) return never as Open<T>;
  if (typeof value !== 'object' || value === null)
    return keep(`=${keyOf(value)}`, () => ({ kind: 'fixed', value }));
  const before = leaves.get(value);
  if (before) return before as Open<T>; // the same object, which nobody changes
  const leaf = keep(`=${keyOf(value)}`, (): Open<T> => ({ kind: 'fixed', value }));
  leaves.set(value, leaf);
  return leaf;
}

const leaves = new WeakMap<object, Open<unknown>>();

/** True for equal plain data, and for nothing else. */
function keyOf(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return `{${Object.entries(value)
      .map(([name, part]) => `${name}:${keyOf(part)}`)
      .join()}}`;
  }
  return Array.isArray(value) ? `[${value.map(keyOf).join()}]` : JSON.stringify(value);
}

/** True everywhere; the only object of its kind, as `never` is. */
export const always: Open<boolean> = keep('=true', (): Fixed<boolean> => ({ kind: 'fixed', value: true }));
/** False everywhere. */
export const never: Open<boolean> = keep('=false', (): Fixed<boolean> => ({ kind: 'fixed', value: false }));

/** Thrown when more work was done on diagrams than {@link limitWork} allows. */
export class TooMuchWork extends Error {}

/** What a branch that is kept counts for, beside one that is looked at: it takes memory. */
const kept = 8;

let work = 0;
let mostWork = Infinity;

/** Runs `act`, in which at most `limit` branches of diagrams may be looked at. */
export function limitWork<T>(limit: number, act: () => T): T {
  const before = { work, mostWork };
  work = 0;
  mostWork = limit;
  try {
    return act();
  } finally {
    work = before.work;
    mostWork = before.mostWork;
  }
}

/** The value by the option of a decision, for where the decision exists; undefined when there is none. */
export function testOf<T>(
  decision: DecisionId,
  options: readonly (Open<T> | undefined)[],
): Open<T> | undefined {
  return test(decision, [...options, undefined]);
}

/** Tests a decision: a branch for each option, then that of its absence; undefined when no branch exists. */
export function test<T>(
  decision: DecisionId,
  branches: readonly (Open<T> | undefined)[],
): Open<T> | undefined {
  work += branches.length;
  if (work > mostWork) throw new TooMuchWork();
  let first: Open<T> | undefined;
  let all = true;
  let key = `?${decision}`;
  for (const branch of branches) {
    const part = branch && known(branch);
    if (part === undefined) {
      key += ',';
      continue;
    }
    key += `,${identityOf(part)}`;
    first ??= part;
    if (part !== first) all = false;
  }
  if (first === undefined || all) return first;
  return keep(key, (): Test<T> => {
    work += kept * branches.length;
    return { kind: 'test', decision, branches: branches.map((b) => b && known(b)) };
  });
}

/** Structural equality of plain data. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  if (keysOfA.length !== keysOfB.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return keysOfA.every((key) => sameValue(Reflect.get(a, key), Reflect.get(b, key)));
}

// ---------------------------------------------------------------- work on diagrams

type Values<T extends readonly unknown[]> = {
  readonly [I in keyof T]: T[I] extends Open<infer V> ? V : never;
};

const branchOf = <T>(open: Open<T>, decision: DecisionId, option: number): Open<T> | undefined =>
  open.kind === 'test' && open.decision === decision ? open.branches[option] : open;

/**
 * Applies `rule` in every case that exists `within`: once for each distinct combination of the inputs' values. The rule may
 * return undefined for "does not exist"; `path` is one way that leads to the case. Throws {@link TooManyCases}.
 */
export function mapOpen<const T extends readonly Open<unknown>[], R>(
  inputs: T,
  within: Open<boolean>,
  rule: (values: Values<T>, path: readonly Answer[]) => R | undefined,
): Open<R> | undefined {
  if (within === never) return undefined;
  if (inputs.every((input) => input.kind === 'fixed') && within.kind === 'fixed') {
    const result = rule(inputs.map((input) => (input as Fixed<unknown>).value) as unknown as Values<T>, []);
    return result === undefined ? undefined : fixed(result);
  }
  let parts = 0;
  const path: Answer[] = [];
  const seen = new Map<string, Open<R> | undefined>();
  const ruled = new Map<string, Open<R> | undefined>();
  const settle = (current: readonly Open<unknown>[], key: string): Open<R> | undefined => {
    if (ruled.has(key)) return ruled.get(key);
    if (ruled.size >= caseLimit) throw new TooManyCases();
    const values = current.map((input) => (input as Fixed<unknown>).value);
    const result = rule(values as unknown as Values<T>, path);
    const leaf = result === undefined ? undefined : fixed(result);
    ruled.set(key, leaf);
    return leaf;
  };
  const visit = (current: readonly Open<unknown>[], guard: Open<boolean>): Open<R> | undefined => {
    let decision = Infinity;
    let width = 0;
    let allFixed = true;
    let key = '';
    for (const input of current) {
      key += `${identityOf(input)},`;
      if (input.kind === 'fixed') continue;
      allFixed = false;
      if (input.decision < decision) [decision, width] = [input.decision, input.branches.length];
    }
    if (allFixed) {
      // The path must satisfy the guard too, so the way to its truth is walked for the first case that is met.
      if (guard.kind === 'fixed') return settle(current, key);
      if (ruled.has(key)) return ruled.get(key);
      const length = path.length;
      wayTo(guard, path);
      const result = settle(current, key);
      path.length = length;
      return result;
    }
    key += identityOf(guard);
    if (seen.has(key)) return seen.get(key);
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
      path.push({ decision, option });
      branches.push(visit(next, inside));
      path.pop();
    }
    const result = test(decision, branches);
    seen.set(key, result);
    return result;
  };
  return visit(inputs.map(known), known(within));
}

/** Appends the first answers that make `condition` true. */
function wayTo(condition: Open<boolean>, path: Answer[]): void {
  let current: Open<boolean> | undefined = condition;
  while (current?.kind === 'test') {
    const option: number = current.branches.findIndex((b) => b !== undefined && b !== never);
    path.push({ decision: current.decision, option });
    current = current.branches[option];
  }
}

type Pairs = WeakMap<object, WeakMap<object, Open<boolean>>>;
const conjunctions: Pairs = new WeakMap();
const disjunctions: Pairs = new WeakMap();

/** `unit` leaves the other side as it is; where a side does not exist it counts as false. */
function logic(left: Open<boolean>, right: Open<boolean>, unit: Open<boolean>, memo: Pairs): Open<boolean> {
  const [a, b] = [known(left), known(right)];
  if (a === b) return a;
  const zero = unit === always ? never : always;
  if (a === unit) return b;
  if (b === unit) return a;
  if (a === zero || b === zero) return zero;
  const before = memo.get(a)?.get(b);
  if (before) return before;
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
  let row = memo.get(a);
  if (!row) memo.set(a, (row = new WeakMap()));
  row.set(b, result);
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

/** The condition without what it says of the absence of decisions that are never absent. */
export function whereThere(
  condition: Open<boolean>,
  isAlways: (decision: DecisionId) => boolean,
): Open<boolean> {
  const seen = new Map<Open<boolean>, Open<boolean>>();
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
  const seen = new Map<string, Open<T> | undefined>();
  const visit = (at: Open<number>, current: readonly (Open<T> | undefined)[]): Open<T> | undefined => {
    if (at.kind === 'fixed') return current[at.value];
    let decision = at.decision;
    let width = at.branches.length;
    let key = String(identityOf(at));
    for (const branch of current) {
      key += branch ? `,${identityOf(branch)}` : ',';
      if (branch?.kind === 'test' && branch.decision < decision) {
        [decision, width] = [branch.decision, branch.branches.length];
      }
    }
    if (seen.has(key)) return seen.get(key);
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

/** Truth values of "option `i` is taken", for a decision with `count` options that exists everywhere if so told. */
export function takes(
  decision: DecisionId,
  option: number,
  count: number,
  everywhere = false,
): Open<boolean> {
  const branches = Array.from({ length: count }, (_, i) => (i === option ? always : never));
  return present(test(decision, [...branches, everywhere ? undefined : never]), 'a branch of a diagram');
}

/** The branch of an answer: the index of an option, or -1 or nothing where the decision does not exist. */
export function branchFor<T>({ branches }: Test<T>, option: number | undefined): Open<T> | undefined {
  return option === undefined || option < 0 ? branches.at(-1) : branches[option];
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
