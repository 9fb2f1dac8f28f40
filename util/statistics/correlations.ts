/**
 * Rank correlations of two columns: Spearman's rho (1904) and Kendall's tau-b (1945). Rows may count several times, as
 * they do in a bootstrap sample; their order is worked out once for all samples.
 */
import { invariant } from '../invariant.ts';
import { ascending } from './ranks.ts';

export interface Correlations {
  /** NaN where a column has one value only. */
  readonly spearman: number;
  readonly kendall: number;
}

/** The rows of two columns in order, as {@link correlate} reads them. */
export interface OrderedColumns {
  readonly rows: number;
  readonly x: Order;
  readonly y: Order;
}

/** One column: its rows in ascending order, and for each row the number of its value among the different ones, from 0. */
interface Order {
  readonly order: Uint32Array;
  readonly level: Uint32Array;
  readonly levels: number;
}

/** Orders two columns of finite numbers, one row each. */
export function orderColumns(x: readonly number[], y: readonly number[]): OrderedColumns {
  invariant(x.length === y.length, 'statistics: columns of different lengths');
  return { rows: x.length, x: orderOf(x), y: orderOf(y) };
}

function orderOf(values: readonly number[]): Order {
  const order = ascending(values);
  const level = new Uint32Array(values.length);
  let levels = 0;
  order.forEach((row, place) => {
    if (place > 0 && values[row] !== values[order[place - 1] ?? 0]) levels++;
    level[row] = levels;
  });
  return { order, level, levels: values.length === 0 ? 0 : levels + 1 };
}

/** Both correlations, in time n log n. `times` says how often each row counts: once where it is absent. */
export function correlate(
  columns: OrderedColumns,
  times: ArrayLike<number> = new Uint8Array(columns.rows).fill(1),
): Correlations {
  return { spearman: spearman(columns, times), kendall: kendall(columns, times) };
}

/** The product-moment correlation of the midranks. */
function spearman({ rows, x, y }: OrderedColumns, times: ArrayLike<number>): number {
  const [rx, ry] = [levelRanks(x, times), levelRanks(y, times)];
  let [total, xx, yy, xy] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) total += times[row] ?? 0;
  const middle = (total + 1) / 2;
  for (let row = 0; row < rows; row++) {
    const weight = times[row] ?? 0;
    const dx = (rx[x.level[row] ?? 0] ?? 0) - middle;
    const dy = (ry[y.level[row] ?? 0] ?? 0) - middle;
    xx += weight * dx * dx;
    yy += weight * dy * dy;
    xy += weight * dx * dy;
  }
  return xx > 0 && yy > 0 ? bounded(xy / Math.sqrt(xx * yy)) : NaN;
}

/** The midrank of each value. */
function levelRanks({ level, levels }: Order, times: ArrayLike<number>): Float64Array {
  const ranks = countsOf(level, levels, times);
  let before = 0;
  for (let at = 0; at < levels; at++) {
    const count = ranks[at] ?? 0;
    ranks[at] = before + (count + 1) / 2;
    before += count;
  }
  return ranks;
}

function countsOf(level: Uint32Array, levels: number, times: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(levels);
  for (let row = 0; row < level.length; row++) {
    const at = level[row] ?? 0;
    counts[at] = (counts[at] ?? 0) + (times[row] ?? 0);
  }
  return counts;
}

/**
 * Concordant less discordant pairs, over the geometric mean of the pairs untied in x and those untied in y. Rows come in
 * order of x; a tree of sums (Fenwick 1994) over the values of y counts those before each.
 */
function kendall({ x, y }: OrderedColumns, times: ArrayLike<number>): number {
  const tree = new Float64Array(y.levels + 1);
  const at = new Float64Array(y.levels);
  let [seen, score] = [0, 0];
  const { order } = x;
  for (let first = 0; first < order.length;) {
    let end = first;
    const value = x.level[order[first] ?? 0];
    // Rows tied in x are compared with those before them only, so they enter the tree together.
    for (; end < order.length && x.level[order[end] ?? 0] === value; end++) {
      const row = order[end] ?? 0;
      const weight = times[row] ?? 0;
      if (weight === 0) continue;
      const level = y.level[row] ?? 0;
      const below = sumBelow(tree, level);
      score += weight * (2 * below + (at[level] ?? 0) - seen);
    }
    for (let place = first; place < end; place++) {
      const row = order[place] ?? 0;
      const weight = times[row] ?? 0;
      if (weight === 0) continue;
      const level = y.level[row] ?? 0;
      seen += weight;
      at[level] = (at[level] ?? 0) + weight;
      for (let node = level + 1; node <= y.levels; node += node & -node) {
        tree[node] = (tree[node] ?? 0) + weight;
      }
    }
    first = end;
  }
  const pairs = (seen * (seen - 1)) / 2;
  const untied = Math.sqrt(pairs - tiedPairs(x, times)) * Math.sqrt(pairs - tiedPairs(y, times));
  return untied > 0 ? bounded(score / untied) : NaN;
}

/** The sum over the values below one. */
function sumBelow(tree: Float64Array, level: number): number {
  let sum = 0;
  for (let node = level; node > 0; node -= node & -node) sum += tree[node] ?? 0;
  return sum;
}

function tiedPairs({ level, levels }: Order, times: ArrayLike<number>): number {
  return countsOf(level, levels, times).reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}

/** Rounding may lead past 1. */
const bounded = (value: number): number => Math.max(-1, Math.min(1, value));
