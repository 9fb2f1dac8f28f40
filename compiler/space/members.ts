/**
 * The architectures of a space under its requirements: how many, which one stands at a rank, whether one belongs, and one
 * drawn at random. Conditions on decisions and bounds on additive costs are counted by an automaton, exactly and without a
 * listing. What the automaton cannot carry (`depth`, too many different sums) is asked of each architecture: of all of
 * them where they are few, else by rejection, and then the number allowed is not known and says so.
 */
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import { invariant, present } from '../../util/invariant.ts';
import type { Random } from '../../util/random.ts';
import { Automaton } from './algebra/automaton.ts';
import { decisionsOf } from './algebra/derivation.ts';
import { bracket } from './algebra/coarse.ts';
import { constrain } from './algebra/constrained.ts';
import { judge, meets } from './algebra/evaluate.ts';
import { costTerms, numberTerms, sortRequirements } from './algebra/requirements.ts';
import { buildLayers } from './algebra/residuals.ts';
import type { Architecture } from './architecture.ts';
import { countFree, stateLimit, sumLimit } from './count.ts';
import type { Cost, Requirement, Space } from './space.ts';

export { costOfArchitecture } from './algebra/evaluate.ts';

/** Architectures that are asked one by one; of more than these, the number allowed is not known. */
export const filterLimit = 20_000;

/** Architectures that are drawn in search of one that is allowed. */
export const attemptLimit = 100_000;

/** A counted space. */
export interface Members {
  /** Decision sequences, `require` ignored. */
  readonly free: bigint;
  /** Decision sequences that meet every requirement; undefined where they could not be counted. */
  readonly allowed: bigint | undefined;
  /** Members that there are at least. Where `allowed` is known this is the same number. */
  readonly least: bigint;
  /**
   * Ranks go from 0 to `places - 1`, in text order. Where `allowed` is known this is the same number, and every rank has a
   * member; otherwise it is an upper bound, and some ranks have none.
   */
  readonly places: bigint;
  /** The architecture at a rank. Where `allowed` is not known it need not be a member: {@link Members.contains} tells. */
  unrank(rank: bigint): Architecture;
  /** The place of a member; undefined when the answers are no member (see {@link broken} for the requirement). */
  rank(architecture: Architecture): bigint | undefined;
  contains(architecture: Architecture): boolean;
  /** A member, each equally likely. */
  sample(random: Random): Draw;
  /** All members in order of rank, from a rank on. */
  enumerate(from?: bigint): Generator<Architecture>;
  /** Ways through the decisions that hold all members, and no others where `allowed` is known. */
  readonly ways: Automaton;
}

/** A draw by {@link Members.sample}. */
export interface Draw {
  /** undefined when {@link attemptLimit} architectures in a row were not allowed. */
  readonly architecture: Architecture | undefined;
  /** How many were drawn; more than one only where `allowed` is not known. */
  readonly attempts: number;
}

/** Counts the space; refuses one without members. Where the number is not known, a warning says why. */
export function membersOf(space: Space): Checked<Members> {
  const { value: free, diagnostics } = countFree(space);
  if (!free) return { value: undefined, diagnostics };
  if (space.requirements.length === 0) return { value: counted(space, free.total, free), diagnostics: [] };
  const { ways, others, least } = countAllowed(space, free);
  if (ways.total === 0n) return { value: undefined, diagnostics: [unsatisfiable(space, free)] };
  if (others.length === 0 || least === ways.total) {
    return { value: counted(space, free.total, ways), diagnostics: [] };
  }
  if (ways.total > BigInt(filterLimit)) {
    return {
      value: rejecting(space, free.total, { ways, others, least }),
      diagnostics: [notCounted(others, least, ways.total)],
    };
  }
  const ranks = listAllowed(space, ways, others);
  if (ranks.length === 0) return { value: undefined, diagnostics: [unsatisfiable(space, free)] };
  return { value: listed(space, free.total, ways, ranks), diagnostics: [] };
}

/** What the automaton could carry of the requirements. */
interface Allowed {
  /** Holds every member, and others too unless nothing is left. */
  readonly ways: Automaton;
  /** What is left to be asked of each. */
  readonly others: readonly Requirement[];
  /** Members that there are at least. */
  readonly least: bigint;
}

function countAllowed(space: Space, free: Automaton): Allowed {
  const { conditions, sums, formulas, summed, others } = sortRequirements(space);
  const size = space.decisions.length;
  const plan = { conditions, terms: numberTerms(sums), sums: sums.length };
  const built = buildLayers(space.decisions, space.derived, plan, stateLimit);
  const left = space.requirements.filter((r) => others.includes(r) || summed.includes(r));
  if (built) {
    const ways = constrain(built, formulas, size, sumLimit);
    if (ways) return { ways, others, least: others.length === 0 ? ways.total : 0n };
    const near = bracket(built, formulas, size, sumLimit);
    if (near) return { ways: near.ways, others: left, least: others.length === 0 ? near.least : 0n };
  }
  // Conditions on decisions alone, without the sums.
  const plain = buildLayers(space.decisions, space.derived, { conditions, terms: [], sums: 0 }, stateLimit);
  if (plain) return { ways: new Automaton(plain.layers, size, plain.empty), others: left, least: 0n };
  return { ways: free, others: space.requirements, least: 0n };
}

// ---------------------------------------------------------------- what is wrong

function unsatisfiable(space: Space, free: Automaton): Diagnostic {
  const [first, ...others] = space.requirements;
  const range = rangeOfCosts(space);
  const told = (name: keyof Cost, [low, high]: readonly [number, number]): string =>
    `${name} from ${format(low)} to ${format(high)}`;
  return diagnose(
    'unsatisfiable',
    { count: format(free.total) },
    {
      at: first?.location,
      label: others.length > 0 ? 'together with the other requirements' : undefined,
      labels: others.map(({ location }) => ({ location, text: 'and this one' })),
      notes: range && [
        `the architectures have ${told('params', range.params)} and ${told('macs', range.macs)}`,
      ],
    },
  );
}

const format = (value: number | bigint): string => value.toLocaleString('en-US');

/** The least and the greatest cost of all architectures; undefined where that takes too many states. */
function rangeOfCosts(space: Space): Readonly<Record<keyof Cost, readonly [number, number]>> | undefined {
  if (!space.narrowed) return undefined;
  const terms = numberTerms([costTerms(space, 'params'), costTerms(space, 'macs')]);
  const built = buildLayers(space.decisions, space.derived, { conditions: [], terms, sums: 2 }, stateLimit);
  if (!built) return undefined;
  let least: readonly (readonly number[])[] = [];
  let most: readonly (readonly number[])[] = [];
  for (const layer of built.layers.toReversed()) {
    const extreme = (
      after: readonly (readonly number[])[],
      pick: (a: number, b: number) => number,
      none: number,
    ): readonly (readonly number[])[] =>
      Array.from(layer.exists, (exists, state) =>
        [0, 1].map((sum) => {
          let best = none;
          for (let column = 0; column < (exists === 1 ? layer.columns : 1); column++) {
            const at = state * layer.columns + column;
            const target = layer.next[at] ?? -1;
            if (target >= 0)
              best = pick(best, (layer.added[at * 2 + sum] ?? 0) + (after[target]?.[sum] ?? 0));
          }
          return best;
        }),
      );
    [least, most] = [extreme(least, Math.min, Infinity), extreme(most, Math.max, -Infinity)];
  }
  const at = (sum: number): readonly [number, number] => {
    const start = built.start[sum] ?? 0;
    return [start + (least[0]?.[sum] ?? 0), start + (most[0]?.[sum] ?? 0)];
  };
  return { params: at(0), macs: at(1) };
}

function notCounted(others: readonly Requirement[], least: bigint, most: bigint): Diagnostic {
  const [first, ...more] = others;
  return diagnose(
    'notCounted',
    { least: format(least), most: format(most) },
    {
      at: first?.location,
      labels: more.map(({ location }) => ({ location, text: 'and this one' })),
    },
  );
}

// ---------------------------------------------------------------- the kinds of members

/** Every way of the automaton is a member. */
function counted(space: Space, free: bigint, ways: Automaton): Members {
  const named = (choices: readonly number[]): Architecture => ({ space: space.name, choices });
  return {
    free,
    allowed: ways.total,
    least: ways.total,
    places: ways.total,
    ways,
    unrank: (rank) => named(ways.unrank(rank)),
    rank: ({ choices }) => ways.rank(choices),
    contains: ({ choices }) => ways.contains(choices),
    sample: (random) => ({ architecture: named(ways.unrank(random.bigBelow(ways.total))), attempts: 1 }),
    *enumerate(from = 0n) {
      for (const choices of ways.walk(from)) yield named([...choices]);
    },
  };
}

/** Some ways are members: those at `ranks`. */
function listed(space: Space, free: bigint, ways: Automaton, ranks: readonly number[]): Members {
  const all = counted(space, free, ways);
  const places = new Map(ranks.map((rank, place) => [rank, place]));
  const allowed = BigInt(ranks.length);
  const at = (place: bigint): Architecture => {
    invariant(place >= 0n && place < allowed, `rank ${place} is outside of the space`);
    return all.unrank(BigInt(present(ranks[Number(place)], 'a rank')));
  };
  const rank = (architecture: Architecture): bigint | undefined => {
    const place = places.get(Number(all.rank(architecture) ?? -1n));
    return place === undefined ? undefined : BigInt(place);
  };
  return {
    ...all,
    allowed,
    least: allowed,
    places: allowed,
    unrank: at,
    rank,
    contains: (architecture) => rank(architecture) !== undefined,
    sample: (random) => ({ architecture: at(random.bigBelow(allowed)), attempts: 1 }),
    *enumerate(from = 0n) {
      for (let place = from; place < allowed; place++) yield at(place);
    },
  };
}

function listAllowed(space: Space, ways: Automaton, others: readonly Requirement[]): readonly number[] {
  const ranks: number[] = [];
  let rank = 0;
  for (const choices of ways.walk()) {
    const judged = judge(space, choices);
    if (others.every((requirement) => meets(requirement, judged))) ranks.push(rank);
    rank++;
  }
  return ranks;
}

/** Which of the ways are members is found out one at a time. */
function rejecting(space: Space, free: bigint, { ways, others, least }: Allowed): Members {
  const all = counted(space, free, ways);
  const fits = (architecture: Architecture): boolean => {
    const judged = judge(space, architecture.choices);
    return others.every((requirement) => meets(requirement, judged));
  };
  return {
    ...all,
    allowed: undefined,
    least,
    rank: (architecture) => {
      const rank = all.rank(architecture);
      return rank !== undefined && fits(architecture) ? rank : undefined;
    },
    contains: (architecture) => all.contains(architecture) && fits(architecture),
    sample: (random) => {
      for (let attempts = 1; attempts <= attemptLimit; attempts++) {
        const architecture = all.unrank(random.bigBelow(ways.total));
        if (fits(architecture)) return { architecture, attempts };
      }
      return { architecture: undefined, attempts: attemptLimit };
    },
    *enumerate(from = 0n) {
      for (const architecture of all.enumerate(from)) if (fits(architecture)) yield architecture;
    },
  };
}

/** The first requirement that the architecture does not meet. */
export function broken(space: Space, architecture: Architecture): Requirement | undefined {
  const judged = judge(space, architecture.choices);
  return space.requirements.find((r) => !meets(r, judged));
}

/** Counts of one cell alone. */
export interface CellCount {
  readonly free: bigint;
  /** Under the requirements that ask for nothing but the cell's own decisions. */
  readonly allowed: bigint;
}

/** The names of the space's cells, in text order. */
export function cellNames(space: Space): readonly string[] {
  return [...new Set(space.decisions.flatMap(({ cell }) => cell ?? []))];
}

/** Counts the decisions of one cell, which no decision outside has a say in. */
export function countCell(space: Space, name: string): Checked<CellCount> {
  const decisions = space.decisions.filter(({ cell }) => cell === name);
  const own = new Set(decisions.map(({ id }) => id));
  const { conditions } = sortRequirements(space);
  const inside = conditions.filter(
    (c) => c.kind === 'test' && [...decisionsOf(c, space.derived)].every((id) => own.has(id)),
  );
  const count = (kept: typeof conditions): bigint | undefined => {
    const built = buildLayers(decisions, space.derived, { conditions: kept, terms: [], sums: 0 }, stateLimit);
    return built && new Automaton(built.layers, space.decisions.length, built.empty).total;
  };
  const [free, allowed] = [count([]), count(inside)];
  if (free === undefined || allowed === undefined) {
    const problem = diagnose('limitReached', { what: 'states to count', limit: stateLimit });
    return { value: undefined, diagnostics: [problem] };
  }
  return { value: { free, allowed }, diagnostics: [] };
}
