/**
 * Support vector regression with the parameter nu (Schoelkopf, Smola, Williamson & Bartlett 2000, section 2), which bounds the
 * share of points outside of the tube from above and that of support vectors from below; the tube's width is found. The dual, in the
 * scaling of Chang & Lin (2002, section 2.2):
 *
 *     minimise 1/2 b^T K b - y^T b   with b = a - a',  0 <= a, a' <= C,  sum a = sum a' = C nu n / 2
 *
 * is solved by moving two variables of one sum at a time (Platt 1998), chosen by second-order information (Fan, Chen & Lin
 * 2005, working set selection 2).
 */
import { invariant } from '../../../util/invariant.ts';
import { Standardizer } from './standardizer.ts';

export interface NuSvrParameters {
  readonly kernel: 'rbf' | 'linear';
  /** What a point may weigh at most, in units of the standard deviation of the targets; above 0. */
  readonly c: number;
  /** Above 0, at most 1. */
  readonly nu: number;
  /** Of the kernel exp(-gamma |x - z|^2) of standardised features; above 0. The linear kernel has none. */
  readonly gamma: number;
}

/** A regression that was fitted. */
export interface NuSvr {
  predict(features: readonly number[]): number;
  /** Half of the width of the tube, in the unit of the targets. */
  readonly epsilon: number;
  /** Share of the points that the regression rests on. */
  readonly supportShare: number;
}

type Kernel = (x: readonly number[], z: readonly number[]) => number;

/** Fits rows of features, all of one length, to targets. Features and targets are standardised first. */
export function fitNuSvr(
  features: readonly (readonly number[])[],
  targets: readonly number[],
  parameters: NuSvrParameters,
): NuSvr {
  invariant(features.length === targets.length && targets.length > 0, 'nu-SVR: as many rows as targets');
  const standardizer = new Standardizer(features);
  const rows = features.map((row) => standardizer.of(row));
  const scale = new Standardizer(targets.map((target) => [target]));
  const [mean = 0, deviation = 1] = [scale.means[0], scale.deviations[0]];
  const kernel = kernelOf(parameters);
  const matrix = rows.map((x) => Float64Array.from(rows, (z) => kernel(x, z)));
  const { weights, bias, epsilon } = solveDual(
    matrix,
    targets.map((target) => (target - mean) / deviation),
    parameters,
  );
  const support = rows.flatMap((row, i) => {
    const weight = weights[i] ?? 0;
    return weight === 0 ? [] : [{ row, weight }];
  });
  return {
    predict(point) {
      const x = standardizer.of(point);
      const value = support.reduce((sum, { row, weight }) => sum + weight * kernel(x, row), bias);
      return mean + deviation * value;
    },
    epsilon: deviation * epsilon,
    supportShare: support.length / rows.length,
  };
}

/** What solves the dual. */
export interface DualSolution {
  /** a - a' of each point. */
  readonly weights: Float64Array;
  readonly bias: number;
  readonly epsilon: number;
}

/** The largest violation of the optimality conditions that is let stand, in units of the targets. */
const tolerance = 1e-3;

/** Steps for each point after which what has been reached is taken: with a very large C the last digits take for ever. */
const stepsPerPoint = 100;

/** Solves the dual for a kernel matrix and targets. Memory n^2; a step takes time n. */
export function solveDual(
  matrix: readonly Float64Array[],
  targets: readonly number[],
  { c, nu }: Pick<NuSvrParameters, 'c' | 'nu'>,
): DualSolution {
  const n = targets.length;
  const above = new Float64Array(n); // a, of points above the tube
  let rest = (c * nu * n) / 2;
  for (let i = 0; i < n; i++) {
    above[i] = Math.min(rest, c);
    rest -= above[i] ?? 0;
  }
  const below = above.slice(); // a'
  // The derivatives by a are f - y, those by a' are y - f, where f = K (a - a') is 0 so far.
  const residuals = Float64Array.from(targets, (target) => -target);
  for (let step = 0; step < stepsPerPoint * n; step++) {
    const up = violatingPair(matrix, residuals, above, 1, c);
    const down = violatingPair(matrix, residuals, below, -1, c);
    const upper = up.violation >= down.violation;
    const { violation, grows, shrinks } = upper ? up : down;
    if (violation < tolerance) break;
    const [own, sign] = upper ? ([above, 1] as const) : ([below, -1] as const);
    const curvature = curvatureOf(matrix, grows, shrinks);
    const gain = sign * ((residuals[shrinks] ?? 0) - (residuals[grows] ?? 0));
    const by = Math.min(gain / curvature, c - (own[grows] ?? 0), own[shrinks] ?? 0);
    own[grows] = Math.min((own[grows] ?? 0) + by, c);
    own[shrinks] = Math.max((own[shrinks] ?? 0) - by, 0);
    const [plus, minus] = [matrix[grows], matrix[shrinks]];
    for (let k = 0; k < n; k++) {
      residuals[k] = (residuals[k] ?? 0) + sign * by * ((plus?.[k] ?? 0) - (minus?.[k] ?? 0));
    }
  }
  const top = multiplier(residuals, above, 1, c); // -(bias + epsilon)
  const bottom = multiplier(residuals, below, -1, c); // bias - epsilon
  return {
    weights: above.map((value, i) => value - (below[i] ?? 0)),
    bias: (bottom - top) / 2,
    epsilon: Math.max(-(top + bottom) / 2, 0),
  };
}

/** Two variables of one sum, the first to grow by what the second shrinks by; no violation where there is none. */
interface Pair {
  readonly violation: number;
  readonly grows: number;
  readonly shrinks: number;
}

function violatingPair(
  matrix: readonly Float64Array[],
  residuals: Float64Array,
  own: Float64Array,
  sign: 1 | -1,
  c: number,
): Pair {
  const n = residuals.length;
  let grows = -1;
  let least = Infinity;
  for (let i = 0; i < n; i++) {
    const slope = sign * (residuals[i] ?? 0);
    if ((own[i] ?? 0) < c && slope < least) [grows, least] = [i, slope];
  }
  if (grows < 0) return { violation: -Infinity, grows, shrinks: -1 };
  let shrinks = -1;
  let most = 0;
  let violation = -Infinity;
  for (let j = 0; j < n; j++) {
    if (!((own[j] ?? 0) > 0)) continue;
    const difference = sign * (residuals[j] ?? 0) - least;
    violation = Math.max(violation, difference);
    if (difference <= 0) continue;
    const decrease = difference ** 2 / curvatureOf(matrix, grows, j);
    if (decrease > most) [shrinks, most] = [j, decrease];
  }
  return { violation: shrinks < 0 ? -Infinity : violation, grows, shrinks };
}

/** |phi(x) - phi(z)|^2, kept above 0 for equal points. */
function curvatureOf(matrix: readonly Float64Array[], i: number, j: number): number {
  const distance = (matrix[i]?.[i] ?? 0) + (matrix[j]?.[j] ?? 0) - 2 * (matrix[i]?.[j] ?? 0);
  return Math.max(distance, 1e-12);
}

/** The multiplier of a sum: the slope at variables between their bounds, or else halfway between what the bounds allow. */
function multiplier(residuals: Float64Array, own: Float64Array, sign: 1 | -1, c: number): number {
  let [sum, free, low, high] = [0, 0, -Infinity, Infinity];
  for (let i = 0; i < residuals.length; i++) {
    const slope = sign * (residuals[i] ?? 0);
    const value = own[i] ?? 0;
    if (value >= c) low = Math.max(low, slope);
    else if (value <= 0) high = Math.min(high, slope);
    else [sum, free] = [sum + slope, free + 1];
  }
  if (free > 0) return sum / free;
  if (low === -Infinity) return high;
  return high === Infinity ? low : (low + high) / 2;
}

function kernelOf({ kernel, gamma }: NuSvrParameters): Kernel {
  switch (kernel) {
    case 'linear':
      return (x, z) => x.reduce((sum, value, i) => sum + value * (z[i] ?? 0), 0);
    case 'rbf':
      return (x, z) => Math.exp(-gamma * x.reduce((sum, value, i) => sum + (value - (z[i] ?? 0)) ** 2, 0));
    default:
      return kernel satisfies never;
  }
}
