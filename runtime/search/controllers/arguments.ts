/** Arguments that strategies with a sequence policy have in common. */
import { diagnose, type Diagnostic } from '../../../grammar/diagnostics.ts';
import {
  notNegative,
  numberOf,
  positive,
  probability,
  whole,
  word,
  wordOf,
} from '../strategies/arguments.ts';
import type { StrategyArgument, StrategyArguments } from '../strategy.ts';
import type { PolicySettings } from './policyGraph.ts';
import { Baseline, rewardNames, type RewardName } from './rewards.ts';

/** The values that differ from paper to paper. */
export interface PolicyDefaults {
  readonly lr: number;
  readonly batch: number;
  readonly entropy: number;
  readonly layers: number;
  readonly units: number;
  readonly limit: number;
  readonly reward: RewardName;
}

export function policyArguments(defaults: PolicyDefaults): Readonly<Record<string, StrategyArgument>> {
  return {
    lr: positive('Learning rate of Adam.', defaults.lr),
    batch: whole('Architectures that are sampled for one update of the policy.', defaults.batch, 1),
    decay: probability(
      'How much of the baseline, a moving average of the mean reward, stays at each update.',
      0.95,
    ),
    entropy: notNegative('Weight of the entropy of the policy in what is maximised.', defaults.entropy),
    layers: whole('LSTM layers of the controller.', defaults.layers, 1),
    units: whole('Units of each layer.', defaults.units, 1),
    limit: positive(
      'Weights begin evenly distributed from minus this number to this number.',
      defaults.limit,
    ),
    temperature: positive('Scores are divided by it: above 1 makes the policy more even.', 1),
    tanh: notNegative('Keeps scores between minus this number and this number; 0: does not.', 0),
    reward: word(
      'What is maximised: the fitness itself, its third power, or tan(fitness * pi / 2).',
      defaults.reward,
      rewardNames,
    ),
  };
}

export function settingsOf(args: StrategyArguments): PolicySettings {
  return {
    layers: numberOf(args, 'layers'),
    units: numberOf(args, 'units'),
    limit: numberOf(args, 'limit'),
    temperature: numberOf(args, 'temperature'),
    tanh: numberOf(args, 'tanh'),
  };
}

export function baselineOf(args: StrategyArguments): Baseline {
  const name = wordOf(args, 'reward');
  return new Baseline(numberOf(args, 'decay'), rewardNames.find((reward) => reward === name) ?? 'plain');
}

/**
 * How far Adam must be able to move a weight in a whole search for the policy to learn much: it moves one by at most about
 * its learning rate in a step. The papers' searches come to about 1.
 */
const reach = 0.5;

/** A warning where the learning rate is too small for the number of updates. */
export function rateWarnings(
  strategy: string,
  args: StrategyArguments,
  trials: number | undefined,
  steps: number,
): readonly Diagnostic[] {
  if (trials === undefined) return [];
  const lr = numberOf(args, 'lr');
  const updates = Math.floor(trials / numberOf(args, 'batch')) * steps;
  if (updates * lr >= reach) return [];
  const [reason, hint] =
    updates === 0
      ? ['there is no update of its policy', 'raise the budget, or lower `batch`']
      : [
          `${updates} updates of its policy at a learning rate of ${lr} hardly change it`,
          `write \`${strategy}(lr: ${Number((1 / updates).toPrecision(1))})\`, or raise the budget`,
        ];
  return [diagnose('scheduleTooLong', { strategy, reason }, { hint })];
}
