/** How the learning rate changes from step to step. */
import type { ScheduleSpec } from '../../compiler/search/search.ts';

/** The factor on the base learning rate at step `t` of `total`, both counted in steps from 0. */
type Schedule = (t: number, total: number) => number;

const schedules: { readonly [K in ScheduleSpec['name']]: Schedule } = {
  constant: () => 1,
  // Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (ICLR 2017), equation 5, with
  // eta_min = 0 and one period; stepped at every batch, as there.
  cosine: (t, total) => (1 + Math.cos((Math.PI * t) / total)) / 2,
};

/**
 * The learning rates of `count` steps from step `first` on, of a training of `total` steps from base rate `lr`; rounded
 * to f32 once, at the end. Asked for epoch by epoch, as a training may have more steps than a list has room for.
 */
export function learningRates(
  schedule: ScheduleSpec,
  lr: number,
  total: number,
  first: number = 0,
  count: number = total,
): Float32Array {
  const factor = schedules[schedule.name];
  return Float32Array.from({ length: count }, (_, i) => lr * factor(first + i, total));
}
