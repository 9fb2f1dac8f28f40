/** How the learning rate changes from step to step. */
import type { ScheduleSpec } from '../../compiler/search/search.ts';

/** Where a training stands, in steps, warm-up not counted. */
interface Moment {
  /** Steps done. */
  readonly t: number;
  /** Steps of the whole training. */
  readonly total: number;
  readonly perEpoch: number;
}

/** The rate at a moment after the warm-up, for base rate `lr`. */
function rateAt(schedule: ScheduleSpec, lr: number, { t, total, perEpoch }: Moment): number {
  switch (schedule.name) {
    case 'constant':
      return lr;
    case 'cosine': {
      // Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (ICLR 2017), equation 5, with
      // one period; stepped at every batch, as there.
      const { min = 0 } = schedule;
      return min + ((lr - min) * (1 + Math.cos((Math.PI * t) / total))) / 2;
    }
    case 'step':
      // Halfway steps do not exist: the rate is that of the epoch.
      return lr * schedule.gamma ** Math.floor(Math.floor(t / perEpoch) / schedule.every);
    default:
      return schedule satisfies never;
  }
}

/**
 * The learning rates of `count` steps from step `first` on, of a training of `total` steps from base rate `lr`; rounded
 * to f32 once, at the end. Asked for epoch by epoch, as a training may have more steps than a list has room for.
 *
 * Warm-up is linear (Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2): step t of W, counted from 1, has
 * the rate lr * t / W. The schedule begins after it, and a cosine ends with the training all the same.
 */
export function learningRates(
  schedule: ScheduleSpec,
  lr: number,
  total: number,
  first: number = 0,
  count: number = total,
  perEpoch: number = 1,
): Float32Array {
  const warm = (schedule.warmup ?? 0) * perEpoch;
  return Float32Array.from({ length: count }, (_, i) => {
    const t = first + i;
    if (t < warm) return (lr * (t + 1)) / warm;
    return rateAt(schedule, lr, { t: t - warm, total: total - warm, perEpoch });
  });
}
