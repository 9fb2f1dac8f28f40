/**
 * SNAS (Xie et al. 2019): the gates of a batch are one draw of the concrete distribution, softmax((alpha + G) / temperature) with
 * standard Gumbel numbers G, the same in all cells of a kind. Weights and alphas move together by the loss of training batches; the
 * temperature falls until draws are nearly one-hot. (The expected cost of the network, which the paper adds to the loss, is not there.)
 */
import { mapRows, softmax, softmaxBack, type Matrices } from '../alphas.ts';
import { LearnedAlphas, type AlphaSettings } from '../LearnedAlphas.ts';
import { gumbel } from '../initialAlphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import { gateGradients } from '../Supernet.ts';
import type { Random } from '../../../util/random.ts';

/** Of methods whose gates are draws of the concrete distribution. */
export interface ConcreteSettings extends AlphaSettings {
  /** Of the first step and of the last. */
  readonly temperature: readonly [number, number];
}

export function snas(task: MethodTask, settings: ConcreteSettings): SharingMethod {
  const { supernet, steps } = task;
  const learned = LearnedAlphas.asInDarts(task, settings);
  return learned.asMethod(async (epoch) => {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const temperature = temperatureAt(settings.temperature, progressAt(task, epoch, step));
      const gates = concrete(learned.logits, temperature, task.random('gumbel', epoch, step));
      const batch = task.trainBatch(epoch, step);
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      const passed = await supernet.differentiateGated('gates', gates, batch);
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      await supernet.trainGated(gates, batch, task.rate(epoch, step));
      learned.move(softmaxBack(gates, gateGradients(passed), temperature));
      losses.push(passed.loss);
    }
    return losses;
  });
}

/** How far the training is at a step: 0 at the first, 1 at the last. */
export function progressAt({ epochs, steps }: MethodTask, epoch: number, step: number): number {
  return (epoch * steps + step) / Math.max(1, epochs * steps - 1);
}

/** The temperature at `progress` from 0 to 1 of the training: on a line from the first to the last. */
export function temperatureAt([first, last]: readonly [number, number], progress: number): number {
  return first + (last - first) * progress;
}

/** A draw of the concrete distribution in each row. */
export function concrete(logits: Matrices, temperature: number, random: Random): Matrices {
  return mapRows(logits, (row, out) => {
    softmax(
      row.map((x) => (x + gumbel(random)) / temperature),
      out,
    );
  });
}
