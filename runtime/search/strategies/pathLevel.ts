/**
 * Path-level network transformation: a tree-structured controller turns a layer of a trained network into a tree of paths,
 * and children go on from its weights (Cai, Yang, Zhang, Han & Yu 2018, "Path-level network transformation for efficient
 * architecture search"; values of the arguments as published with its code).
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { Baseline } from '../controllers/rewards.ts';
import { seedOf, streamOf } from '../seeds.ts';
import type { StrategyKind } from '../strategy.ts';
import { growthStrategy, growthWarnings } from '../transform/growthStrategy.ts';
import { PathTree } from '../transform/PathTree.ts';
import { startOf } from '../transform/start.ts';
import { TreeController } from '../transform/TreeController.ts';
import { notNegative, numberOf, positive, probability, whole } from './arguments.ts';

export const pathLevel: StrategyKind = {
  doc: 'Turns layers of a trained network into trees of paths that a tree-LSTM chooses; children inherit its weights.',
  arguments: {
    batch: whole('Trees that are sampled for one update of the controller.', 10, 1),
    lr: positive('Learning rate of Adam.', 6e-3),
    entropy: notNegative('Weight of the entropy of the controller.', 1e-2),
    update: probability('Share of the last mean reward in the baseline.', 0.95),
    embedding: whole('Numbers that an operation or a merge is read as.', 10, 1),
    units: whole('LSTM units in each direction.', 100, 1),
    noise: notNegative('Noise on copies and on new layers, over their standard deviation.', 6e-3),
  },
  inherits: true,
  fit(_, { space, moves }) {
    if (moves.some(({ kind }) => kind === 'branch')) return [];
    const problem = 'its file declares no moves `branch`';
    const hint = `a space of trees of paths, as spaces/path_tree.nas, has \`moves of ${space.name} { branch merge, insert after, replace edge }\``;
    return [diagnose('strategyUnfit', { strategy: 'path_level', space: space.name, problem }, { hint })];
  },
  warnings: (args, trials) => growthWarnings('path_level', 'trees', numberOf(args, 'batch'), trials),
  create(args, task) {
    const { space, moves, members } = task.space;
    const start = startOf(task.space, streamOf(task.key, 'start'));
    const controller =
      start &&
      new TreeController(
        new PathTree(space, moves, start),
        {
          embedding: numberOf(args, 'embedding'),
          units: numberOf(args, 'units'),
          entropy: numberOf(args, 'entropy'),
        },
        (architecture) => members.contains(architecture),
        seedOf(task.key),
      );
    const lr = numberOf(args, 'lr');
    const noise = numberOf(args, 'noise');
    return growthStrategy(task, {
      batch: numberOf(args, 'batch'),
      stages: 1,
      baseline: new Baseline(1 - numberOf(args, 'update'), 'tan'),
      noise: { copies: noise, identities: noise },
      sample: (from, rows, random) => controller?.sample(from, rows, random) ?? [],
      learn: (traces, advantages) => controller?.learn(traces, advantages, lr),
    });
  },
};
