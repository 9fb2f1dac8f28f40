/** How architectures grow block by block: the decision that says how many blocks there are, and what may be added to one. */
import { decisionsOf } from '../../../compiler/space/algebra/derivation.ts';
import type { Automaton, Layer } from '../../../compiler/space/algebra/automaton.ts';
import { guided } from '../../../compiler/space/algebra/guide.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Decision, DecisionId, Space } from '../../../compiler/space/space.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';

/** Whether a decision counts something that there can be more of: whole numbers, on which it depends what else is asked. */
export function countsBlocks({ decisions, derived }: Space, { id, options }: Decision): boolean {
  const values = options.map(({ value }) => value);
  const ascending = values.every((value, i) => {
    const before = i > 0 ? values[i - 1] : -Infinity;
    return Number.isInteger(value) && typeof before === 'number' && Number(value) > before;
  });
  if (options.length < 2 || !ascending) return false;
  return decisions.some(({ exists }) => decisionsOf(exists, derived).has(id));
}

/** The one decision that counts blocks; undefined where there is none, or several. */
export function blockCountOf(space: Space): Decision | undefined {
  const [first, second] = space.decisions.filter((decision) => countsBlocks(space, decision));
  return second === undefined ? first : undefined;
}

/** Says which option a decision has to have; undefined where any may be taken. */
export type Wish = (decision: DecisionId) => number | undefined;

/**
 * The members that agree with all wishes for decisions that exist: all of them, in text order, where there are at most
 * `limit`; else about as many, drawn at random.
 */
export function completions(
  { space, members }: StrategySpace,
  wish: Wish,
  limit: number,
  random: Random,
): readonly Architecture[] {
  const { ways } = members;
  const all = listed(space, ways, wish, limit + 1);
  const found = all.length > limit ? drawn(ways, wish, limit, random) : all;
  const named = found.map((choices) => ({ space: space.name, choices }));
  return members.allowed === ways.total ? named : named.filter((member) => members.contains(member));
}

/** The first ways, as many as `limit`. */
function listed(space: Space, ways: Automaton, wish: Wish, limit: number): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  const choices = space.decisions.map(() => -1);
  const visit = (layer: number, state: number): void => {
    const current = ways.layers[layer];
    if (current === undefined) {
      found.push([...choices]);
      return;
    }
    for (const option of optionsOf(current, ways.exists(layer, state), wish)) {
      if (found.length === limit) return;
      const after = ways.step(layer, state, option);
      if (after === undefined) continue;
      choices[current.decision] = option;
      visit(layer + 1, after);
    }
  };
  visit(0, 0);
  return found;
}

function optionsOf({ decision, width }: Layer, exists: boolean, wish: Wish): readonly number[] {
  if (!exists) return [-1];
  const wanted = wish(decision);
  return wanted === undefined ? Array.from({ length: width }, (_, i) => i) : [wanted];
}

/** Ways drawn at random, `limit` times; those that are drawn twice or have to break a wish are left out. */
function drawn(ways: Automaton, wish: Wish, limit: number, random: Random): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>();
  for (let i = 0; i < limit; i++) {
    const choices = guided(ways, random, wish);
    const kept = ways.layers.every(({ decision }) => {
      const [wanted, answer] = [wish(decision), choices[decision] ?? -1];
      return wanted === undefined || answer < 0 || answer === wanted;
    });
    if (kept) found.set(choices.join(), choices);
  }
  return [...found.values()];
}
