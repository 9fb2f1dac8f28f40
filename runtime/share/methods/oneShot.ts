/**
 * One-Shot (Bender et al. 2018): all alternatives are summed, and paths drop out at random. With k paths that come together the
 * probability of each to drop grows linearly over the training from 0 to r^(1/k), so that all k drop with probability r,
 * whatever k is. Kept paths are not scaled up. What has dropped is not computed, and its weights neither decay nor move.
 *
 * A batch has one mask: it is what the paper calls a ghost batch, of which it puts several into one step.
 */
import type { DecisionId, Space } from '../../../compiler/space/space.ts';
import { meanOf } from '../../../util/statistics/summary.ts';
import type { Random } from '../../../util/random.ts';
import { mapRows, zeroLogits } from '../alphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';

export interface OneShotSettings {
  /** r: the probability that all paths that come together drop at the end of the training, above 0 and below 1. */
  readonly rate: number;
}

export function oneShot(task: MethodTask, { rate }: OneShotSettings): SharingMethod {
  const { supernet, steps, epochs } = task;
  return {
    epoch: async (epoch) => {
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) {
        const progress = (epoch * steps + step) / Math.max(1, epochs * steps - 1);
        const mask = dropPaths(supernet.space, rate, progress, task.random('mask', epoch, step));
        const part = supernet.part((id, option) => !mask.has(keyOf(id, option)), 'weights');
        const ones = mapRows(zeroLogits(part.alphas), (_, out) => void out.fill(1));
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        const { loss } = await part.train(ones, task.trainBatch(epoch, step), task.rate(epoch, step));
        part.release();
        losses.push(loss);
      }
      return { loss: meanOf(losses) };
    },
    candidates: () => Promise.resolve([]),
    save: () => ({}),
    load: () => undefined,
  };
}

const keyOf = (decision: DecisionId, option: number): string => `${decision}.${option}`;

/** The probability to drop of each of `k` paths, at `progress` from 0 to 1 of the training. */
export function dropProbability(rate: number, k: number, progress: number): number {
  return progress * rate ** (1 / k);
}

/**
 * The answers that drop, as `decision.option`: alternatives of choices, and members of subsets (option 0 is in). Each set of
 * paths that come together is drawn by itself.
 */
export function dropPaths(space: Space, rate: number, progress: number, random: Random): ReadonlySet<string> {
  const dropped = new Set<string>();
  const draw = (paths: readonly string[]): void => {
    const probability = dropProbability(rate, paths.length, progress);
    for (const path of paths) if (random.next() < probability) dropped.add(path);
  };
  for (const { members } of space.subsets) draw(members.map((id) => keyOf(id, 0)));
  for (const { id, kind, options } of space.decisions) {
    if (kind === 'alternative') draw(options.map((_, option) => keyOf(id, option)));
  }
  return dropped;
}
