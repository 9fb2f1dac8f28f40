/**
 * REINFORCE with an LSTM controller: Zoph & Le 2017, "Neural architecture search with reinforcement learning", whose
 * values the arguments begin with; the baseline's decay and the entropy bonus, which the paper leaves open, are those of
 * later controllers (Pham et al. 2018).
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { baselineOf, policyArguments, rateWarnings, settingsOf } from '../controllers/arguments.ts';
import { curriculumOf, depthDecisions } from '../controllers/curriculum.ts';
import { reinforceObjective } from '../controllers/objectives.ts';
import { policyStrategy } from '../controllers/policyStrategy.ts';
import { SequencePolicy } from '../controllers/SequencePolicy.ts';
import type { StrategyKind } from '../strategy.ts';
import { identifier, numberOf, whole, wordOf } from './arguments.ts';

/** The paper lets networks grow after 1,600 of 12,800. */
const phases = 8;

export const reinforce: StrategyKind = {
  doc: 'Samples from an LSTM controller that is trained by policy gradients with a moving-average baseline.',
  arguments: {
    ...policyArguments({
      lr: 6e-4,
      batch: 8,
      entropy: 1e-4,
      layers: 2,
      units: 35,
      limit: 0.08,
      reward: 'cubed',
    }),
    depth: identifier(
      'Name of a decision on the number of layers that is opened little by little; none where empty.',
      '',
    ),
    start: whole('Largest depth that may be chosen at first.', 6, 1),
    grow: whole('By how much the largest depth grows each time.', 2, 1),
    every: whole(
      'Trials after which it grows; 0: an eighth of all trials, 1,600 without a number of trials.',
      0,
      0,
    ),
  },
  fit(args, { space }) {
    const depth = wordOf(args, 'depth');
    if (depth === '' || depthDecisions(space, depth).length > 0) return [];
    const problem = `it has no decision on a number that is called \`${depth}\``;
    const hint =
      'name a decision that chooses numbers, as in `repeat choose depth {6, 8, 10}`, or leave `depth` out';
    return [diagnose('strategyUnfit', { strategy: 'reinforce', space: space.name, problem }, { hint })];
  },
  warnings: (args, trials) => rateWarnings('reinforce', args, trials, 1),
  create(args, task) {
    const policy = new SequencePolicy(
      task.space,
      { settings: settingsOf(args), objective: reinforceObjective(numberOf(args, 'entropy')) },
      task.key,
    );
    const every = numberOf(args, 'every');
    const scaled = task.trials === undefined ? 1600 : Math.max(1, Math.floor(task.trials / phases));
    const offer = curriculumOf(task.space.space, {
      name: wordOf(args, 'depth'),
      start: numberOf(args, 'start'),
      grow: numberOf(args, 'grow'),
      every: every > 0 ? every : scaled,
    });
    return policyStrategy(task, {
      policy,
      batch: numberOf(args, 'batch'),
      baseline: baselineOf(args),
      offer,
      learn(traces, advantages) {
        const data = Float64Array.from(advantages);
        policy.learn(traces, { advantages: { shape: [data.length], data } }, numberOf(args, 'lr'));
      },
    });
  },
};
