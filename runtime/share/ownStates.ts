/** What a network over shared weights keeps for itself, which is built anew for each step: it follows from the step. */
import type { Initializer, Shape } from '../../compiler/graph/graph.ts';
import { initialValues } from '../../compiler/graph/initialize.ts';
import type { Tensor } from '../train/executor.ts';

/** The value of a state before step `step` (from 0): the counters of dropout stand there, all else is as it begins. */
export function stateAt(
  { name, shape, init }: { readonly name: string; readonly shape: Shape; readonly init: Initializer },
  seed: number,
  step: number,
): Tensor {
  const counts = init.kind === 'constant' && shape.length === 1;
  return { shape, data: counts ? Float32Array.of(step) : initialValues(name, shape, init, seed) };
}
