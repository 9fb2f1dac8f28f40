/**
 * Q-learning with an epsilon schedule and experience replay: Baker, Gupta, Naik & Raskar 2017, "Designing neural network
 * architectures using reinforcement learning" (MetaQNN), sections 4 and 5.
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { present } from '../../../util/invariant.ts';
import { SCHEDULED } from '../controllers/epsilon.ts';
import { QLearner } from '../controllers/QLearner.ts';
import type { Experience } from '../controllers/QTable.ts';
import { proposalOf } from '../proposals/propose.ts';
import { streamOf } from '../seeds.ts';
import type { StrategyArguments, StrategyKind } from '../strategy.ts';
import { numberOf, probability, real, whole } from './arguments.ts';

/** With fewer than a tenth of the paper's networks each part of the schedule has a handful. */
const leastNetworks = SCHEDULED / 10;

export const qLearning: StrategyKind = {
  doc: 'Answers decisions by a table of values that it learns from its trials, at random less and less often.',
  arguments: {
    alpha: real(
      'Share by which a value moves at an update.',
      0.01,
      'a number above 0 and up to 1',
      (v) => v > 0 && v <= 1,
    ),
    gamma: probability('How much the value of the next decision counts.', 1),
    initial: real('Value of answers that were never given.', 0.5, 'a number', () => true),
    replay: whole('Trials that are drawn from memory and learned from after each trial.', 100, 1),
    memory: whole('Answers before a decision that the table tells apart.', 2, 0),
    networks: whole(
      'Different architectures over which the share of random answers falls from 1 to 0.1; 0: the number of trials, 2,700 without one.',
      0,
      0,
    ),
  },
  warnings(args, trials) {
    const networks = networksOf(args, trials);
    const available = trials ?? networks;
    if (networks >= leastNetworks && networks <= available) return [];
    const reason =
      networks > available
        ? `its schedule is for ${networks} networks`
        : `its schedule is made for ${SCHEDULED} networks and shrinks to ${networks}`;
    const hint = 'raise the budget, or try `evolution`, which needs no schedule';
    return [diagnose('scheduleTooLong', { strategy: 'q_learning', reason }, { hint })];
  },
  create(args, { space, key, trials }) {
    const learner = new QLearner(
      space,
      {
        alpha: numberOf(args, 'alpha'),
        gamma: numberOf(args, 'gamma'),
        initial: numberOf(args, 'initial'),
        replay: numberOf(args, 'replay'),
        memory: numberOf(args, 'memory'),
        networks: networksOf(args, trials),
      },
      streamOf(key, 'q_learning'),
    );
    let made: Experience | undefined;
    return {
      ask() {
        made = learner.propose();
        return made && proposalOf(space, { space: space.space.name, choices: made.choices });
      },
      tell(outcome) {
        learner.tell(present(made, 'the proposal'), outcome);
      },
    };
  },
};

/** Different architectures of the schedule. */
function networksOf(args: StrategyArguments, trials: number | undefined): number {
  const networks = numberOf(args, 'networks');
  return networks > 0 ? networks : (trials ?? SCHEDULED);
}
