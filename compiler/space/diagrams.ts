/**
 * Open values: what depends on decisions, as ordered, reduced decision diagrams (Bryant 1986; with more than two branches
 * and leaves). Shapes, static values and existence are all open values.
 *
 * A test has a branch for every option of its decision and a last one for where the decision does not exist: what one tensor
 * of a choice depends on is asked for beside what another depends on, so a diagram may test a decision that is not there.
 *
 * Reduced means: a test whose existing branches all agree is that branch. A missing branch (the value does not exist there)
 * agrees with everything. Equal diagrams are one object (hash consing), so work on them is remembered by identity.
 */
import { present } from '../../util/invariant.ts';
import { forgetAll, Generations, identityOf, mix, Numbered, sameItems } from './memory.ts';
import type { DecisionId, Fixed, Open, Test } from './space.ts';

class Leaf<T> extends Numbered implements Fixed<T> {
  readonly kind = 'fixed';
  readonly value: T;

  constructor(value: T) {
    super();
    this.value = value;
  }
}

class Branching<T> extends Numbered implements Test<T> {
  readonly kind = 'test';
  readonly decision: DecisionId;
  readonly branches: readonly (Open<T> | undefined)[];

  constructor(decision: DecisionId, branches: readonly (Open<T> | undefined)[]) {
    super();
    this.decision = decision;
    this.branches = branches;
  }
}

/** Leaves by the text of their value, or by an object that nobody changes; tests by a number that equal ones share. */
const knownLeaves = new Generations<unknown, Leaf<unknown>>();
const knownTests = new Generations<number, Branching<unknown> | readonly Branching<unknown>[]>();

/** The same diagram, made here: one from elsewhere (read from JSON) is made anew. */
export function known<T>(open: Open<T>): Open<T> {
  if (Numbered.of(open) !== undefined) return open;
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
  const isObject = typeof value === 'object' && value !== null;
  let leaf = isObject ? knownLeaves.get(value) : undefined;
  if (leaf) return leaf as Open<T>; // the same object
  const key = keyOf(value);
  leaf = knownLeaves.get(key);
  if (!leaf) knownLeaves.set(key, (leaf = new Leaf<unknown>(value)));
  if (isObject) knownLeaves.set(value, leaf);
  return leaf as Open<T>; // the key tells the value
}

/** True for equal plain data, and for nothing else. */
export function keyOf(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return `{${Object.entries(value)
      .map(([name, part]) => `${name}:${keyOf(part)}`)
      .join()}}`;
  }
  return Array.isArray(value) ? `[${value.map(keyOf).join()}]` : JSON.stringify(value);
}

/** True everywhere; the only object of its kind, as `never` is. */
export const always: Open<boolean> = new Leaf(true);
/** False everywhere. */
export const never: Open<boolean> = new Leaf(false);

/** Thrown when more work was done on diagrams than {@link limitWork} allows. */
export class TooMuchWork extends Error {}

/** What a branch that is kept counts for, beside one that is looked at: it takes memory. */
const kept = 8;

let work = 0;
let mostWork = Infinity;

/**
 * Runs `act`, in which at most `limit` branches of diagrams may be looked at. It begins with nothing remembered, so that its
 * work does not depend on what was done before.
 */
export function limitWork<T>(limit: number, act: () => T): T {
  const before = { work, mostWork };
  if (mostWork === Infinity) forgetAll();
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
  let hash = decision;
  const parts = branches.map((branch) => branch && known(branch));
  for (const part of parts) {
    hash = mix(hash, part ? identityOf(part) : 0);
    if (part === undefined) continue;
    first ??= part;
    if (part !== first) all = false;
  }
  if (first === undefined || all) return first;
  const found = knownTests.get(hash) ?? [];
  const alike = found instanceof Branching ? [found] : found;
  const before = alike.find((t) => t.decision === decision && sameItems(t.branches, parts));
  if (before) return before as Open<T>; // its branches are these
  work += kept * branches.length;
  const made = new Branching(decision, parts);
  knownTests.set(hash, alike.length === 0 ? made : [...alike, made]);
  return made;
}

/** Structural equality of plain data. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  if (keysOfA.length !== keysOfB.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return keysOfA.every((key) => sameValue(Reflect.get(a, key), Reflect.get(b, key)));
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
