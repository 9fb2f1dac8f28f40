/** The Pareto front of several objectives: all trials that no other one beats in every one of them. */
import type { ObjectiveSpec } from '../../compiler/search/search.ts';
import type { DoneTrial, TrialRecord } from '../store/records.ts';
import { compareTrials, fitness, mayWin } from './objective.ts';

/** Grows by one trial at a time. */
export class Front {
  readonly #objectives: readonly ObjectiveSpec[];
  #members: readonly { readonly trial: DoneTrial; readonly point: readonly number[] }[] = [];

  constructor(objectives: readonly ObjectiveSpec[]) {
    this.#objectives = objectives;
  }

  add(trial: TrialRecord): void {
    if (!mayWin(trial)) return;
    const point = this.#objectives.map((objective) => fitness(trial, objective));
    // Of equals the first is kept.
    if (this.#members.some((member) => !exceeds(point, member.point))) return;
    const left = this.#members.filter((member) => exceeds(member.point, point));
    this.#members = [...left, { trial, point }];
  }

  /** The trials of the front, best by the first objective first. */
  get trials(): readonly DoneTrial[] {
    const [first] = this.#objectives;
    const trials = this.#members.map(({ trial }) => trial);
    return first === undefined ? trials : trials.sort((a, b) => compareTrials(a, b, first));
  }
}

/** Whether `a` is better than `b` somewhere; larger is better. */
function exceeds(a: readonly number[], b: readonly number[]): boolean {
  return a.some((value, i) => value > (b[i] ?? -Infinity));
}

/** The front of some trials. */
export function frontOf(
  trials: readonly TrialRecord[],
  objectives: readonly ObjectiveSpec[],
): readonly DoneTrial[] {
  const front = new Front(objectives);
  for (const trial of trials) front.add(trial);
  return front.trials;
}
