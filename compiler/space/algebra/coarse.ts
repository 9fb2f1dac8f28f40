/**
 * Bounds for the number of ways under formulas whose sums take too many values: sums are rounded down to a grid, and the
 * formulas are read once so that no way is missed, once so that every way is certain. What is between can only be told way
 * by way. The finer the grid, the closer the two; the wider automaton is what rejection draws from.
 */
import type { Automaton } from './automaton.ts';
import { constrain } from './constrained.ts';
import type { AddingLayer, Built } from './residuals.ts';
import type { Formula } from './requirements.ts';

/** Two numbers that the number of ways lies between. */
export interface Bracket {
  /** Holds all ways, and a few more. */
  readonly ways: Automaton;
  /** Ways that are certain. */
  readonly least: bigint;
}

/** Steps of the grid over the range of a sum, from the finest that is tried. */
const steps = [4096, 512, 64] as const;

/** The finest bracket of at most `limit` states; undefined where there is none. */
export function bracket(
  built: Built,
  formulas: readonly Formula[],
  decisions: number,
  limit: number,
  grids: readonly number[] = steps,
): Bracket | undefined {
  for (const count of grids) {
    const { rounded, errors } = round(built, count);
    const read = (possible: boolean): readonly Formula[] =>
      formulas.map((formula) => approximate(formula, errors, possible));
    const ways = constrain(rounded, read(true), decisions, limit);
    if (!ways) continue;
    const certain = constrain(rounded, read(false), decisions, limit);
    if (certain) return { ways, least: certain.total };
  }
  return undefined;
}

/** How a sum was rounded: it is from `size * rounded` to `size * rounded + error`. */
interface Grid {
  readonly size: number;
  readonly error: number;
}

function round(built: Built, count: number): { readonly rounded: Built; readonly errors: readonly Grid[] } {
  const sums = built.start.length;
  const sizes = built.start.map((_, sum) => {
    const range = built.layers.reduce((total, layer) => total + rangeOf(layer, sum, sums), 0);
    return Math.max(1, Math.ceil(range / count));
  });
  const rests = built.start.map((start, sum) => {
    const size = sizes[sum] ?? 1;
    return built.layers.reduce(
      (total, layer) => total + largestRest(layer, sum, sums, size),
      start - size * Math.floor(start / size),
    );
  });
  const rounded: Built = {
    empty: built.empty,
    start: built.start.map((start, sum) => Math.floor(start / (sizes[sum] ?? 1))),
    layers: built.layers.map((layer) => ({
      ...layer,
      added: layer.added.map((value, i) => Math.floor(value / (sizes[i % sums] ?? 1))),
    })),
  };
  return { rounded, errors: sizes.map((size, sum) => ({ size, error: rests[sum] ?? 0 })) };
}

function rangeOf({ added }: AddingLayer, sum: number, sums: number): number {
  let [least, most] = [0, 0];
  for (let i = sum; i < added.length; i += sums) {
    least = Math.min(least, added[i] ?? 0);
    most = Math.max(most, added[i] ?? 0);
  }
  return most - least;
}

function largestRest({ added }: AddingLayer, sum: number, sums: number, size: number): number {
  let most = 0;
  for (let i = sum; i < added.length; i += sums) {
    const value = added[i] ?? 0;
    most = Math.max(most, value - size * Math.floor(value / size));
  }
  return most;
}

/** The formula on rounded sums: true wherever it may be true (`possible`), or only where it is certain. */
function approximate(formula: Formula, grids: readonly Grid[], possible: boolean): Formula {
  switch (formula.kind) {
    case 'atMost': {
      const { size, error } = grids[formula.sum] ?? { size: 1, error: 0 };
      return { ...formula, bound: Math.floor((possible ? formula.bound : formula.bound - error) / size) };
    }
    case 'other':
      return { kind: 'atMost', sum: 0, bound: possible ? Infinity : -Infinity };
    case 'not':
      return { kind: 'not', operand: approximate(formula.operand, grids, !possible) };
    case 'and':
    case 'or':
      return {
        kind: formula.kind,
        left: approximate(formula.left, grids, possible),
        right: approximate(formula.right, grids, possible),
      };
    default:
      return formula satisfies never;
  }
}
