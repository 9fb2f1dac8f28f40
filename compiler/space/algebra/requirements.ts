/**
 * Takes requirements apart into what the counting automaton can carry: conditions on decisions alone, which join it as
 * diagrams, and bounds on sums of many small terms (`params`, `macs`, `count(...)`), which join it as partial sums. What
 * is neither, such as `depth`, is left to be asked of each architecture.
 */
import { fixed, never, testOf } from '../diagrams.ts';
import { either, holds, mapOpen, negate, select, support, TooManyCases, valuesOf } from '../open.ts';
import type {
  Apply,
  CountedAnswer,
  Open,
  Requirement,
  RequireExpression,
  Space,
  StaticValue,
} from '../space.ts';
import { applyOperator, evaluateExpression, type Operator } from './evaluate.ts';
import type { Term } from './residuals.ts';

/** A condition on final sums. */
export type Formula =
  /** The sum is at most `bound`. */
  | { readonly kind: 'atMost'; readonly sum: number; readonly bound: number }
  /** Any other condition: what it asks is known only when its sums are complete. */
  | {
      readonly kind: 'other';
      readonly sums: readonly number[];
      readonly holds: (sums: readonly number[]) => boolean;
    }
  | { readonly kind: 'not'; readonly operand: Formula }
  | { readonly kind: 'and' | 'or'; readonly left: Formula; readonly right: Formula };

/** Requirements in the form that is counted. */
export interface Requirements {
  readonly conditions: readonly Open<boolean>[];
  /** For each sum, its terms. */
  readonly sums: readonly (readonly Open<number>[])[];
  readonly formulas: readonly Formula[];
  /** The requirements that became formulas. */
  readonly summed: readonly Requirement[];
  /** Those that must be asked of each architecture. */
  readonly others: readonly Requirement[];
}

/** Sorts the requirements of a space. */
export function sortRequirements(space: Space): Requirements {
  const sums = new Sums(space);
  const conditions: Open<boolean>[] = [];
  const formulas: Formula[] = [];
  const summed: Requirement[] = [];
  const others: Requirement[] = [];
  for (const requirement of space.requirements) {
    try {
      const { exists } = requirement;
      if (exists === never) continue;
      for (const expression of conjuncts(requirement.expression)) {
        const truth = truthOf(expression);
        if (truth) {
          conditions.push(either(negate(exists), truth));
          continue;
        }
        const formula = sums.formula(expression);
        if (!formula) throw new NotAdditive();
        formulas.push(exists.kind === 'fixed' ? formula : implies(sums.truth(exists), formula));
        if (!summed.includes(requirement)) summed.push(requirement);
      }
    } catch (error) {
      if (!(error instanceof NotAdditive || error instanceof TooManyCases)) throw error;
      others.push(requirement);
    }
  }
  return { conditions, sums: sums.all(), formulas, summed, others };
}

/** Thrown on the way to a form that there is not. */
class NotAdditive extends Error {}

function conjuncts(expression: RequireExpression): readonly RequireExpression[] {
  if (expression.kind !== 'binary' || expression.operator !== 'and') return [expression];
  return [...conjuncts(expression.left), ...conjuncts(expression.right)];
}

/** The value of an expression that reads nothing but decisions. */
function valueOf(expression: RequireExpression): Open<StaticValue> | undefined {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'cost':
    case 'count':
      return undefined;
    case 'not':
    case 'negate': {
      const operand = valueOf(expression.operand);
      const apply = (value: StaticValue): StaticValue | undefined =>
        evaluateExpression(
          { kind: expression.kind, operand: { kind: 'value', value: fixed(value) } },
          [],
          () => undefined,
        );
      return operand && mapOpen([operand], fixed(true), ([value]) => apply(value));
    }
    case 'binary': {
      const left = valueOf(expression.left);
      const right = left && valueOf(expression.right);
      return (
        left &&
        right &&
        mapOpen([left, right], fixed(true), ([a, b]) => applyOperator(expression.operator, a, b))
      );
    }
    default:
      return expression satisfies never;
  }
}

function truthOf(expression: RequireExpression): Open<boolean> | undefined {
  const value = valueOf(expression);
  return value && holds(value, (v) => v === true);
}

const not = (operand: Formula): Formula => ({ kind: 'not', operand });
const implies = (left: Formula, right: Formula): Formula => ({ kind: 'or', left: not(left), right });

/** A sum of costs times whole factors, and a number that need not be whole. */
interface Linear {
  readonly constant: number;
  readonly parts: readonly {
    readonly key: string;
    readonly factor: number;
    readonly terms: readonly Open<number>[];
  }[];
}

/** The sums that formulas read; equal sums are one. */
class Sums {
  readonly #space: Space;
  readonly #numbers = new Map<string, number>();
  readonly #sums: (readonly Open<number>[])[] = [];
  readonly #costs = new Map<string, readonly Open<number>[]>();
  readonly #keys = new Map<Open<unknown>, number>();

  constructor(space: Space) {
    this.#space = space;
  }

  all(): readonly (readonly Open<number>[])[] {
    return this.#sums;
  }

  formula(expression: RequireExpression): Formula | undefined {
    const truth = truthOf(expression);
    if (truth) return this.truth(truth);
    if (expression.kind === 'not') {
      const operand = this.formula(expression.operand);
      return operand && not(operand);
    }
    if (expression.kind !== 'binary') return undefined;
    const { operator, left, right } = expression;
    if (operator === 'and' || operator === 'or') {
      const [a, b] = [this.formula(left), this.formula(right)];
      return a && b && { kind: operator, left: a, right: b };
    }
    return (
      this.#comparison(operator, left, right) ??
      this.#quotient(operator, left, right) ??
      this.#other(expression)
    );
  }

  /** A truth value as a sum of one term, 0 or 1. */
  truth(open: Open<boolean>): Formula {
    const term = select<number>(
      mapOrZero(open, (value) => (value ? 1 : 0)),
      [fixed(0), fixed(1)],
    );
    return not({ kind: 'atMost', sum: this.#sum(`truth ${this.#key(open)}`, term ? [term] : []), bound: 0 });
  }

  /** `left - right` against zero, where both are sums with whole factors. */
  #comparison(operator: Operator, left: RequireExpression, right: RequireExpression): Formula | undefined {
    const [a, b] = [this.#linear(left), this.#linear(right)];
    if (!a || !b) return undefined;
    const { constant, parts } = add(a, b, -1);
    const sum = this.#sum(
      parts.map(({ key, factor }) => `${factor} ${key}`).join(' + '),
      parts.flatMap(({ factor, terms }) => terms.map((term) => times(term, factor))),
    );
    const most = (bound: number): Formula => ({ kind: 'atMost', sum, bound });
    const [below, upTo] = [Math.ceil(-constant) - 1, Math.floor(-constant)];
    switch (operator) {
      case '<=':
        return most(upTo);
      case '<':
        return most(below);
      case '>':
        return not(most(upTo));
      case '>=':
        return not(most(below));
      case '==':
        return { kind: 'and', left: most(upTo), right: not(most(below)) };
      case '!=':
        return not({ kind: 'and', left: most(upTo), right: not(most(below)) });
      default:
        return undefined;
    }
  }

  /** `macs / 1000000 <= 30`: the largest sum on the near side of the bound, found with the very division that is asked. */
  #quotient(operator: Operator, left: RequireExpression, right: RequireExpression): Formula | undefined {
    if (left.kind !== 'binary' || left.operator !== '/') return undefined;
    const [dividend, divisor, limit] = [this.#linear(left.left), numberOf(left.right), numberOf(right)];
    const [part, more] = dividend?.parts ?? [];
    if (dividend?.constant !== 0 || !part || more || part.factor !== 1) return undefined;
    if (divisor === undefined || divisor <= 0 || limit === undefined) return undefined;
    const upper = operator === '<=' || operator === '<';
    if (!upper && operator !== '>=' && operator !== '>') return undefined;
    const holdsAt = (n: number): boolean => applyOperator(operator, n / divisor, limit) === true;
    let bound = Math.floor(limit * divisor) + 2;
    if (!Number.isSafeInteger(bound)) return undefined;
    while (holdsAt(bound) !== upper) bound--;
    const most: Formula = { kind: 'atMost', sum: this.#sum(`1 ${part.key}`, part.terms), bound };
    return upper ? most : not(most);
  }

  #linear(expression: RequireExpression): Linear | undefined {
    const value = valueOf(expression);
    if (value) {
      if (value.kind === 'fixed') {
        return typeof value.value === 'number' ? { constant: value.value, parts: [] } : undefined;
      }
      if (!valuesOf(value).every((v) => Number.isSafeInteger(v))) return undefined;
      const key = `value ${this.#key(value)}`;
      return { constant: 0, parts: [{ key, factor: 1, terms: [value as Open<number>] }] };
    }
    switch (expression.kind) {
      case 'cost': {
        const terms = this.#costTerms(expression.cost);
        return terms && { constant: 0, parts: [{ key: expression.cost, factor: 1, terms }] };
      }
      case 'count': {
        const key = `count ${JSON.stringify(expression.answers)}`;
        const terms = expression.answers.map((answer) => countTerm(this.#space, answer));
        return { constant: 0, parts: [{ key, factor: 1, terms }] };
      }
      case 'negate': {
        const operand = this.#linear(expression.operand);
        return operand && add({ constant: 0, parts: [] }, operand, -1);
      }
      case 'binary': {
        const [a, b] = [this.#linear(expression.left), this.#linear(expression.right)];
        if (!a || !b) return undefined;
        const { operator } = expression;
        if (operator === '+' || operator === '-') return add(a, b, operator === '+' ? 1 : -1);
        const [scaled, factor] = a.parts.length === 0 ? [b, a.constant] : [a, b.constant];
        const scales = operator === '*' && (a.parts.length === 0 || b.parts.length === 0);
        return scales && Number.isSafeInteger(factor)
          ? add({ constant: 0, parts: [] }, scaled, factor)
          : undefined;
      }
      default:
        return undefined;
    }
  }

  /** A comparison of anything but sums: `macs / params <= 30`. Its costs are carried as they are. */
  #other(expression: RequireExpression): Formula | undefined {
    const leaves: number[] = [];
    const build = (
      e: RequireExpression,
    ): ((sums: readonly number[]) => StaticValue | undefined) | undefined => {
      if (e.kind === 'value' && e.value.kind === 'fixed') {
        const { value } = e.value;
        return () => value;
      }
      const linear = e.kind === 'binary' ? undefined : this.#linear(e);
      const part = linear?.parts[0];
      if (linear && part && linear.parts.length === 1 && part.factor === 1) {
        const sum = this.#sum(`raw ${part.key}`, part.terms);
        leaves.push(sum);
        return (sums) => sums[sum];
      }
      if (e.kind !== 'binary') return undefined;
      const [left, right] = [build(e.left), build(e.right)];
      return left && right && ((sums) => applyOperator(e.operator, left(sums), right(sums)));
    };
    const built = build(expression);
    return built && { kind: 'other', sums: leaves, holds: (sums) => built(sums) === true };
  }

  #sum(key: string, terms: readonly Open<number>[]): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#sums.length);
    this.#sums.push(gather(terms));
    return this.#sums.length - 1;
  }

  #key(open: Open<unknown>): number {
    const known = this.#keys.get(open) ?? this.#keys.size;
    this.#keys.set(open, known);
    return known;
  }

  #costTerms(name: string): readonly Open<number>[] | undefined {
    // Where nodes exist that the output may not need, costs are no sums over them.
    if ((name !== 'params' && name !== 'macs') || !this.#space.narrowed) return undefined;
    let terms = this.#costs.get(name);
    if (!terms) this.#costs.set(name, (terms = costTerms(this.#space, name)));
    return terms;
  }
}

function numberOf(expression: RequireExpression): number | undefined {
  const value = valueOf(expression);
  return value?.kind === 'fixed' && typeof value.value === 'number' ? value.value : undefined;
}

function add(a: Linear, b: Linear, factor: number): Linear {
  const parts = new Map(a.parts.map((part) => [part.key, part]));
  for (const part of b.parts) {
    const before = parts.get(part.key)?.factor ?? 0;
    parts.set(part.key, { ...part, factor: before + factor * part.factor });
  }
  return {
    constant: a.constant + factor * b.constant,
    parts: [...parts.values()].filter((p) => p.factor !== 0),
  };
}

/** What each operation adds to a cost: one term for each set of decisions that terms read. */
export function costTerms(space: Space, name: 'params' | 'macs'): readonly Open<number>[] {
  const applied = space.nodes.filter((node): node is Apply => node.kind === 'apply');
  return gather(applied.map((node) => guarded(node, name)).filter((term) => term !== undefined));
}

/** The cost where the node exists, and nothing elsewhere. */
function guarded(node: Apply, name: 'params' | 'macs'): Open<number> | undefined {
  const cost = mapOpen([node.cost], fixed(true), ([c]) => c[name]);
  if (!cost || (cost.kind === 'fixed' && cost.value === 0)) return undefined;
  return select<number>(
    mapOrZero(node.exists, (there) => (there ? 1 : 0)),
    [fixed(0), cost],
  );
}

function countTerm(space: Space, { decision, options }: CountedAnswer): Open<number> {
  const asked = space.decisions[decision];
  if (!asked) return fixed(0);
  const answered = testOf(
    decision,
    asked.options.map((_, i) => fixed(options.includes(i) ? 1 : 0)),
  );
  const there = mapOrZero(asked.exists, (value) => (value ? 1 : 0));
  return select<number>(there, [fixed(0), answered]) ?? fixed(0);
}

const mapOrZero = (open: Open<boolean>, rule: (value: boolean) => number): Open<number> =>
  mapOpen([open], fixed(true), ([value]) => rule(value)) ?? fixed(0);

const times = (term: Open<number>, factor: number): Open<number> =>
  factor === 1 ? term : (mapOpen([term], fixed(true), ([value]) => value * factor) ?? fixed(0));

/** Diagrams of more leaves than this are not added up before counting. */
const gatherLimit = 64;

/** Adds up the terms that read the same decisions. The sum of all stays what it was. */
export function gather(terms: readonly Open<number>[]): readonly Open<number>[] {
  const groups = new Map<string, Open<number>[]>();
  for (const term of terms) {
    const key = support(term).join();
    const group = groups.get(key);
    const last = group?.at(-1);
    const sum = last && plus(last, term);
    if (group && sum) group[group.length - 1] = sum;
    else if (group) group.push(term);
    else groups.set(key, [term]);
  }
  return [...groups.values()].flat().filter((term) => term.kind !== 'fixed' || term.value !== 0);
}

function plus(a: Open<number>, b: Open<number>): Open<number> | undefined {
  if (valuesOf(a).length * valuesOf(b).length > gatherLimit * gatherLimit) return undefined;
  return mapOpen([a, b], fixed(true), ([x, y]) => x + y);
}

/** The terms of all sums, numbered. */
export function numberTerms(sums: readonly (readonly Open<number>[])[]): readonly Term[] {
  return sums.flatMap((terms, sum) => terms.map((value) => ({ sum, value })));
}
