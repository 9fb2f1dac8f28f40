/**
 * Moves parameters on the CPU by the table of optimisers: each step in float64, what is kept between steps in f32 as
 * on a device. Tests hold the kernels against it.
 */
import { AVERAGE, shareOf } from '../../compiler/optimizers/average.ts';
import { optimizerOf } from '../../compiler/optimizers/table.ts';
import { present } from '../../util/invariant.ts';
import type { NamedTensors } from '../execute/reference.ts';
import { stateName, type OptimizerState } from '../execute/optimizerState.ts';
import type { UpdateSpec } from './executor.ts';

/** What weights and what is kept of them are held in. */
type Floats = Float32Array | Float64Array;

export class ReferenceOptimizer {
  readonly #update: UpdateSpec;
  readonly #states = new Map<string, Floats>();
  #step = 0;

  constructor(update: UpdateSpec) {
    this.#update = update;
  }

  /**
   * Moves all parameters that have a gradient, once. Of a parameter that is larger than its gradient, `slices` says which element
   * each element of the gradient moves.
   */
  step(
    parameters: Readonly<Record<string, { readonly data: Floats }>>,
    gradients: NamedTensors,
    rate: number,
    slices: ReadonlyMap<string, Int32Array> = new Map(),
  ): void {
    const { optimizer: spec, clip, ema } = this.#update;
    const { states, ...record } = optimizerOf(spec.name);
    this.#step += 1;
    const move = record.move(spec, rate, record.factors(spec, this.#step));
    const factor = clip === undefined ? 1 : clipFactor(Object.values(gradients), clip);
    const now = new Float64Array(states.length);
    for (const [name, { data: gradient }] of Object.entries(gradients)) {
      const weights = present(parameters[name], `parameter ${name}`).data;
      const kept = states.map((state) => this.#state(stateName(state, name), weights));
      const slice = slices.get(name);
      for (let element = 0; element < gradient.length; element += 1) {
        const i = slice ? (slice[element] ?? NaN) : element;
        kept.forEach((values, k) => (now[k] = values[i] ?? NaN));
        weights[i] = move(weights[i] ?? NaN, factor * (gradient[element] ?? NaN), now);
        kept.forEach((values, k) => (values[i] = now[k] ?? NaN));
      }
      if (ema !== undefined) this.#average(name, weights, shareOf(ema, this.#step));
    }
  }

  /** What is kept, itself and no copy. */
  kept(): Readonly<Record<string, { readonly data: Floats }>> {
    return Object.fromEntries([...this.#states].map(([name, data]) => [name, { data }]));
  }

  /** A copy of what is kept. */
  read(): OptimizerState {
    const tensors = new Map([...this.#states].map(([name, values]) => [name, Float32Array.from(values)]));
    return { step: this.#step, tensors };
  }

  write({ step, tensors }: OptimizerState): void {
    this.#step = step;
    this.#states.clear();
    for (const [name, values] of tensors) this.#states.set(name, values.slice());
  }

  #average(name: string, weights: Floats, share: number): void {
    const average = this.#state(stateName(AVERAGE, name), weights);
    weights.forEach((w, i) => {
      const old = average[i] ?? NaN;
      average[i] = old + share * (w - old);
    });
  }

  /** A state, of as many numbers and as exact as `like`. */
  #state(name: string, like: Floats): Floats {
    const { length } = like;
    const values =
      this.#states.get(name) ??
      (like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
    this.#states.set(name, values);
    return values;
  }
}

/**
 * The factor on all gradients that brings their common norm down to `most`: min(1, most / (norm + 1e-6)), as PyTorch's
 * `clip_grad_norm_`; NaN where the norm is infinite or NaN.
 */
export function clipFactor(gradients: readonly { readonly data: ArrayLike<number> }[], most: number): number {
  let sum = 0;
  for (const { data } of gradients) {
    for (let i = 0; i < data.length; i += 1) sum += (data[i] ?? NaN) ** 2;
  }
  return Number.isFinite(sum) ? Math.min(1, most / (Math.sqrt(sum) + 1e-6)) : NaN;
}
