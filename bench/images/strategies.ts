/** Part `strategies`: six of them and random search on the cell of NAS-Bench-201, on images of CIFAR-10. */
import { fileURLToPath } from 'node:url';
import { compareLines } from '../../cli/compare/lines.ts';
import { writePicture } from '../../cli/compare/picture.ts';
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import type { Comparison } from '../../runtime/search/compare/comparison.ts';
import { meanOf } from '../../util/statistics/summary.ts';
import type { Bench, Report } from './bench.ts';
import { compete, trialsOf } from './contest.ts';

/** Space and search: 30 trials of 3 epochs. */
export const STRATEGIES_FILE: string = fileURLToPath(
  new URL('../../spaces/nasbench201_small.nas', import.meta.url),
);

/**
 * Arguments are those of `docs/nasbench201.md`, with populations and batches for 30 trials in place of 300. Q-learning stretches its
 * schedule over the trials by itself; a step of local search to the best neighbour would take 24 of the 30.
 */
export const STRATEGIES: readonly string[] = [
  'evolution(population: 10, sample: 4)',
  'local_search(first: true)',
  'bayesian',
  'q_learning',
  'nsga2(population: 10)',
  'reinforce(lr: 0.03, batch: 5)',
];

/** Compares them. */
export async function strategiesPart(bench: Bench): Promise<Report> {
  const evaluator = workerEvaluator();
  let comparison: Comparison;
  try {
    const { trials } = bench;
    comparison = await compete(bench, {
      file: STRATEGIES_FILE,
      strategies: STRATEGIES.join(', '),
      ...(trials !== undefined && { trials }),
      fresh: bench.fresh,
      evaluator,
    });
  } finally {
    await evaluator.close();
  }
  if (bench.svg !== undefined) await writePicture(bench.context, bench.svg, comparison, 'CIFAR-10, 16 x 16');
  const runs = comparison.strategies.flatMap((strategy) => strategy.runs);
  const trials = (await Promise.all(runs.map((run) => trialsOf(bench, run)))).flat();
  const seconds = meanOf(trials.map((trial) => trial.seconds));
  const failed = trials.filter(({ status }) => status === 'failed').length;
  return {
    lines: [
      ...compareLines(comparison, bench.context.colors),
      '',
      `${trials.length} trials of ${seconds.toFixed(1)} s in the mean, ${failed} failed`,
    ],
    json: { part: 'strategies', trials: trials.length, secondsPerTrial: seconds, failed, ...comparison },
    missed: failed === 0 ? [] : [`${failed} of ${trials.length} trials failed`],
  };
}
