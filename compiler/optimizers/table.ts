/** All optimisers: the language, the kernels, the reference trainer and the documentation read this table. */
import { adam, adamw } from './adam.ts';
import {
  parameterKinds,
  type Optimizer,
  type OptimizerName,
  type OptimizerParameter,
  type OptimizerSpec,
} from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export const optimizers: {
  readonly [K in OptimizerName]: Optimizer<Extract<OptimizerSpec, { readonly name: K }>>;
} = { sgd, adam, adamw, rmsprop };

/** The record of an optimiser. */
export function optimizerOf(name: OptimizerName): Optimizer {
  return optimizers[name];
}

/** The names of all optimisers. */
export const optimizerNames: readonly OptimizerName[] = ['sgd', 'adam', 'adamw', 'rmsprop'];

/** The parameters of an optimiser by their keys in its spec. */
export function parametersOf(
  name: OptimizerName,
): readonly (readonly [string, OptimizerParameter<number | boolean>])[] {
  return Object.entries<OptimizerParameter<number | boolean>>(optimizers[name].parameters);
}

/** Whether `value` is an optimiser with all its parameters, each of them right. */
export function isOptimizerSpec(value: unknown): value is OptimizerSpec {
  if (typeof value !== 'object' || value === null || !('name' in value)) return false;
  const name = optimizerNames.find((one) => one === value.name);
  if (name === undefined) return false;
  const values = new Map<string, unknown>(Object.entries(value));
  return parametersOf(name).every(([key, { kind }]) => {
    const found = values.get(key);
    return (typeof found === 'number' || typeof found === 'boolean') && parameterKinds[kind].accepts(found);
  });
}
