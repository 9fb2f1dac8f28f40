/**
 * How similar some architectures are: the mean distance of two of them, against sets of as many that were drawn at random.
 * The p-value is the share of random sets that are as similar, themselves included.
 */
import { distance } from '../../../compiler/space/algebra/distance.ts';
import { answersOf, slotsOf } from '../../../compiler/space/algebra/slots.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Members } from '../../../compiler/space/members.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { Random } from '../../../util/random.ts';
import { quantile, type Interval } from '../../../util/statistics/summary.ts';

export interface Similarity {
  readonly architectures: number;
  /** Answers that two of them differ in, on average; the largest it could be. */
  readonly distance: number;
  readonly most: number;
  /** The mean of random sets, and where 95 % of them lie. */
  readonly random: { readonly mean: number } & Interval;
  /** Small where they are more similar than random ones. */
  readonly p: number;
}

/** What random sets are drawn from. */
export type Pool = (random: Random, count: number) => readonly Architecture[];

/** Compares at least two architectures with sets that `pool` draws. */
export function similarityOf(
  space: Space,
  architectures: readonly Architecture[],
  pool: Pool,
  draws: number,
  seed: number,
): Similarity {
  const random = new Random(seed);
  const observed = meanDistance(space, architectures);
  const means = Array.from({ length: draws }, () =>
    meanDistance(space, pool(random, architectures.length)),
  ).sort((a, b) => a - b);
  // Sums of the same numbers in another order must not differ.
  const asSimilar = means.filter((mean) => mean <= observed + 1e-9).length;
  return {
    architectures: architectures.length,
    distance: observed,
    most: slotsOf(space).length,
    random: {
      mean: means.reduce((sum, mean) => sum + mean, 0) / draws,
      low: quantile(means, 0.025),
      high: quantile(means, 0.975),
    },
    p: (1 + asSimilar) / (1 + draws),
  };
}

/** Members of a space, each as likely as another, drawn independently; fewer where most are not allowed. */
export function membersPool(members: Members): Pool {
  return (random, count) =>
    Array.from({ length: count }, () => members.sample(random).architecture).filter((a) => a !== undefined);
}

/** Different ones of a list. */
export function listPool(architectures: readonly Architecture[]): Pool {
  // Its order is left by one draw to the next: every order is a beginning as good as another.
  const order = [...architectures];
  return (random, count) => {
    for (let i = 0; i < count; i++) {
      const other = i + random.below(order.length - i);
      const [a, b] = [order[i], order[other]];
      if (a && b) [order[i], order[other]] = [b, a];
    }
    return order.slice(0, count);
  };
}

/**
 * The mean {@link distance} of two of the architectures. Of many, slot by slot: two answer alike as often as equal answers
 * can be paired.
 */
export function meanDistance(space: Space, architectures: readonly Architecture[]): number {
  const count = architectures.length;
  const pairs = (count * (count - 1)) / 2;
  if (count <= 3) {
    const sum = architectures.reduce(
      (total, a, i) =>
        total + architectures.slice(i + 1).reduce((part, b) => part + distance(space, a, b), 0),
      0,
    );
    return sum / pairs;
  }
  return slotsOf(space).reduce((total, slot) => {
    const answers = new Map<string, number>();
    for (const { choices } of architectures) {
      const answer = answersOf(slot, choices).join();
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    const alike = [...answers.values()].reduce((sum, times) => sum + (times * (times - 1)) / 2, 0);
    return total + 1 - alike / pairs;
  }, 0);
}
