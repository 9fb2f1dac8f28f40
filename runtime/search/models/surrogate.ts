/** What a model-based search asks of a model of architectures. */
import type { Prediction } from './gaussianProcess.ts';

/** Points are architectures as the options taken at each decision, -1 where it does not exist. */
export type Point = Int16Array;

/** A model of values at points. */
export interface Surrogate {
  /**
   * Learns from one finite value for each point. Between two calls points are only added at the end, while values may
   * change.
   */
  fit(points: readonly Point[], values: readonly number[]): void;
  predict(point: Point): Prediction;
}
