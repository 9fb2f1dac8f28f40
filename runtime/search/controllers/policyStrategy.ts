/** A strategy that samples a batch of architectures from a policy, waits for all of them, and trains the policy on them. */
import { present } from '../../../util/invariant.ts';
import { proposalOf } from '../proposals/propose.ts';
import type { Outcome, Strategy, StrategyTask } from '../strategy.ts';
import { streamOf } from '../seeds.ts';
import type { Offer, Trace } from './questions.ts';
import type { Baseline } from './rewards.ts';
import type { SequencePolicy } from './SequencePolicy.ts';

export interface PolicyStrategyOptions {
  readonly policy: SequencePolicy;
  /** Architectures of a batch. */
  readonly batch: number;
  readonly baseline: Baseline;
  /** What may be proposed after so many trials. */
  readonly offer?: (trials: number) => Offer;
  /** Trains the policy on a batch. */
  readonly learn: (traces: readonly Trace[], advantages: readonly number[]) => void;
}

export function policyStrategy(
  { space, key }: StrategyTask,
  { policy, batch, baseline, offer, learn }: PolicyStrategyOptions,
): Strategy {
  const random = streamOf(key, 'policy');
  let traces: readonly Trace[] = [];
  let outcomes: Outcome[] = [];
  let trials = 0;
  return {
    ask() {
      if (outcomes.length === traces.length) {
        traces = policy.sample(batch, random, offer?.(trials));
        outcomes = [];
      }
      if (traces.length === 0) return undefined;
      const { choices } = present(traces[outcomes.length], 'a sampled architecture');
      return proposalOf(space, { space: space.space.name, choices });
    },
    tell(outcome) {
      outcomes.push(outcome);
      trials++;
      if (outcomes.length < traces.length) return;
      const advantages = baseline.advantages(outcomes);
      if (advantages) learn(traces, advantages);
    },
  };
}
