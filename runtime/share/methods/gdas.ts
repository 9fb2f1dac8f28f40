/**
 * GDAS (Dong & Yang 2019): as SNAS, each batch draws from the concrete distribution, but lets through the most likely alternative
 * of the draw alone, as it is (straight through): one path is computed, and its gate's gradient is taken for that of the draw.
 * Weights move by training batches, alphas by validation batches, as in DARTS.
 */
import { meanOf } from '../../../util/statistics/summary.ts';
import {
  AlphaAdam,
  mapRows,
  matricesOf,
  meanEntropy,
  plain,
  softmaxBack,
  softmaxRows,
  type AdamState,
  type Matrices,
  type PlainMatrices,
} from '../alphas.ts';
import { initialAlphas } from '../initialAlphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import { deriveMember, rowsOf, type GateRow } from '../relaxation.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { gateGradients, type SupernetPart } from '../Supernet.ts';
import { concrete, temperatureAt } from './snas.ts';

export interface GdasSettings {
  readonly lr: number;
  readonly weightDecay: number;
  /** Of the first step and of the last; the paper goes from 10 to 1. */
  readonly temperature: readonly [number, number];
}

export function gdas(task: MethodTask, settings: GdasSettings): SharingMethod {
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

  const drawn = (purpose: string, epoch: number, step: number, temperature: number): Draw => {
    const shares = concrete(logits, temperature, task.random(purpose, epoch, step));
    return { shares, taken: strongest(shares) };
  };
  const partOf = ({ taken }: Draw, wanted: 'weights' | 'gates'): SupernetPart =>
    supernet.part((id, option) => isTaken(rows, taken, id, option), wanted);
  /** The gates of a part: its rows may be fewer, and those that it has let all through that is built. */
  const open = (part: SupernetPart): Matrices =>
    new Map(
      part.alphas.map(({ name, decisions, columns }) => [
        name,
        { shape: [decisions.length, columns], data: new Float64Array(decisions.length * columns).fill(1) },
      ]),
    );

  return {
    epoch: async (epoch) => {
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) {
        const progress = (epoch * steps + step) / Math.max(1, epochs * steps - 1);
        const temperature = temperatureAt(settings.temperature, progress);
        const forAlphas = drawn('alphas', epoch, step, temperature);
        const searched = partOf(forAlphas, 'gates');
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        const passed = await searched.differentiate(open(searched), task.validationBatch(epoch, step));
        searched.release();
        const gradients = inAllRows(logits, rows, searched, gateGradients(passed));
        logits = adam.step(logits, softmaxBack(forAlphas.shares, gradients, temperature));

        const part = partOf(drawn('weights', epoch, step, temperature), 'weights');
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        const { loss } = await part.train(open(part), task.trainBatch(epoch, step), task.rate(epoch, step));
        part.release();
        losses.push(loss);
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

interface Draw {
  readonly shares: Matrices;
  /** 1 at the largest of each row. */
  readonly taken: Matrices;
}

function strongest(shares: Matrices): Matrices {
  return mapRows(shares, (row, out) => {
    out[row.indexOf(row.reduce((a, b) => Math.max(a, b)))] = 1;
  });
}

/** Whether the gate of a decision lets an option through; what has no gate is not held back. */
export function isTaken(
  rows: ReadonlyMap<DecisionId, GateRow>,
  taken: Matrices,
  id: DecisionId,
  option: number,
): boolean {
  const place = rows.get(id);
  return place === undefined || (taken.get(place.name)?.data[place.row * place.columns + option] ?? 0) > 0;
}

/** Gradients of a part's gates in the rows of the whole supernet; 0 for what was not built. */
export function inAllRows(
  logits: Matrices,
  rows: ReadonlyMap<DecisionId, GateRow>,
  part: Pick<SupernetPart, 'alphas'>,
  gradients: Matrices,
): Matrices {
  const found = mapRows(logits, () => undefined);
  for (const { name, decisions, columns } of part.alphas) {
    const from = gradients.get(name)?.data;
    decisions.forEach((id, row) => {
      const place = rows.get(id);
      const to = place && found.get(place.name)?.data;
      if (!from || !place || !to) return;
      for (let i = 0; i < columns; i++) to[place.row * place.columns + i] = from[row * columns + i] ?? 0;
    });
  }
  return found;
}
