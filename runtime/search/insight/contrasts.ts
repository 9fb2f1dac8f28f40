/**
 * Main effects of decisions by least squares: each answer adds something to the fitness. An effect is the difference of an
 * option from the mean of the options of its decision. Where there are enough architectures, all decisions are fitted
 * together, so that each effect is what is left when the others are allowed for; otherwise each decision is fitted alone.
 * On all architectures of a free space these are the main effects of the functional analysis of variance (Hooker 2007;
 * Hutter, Hoos & Leyton-Brown 2014), and the shares of variance are its importances.
 */
import { fisherTail, studentTail } from '../../../util/statistics/distributions.ts';
import { invertProducts, type Inverse } from '../../../util/statistics/leastSquares.ts';
import { placeOf, type Factor, type FactorGroup } from './factors.ts';

/** An estimate, with its standard error and the p-value of being 0, for this test alone. */
export interface Estimate {
  readonly effect: number;
  readonly error: number;
  readonly p: number;
}

/** What a fit says of a factor. */
export interface FactorFit {
  /** Share of the variance of the fitness that the decision alone explains. */
  readonly share: number;
  readonly p: number;
  /** One for each option that it took. */
  readonly options: readonly Estimate[];
}

/** All that a fit says. A factor that cannot be told from others, or from chance, has no fit. */
export interface Fit {
  readonly factors: readonly (FactorFit | undefined)[];
  /** For each group and each of its labels; undefined where no factor took it beside others. */
  readonly groups: readonly (readonly (Estimate | undefined)[])[];
  /** Share of the variance that all factors explain together; undefined where each was fitted alone. */
  readonly explained: number | undefined;
}

/** A model that is fitted to fitnesses, row by row. */
export interface Model {
  readonly kind: 'together' | 'alone';
  fit(fitness: ArrayLike<number>): Fit;
}

/** Degrees of freedom that a fit of all factors together must leave to the error. */
const LEAST_ERROR = 10;

/** The same for a fit of one factor alone. */
const LEAST_ERROR_ALONE = 5;

/** The model for a sample. */
export function modelOf(factors: readonly Factor[], groups: readonly FactorGroup[], rows: number): Model {
  const columns = 1 + factors.reduce((sum, { options }) => sum + options.length - 1, 0);
  return rows - columns >= LEAST_ERROR ? modelTogether(factors, groups, rows) : modelAlone(factors, groups);
}

/**
 * All factors in one equation. A factor of L options has L - 1 columns of deviations: 1 in the column of the option, -1 in
 * all of them for the last option, 0 where the decision does not exist.
 */
function modelTogether(factors: readonly Factor[], groups: readonly FactorGroup[], rows: number): Model {
  const starts: number[] = [];
  let n = 1;
  for (const { options } of factors) {
    starts.push(n);
    n += options.length - 1;
  }
  const inverse = invertProducts(productsOf(factors, starts, rows, n), n);
  const degrees = rows - inverse.rank;
  const blocks = factors.map((factor, i) => blockOf(inverse, n, starts[i] ?? 0, factor.options.length - 1));
  const contrasts = factors.map((factor, i) =>
    factor.options.map((_, place) => contrastOf(starts[i] ?? 0, factor.options.length, place, n)),
  );
  const spread = (contrast: Float64Array): number => quadratic(inverse.values, contrast, n);
  const spreads = contrasts.map((list) => list.map(spread));
  const pooled = groups.map((group) =>
    group.labels.map((label) => {
      const terms = group.factors.flatMap((factor) => {
        const i = factors.indexOf(factor);
        const place = placeOf(factor, label);
        return blocks[i] === undefined || place === undefined
          ? []
          : [contrasts[i]?.[place] ?? new Float64Array()];
      });
      if (terms.length === 0) return undefined;
      const mean = new Float64Array(n).map(
        (_, column) => terms.reduce((sum, term) => sum + (term[column] ?? 0), 0) / terms.length,
      );
      return { contrast: mean, spread: spread(mean) };
    }),
  );

  return {
    kind: 'together',
    fit(fitness) {
      const { sums, total, squares } = sumsOf(factors, starts, fitness, rows, n);
      const coefficients = multiply(inverse.values, sums, n);
      const explained = dot(coefficients, sums) - (total * total) / rows;
      const all = squares - (total * total) / rows;
      const variance = Math.max(0, all - explained) / degrees;
      const estimate = (contrast: Float64Array, spreadOf: number): Estimate =>
        estimateOf(dot(contrast, coefficients), Math.sqrt(spreadOf * variance), degrees);
      return {
        explained: all > 0 ? explained / all : 0,
        factors: factors.map((factor, i) => {
          const block = blocks[i];
          if (block === undefined) return undefined;
          const size = factor.options.length - 1;
          const own = coefficients.subarray(starts[i] ?? 0, (starts[i] ?? 0) + size);
          const gained = quadratic(block, own, size);
          return {
            share: all > 0 ? gained / all : 0,
            p: variance > 0 ? fisherTail(gained / size / variance, size, degrees) : Number(gained <= 0),
            options: factor.options.map((_, place) =>
              estimate(contrasts[i]?.[place] ?? new Float64Array(), spreads[i]?.[place] ?? 0),
            ),
          };
        }),
        groups: pooled.map((list) => list.map((c) => c && estimate(c.contrast, c.spread))),
      };
    },
  };
}

/** Each factor in an equation of its own, over the rows where it exists. */
function modelAlone(factors: readonly Factor[], groups: readonly FactorGroup[]): Model {
  return {
    kind: 'alone',
    fit(fitness) {
      const fits = factors.map((factor) => fitAlone(factor, fitness));
      return {
        explained: undefined,
        factors: fits,
        groups: groups.map((group) =>
          group.labels.map((label) => {
            const found = group.factors.flatMap((factor) => {
              const place = placeOf(factor, label);
              const estimate =
                place === undefined ? undefined : fits[factors.indexOf(factor)]?.options[place];
              return estimate === undefined ? [] : [estimate];
            });
            if (found.length === 0) return undefined;
            const effect = found.reduce((sum, e) => sum + e.effect, 0) / found.length;
            const error = Math.sqrt(found.reduce((sum, e) => sum + e.error ** 2, 0)) / found.length;
            return estimateOf(effect, error, fitness.length);
          }),
        ),
      };
    },
  };
}

/** Undefined where too few degrees of freedom are left to the error: such fits are often good by chance. */
function fitAlone({ options, levels, counts }: Factor, fitness: ArrayLike<number>): FactorFit | undefined {
  const sums = new Float64Array(options.length);
  let [rows, total, squares] = [0, 0, 0];
  for (let row = 0; row < levels.length; row++) {
    const level = levels[row] ?? -1;
    if (level < 0) continue;
    const value = fitness[row] ?? 0;
    sums[level] = (sums[level] ?? 0) + value;
    rows++;
    total += value;
    squares += value * value;
  }
  const means = counts.map((count, level) => (sums[level] ?? 0) / count);
  const all = squares - (total * total) / rows;
  const between =
    means.reduce((sum, mean, i) => sum + (counts[i] ?? 0) * mean * mean, 0) - (total * total) / rows;
  const degrees = rows - options.length;
  if (degrees < LEAST_ERROR_ALONE) return undefined;
  const variance = Math.max(0, all - between) / degrees;
  const levelsInAll = options.length;
  const middle = means.reduce((sum, mean) => sum + mean, 0) / levelsInAll;
  const p = variance > 0 ? fisherTail(between / (levelsInAll - 1) / variance, levelsInAll - 1, degrees) : 1;
  return {
    share: all > 0 ? between / all : 0,
    p,
    options: means.map((mean, place) => {
      const spread = counts.reduce(
        (sum, count, other) => sum + (Number(other === place) - 1 / levelsInAll) ** 2 / count,
        0,
      );
      return estimateOf(mean - middle, Math.sqrt(spread * variance), degrees);
    }),
  };
}

function estimateOf(effect: number, error: number, degrees: number): Estimate {
  if (!(error > 0)) return { effect, error, p: error === 0 && effect !== 0 ? 0 : 1 };
  return { effect, error, p: 2 * studentTail(Math.abs(effect / error), degrees) };
}

/** X'X of the columns of deviations. */
function productsOf(
  factors: readonly Factor[],
  starts: readonly number[],
  rows: number,
  n: number,
): Float64Array {
  const products = new Float64Array(n * n);
  const columns = new Int32Array(n);
  const values = new Float64Array(n);
  for (let row = 0; row < rows; row++) {
    let filled = 1;
    columns[0] = 0;
    values[0] = 1;
    factors.forEach(({ options, levels }, i) => {
      const level = levels[row] ?? -1;
      const last = options.length - 1;
      const start = starts[i] ?? 0;
      if (level < 0) return;
      for (let column = level === last ? 0 : level; column < (level === last ? last : level + 1); column++) {
        columns[filled] = start + column;
        values[filled++] = level === last ? -1 : 1;
      }
    });
    for (let a = 0; a < filled; a++) {
      for (let b = 0; b < filled; b++) {
        const place = (columns[a] ?? 0) * n + (columns[b] ?? 0);
        products[place] = (products[place] ?? 0) + (values[a] ?? 0) * (values[b] ?? 0);
      }
    }
  }
  return products;
}

/** X'y, the sum of the fitnesses and of their squares. */
function sumsOf(
  factors: readonly Factor[],
  starts: readonly number[],
  fitness: ArrayLike<number>,
  rows: number,
  n: number,
): { readonly sums: Float64Array; readonly total: number; readonly squares: number } {
  const sums = new Float64Array(n);
  let [total, squares] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const value = fitness[row] ?? 0;
    total += value;
    squares += value * value;
  }
  sums[0] = total;
  factors.forEach(({ options, levels }, i) => {
    const byLevel = new Float64Array(options.length);
    for (let row = 0; row < rows; row++) {
      const level = levels[row] ?? -1;
      if (level >= 0) byLevel[level] = (byLevel[level] ?? 0) + (fitness[row] ?? 0);
    }
    const last = options.length - 1;
    for (let column = 0; column < last; column++) {
      sums[(starts[i] ?? 0) + column] = (byLevel[column] ?? 0) - (byLevel[last] ?? 0);
    }
  });
  return { sums, total, squares };
}

/** The inverse of a factor's part of the covariance of coefficients; undefined where it cannot be told from others. */
function blockOf(
  { values, unique }: Inverse,
  n: number,
  start: number,
  size: number,
): Float64Array | undefined {
  const block = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    if (!unique[start + row]) return undefined;
    for (let column = 0; column < size; column++) {
      block[row * size + column] = values[(start + row) * n + start + column] ?? 0;
    }
  }
  return invertProducts(block, size).values;
}

/** An option's deviation as a combination of coefficients: the last one's is the negative sum of the others'. */
function contrastOf(start: number, options: number, place: number, n: number): Float64Array {
  const contrast = new Float64Array(n);
  if (place < options - 1) contrast[start + place] = 1;
  else contrast.fill(-1, start, start + options - 1);
  return contrast;
}

function multiply(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let sum = 0;
    for (let column = 0; column < n; column++) sum += (matrix[row * n + column] ?? 0) * (vector[column] ?? 0);
    product[row] = sum;
  }
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function quadratic(matrix: Float64Array, vector: Float64Array, n: number): number {
  return dot(vector, multiply(matrix, vector, n));
}
