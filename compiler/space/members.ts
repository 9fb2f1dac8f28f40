/**
 * The architectures of a space under its requirements: how many, which one stands at a rank, and whether
 * one belongs. Without `require` the counting automaton answers; with it, the members are listed once, up
 * to a limit.
 */
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import { invariant, present } from '../../util/invariant.ts';
import type { Architecture } from './architecture.ts';
import { countFree, type FreeCount } from './count.ts';
import { evaluateOpen, support } from './open.ts';
import { evaluateRequirement } from './requirements.ts';
import type { Apply, Cost, DecisionId, Requirement, Space } from './space.ts';

/** Under `require`, every architecture is looked at; beyond this many the space is refused. */
export const filterLimit = 1_000_000;

/** A counted space. Ranks go from 0 to `allowed - 1`, in text order. */
export interface Members {
  /** Decision sequences, `require` ignored. */
  readonly free: bigint;
  /** Decision sequences that meet every requirement. */
  readonly allowed: bigint;
  unrank(rank: bigint): Architecture;
  /** undefined when the answers are no member (see {@link broken} for the requirement). */
  rank(architecture: Architecture): bigint | undefined;
}

/** Counts the space; refuses one without members, and one too large to filter. */
export function membersOf(space: Space): Checked<Members> {
  const { value: free, diagnostics } = countFree(space);
  if (!free) return { value: undefined, diagnostics };
  if (space.requirements.length === 0) return { value: unfiltered(space, free), diagnostics };
  if (free.total > BigInt(filterLimit)) {
    const values = { count: free.total.toString(), limit: filterLimit };
    const at = space.requirements[0]?.location;
    return { value: undefined, diagnostics: [diagnose('tooLargeToFilter', values, { at })] };
  }
  const { ranks, lowest, highest } = listAllowed(space, free);
  if (ranks.length === 0)
    return { value: undefined, diagnostics: [unsatisfiable(space, free, lowest, highest)] };
  return { value: filtered(space, free, ranks), diagnostics };
}

function unsatisfiable(space: Space, free: FreeCount, lowest: Cost, highest: Cost): Diagnostic {
  const [first, ...others] = space.requirements;
  const range = (name: keyof Cost): string =>
    `${name} from ${format(lowest[name])} to ${format(highest[name])}`;
  return diagnose(
    'unsatisfiable',
    { count: format(Number(free.total)) },
    {
      at: first?.location,
      label: others.length > 0 ? 'together with the other requirements' : undefined,
      labels: others.map(({ location }) => ({ location, text: 'and this one' })),
      notes: [`the architectures have ${range('params')} and ${range('macs')}`],
    },
  );
}

const format = (value: number): string => value.toLocaleString('en-US');

function unfiltered(space: Space, free: FreeCount): Members {
  return {
    free: free.total,
    allowed: free.total,
    unrank: (rank) => ({ space: space.name, choices: free.unrank(rank) }),
    rank: ({ choices }) => free.rank(choices),
  };
}

function filtered(space: Space, free: FreeCount, ranks: Uint32Array): Members {
  return {
    free: free.total,
    allowed: BigInt(ranks.length),
    unrank: (rank) => {
      invariant(rank >= 0n && rank < BigInt(ranks.length), `rank ${rank} is outside of the space`);
      return { space: space.name, choices: free.unrank(BigInt(present(ranks[Number(rank)], 'a rank'))) };
    },
    rank: ({ choices }) => {
      const wanted = free.rank(choices);
      if (wanted === undefined) return undefined;
      const index = search(ranks, Number(wanted));
      return ranks[index] === Number(wanted) ? BigInt(index) : undefined;
    },
  };
}

/** First index whose value is not below `wanted`, in an ascending list. */
function search(ascending: Uint32Array, wanted: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Listing {
  readonly ranks: Uint32Array;
  readonly lowest: Cost;
  readonly highest: Cost;
}

/** Walks all architectures in order of rank; costs are added up as soon as the last decision they read is made. */
function listAllowed(space: Space, free: FreeCount): Listing {
  const { decisions, requirements } = space;
  const ranks = new Uint32Array(Number(free.total));
  const terms = termsByDecision(space);
  const choices = decisions.map(() => -1);
  const lowest = { params: Infinity, macs: Infinity };
  const highest = { params: 0, macs: 0 };
  let seen = 0;
  let kept = 0;
  // An explicit stack of costs: decisions may be many.
  const params = new Float64Array(decisions.length + 2);
  const macs = new Float64Array(decisions.length + 2);
  const addTerms = (index: number): void => {
    let [p, m] = [params[index] ?? 0, macs[index] ?? 0];
    for (const node of terms[index] ?? []) {
      if (!evaluateOpen(node.exists, choices)) continue;
      const cost = present(evaluateOpen(node.cost, choices), 'the cost of a node');
      p += cost.params;
      m += cost.macs;
    }
    params[index + 1] = p;
    macs[index + 1] = m;
  };
  addTerms(0); // what depends on no decision
  let position = 0;
  const enter = (): void => {
    const decision = decisions[position];
    if (decision) choices[position] = evaluateOpen(decision.exists, choices) ? 0 : -1;
  };
  enter();
  while (position >= 0) {
    if (position < decisions.length) {
      addTerms(position + 1);
      position++;
      enter();
      continue;
    }
    const cost = { params: params[position + 1] ?? 0, macs: macs[position + 1] ?? 0 };
    for (const name of ['params', 'macs'] as const) {
      lowest[name] = Math.min(lowest[name], cost[name]);
      highest[name] = Math.max(highest[name], cost[name]);
    }
    if (requirements.every((r) => meets(r, choices, cost))) ranks[kept++] = seen;
    seen++;
    do {
      position--;
    } while (position >= 0 && !advance(choices, position, decisions[position]?.options.length ?? 0));
  }
  invariant(BigInt(seen) === free.total, `count: listed ${seen} architectures of ${free.total}`);
  return { ranks: ranks.slice(0, kept), lowest, highest };
}

function advance(choices: number[], position: number, width: number): boolean {
  const option = choices[position] ?? -1;
  if (option < 0 || option + 1 >= width) {
    choices[position] = -1;
    return false;
  }
  choices[position] = option + 1;
  return true;
}

/** The nodes whose last read decision is `index - 1`; those that read none stand at 0. */
function termsByDecision(space: Space): readonly (readonly Apply[])[] {
  const terms: Apply[][] = Array.from({ length: space.decisions.length + 1 }, () => []);
  for (const node of space.nodes) {
    if (node.kind !== 'apply') continue;
    const reads: readonly DecisionId[] = [...support(node.exists), ...support(node.cost)];
    terms[Math.max(-1, ...reads) + 1]?.push(node);
  }
  return terms;
}

function meets(requirement: Requirement, choices: readonly number[], cost: Cost): boolean {
  if (evaluateOpen(requirement.exists, choices) !== true) return true;
  return evaluateRequirement(requirement.expression, choices, cost) === true;
}

/** Params and multiply-accumulates of one architecture, from the space alone. */
export function costOfArchitecture(space: Space, { choices }: Architecture): Cost {
  let [params, macs] = [0, 0];
  for (const node of space.nodes) {
    if (node.kind !== 'apply' || !evaluateOpen(node.exists, choices)) continue;
    const cost = present(evaluateOpen(node.cost, choices), 'the cost of a node');
    params += cost.params;
    macs += cost.macs;
  }
  return { params, macs };
}

/** The first requirement that the architecture does not meet. */
export function broken(space: Space, architecture: Architecture): Requirement | undefined {
  const cost = costOfArchitecture(space, architecture);
  return space.requirements.find((r) => !meets(r, architecture.choices, cost));
}
