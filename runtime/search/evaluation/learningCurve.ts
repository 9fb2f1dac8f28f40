/**
 * Learning curves that are ended early (Baker, Gupta, Raskar & Naik 2018): for each number of epochs T a nu-SVR predicts
 * the value after the last epoch from the first T, and a training that with probability Delta ends below the best is
 * stopped.
 */
import { hashString, Random } from '../../../util/random.ts';
import { normalTail } from '../../../util/statistics/distributions.ts';
import { tuneNuSvr, type TunedNuSvr } from '../models/tuneNuSvr.ts';

/** A training as it is seen after each epoch. */
export interface Curve {
  /** The value after each epoch, larger being better. */
  readonly values: readonly number[];
  /** What is known before it begins: see {@link knownFeatures}. As many numbers for every curve of a search. */
  readonly features: readonly number[];
}

/** What to do with a training. */
export interface Verdict {
  readonly stop: boolean;
  /** The value after the last epoch that is expected: the fitness of a training that is stopped. */
  readonly predicted: number;
  /** How far that may be off, as a standard deviation; infinite where nothing is known. */
  readonly deviation: number;
}

export interface CurveModelOptions {
  /** Epochs of a whole training; those of the longest curve where absent. */
  readonly epochs?: number;
  /** A training is stopped where it ends at or below the best with this probability or more; 1 stops none. */
  readonly certainty?: number;
  /** Whole curves without which none is predicted. */
  readonly least?: number;
  /** Parameters of a regression that are tried. */
  readonly draws?: number;
  readonly seed?: number;
}

/**
 * Predicts curves from whole ones. Those of stopped trainings must not be among them: their ends are predictions. A pure
 * function of its arguments; regressions are fitted when they are first asked for.
 */
export class CurveModel {
  readonly #whole: readonly Curve[];
  readonly #epochs: number;
  readonly #certainty: number;
  readonly #least: number;
  readonly #draws: number;
  readonly #seed: number;
  readonly #regressions = new Map<number, TunedNuSvr>();

  constructor(history: readonly Curve[], options: CurveModelOptions = {}) {
    this.#epochs = options.epochs ?? history.reduce((most, { values }) => Math.max(most, values.length), 0);
    this.#certainty = options.certainty ?? 0.95;
    this.#least = Math.max(options.least ?? 20, 5);
    this.#draws = options.draws ?? 20;
    this.#seed = options.seed ?? 0;
    this.#whole = history.filter(
      ({ values }) => values.length === this.#epochs && values.every(Number.isFinite),
    );
  }

  /** What to do with a training that has run for as many epochs as `partial` has values; `best` is the best final value so far. */
  verdict(partial: Curve, best: number): Verdict {
    const { values } = partial;
    const now = values.at(-1) ?? Number.NaN;
    const known = values.every(Number.isFinite) && this.#whole.length >= this.#least;
    if (!known || values.length === 0 || values.length >= this.#epochs) {
      return { stop: false, predicted: now, deviation: Infinity };
    }
    const { predicted, deviation } = this.#predict(partial);
    // At a certainty of 1 rounding must not stop anything.
    const below = normalTail((predicted - best) / deviation);
    return { stop: this.#certainty < 1 && below >= this.#certainty, predicted, deviation };
  }

  #predict(partial: Curve): { readonly predicted: number; readonly deviation: number } {
    const epochs = partial.values.length;
    let regression = this.#regressions.get(epochs);
    if (regression === undefined) {
      const features = this.#whole.map((curve) => curveFeatures(curve, epochs));
      const targets = this.#whole.map(({ values }) => values.at(-1) ?? Number.NaN);
      const random = new Random(this.#seed, hashString(`learning curve ${epochs}`));
      regression = tuneNuSvr(features, targets, this.#draws, random);
      this.#regressions.set(epochs, regression);
    }
    const { model, residuals } = regression;
    const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
    return {
      predicted: model.predict(curveFeatures(partial, epochs)),
      // Equal curves leave no residuals; what is left keeps the quotient a number.
      deviation: Math.max(Math.sqrt(squares / residuals.length), Number.EPSILON),
    };
  }
}

/** The first T values of a curve, their first and second differences, and what was known before. No later value is in it. */
export function curveFeatures({ values, features }: Curve, epochs: number): readonly number[] {
  const seen = values.slice(0, epochs);
  const first = differences(seen);
  return [...seen, ...first, ...differences(first), ...features];
}

/** Counts and rates as features: their logarithms, since a kernel would see nothing beside raw numbers of weights. */
export function knownFeatures(values: readonly number[]): readonly number[] {
  return values.map((value) => (value > 0 ? Math.log(value) : 0));
}

function differences(values: readonly number[]): readonly number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? 0));
}
