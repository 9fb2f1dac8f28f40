/**
 * Path-level network transformation: a tree-structured controller turns a layer of a trained network into a tree of paths,
 * and children go on from its weights (Cai, Yang, Zhang, Han & Yu 2018, "Path-level network transformation for efficient
 * architecture search"; values of the arguments as published with its code).
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { Baseline } from '../controllers/rewards.ts';
import { seedOf, streamOf } from '../seeds.ts';
import type { StrategyKind } from '../strategy.ts';
import { growthStrategy } from '../transform/growthStrategy.ts';
import { PathTree } from '../transform/PathTree.ts';
import { startOf } from '../transform/start.ts';
import { TreeController } from '../transform/TreeController.ts';
import { numberOf, positive, probability, real, whole } from './arguments.ts';

const notNegative = (value: number): boolean => value >= 0;

export const pathLevel: StrategyKind = {
  doc: 'Turns layers of a trained network into trees of paths that a tree-LSTM chooses; children inherit its weights.',
  arguments: {
    batch: whole('Trees that are sampled for one update of the controller.', 10, 1),
    lr: positive('Learning rate of Adam.', 6e-3),
    entropy: real('Weight of the entropy of the controller.', 1e-2, 'a number from 0', notNegative),
    update: probability('Share of the last mean reward in the baseline.', 0.95),
    embedding: whole('Numbers that an operation or a merge is read as.', 10, 1),
    units: whole('LSTM units in each direction.', 100, 1),
    noise: real(
      'Noise on copies and on new layers, over their standard deviation.',
      6e-3,
      'a number from 0',
      notNegative,
    ),
  },
  inherits: true,
  fit(_, { space, moves }) {
    if (moves.some(({ kind }) => kind === 'branch')) return [];
    const problem = 'its file declares no moves `branch`';
    const hint = `a space of trees of paths, as spaces/path_tree.nas, has \`moves of ${space.name} { branch merge, insert after, replace edge }\``;
    return [diagnose('strategyUnfit', { strategy: 'path_level', space: space.name, problem }, { hint })];
  },
  warnings(args, trials) {
    const batch = numberOf(args, 'batch');
    if (trials === undefined || trials > 2 * batch) return [];
    const reason = `it learns after every ${batch} trees, and needs more than ${2 * batch} trials to make use of it`;
    return [diagnose('scheduleTooLong', { strategy: 'path_level', reason })];
  },
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
