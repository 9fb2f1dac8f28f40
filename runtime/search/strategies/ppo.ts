/**
 * Proximal policy optimisation of an LSTM controller: Zoph, Vasudevan, Shlens & Le 2018, "Learning transferable
 * architectures for scalable image recognition", appendix A.1; the clipped objective is that of Schulman et al. 2017.
 */
import { baselineOf, policyArguments, rateWarnings, settingsOf } from '../controllers/arguments.ts';
import { ppoObjective } from '../controllers/objectives.ts';
import { policyStrategy } from '../controllers/policyStrategy.ts';
import { SequencePolicy } from '../controllers/SequencePolicy.ts';
import type { NamedTensors } from '../../execute/reference.ts';
import type { StrategyKind } from '../strategy.ts';
import { numberOf, real, whole } from './arguments.ts';

export const ppo: StrategyKind = {
  doc: 'Samples from an LSTM controller that is trained by proximal policy optimisation.',
  arguments: {
    ...policyArguments({
      lr: 3.5e-4,
      batch: 20,
      entropy: 1e-5,
      layers: 1,
      units: 100,
      limit: 0.1,
      reward: 'plain',
    }),
    clip: real(
      'A step is not rewarded for making an answer more than this share likelier or less likely.',
      0.2,
      'a number above 0 and below 1',
      (value) => value > 0 && value < 1,
    ),
    epochs: whole('Updates that are made with each batch.', 4, 1),
  },
  warnings: (args, trials) => rateWarnings('ppo', args, trials, numberOf(args, 'epochs')),
  create(args, task) {
    const objective = ppoObjective(numberOf(args, 'clip'), numberOf(args, 'entropy'));
    const policy = new SequencePolicy(task.space, { settings: settingsOf(args), objective }, task.key);
    return policyStrategy(task, {
      policy,
      batch: numberOf(args, 'batch'),
      baseline: baselineOf(args),
      learn(traces, advantages) {
        const rows = traces.length;
        const tensor = (values: readonly number[]): NamedTensors[string] => ({
          shape: [rows],
          data: Float64Array.from(values),
        });
        const old = policy.logProbabilities(traces).map((values, t) => [`old.${t}`, tensor(values)] as const);
        const inputs = { advantages: tensor(advantages), ...Object.fromEntries(old) };
        for (let epoch = 0; epoch < numberOf(args, 'epochs'); epoch++) {
          policy.learn(traces, inputs, numberOf(args, 'lr'));
        }
      },
    });
  },
};
