/**
 * GDAS (Dong & Yang 2019): as SNAS, each batch draws from the concrete distribution, but lets through the most likely alternative
 * of the draw alone, as it is (straight through): one path is computed, and its gate's gradient is taken for that of the draw.
 * Weights move by training batches, alphas by validation batches, as in DARTS.
 */
import { mapRows, softmaxBack, zeroLogits, type Matrices } from '../alphas.ts';
import { LearnedAlphas } from '../LearnedAlphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import type { GateRow } from '../relaxation.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { gateGradients, type SupernetPart } from '../Supernet.ts';
import { concrete, progressAt, temperatureAt, type ConcreteSettings } from './snas.ts';

export function gdas(task: MethodTask, settings: ConcreteSettings): SharingMethod {
  const { supernet, steps } = task;
  const learned = LearnedAlphas.asInDarts(task, settings);
  const { rows } = learned;
  const drawn = (purpose: string, epoch: number, step: number, temperature: number): Draw => {
    const shares = concrete(learned.logits, temperature, task.random(purpose, epoch, step));
    return { shares, taken: strongest(shares) };
  };
  const partOf = ({ taken }: Draw, wanted: 'weights' | 'gates'): SupernetPart =>
    supernet.part((id, option) => isTaken(rows, taken, id, option), wanted);

  return learned.asMethod(async (epoch) => {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const temperature = temperatureAt(settings.temperature, progressAt(task, epoch, step));
      const forAlphas = drawn('alphas', epoch, step, temperature);
      const searched = partOf(forAlphas, 'gates');
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      const passed = await searched.differentiate(open(searched), task.validationBatch(epoch, step));
      searched.release();
      const gradients = inAllRows(learned.logits, rows, searched, gateGradients(passed));
      learned.move(softmaxBack(forAlphas.shares, gradients, temperature));

      const part = partOf(drawn('weights', epoch, step, temperature), 'weights');
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      const { loss } = await part.train(open(part), task.trainBatch(epoch, step), task.rate(epoch, step));
      part.release();
      losses.push(loss);
    }
    return losses;
  });
}

/** The gates of a part: its rows may be fewer than the supernet's, and those that it has let all through that is built. */
function open({ alphas }: SupernetPart): Matrices {
  return mapRows(zeroLogits(alphas), (_, out) => void out.fill(1));
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
