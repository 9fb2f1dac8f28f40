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
import { growthStrategy } from '../transform/growthStrategy.ts';
import { numberOf, positive, probability, real, whole } from './arguments.ts';

const notNegative = (value: number): boolean => value >= 0;

export const eas: StrategyKind = {
  doc: 'Grows a trained network by wider and deeper layers that a bidirectional LSTM chooses; children inherit its weights.',
  arguments: {
    batch: whole('Networks of an episode, grown from the same one.', 10, 1),
    wider: whole('Actions of an episode that make layers wider.', 4, 0),
    deeper: whole('Actions of an episode that put in a layer.', 5, 0),
    stages: whole('Equal parts of all trials; each begins at the best network so far.', 2, 1),
    lr: positive('Learning rate of Adam.', 2e-3),
    entropy: real('Weight of the entropy of the controller.', 1e-5, 'a number from 0', notNegative),
    update: probability('Share of the last mean reward in the baseline.', 0.95),
    embedding: whole('Numbers that a layer is read as.', 16, 1),
    units: whole('LSTM units in each direction.', 50, 1),
    noise_wider: real(
      'Noise on repeated weights, over their standard deviation.',
      1e-2,
      'a number from 0',
      notNegative,
    ),
    noise_deeper: real(
      'Noise on new layers, over their standard deviation.',
      1e-3,
      'a number from 0',
      notNegative,
    ),
  },
  inherits: true,
  fit(_, { space, moves }) {
    if (moves.some(({ kind }) => kind === 'widen' || kind === 'deepen')) return [];
    const problem = 'its file declares no moves `widen` or `deepen`';
    const hint = `declare what may grow, as in \`moves of ${space.name} { widen f, deepen depth }\``;
    return [diagnose('strategyUnfit', { strategy: 'eas', space: space.name, problem }, { hint })];
  },
  warnings(args, trials) {
    const batch = numberOf(args, 'batch');
    if (trials === undefined || trials > 2 * batch) return [];
    const reason = `it learns after every ${batch} networks, and needs more than ${2 * batch} trials to make use of it`;
    return [diagnose('scheduleTooLong', { strategy: 'eas', reason })];
  },
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
