/**
 * Efficient architecture search: a controller grows a trained network by making layers wider and putting in new ones, and
 * children go on from its weights (Cai, Chen, Zhang, Yu & Wang 2018, "Efficient architecture search by network
 * transformation"; values of the arguments as published with its code).
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { Baseline } from '../controllers/rewards.ts';
import { seedOf } from '../seeds.ts';
import type { StrategyKind } from '../strategy.ts';
import { Chain } from '../transform/Chain.ts';
import { ChainController } from '../transform/ChainController.ts';
import { growthStrategy, growthWarnings } from '../transform/growthStrategy.ts';
import { notNegative, numberOf, positive, probability, whole } from './arguments.ts';

export const eas: StrategyKind = {
  doc: 'Grows a trained network by wider and deeper layers that a bidirectional LSTM chooses; children inherit its weights.',
  arguments: {
    batch: whole('Networks of an episode, grown from the same one.', 10, 1),
    wider: whole('Actions of an episode that make layers wider.', 4, 0),
    deeper: whole('Actions of an episode that put in a layer.', 5, 0),
    stages: whole('Equal parts of all trials; each begins at the best network so far.', 2, 1),
    lr: positive('Learning rate of Adam.', 2e-3),
    entropy: notNegative('Weight of the entropy of the controller.', 1e-5),
    update: probability('Share of the last mean reward in the baseline.', 0.95),
    embedding: whole('Numbers that a layer is read as.', 16, 1),
    units: whole('LSTM units in each direction.', 50, 1),
    noise_wider: notNegative('Noise on repeated weights, over their standard deviation.', 1e-2),
    noise_deeper: notNegative('Noise on new layers, over their standard deviation.', 1e-3),
  },
  inherits: true,
  fit(_, { space, moves }) {
    if (moves.some(({ kind }) => kind === 'widen' || kind === 'deepen')) return [];
    const problem = 'its file declares no moves `widen` or `deepen`';
    const hint = `declare what may grow, as in \`moves of ${space.name} { widen f, deepen depth }\``;
    return [diagnose('strategyUnfit', { strategy: 'eas', space: space.name, problem }, { hint })];
  },
  warnings: (args, trials) => growthWarnings('eas', 'networks', numberOf(args, 'batch'), trials),
  create(args, task) {
    const { space, moves, members } = task.space;
    const controller = new ChainController(
      new Chain(space, moves),
      {
        embedding: numberOf(args, 'embedding'),
        units: numberOf(args, 'units'),
        entropy: numberOf(args, 'entropy'),
        wider: numberOf(args, 'wider'),
        deeper: numberOf(args, 'deeper'),
      },
      (architecture) => members.contains(architecture),
      seedOf(task.key),
    );
    const lr = numberOf(args, 'lr');
    return growthStrategy(task, {
      batch: numberOf(args, 'batch'),
      stages: numberOf(args, 'stages'),
      baseline: new Baseline(1 - numberOf(args, 'update'), 'tan'),
      noise: { copies: numberOf(args, 'noise_wider'), identities: numberOf(args, 'noise_deeper') },
      sample: (start, rows, random) => controller.sample(start, rows, random),
      learn: (traces, advantages) => controller.learn(traces, advantages, lr),
    });
  },
};
