/** The random graphs on which gradients are judged: the same ones wherever they are. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import { long } from '../../long.ts';
import { draw, type Drawn } from './draws.ts';
import { graphOf, recipes, type RandomGraph, type RandomGraphOptions } from './graph.ts';
import type { Size } from './sketch.ts';

/** How many are tried. */
export const GRAPHS: number = long ? 2000 : 100;

/**
 * How many graphs may find no values to be judged at: steps of whole numbers mostly, which have no distance to go; of
 * large tensors, some element is near a kink more often.
 */
const mostRefused = (count: number, size: Size): number =>
  Math.max(5, (size === 'large' ? 0.2 : 0.03) * count);

/** A random graph with values for it. */
export interface Case extends RandomGraph {
  readonly drawn: Drawn;
}

export interface Counts {
  readonly judged: number;
  /** Graphs for which all draws of values stood at a kink, or were large, or sensitive to roundings. */
  readonly refused: number;
  readonly draws: number;
}

/**
 * Judges `count` random graphs, beside those for which no values are found, of which there may be few. Where one is
 * wrong, fails with the smallest such graph that shrinking finds, printed, and its recipe.
 *
 * @param judge Throws where a graph is wrong.
 */
export async function judgeGraphs(
  judge: (one: Case) => void | Promise<void>,
  { count = GRAPHS, ...options }: RandomGraphOptions & { readonly count?: number } = {},
): Promise<Counts> {
  let [judged, refused, draws] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(recipes(options), async (recipe) => {
      const made = graphOf(recipe);
      const drawn = draw(made);
      if (drawn === undefined) refused += 1;
      fc.pre(drawn !== undefined);
      if (drawn === undefined) return;
      draws += drawn.draws;
      try {
        await judge({ ...made, drawn });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`${why}\nin the graph of the recipe below:\n${printGraph(drawn.graph)}`, {
          cause: error,
        });
      }
      judged += 1;
    }),
    { numRuns: count, seed: 2023, maxSkipsPerRun: 1 },
  );
  expect(judged).toBe(count);
  expect(refused, `graphs of ${count} for which no values were found`).toBeLessThanOrEqual(
    mostRefused(count, options.size ?? 'small'),
  );
  return { judged, refused, draws };
}
