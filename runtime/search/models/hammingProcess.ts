/**
 * A Gaussian process over architectures whose parameters follow from the likelihood of what was observed (Rasmussen &
 * Williams 2006, section 5.4.1). Points are added to the factorisation one by one; parameters are fitted anew when there
 * are a quarter more points, from where they were.
 */
import { GaussianProcess, type Prediction } from './gaussianProcess.ts';
import { hammingCorrelation } from './hamming.ts';
import type { Point, Surrogate } from './surrogate.ts';

/** What the process is to be told. */
export interface HammingParameters {
  /** For each answer, how much the logarithm of the correlation falls where two architectures differ in it. */
  readonly weights: readonly number[];
  /** Variance of the noise as a share of the variance of the process. */
  readonly noise: number;
}

/** By what a parameter is multiplied in search of a better one. */
const factors = [4, 1 / 4, 2, 1 / 2];
const weightRange = [1e-3, 8] as const;
const noiseRange = [1e-5, 1] as const;

/** Where there are more answers than these, all keep one weight. */
const separateWeights = 64;

/** Points from which parameters are fitted; where there are more, as many of them, evenly spread over the search. */
const fittedPoints = 400;

/** Growth of the number of points until parameters are fitted anew. */
const growth = 1.25;

/** A Gaussian process that chooses its parameters. */
export class HammingProcess implements Surrogate {
  #parameters: HammingParameters;
  #process: GaussianProcess<Point> | undefined;
  /** Points of the process. */
  #known = 0;
  #nextFit = 0;

  /** `answers` is the length of the points. */
  constructor(answers: number) {
    // Architectures that differ in everything begin with a correlation of exp(-2).
    this.#parameters = { weights: Array.from({ length: answers }, () => 2 / answers), noise: 0.01 };
  }

  fit(points: readonly Point[], values: readonly number[]): void {
    if (points.length >= this.#nextFit) {
      const step = Math.max(points.length / fittedPoints, 1);
      const chosen = (_: unknown, i: number): boolean => Math.floor(i / step) !== Math.floor((i - 1) / step);
      this.#parameters = fitParameters(points.filter(chosen), values.filter(chosen), this.#parameters);
      this.#nextFit = Math.ceil(points.length * growth);
      this.#process = undefined;
    }
    const { weights, noise } = this.#parameters;
    if (this.#process === undefined) {
      this.#process = new GaussianProcess(hammingCorrelation(weights), noise);
      this.#known = 0;
    }
    for (const point of points.slice(this.#known)) this.#process.add(point);
    this.#known = points.length;
    this.#process.observe(values);
  }

  predict(point: Point): Prediction {
    return this.#process?.predict(point) ?? { mean: 0, deviation: 1 };
  }
}

/**
 * Parameters near `from` that make the values likely: all weights by a common factor, the noise, then each weight alone,
 * each as far as it helps. A try is a factorisation, whose time grows with the cube of the number of points.
 */
export function fitParameters(
  points: readonly Point[],
  values: readonly number[],
  from: HammingParameters,
): HammingParameters {
  let best = from;
  let likelihood = likelihoodOf(points, values, from);
  const climb = (change: (factor: number) => HammingParameters): void => {
    const better = (factor: number): boolean => {
      const parameters = change(factor);
      const found = likelihoodOf(points, values, parameters);
      if (!(found > likelihood)) return false;
      [best, likelihood] = [parameters, found];
      return true;
    };
    for (const factor of factors) while (better(factor));
  };
  climb((factor) => ({ ...best, weights: best.weights.map((w) => within(w * factor, weightRange)) }));
  climb((factor) => ({ ...best, noise: within(best.noise * factor, noiseRange) }));
  if (from.weights.length <= separateWeights) {
    for (const at of from.weights.keys()) {
      const scaled = (w: number, i: number, factor: number): number =>
        i === at ? within(w * factor, weightRange) : w;
      climb((factor) => ({ ...best, weights: best.weights.map((w, i) => scaled(w, i, factor)) }));
    }
  }
  return best;
}

/** Logarithm of the likelihood of values under parameters. */
export function likelihoodOf(
  points: readonly Point[],
  values: readonly number[],
  { weights, noise }: HammingParameters,
): number {
  const process = new GaussianProcess(hammingCorrelation(weights), noise);
  for (const point of points) process.add(point);
  process.observe(values);
  return process.logLikelihood;
}

const within = (value: number, [least, most]: readonly [number, number]): number =>
  Math.min(Math.max(value, least), most);
