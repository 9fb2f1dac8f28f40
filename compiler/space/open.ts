/**
 * Open values: what depends on decisions, as ordered, reduced decision diagrams (Bryant 1986; with more
 * than two branches and leaves). Shapes, static values and existence are all open values, so a rule that is
 * written for plain values is applied to every case that can occur by {@link mapOpen}, and to no other.
 *
 * Reduced means: a test whose existing branches all agree is that branch. A missing branch (the value does
 * not exist there) agrees with everything.
 */
import { present } from '../../util/invariant.ts';
import type { DecisionId, Open } from './space.ts';

/** One step of a path through a diagram: at `decision`, option `option` was taken. */
export interface Answer {
  readonly decision: DecisionId;
  readonly option: number;
}

/** Cases that one rule may be applied to before the compiler gives up on proving it. */
export const caseLimit = 4096;

/** Thrown when a value has more cases than {@link caseLimit}; the elaborator turns it into a diagnostic. */
export class TooManyCases extends Error {}

/** The same value everywhere. */
export function fixed<T>(value: T): Open<T> {
  return { kind: 'fixed', value };
}

/** Structural equality of plain data. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  if (keysOfA.length !== keysOfB.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return keysOfA.every((key) => sameValue(Reflect.get(a, key), Reflect.get(b, key)));
}

/** Tests a decision; undefined when no branch exists. */
export function test<T>(
  decision: DecisionId,
  branches: readonly (Open<T> | undefined)[],
): Open<T> | undefined {
  const first = branches.find((b) => b !== undefined);
  if (first === undefined) return undefined;
  if (branches.every((b) => b === undefined || sameValue(b, first))) return first;
  return { kind: 'test', decision, branches };
}

type Values<T extends readonly unknown[]> = {
  readonly [I in keyof T]: T[I] extends Open<infer V> ? V : never;
};

/**
 * Applies `rule` in every case that exists `within`: once for each distinct combination of the inputs'
 * values. The rule may return undefined for "does not exist". Throws {@link TooManyCases}.
 */
export function mapOpen<const T extends readonly Open<unknown>[], R>(
  inputs: T,
  within: Open<boolean>,
  rule: (values: Values<T>, path: readonly Answer[]) => R | undefined,
): Open<R> | undefined {
  let cases = 0;
  const path: Answer[] = [];
  const visit = (
    current: readonly (Open<unknown> | undefined)[],
    guard: Open<boolean>,
  ): Open<R> | undefined => {
    if (guard.kind === 'fixed' && !guard.value) return undefined;
    let decision = guard.kind === 'test' ? guard.decision : Infinity;
    let width = guard.kind === 'test' ? guard.branches.length : 0;
    let allFixed = true;
    for (const input of current) {
      if (input === undefined) return undefined;
      if (input.kind === 'fixed') continue;
      allFixed = false;
      if (input.decision < decision) {
        decision = input.decision;
        width = input.branches.length;
      }
    }
    if (allFixed) {
      if (++cases > caseLimit) throw new TooManyCases();
      const values = current.map((input) => (input?.kind === 'fixed' ? input.value : undefined));
      const result = rule(values as unknown as Values<T>, path);
      return result === undefined ? undefined : fixed(result);
    }
    const branches: (Open<R> | undefined)[] = [];
    for (let option = 0; option < width; option++) {
      const take = <V>(open: Open<V> | undefined): Open<V> | undefined =>
        open?.kind === 'test' && open.decision === decision ? open.branches[option] : open;
      path.push({ decision, option });
      branches.push(visit(current.map(take), take(guard) ?? fixed(false)));
      path.pop();
    }
    return test(decision, branches);
  };
  return visit(inputs, within);
}

/** Both hold. Total where both are. */
export function both(a: Open<boolean>, b: Open<boolean>): Open<boolean> {
  if (a.kind === 'fixed') return a.value ? b : a;
  if (b.kind === 'fixed') return b.value ? a : b;
  const decision = Math.min(a.decision, b.decision);
  const width = a.decision === decision ? a.branches.length : b.branches.length;
  const branches: Open<boolean>[] = [];
  for (let option = 0; option < width; option++) {
    const left = a.decision === decision ? a.branches[option] : a;
    const right = b.decision === decision ? b.branches[option] : b;
    branches.push(left === undefined || right === undefined ? fixed(false) : both(left, right));
  }
  return test(decision, branches) ?? fixed(false);
}

/** True exactly where `open` has a value that satisfies `condition`; false where it has none. */
export function holds<T>(open: Open<T>, condition: (value: T) => boolean): Open<boolean> {
  if (open.kind === 'fixed') return fixed(condition(open.value));
  const branches = open.branches.map((b) => (b === undefined ? fixed(false) : holds(b, condition)));
  return present(test(open.decision, branches), 'a branch of a diagram');
}

/** `branches[on]`: the branch that `on` points at, case by case. */
export function select<T>(on: Open<number>, branches: readonly (Open<T> | undefined)[]): Open<T> | undefined {
  if (on.kind === 'fixed') return branches[on.value];
  let decision = on.decision;
  let width = on.branches.length;
  for (const branch of branches) {
    if (branch?.kind === 'test' && branch.decision < decision) {
      decision = branch.decision;
      width = branch.branches.length;
    }
  }
  const results: (Open<T> | undefined)[] = [];
  for (let option = 0; option < width; option++) {
    const take = <V>(open: Open<V> | undefined): Open<V> | undefined =>
      open?.kind === 'test' && open.decision === decision ? open.branches[option] : open;
    const chosen = take(on);
    results.push(chosen === undefined ? undefined : select(chosen, branches.map(take)));
  }
  return test(decision, results);
}

/** Truth values of "option `i` is taken", for a decision with `count` options. */
export function takes(decision: DecisionId, option: number, count: number): Open<boolean> {
  const branches = Array.from({ length: count }, (_, i) => fixed(i === option));
  return present(test(decision, branches), 'a branch of a diagram');
}

/** The value under the answers `choices` (index of the option, -1 or absent: the decision does not exist). */
export function evaluateOpen<T>(open: Open<T>, choices: readonly number[]): T | undefined {
  let current: Open<T> | undefined = open;
  while (current?.kind === 'test') current = current.branches[choices[current.decision] ?? -1];
  return current?.value;
}

/** The decisions that the value depends on, ascending. */
export function support(open: Open<unknown>): readonly DecisionId[] {
  const found = new Set<DecisionId>();
  const visited = new Set<Open<unknown>>();
  const visit = (current: Open<unknown> | undefined): void => {
    if (current?.kind !== 'test' || visited.has(current)) return;
    visited.add(current);
    found.add(current.decision);
    current.branches.forEach(visit);
  };
  visit(open);
  return [...found].sort((a, b) => a - b);
}

/** All distinct values, in the order in which the options meet them. */
export function valuesOf<T>(open: Open<T>): readonly T[] {
  const values: T[] = [];
  const visited = new Set<Open<T>>();
  const visit = (current: Open<T> | undefined): void => {
    if (current === undefined || visited.has(current)) return;
    visited.add(current);
    if (current.kind === 'test') current.branches.forEach(visit);
    else if (!values.some((v) => sameValue(v, current.value))) values.push(current.value);
  };
  visit(open);
  return values;
}

/** At least one holds. */
export function either(a: Open<boolean>, b: Open<boolean>): Open<boolean> {
  return negate(both(negate(a), negate(b)));
}

/** It does not hold. */
export function negate(a: Open<boolean>): Open<boolean> {
  return holds(a, (value) => !value);
}
