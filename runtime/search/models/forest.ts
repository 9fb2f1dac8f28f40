/**
 * A forest of regression trees over architectures (Breiman 2001), with the predictive distribution of SMAC (Hutter, Hoos &
 * Leyton-Brown 2011, section 4.1; Hutter et al. 2014, section 4.3.2): its mean is the mean of the trees', its variance by the law of
 * total variance. A split asks whether one decision has one answer; an absent decision is an answer of its own.
 */
import type { Random } from '../../../util/random.ts';
import type { Prediction } from './gaussianProcess.ts';
import type { Point, Surrogate } from './surrogate.ts';

/** Trees of the forest, as in SMAC. */
const trees = 10;
/** Share of the answers that each split may ask about, as in SMAC. */
const featureShare = 5 / 6;
/** Points below which a node is not split. */
const leastToSplit = 3;

/** A node asks `point[answer] === option`; a leaf has the distribution of its values. */
type Node =
  | { readonly answer: number; readonly option: number; readonly same: Node; readonly other: Node }
  | { readonly mean: number; readonly variance: number };

/** A forest that is grown anew at every fit. */
export class Forest implements Surrogate {
  readonly #random: Random;
  #roots: readonly Node[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  fit(points: readonly Point[], values: readonly number[]): void {
    const random = this.#random;
    this.#roots = Array.from({ length: trees }, () => {
      const drawn = points.map(() => random.below(points.length));
      return grow(points, values, drawn, random);
    });
  }

  predict(point: Point): Prediction {
    const leaves = this.#roots.map((root) => leafOf(root, point));
    const mean = average(leaves.map((leaf) => leaf.mean));
    const between = average(leaves.map((leaf) => (leaf.mean - mean) ** 2));
    const inside = average(leaves.map((leaf) => leaf.variance));
    return { mean, deviation: Math.sqrt(between + inside) };
  }
}

function leafOf(node: Node, point: Point): { readonly mean: number; readonly variance: number } {
  let at = node;
  while ('answer' in at) at = point[at.answer] === at.option ? at.same : at.other;
  return at;
}

function grow(
  points: readonly Point[],
  values: readonly number[],
  members: readonly number[],
  random: Random,
): Node {
  const own = members.map((i) => values[i] ?? 0);
  const mean = average(own);
  const leaf: Node = { mean, variance: average(own.map((value) => (value - mean) ** 2)) };
  if (members.length < leastToSplit || leaf.variance === 0) return leaf;
  const split = bestSplit(points, values, members, random);
  if (split === undefined) return leaf;
  const { answer, option } = split;
  const same = members.filter((i) => points[i]?.[answer] === option);
  const other = members.filter((i) => points[i]?.[answer] !== option);
  return {
    answer,
    option,
    same: grow(points, values, same, random),
    other: grow(points, values, other, random),
  };
}

/** The question that leaves the least sum of squares; undefined where all points are the same. */
function bestSplit(
  points: readonly Point[],
  values: readonly number[],
  members: readonly number[],
  random: Random,
): { readonly answer: number; readonly option: number } | undefined {
  const width = points[0]?.length ?? 0;
  const order = random.shuffled(Array.from({ length: width }, (_, i) => i));
  const asked = Math.max(Math.ceil(width * featureShare), 1);
  let best: { answer: number; option: number } | undefined;
  let most = -Infinity;
  for (const [place, answer] of order.entries()) {
    // Where the answers that were drawn tell nothing apart, the others are asked about, too.
    if (place >= asked && best !== undefined) break;
    const groups = new Map<number, { count: number; sum: number }>();
    let total = 0;
    for (const i of members) {
      const option = points[i]?.[answer] ?? -1;
      const group = groups.get(option) ?? { count: 0, sum: 0 };
      groups.set(option, { count: group.count + 1, sum: group.sum + (values[i] ?? 0) });
      total += values[i] ?? 0;
    }
    for (const [option, { count, sum }] of groups) {
      if (count === members.length) continue;
      // The sum of squares of the two parts falls by as much as this grows.
      const between = sum ** 2 / count + (total - sum) ** 2 / (members.length - count);
      if (between > most) [best, most] = [{ answer, option }, between];
    }
  }
  return best;
}

function average(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
