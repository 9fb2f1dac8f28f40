/** Ends trainings that are predicted to stay below the best: `stop: curve(...)`. */
import type { CurveSpec, SearchSpec } from '../../../compiler/search/search.ts';
import type { TrainProgress } from '../../evaluate/protocol.ts';
import type { DoneTrial } from '../../store/records.ts';
import { CurveModel, knownFeatures, type Curve, type CurveModelOptions } from './learningCurve.ts';
import { mayWin } from '../objective.ts';

/** Why a training was ended. */
export interface Ended {
  /** Epochs that were trained. */
  readonly epoch: number;
  /** The accuracy after all of them that is expected, and its standard deviation. */
  readonly predicted: number;
  readonly deviation: number;
}

/** Watches one training. */
export interface CurveWatch {
  /** Whether the training goes on after an epoch. */
  readonly goesOn: (progress: TrainProgress) => boolean;
  /** What it was ended for, if it was. */
  readonly ended: () => Ended | undefined;
}

/**
 * Watches a training of `epochs` epochs of an architecture of `cost`, with what earlier trials of as many epochs from fresh
 * weights show. A function of stored results and of the search's seed, so that a search that is continued decides alike.
 */
export function watchCurve(
  { delta, after, least }: CurveSpec,
  { seed }: Pick<SearchSpec, 'seed'>,
  done: readonly DoneTrial[],
  cost: Pick<DoneTrial, 'params' | 'macs'>,
  epochs: number,
): CurveWatch {
  const whole = done.filter(isWhole);
  const model = modelOf(done, whole, { epochs, certainty: delta, least, seed });
  const best = whole.reduce((most, { metrics }) => Math.max(most, metrics.accuracy ?? -Infinity), -Infinity);
  const seen: number[] = [];
  let ended: Ended | undefined;
  return {
    goesOn: ({ epoch, accuracy = NaN }) => {
      seen.push(accuracy);
      if (epoch < after * epochs || epoch >= epochs) return true;
      const { stop, predicted, deviation } = model.verdict(curveOf(cost, seen), best);
      if (stop) ended = { epoch, predicted: Math.min(1, Math.max(0, predicted)), deviation };
      return !stop;
    },
    ended: () => ended,
  };
}

/** The last model of a search, which is good for as long as no other training comes to its end. */
const models = new WeakMap<readonly DoneTrial[], { readonly whole: number; readonly model: CurveModel }>();

function modelOf(
  done: readonly DoneTrial[],
  whole: readonly DoneTrial[],
  options: CurveModelOptions,
): CurveModel {
  const known = models.get(done);
  if (known?.whole === whole.length) return known.model;
  const history = whole.map((trial) => curveOf(trial, trial.metrics.epochAccuracies ?? []));
  const model = new CurveModel(history, options);
  models.set(done, { whole: whole.length, model });
  return model;
}

/** Whether a trial was trained for all epochs from fresh weights, by itself. */
function isWhole(trial: DoneTrial): boolean {
  const { share = 1, parent, metrics } = trial;
  return mayWin(trial) && share === 1 && parent === undefined && metrics.sameAs === undefined;
}

function curveOf({ params, macs }: Pick<DoneTrial, 'params' | 'macs'>, values: readonly number[]): Curve {
  return { values: [...values], features: knownFeatures([params, macs]) };
}
