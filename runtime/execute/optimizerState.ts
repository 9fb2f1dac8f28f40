/** What an optimiser has kept by now, and where a plan keeps it. */
import type { Plan, TensorSlot } from '../../compiler/wgsl/plan.ts';
import { present } from '../../util/invariant.ts';

/** Together with parameters and states it continues a training bit for bit. */
export interface OptimizerState {
  /** Steps done. */
  readonly step: number;
  /** Values in logical layout, by {@link stateName}. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** The name of what an optimiser keeps for a parameter, `velocity of conv1.kernel`. */
export function stateName(state: string, parameter: string): string {
  return `${state} of ${parameter}`;
}

/** Where a plan keeps its optimiser's states, of those parameters that are trained. */
export function stateSlots({ optimizer, gradients, parameters }: Plan): readonly TensorSlot[] {
  const places = new Map(parameters.map((slot) => [slot.name, slot]));
  return (optimizer?.states ?? []).flatMap(({ name: state, range: { buffer } }) =>
    gradients.map(({ name }) => {
      const slot = present(places.get(name), `the parameter ${name}`);
      return { ...slot, name: stateName(state, name), range: { ...slot.range, buffer } };
    }),
  );
}
