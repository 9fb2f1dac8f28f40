/** How far a search has come: what the stored trials add up to, earlier runs' trials included. */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { SearchSpec } from '../../compiler/search/search.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { DoneTrial, TrialRecord } from '../store/records.ts';
import { Front } from './Front.ts';
import type { SearchHost } from './host.ts';
import { compareTrials, fitness, mayWin } from './objective.ts';
import type { Proposal, Strategy } from './strategy.ts';

/** The best trial so far, with its architecture. */
export interface Best {
  readonly trial: DoneTrial;
  readonly architecture: Architecture;
}

/** Tells what proposals have in common whose results may stand for each other; undefined for one that has its own. */
export type ResultKey = (proposal: Proposal) => string | undefined;

/** Grows by one trial at a time; tells the strategy what came of each. */
export class Progress {
  readonly strategy: Strategy;
  readonly #objectives: SearchSpec['objectives'];
  readonly #key: ResultKey;
  readonly #front: Front;
  readonly #architectures: Architecture[] = [];
  readonly #results = new Map<string, DoneTrial>();
  readonly #done: DoneTrial[] = [];
  #seconds = 0;
  #best: Best | undefined;

  constructor(strategy: Strategy, objectives: SearchSpec['objectives'], key: ResultKey = () => undefined) {
    this.strategy = strategy;
    this.#objectives = objectives;
    this.#key = key;
    this.#front = new Front(objectives);
  }

  /** How many trials there are, which is the number of the next one. */
  get trials(): number {
    return this.#architectures.length;
  }

  /** Time spent in trials, over all runs. */
  get seconds(): number {
    return this.#seconds;
  }

  /** The best by the first objective. */
  get best(): Best | undefined {
    return this.#best;
  }

  /** The trials that no other one beats in every objective. */
  get front(): readonly DoneTrial[] {
    return this.#front.trials;
  }

  /** The trials that succeeded, in order. */
  get done(): readonly DoneTrial[] {
    return this.#done;
  }

  /** The architecture of a trial. */
  architecture(trial: number): Architecture {
    return present(this.#architectures[trial], `search: trial ${trial}`);
  }

  /** An earlier trial whose result stands for that of a proposal. */
  equal(proposal: Proposal): DoneTrial | undefined {
    const key = this.#key(proposal);
    return key === undefined ? undefined : this.#results.get(key);
  }

  /** Counts a trial that was just stored, or that an earlier run stored. */
  add(trial: TrialRecord, proposal: Proposal): void {
    const { params, macs, status, seconds } = trial;
    const fitnesses = this.#objectives.map((objective) => fitness(trial, objective));
    const [first] = this.#objectives;
    this.strategy.tell({
      ...proposal,
      status,
      fitness: fitness(trial, first),
      fitnesses,
      cost: { params, macs },
    });
    this.#architectures.push(proposal.architecture);
    this.#seconds += seconds;
    if (trial.status === 'failed') return;
    this.#done.push(trial);
    this.#front.add(trial);
    if (!mayWin(trial)) return;
    const key = this.#key(proposal);
    if (key !== undefined && !this.#results.has(key)) this.#results.set(key, trial);
    if (this.#best === undefined || compareTrials(trial, this.#best.trial, first) < 0) {
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
      const proposed = proposal === undefined ? 'nothing more' : proposalText(host, proposal);
      const stored = withTerms(trial.architecture, trial);
      if (proposal === undefined || trial.number !== this.trials || proposed !== stored) {
        const values = { experiment, trial: this.trials, stored, proposed };
        return refuse('replayDiffers', values, { hint: 'start it anew with `--fresh`' });
      }
      this.add(trial, proposal);
    }
  }
}

function proposalText(host: SearchHost, proposal: Proposal): string {
  return withTerms(host.encode(proposal.architecture), proposal);
}

/** An architecture with what else a proposal says: `tiny:0.1 (share 0.25 from trial 3)`. */
function withTerms(architecture: string, { share, parent }: Pick<Proposal, 'share' | 'parent'>): string {
  const terms = [
    ...(share === undefined || share === 1 ? [] : [`share ${share}`]),
    ...(parent === undefined ? [] : [`from trial ${parent}`]),
  ];
  return terms.length === 0 ? architecture : `${architecture} (${terms.join(' ')})`;
}
