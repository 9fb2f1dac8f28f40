/** Compares the gradients of a graph with what its float64 reference does when a parameter is moved. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { runReference, type Feeds, type ReferenceResult } from '../../../runtime/execute/reference.ts';
import { hashString, normalAt } from '../../../util/random.ts';

/** How far a parameter is moved: the quotient's error is then about h^4, by extrapolation, and 1e-14 / h. */
const STEP = 2e-5;

/** How far the slope along a random direction may be off, relative to the norm of the gradient. */
export const CENTRAL_TOLERANCE = 1e-5;

export interface Slopes {
  readonly name: string;
  readonly computed: number;
  readonly measured: number;
  /** What they may differ by. */
  readonly allowed: number;
}

/**
 * For each parameter, the slope of the output `loss` of `forward` along a random direction of length 1, by its
 * computed gradient and by central differences (of two steps, extrapolated: Richardson 1911).
 *
 * @param floor The norm of a gradient counts as at least this: some are zero but for roundings.
 */
export function slopes(
  forward: Graph,
  feeds: Required<Feeds>,
  gradients: ReferenceResult['gradients'],
  floor: number,
): Slopes[] {
  const { loss } = forward.outputs;
  const graph: Graph = {
    nodes: forward.nodes.slice(0, loss + 1),
    outputs: { loss },
    gradients: [],
    updates: [],
  };
  return Object.entries(gradients).map(([name, { data: gradient }]) => {
    const { shape, data: point } = feeds.parameters[name];
    const direction = Float64Array.from(point, (_, i) => normalAt(1, hashString(name), i));
    const length = Math.hypot(...direction);
    const lossAt = (step: number): number => {
      const data = Float64Array.from(point, (value, i) => value + (step * direction[i]) / length);
      const parameters = { ...feeds.parameters, [name]: { shape, data } };
      return runReference(graph, { ...feeds, parameters }, { precision: 'f64' }).outputs['loss'].data[0];
    };
    const quotient = (h: number): number => (lossAt(h) - lossAt(-h)) / (2 * h);
    const measured = (4 * quotient(STEP / 2) - quotient(STEP)) / 3;
    const computed = direction.reduce((sum, d, i) => sum + (d * gradient[i]) / length, 0);
    const norm = Math.max(floor, Math.hypot(...gradient));
    return { name, computed, measured, allowed: CENTRAL_TOLERANCE * norm };
  });
}

/** The slopes that differ by more than they may. */
export function wrongSlopes(...of: Parameters<typeof slopes>): Slopes[] {
  return slopes(...of).filter(
    ({ computed, measured, allowed }) => !(Math.abs(computed - measured) <= allowed),
  );
}
