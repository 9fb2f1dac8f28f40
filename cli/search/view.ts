/** What is shown of a search while it runs. Two views share their lines: one redraws in place, one only appends. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import type {
  OpenedEvent,
  SearchEvent,
  SupernetEpochEvent,
  TrialFinishedEvent,
  TrialsEndedEvent,
} from '../../runtime/search/events.ts';
import type { DoneTrial, TrialRecord } from '../../runtime/store/records.ts';
import { derivesNetworks } from '../../runtime/search/strategies/table.ts';
import { countOf } from '../../util/words.ts';
import type { Colors } from '../context.ts';
import { formatCount, formatHits, formatLoss, formatSeconds } from '../format.ts';
import { moreTexts, qualityText } from '../metrics.ts';

export interface SearchView {
  readonly onEvent: (event: SearchEvent) => void;
  /** The user asked to stop. */
  readonly stopping: () => void;
  /** Takes away what is redrawn in place. To be called before anything else is written. */
  readonly close: () => void;
}

/** The first line: what is searched, and from where on. */
export function openingLines(
  { allowed, trials, budget, experiment }: OpenedEvent,
  search: SearchSpec,
  colors: Colors,
): string[] {
  const { name, space, seed, strategy } = search;
  const size = `${formatCount(allowed)} ${allowed === 1n ? 'architecture' : 'architectures'}`;
  const parts = [size, strategy.name, budgetText(budget), `seed ${seed}`];
  const lines = [`${colors.bold(`search ${name} of ${space}`)}: ${parts.join(', ')}`];
  if (trials > 0) lines.push(`experiment ${experiment} has ${countOf(trials, 'trial')} so far`);
  return lines;
}

/** Says why no more trials are made, where the budget is not the reason. */
export function endingLines({ reason, trials }: TrialsEndedEvent, { strategy }: SearchSpec): string[] {
  // What derives networks derives as many as it does, of whatever the budget allows.
  if (reason !== 'exhausted' || derivesNetworks(strategy)) return [];
  return [`the whole space has been tried: ${countOf(trials, 'architecture')}`];
}

/** `20 trials`, `20 trials or 10 minutes`, `90 seconds` */
export function budgetText({ trials, minutes }: SearchSpec['budget']): string {
  const parts = [
    ...(trials === undefined ? [] : [countOf(trials, 'trial')]),
    ...(minutes === undefined ? [] : [timeText(minutes)]),
  ];
  return parts.join(' or ') || 'until all are tried';
}

function timeText(minutes: number): string {
  if (Number.isInteger(minutes)) return countOf(minutes, 'minute');
  // Seconds were divided by 60: what a division added is taken away again.
  return countOf(Number((60 * minutes).toFixed(3)), 'second');
}

/** One line for a trial that has ended. The longest part, the architecture, stands last. */
export function trialLine(
  { trial, best }: TrialFinishedEvent,
  { budget }: SearchSpec,
  colors: Colors,
): string {
  const digits = String((budget.trials ?? 1000) - 1).length;
  const head = `trial ${String(trial.number).padStart(digits)}`;
  const seconds = formatSeconds(trial.seconds).padStart(7);
  if (trial.status === 'failed') {
    const why = `${trial.diagnostic.code}: ${trial.diagnostic.message}`;
    return `${head}  ${colors.red('failed')}  ${seconds}  ${trial.architecture}  ${why}`;
  }
  const isBest = best?.number === trial.number;
  const { metrics } = trial;
  const share = `${qualityText(metrics).padStart(6)} ${isBest ? 'best' : '    '}`;
  const loss = metrics.loss === undefined ? [] : [`loss ${formatLoss(metrics.loss)}`];
  const params = `${formatCount(trial.params).padStart(7)} params`;
  const quality = isBest ? colors.green(share) : share;
  return [head, quality, ...loss, params, ...moreTexts(metrics), seconds, trial.architecture].join('  ');
}

/** One line for an epoch of a supernet. */
export function supernetLine({
  epoch,
  epochs,
  loss,
  entropy,
  leading,
  numbers = {},
}: SupernetEpochEvent): string {
  const count = `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  const more = Object.entries(numbers).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  return [
    `supernet ${count}`,
    `loss ${formatLoss(loss)}`,
    ...(entropy === undefined ? [] : [`entropy ${entropy.toFixed(3)}`]),
    ...more,
    ...(leading === undefined ? [] : [leading]),
  ].join('  ');
}

/** The best trial in a few words. */
export function bestText({ number, metrics, params }: DoneTrial): string {
  const { accuracy, images } = metrics;
  const hits = accuracy === undefined || images === 0 ? '' : ` (${formatHits({ accuracy, images })})`;
  return `trial ${number}: ${qualityText(metrics)}${hits}, ${formatCount(params)} params`;
}

/** Mean seconds of a trial and how many are left give the time left; the final training costs some trials more. */
export class TimeLeft {
  readonly #search: SearchSpec;
  #seconds = 0;
  #timed = 0;
  #done = 0;
  #most = Infinity;

  constructor(search: SearchSpec) {
    this.#search = search;
  }

  /** Trials of earlier runs are done, and of unknown speed on this machine. */
  start({ trials, allowed }: OpenedEvent): void {
    this.#done = trials;
    this.#most = Math.min(this.#search.budget.trials ?? Infinity, Number(allowed));
  }

  add(trial: TrialRecord): void {
    this.#done++;
    if (trial.status === 'failed') return;
    this.#seconds += trial.seconds;
    this.#timed++;
  }

  /** Seconds left while a trial runs: `share` of it is done since `elapsed` seconds. Undefined while nobody can know. */
  ofTrials(share: number, elapsed: number): number | undefined {
    const { budget, evaluate, retrain } = this.#search;
    const mean = this.#mean(share, elapsed);
    if (mean === undefined) return undefined;
    const byTrials = (this.#most - this.#done - share) * mean;
    const byMinutes = budget.minutes === undefined ? Infinity : budget.minutes * 60 - this.#seconds - elapsed;
    const trials = Math.max(Math.min(byTrials, byMinutes), (1 - share) * mean);
    if (!Number.isFinite(trials)) return undefined;
    // The final network also sees the validation images, so an epoch of it is a little longer than a trial's.
    if (retrain === undefined || evaluate.kind !== 'train') return trials;
    return trials + (1.2 * mean * retrain.epochs) / evaluate.train.epochs;
  }

  #mean(share: number, elapsed: number): number | undefined {
    if (this.#timed > 0) return this.#seconds / this.#timed;
    return share > 0 ? elapsed / share : undefined;
  }
}
