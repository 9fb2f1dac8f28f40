/** How far a search has come: what the stored trials add up to, earlier runs' trials included. */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { ObjectiveSpec } from '../../compiler/search/search.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import type { DoneTrial, TrialRecord } from '../store/records.ts';
import type { SearchHost } from './host.ts';
import { compareTrials, fitness } from './objective.ts';
import type { Proposal, Strategy } from './strategy.ts';

/** The best trial so far, with its architecture. */
export interface Best {
  readonly trial: DoneTrial;
  readonly architecture: Architecture;
}

/** Grows by one trial at a time; tells the strategy what came of each. */
export class Progress {
  readonly strategy: Strategy;
  readonly #objective: ObjectiveSpec;
  #trials = 0;
  #seconds = 0;
  #best: Best | undefined;

  constructor(strategy: Strategy, objective: ObjectiveSpec) {
    this.strategy = strategy;
    this.#objective = objective;
  }

  /** How many trials there are, which is the number of the next one. */
  get trials(): number {
    return this.#trials;
  }

  /** Time spent in trials, over all runs. */
  get seconds(): number {
    return this.#seconds;
  }

  get best(): Best | undefined {
    return this.#best;
  }

  /** Counts a trial that was just stored, or that an earlier run stored. */
  add(trial: TrialRecord, proposal: Proposal): void {
    const { params, macs, status, seconds } = trial;
    const value = fitness(trial, this.#objective);
    this.strategy.tell({ ...proposal, status, fitness: value, fitnesses: [value], cost: { params, macs } });
    this.#trials++;
    this.#seconds += seconds;
    if (trial.status === 'failed') return;
    if (this.#best === undefined || compareTrials(trial, this.#best.trial, this.#objective) < 0) {
      this.#best = { trial, architecture: proposal.architecture };
    }
  }

  /**
   * Leads the strategy through the trials of earlier runs. Refuses where it would have tried something
   * else, as another version of this package might.
   */
  replay(experiment: string, trials: readonly TrialRecord[], host: SearchHost): void {
    for (const trial of trials) {
      const proposal = this.strategy.ask();
      const proposed = proposal === undefined ? 'nothing more' : host.encode(proposal.architecture);
      if (proposal === undefined || trial.number !== this.#trials || proposed !== trial.architecture) {
        const values = { experiment, trial: this.#trials, stored: trial.architecture, proposed };
        return refuse('replayDiffers', values, { hint: 'start it anew with `--fresh`' });
      }
      this.add(trial, proposal);
    }
  }
}
