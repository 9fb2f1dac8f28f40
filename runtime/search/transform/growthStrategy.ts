/**
 * A search by transformations: trains a network to start from, then batches of networks that a controller grows out of it,
 * each of which begins with the weights that it inherits (Cai, Chen, Zhang, Yu & Wang 2018; Cai, Yang, Zhang, Han & Yu 2018).
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { diagnose, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Random } from '../../../util/random.ts';
import type { NoiseSpec } from '../../train/inherit/noise.ts';
import type { Baseline } from '../controllers/rewards.ts';
import { proposalOf } from '../proposals/propose.ts';
import { streamOf } from '../seeds.ts';
import type { Outcome, Proposal, Strategy, StrategyTask } from '../strategy.ts';
import { startOf } from './start.ts';

/** Batches that are sampled until one has a network that was not tried yet. */
const batchLimit = 5;

export interface Growth<T extends { readonly architecture: Architecture }> {
  /** Networks of a batch. */
  readonly batch: number;
  readonly baseline: Baseline;
  readonly noise: NoiseSpec;
  /** Equal parts of all trials, each of which begins at the best network so far. */
  readonly stages: number;
  sample(start: Architecture, rows: number, random: Random): readonly T[];
  learn(traces: readonly T[], advantages: readonly number[]): void;
}

/** The network that all of a batch grow out of, and the trial in which it was trained. */
interface Origin {
  readonly architecture: Architecture;
  readonly trial: number | undefined;
}

/** That the controller learns too seldom to make use of it. `networks`: what it calls those of a batch. */
export function growthWarnings(
  strategy: string,
  networks: string,
  batch: number,
  trials: number | undefined,
): readonly Diagnostic[] {
  if (trials === undefined || trials > 2 * batch) return [];
  const reason = `it learns after every ${batch} ${networks}, and needs more than ${2 * batch} trials to make use of it`;
  return [diagnose('scheduleTooLong', { strategy, reason })];
}

export function growthStrategy<T extends { readonly architecture: Architecture }>(
  { space, key, trials }: StrategyTask,
  growth: Growth<T>,
): Strategy {
  const random = streamOf(key, 'growth');
  const known = new Map<string, Outcome>();
  const nameOf = ({ choices }: Architecture): string => choices.join();
  const start = startOf(space, streamOf(key, 'start'));
  let origin: Origin | undefined = start && { architecture: start, trial: undefined };
  let best: { readonly outcome: Outcome; readonly trial: number } | undefined;
  let traces: readonly T[] = [];
  let told = 0;
  let stage = 0;

  const child = (architecture: Architecture): Proposal =>
    proposalOf(
      space,
      architecture,
      origin?.trial === undefined ? {} : { parent: origin.trial, noise: growth.noise },
    );
  const learn = (): void => {
    const outcomes = traces.flatMap(({ architecture }) => known.get(nameOf(architecture)) ?? []);
    const advantages = outcomes.length > 0 ? growth.baseline.advantages(outcomes) : undefined;
    if (advantages) growth.learn(traces, advantages);
  };
  const beginStage = (): void => {
    const now = trials === undefined ? 0 : Math.floor((told * growth.stages) / trials);
    if (now <= stage) return;
    stage = now;
    if (best) origin = { architecture: best.outcome.architecture, trial: best.trial };
  };
  const untried = (): T | undefined => traces.find(({ architecture }) => !known.has(nameOf(architecture)));

  return {
    ask() {
      if (!origin) return undefined;
      if (told === 0) return child(origin.architecture);
      let next = untried();
      for (let batch = 0; next === undefined && batch < batchLimit; batch++) {
        learn();
        beginStage();
        traces = growth.sample(origin.architecture, growth.batch, random);
        next = untried();
      }
      // Equal networks share a result; where the controller knows no other, one is tried again.
      const architecture = (next ?? traces[0])?.architecture;
      return architecture && child(architecture);
    },
    tell(outcome) {
      const isBetter = best === undefined || outcome.fitness > best.outcome.fitness;
      if (outcome.status === 'done') {
        if (told === 0 && origin) origin = { ...origin, trial: 0 };
        if (isBetter) best = { outcome, trial: told };
      }
      known.set(nameOf(outcome.architecture), outcome);
      told++;
    },
  };
}
