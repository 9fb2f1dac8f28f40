/** Candidates among which a model-based search looks for its next proposal. */
import { mutate } from '../../../compiler/space/algebra/mutate.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';

/** Draws after which no more random members are looked for: where few architectures are members, each takes many. */
const attemptsOfPool = 2_000;

/**
 * Up to `size` different members for which `wanted` holds. All that there are where the space is no larger; else one half
 * drawn at random, the other half the `best` after one or two random changes, the number of changes alternating.
 */
export function poolOf(
  { space, members }: StrategySpace,
  best: readonly Architecture[],
  size: number,
  wanted: (architecture: Architecture) => boolean,
  random: Random,
): readonly Architecture[] {
  if (members.allowed !== undefined && members.allowed <= BigInt(size)) {
    return [...members.enumerate()].filter(wanted);
  }
  const pool = new Map<string, Architecture>();
  const add = (architecture: Architecture | undefined): void => {
    if (architecture && wanted(architecture)) pool.set(architecture.choices.join(), architecture);
  };
  const half = Math.ceil(size / 2);
  for (let i = 0, attempts = 0; i < half && attempts < attemptsOfPool; i++) {
    const drawn = members.sample(random);
    attempts += drawn.attempts;
    add(drawn.architecture);
  }
  for (let i = 0; i < size - half && best.length > 0; i++) {
    const parent = best[i % best.length];
    const once = parent && mutate(space, members, parent, random);
    const twice = Math.floor(i / best.length) % 2 === 1;
    add(once && twice ? mutate(space, members, once, random) : once);
  }
  return [...pool.values()];
}
