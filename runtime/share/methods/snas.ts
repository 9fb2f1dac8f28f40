/**
 * SNAS (Xie et al. 2019): the gates of a batch are one draw of the concrete distribution, softmax((alpha + G) / temperature) with
 * standard Gumbel numbers G, the same in all cells of a kind. Weights and alphas move together by the loss of training batches, plus
 * the expected cost of the network times a factor; the temperature falls until draws are nearly one-hot.
 */
import { meanOf } from '../../../util/statistics/summary.ts';
import {
  AlphaAdam,
  mapRows,
  matricesOf,
  meanEntropy,
  plain,
  plus,
  softmax,
  softmaxBack,
  softmaxRows,
  type AdamState,
  type Matrices,
  type PlainMatrices,
} from '../alphas.ts';
import { gumbel, initialAlphas } from '../initialAlphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import { deriveMember, rowsOf } from '../relaxation.ts';
import { gateGradients } from '../Supernet.ts';
import type { Random } from '../../../util/random.ts';

export interface SnasSettings {
  readonly lr: number;
  readonly weightDecay: number;
  /** Of the first step and of the last. */
  readonly temperature: readonly [number, number];
  /** eta: how much the expected cost counts beside the loss; 0 for none. */
  readonly cost: number;
  /** The cost of each option by the gate's place, as a share of the largest. */
  readonly costs: Matrices | undefined;
}

export function snas(task: MethodTask, settings: SnasSettings): SharingMethod {
  const { supernet, members, steps, epochs } = task;
  const { alphas } = supernet;
  const rows = rowsOf(supernet.space, alphas);
  const adam = new AlphaAdam({
    lr: settings.lr,
    beta1: 0.5,
    beta2: 0.999,
    weightDecay: settings.weightDecay,
  });
  let logits = initialAlphas(alphas, task.random('alphas', 0, 0));
  return {
    epoch: async (epoch) => {
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) {
        const progress = (epoch * steps + step) / Math.max(1, epochs * steps - 1);
        const temperature = temperatureAt(settings.temperature, progress);
        const gates = concrete(logits, temperature, task.random('gumbel', epoch, step));
        const batch = task.trainBatch(epoch, step);
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        const passed = await supernet.differentiateGated('gates', gates, batch);
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        await supernet.trainGated(gates, batch, task.rate(epoch, step));
        let gradient = softmaxBack(gates, gateGradients(passed), temperature);
        if (settings.cost > 0 && settings.costs) {
          const shares = softmaxRows(logits);
          gradient = plus(gradient, settings.cost, softmaxBack(shares, settings.costs));
        }
        logits = adam.step(logits, gradient);
        losses.push(passed.loss);
      }
      const shares = softmaxRows(logits);
      return {
        loss: meanOf(losses),
        entropy: meanEntropy(shares),
        leading: deriveMember(supernet.space, members, rows, shares),
      };
    },
    candidates: () => Promise.resolve([deriveMember(supernet.space, members, rows, softmaxRows(logits))]),
    save: () => ({ logits: plain(logits), adam: adam.save() }),
    load: ({ logits: stored, adam: kept }) => {
      logits = matricesOf(stored as PlainMatrices); // `save` wrote it
      adam.load(kept as AdamState);
    },
  };
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
