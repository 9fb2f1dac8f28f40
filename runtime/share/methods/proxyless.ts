/**
 * ProxylessNAS (Cai, Zhu & Han 2019): a weight step trains one path, drawn by the softmax of alphas. An architecture step draws two
 * paths at each choice, computes one of them, and shifts probability between the two (section 3.2.2 and appendix): the others
 * keep theirs to the last digits. (The expected latency in the loss, and the variant by REINFORCE, are not there.)
 */
import { present } from '../../../util/invariant.ts';
import type { Random } from '../../../util/random.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { mapRows, softmaxBack, zeroLogits, type Matrices } from '../alphas.ts';
import { LearnedAlphas } from '../LearnedAlphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import { drawMember, type GateRow } from '../relaxation.ts';
import { gateGradients } from '../Supernet.ts';
import { drawn } from '../../search/controllers/draw.ts';
import { inAllRows, isTaken } from './gdas.ts';

export interface ProxylessSettings {
  readonly lr: number;
  /** Weight steps between two architecture steps. */
  readonly every: number;
  /** Epochs in which weights alone are trained. */
  readonly warmup: number;
}

export function proxyless(task: MethodTask, settings: ProxylessSettings): SharingMethod {
  const { supernet, members, steps } = task;
  const learned = new LearnedAlphas(
    task,
    { lr: settings.lr, beta1: 0, beta2: 0.999, weightDecay: 0 },
    zeroLogits,
  );
  const { rows } = learned;

  const architectureStep = async (epoch: number, step: number): Promise<void> => {
    const pairs = drawPairs(learned.shares, task.random('pairs', epoch, step));
    const part = supernet.part((id, option) => isTaken(rows, pairs.pair, id, option), 'gates');
    const gates = inRowsOf(part.alphas, rows, pairs.active);
    const passed = await part.differentiate(gates, task.validationBatch(epoch, step));
    part.release();
    const gradient = inAllRows(learned.logits, rows, part, gateGradients(passed));
    // Only rows whose choice was built have something to learn.
    const built = new Set(part.alphas.flatMap(({ decisions }) => decisions.map((id) => rowKey(rows, id))));
    learned.move(
      softmaxBack(pairs.within, gradient),
      (name, row) => built.has(`${name} ${row}`),
      (before, moved) => rescaled(before, moved, pairs.pair),
    );
  };

  return learned.asMethod(async (epoch) => {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const choices = drawMember(members, rows, learned.shares, task.random('path', epoch, step));
      const path = { space: supernet.space.name, choices };
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      const { loss } = await supernet.trainPath(path, task.trainBatch(epoch, step), task.rate(epoch, step));
      losses.push(loss);
      if (epoch >= settings.warmup && step % settings.every === settings.every - 1) {
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        await architectureStep(epoch, step);
      }
    }
    return losses;
  });
}

const rowKey = (rows: ReadonlyMap<DecisionId, GateRow>, id: DecisionId): string => {
  const { name, row } = present(rows.get(id), 'the row of a gate');
  return `${name} ${row}`;
};

export interface Pairs {
  /** 1 at the two paths of each row. */
  readonly pair: Matrices;
  /** The softmax over the two alone. */
  readonly within: Matrices;
  /** 1 at the one of them that is let through. */
  readonly active: Matrices;
}

/** Draws two paths in each row without replacement by their probabilities, and one of the two by those that are left. */
export function drawPairs(shares: Matrices, random: Random): Pairs {
  const pair = mapRows(shares, (row, out) => {
    const options = Array.from(row.keys());
    const first = present(
      drawn(options, (i) => row[i] ?? 0, random),
      'a path',
    );
    out[first] = 1;
    const second = drawn(
      options.filter((i) => i !== first),
      (i) => row[i] ?? 0,
      random,
    );
    if (second !== undefined) out[second] = 1;
  });
  const within = mapRows(shares, (row, out, name, index) => {
    const chosen = rowOf(pair, name, index);
    const sum = row.reduce((total, p, i) => total + p * (chosen[i] ?? 0), 0);
    row.forEach((p, i) => (out[i] = (p * (chosen[i] ?? 0)) / sum));
  });
  const active = mapRows(within, (row, out) => {
    const options = Array.from(row.keys()).filter((i) => (row[i] ?? 0) > 0);
    out[
      present(
        drawn(options, (i) => row[i] ?? 0, random),
        'a path',
      )
    ] = 1;
  });
  return { pair, within, active };
}

/**
 * Alphas after a step that moved pairs: both of a pair are shifted by one number, so that the sum of their exponentials is as before
 * and all other probabilities stay.
 */
export function rescaled(before: Matrices, after: Matrices, pairs: Matrices): Matrices {
  return mapRows(before, (old, out, name, index) => {
    const [now, chosen] = [rowOf(after, name, index), rowOf(pairs, name, index)];
    const sum = (values: Float64Array): number =>
      values.reduce((total, x, i) => total + ((chosen[i] ?? 0) > 0 ? Math.exp(x) : 0), 0);
    const shift = Math.log(sum(now) / sum(old));
    old.forEach((x, i) => (out[i] = (chosen[i] ?? 0) > 0 ? (now[i] ?? NaN) - shift : x));
  });
}

function rowOf(of: Matrices, name: string, index: number): Float64Array {
  const { shape, data } = present(of.get(name), name);
  return data.subarray(index * shape[1], (index + 1) * shape[1]);
}

/** Values of the whole supernet in the rows of a part. */
function inRowsOf(
  alphas: MethodTask['supernet']['alphas'],
  rows: ReadonlyMap<DecisionId, GateRow>,
  values: Matrices,
): Matrices {
  return new Map(
    alphas.map(({ name, decisions, columns }) => {
      const data = new Float64Array(decisions.length * columns);
      decisions.forEach((id, row) => {
        const { name: from, row: at } = present(rows.get(id), 'the row of a gate');
        data.set(rowOf(values, from, at), row * columns);
      });
      return [name, { shape: [decisions.length, columns] as const, data }];
    }),
  );
}
