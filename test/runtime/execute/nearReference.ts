/** Whether what the device computed of a random graph is near what float64 makes of it. */
import { difference, type Drawn } from '../../arbitraries/differentiable/draws.ts';
import type { Results } from './runTraining.ts';

/** How far a gradient may be off, relative to the largest of its tensor. */
const GRADIENTS = 1e-3;
/** Outputs and states have passed through fewer roundings. Relative to 1 where they are smaller. */
const VALUES = 1e-4;

/** The tensors that are further off than they may be, and by how much. */
export function wrongTensors({ expected, floor }: Drawn, found: Results): string[] {
  const parts = [
    ['gradients', floor, GRADIENTS],
    ['outputs', 1, VALUES],
    ['states', 1, VALUES],
  ] as const;
  return parts.flatMap(([part, least, tolerance]) =>
    Object.entries(expected[part]).flatMap(([name, { data }]) => {
      const error = difference(found[part].get(name) ?? [], data, least);
      return error < tolerance ? [] : [`${part} ${name}: off by ${error}`];
    }),
  );
}
