/** From what is told of trials to what a policy is trained with: rewards, and advantages over a baseline. */
import type { Outcome } from '../strategy.ts';

/** How a fitness becomes a reward. */
export type RewardName = 'plain' | 'cubed' | 'tan';

/**
 * `plain`: the fitness; `cubed`: its third power, which is the reward of Zoph & Le 2017, section 4.1; `tan`: tan(fitness *
 * pi / 2), for accuracies, kept below 0.999 where it would not end.
 */
export const rewards: { readonly [K in RewardName]: (fitness: number) => number } = {
  plain: (fitness) => fitness,
  cubed: (fitness) => fitness ** 3,
  tan: (fitness) => Math.tan((Math.min(Math.max(fitness, -0.999), 0.999) * Math.PI) / 2),
};

export const rewardNames: readonly RewardName[] = ['plain', 'cubed', 'tan'];

/**
 * The exponential moving average of the mean reward of batches: b <- decay b + (1 - decay) mean, beginning with the first
 * mean. A trial that failed is worth as much as the worst one that did not, so far.
 */
export class Baseline {
  readonly #decay: number;
  readonly #reward: (fitness: number) => number;
  #worst = Infinity;
  #mean: number | undefined;

  constructor(decay: number, reward: RewardName) {
    this.#decay = decay;
    this.#reward = rewards[reward];
  }

  /** By how much each outcome of a batch is better than the baseline; undefined while no trial was done. */
  advantages(batch: readonly Outcome[]): readonly number[] | undefined {
    const values = batch.map(({ status, fitness }) =>
      status === 'done' ? this.#reward(fitness) : undefined,
    );
    for (const value of values) if (value !== undefined) this.#worst = Math.min(this.#worst, value);
    if (this.#worst === Infinity) return undefined;
    const known = values.map((value) => value ?? this.#worst);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    this.#mean = this.#mean === undefined ? mean : this.#decay * this.#mean + (1 - this.#decay) * mean;
    const baseline = this.#mean;
    return known.map((value) => value - baseline);
  }
}
