/**
 * DARTS (Liu, Simonyan & Yang 2019): every choice is the mean of its alternatives weighted by a softmax over alphas. Each step moves
 * the alphas by the loss of a validation batch, then the weights by that of a training batch.
 */
import { present } from '../../../util/invariant.ts';
import type { OptimizerSpec } from '../../../compiler/optimizers/optimizer.ts';
import { stateName } from '../../execute/optimizerState.ts';
import { plus, softmaxBack, softmaxRows, type Matrices } from '../alphas.ts';
import { LearnedAlphas, type AlphaSettings } from '../LearnedAlphas.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import type { NumberTensors } from '../sharedWeights.ts';
import { gateGradients, type Supernet } from '../Supernet.ts';

export interface DartsSettings extends AlphaSettings {
  /** 1: alphas move by the gradient at the weights as they are; 2: at the weights after one more step (eq. 7 and 8). */
  readonly order: 1 | 2;
  /** The optimiser of weights, whose step the second order looks ahead by. */
  readonly optimizer: OptimizerSpec;
}

export function darts(task: MethodTask, settings: DartsSettings): SharingMethod {
  const { supernet, steps } = task;
  const learned = LearnedAlphas.asInDarts(task, settings);
  return learned.asMethod(async (epoch) => {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const rate = task.rate(epoch, step);
      const train = task.trainBatch(epoch, step);
      const point = { logits: learned.logits, train, validation: task.validationBatch(epoch, step), rate };
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      learned.move(await hypergradient(supernet, settings, point));
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      losses.push((await supernet.trainGated(learned.shares, train, rate)).loss);
    }
    return losses;
  });
}

/** Where the gradient for alphas is taken. */
export interface HypergradientPoint {
  readonly logits: Matrices;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** xi: how far the second order looks ahead, the learning rate of weights. */
  readonly rate: number;
}

/**
 * The gradient of the validation loss for alphas: as the weights are, or at w' = w - xi (momentum velocity + gradient + decay w),
 * through which alphas act too: dL(w')/dalpha - xi (g(w + eps v) - g(w - eps v)) / (2 eps), where v is the gradient of the
 * validation loss for w', g that of the training loss for alphas, and eps = 0.01 / |v| over all weights together (section 2.3).
 * Weights and what the optimiser keeps end as they began, to the last bit.
 */
export async function hypergradient(
  supernet: Supernet,
  { order, optimizer }: Pick<DartsSettings, 'order' | 'optimizer'>,
  { logits, train, validation, rate }: HypergradientPoint,
): Promise<Matrices> {
  const gates = softmaxRows(logits);
  const forAlphas = async (rows: Int32Array): Promise<Matrices> =>
    softmaxBack(gates, gateGradients(await supernet.differentiateGated('gates', gates, rows)));
  if (order === 1 || rate === 0) return forAlphas(validation);

  const { weights } = supernet;
  const now = await weights.read();
  const ahead = await supernet.differentiateGated('both', gates, train);
  const kept =
    optimizer.name === 'sgd' && optimizer.momentum > 0 ? (await weights.readOptimizer()).tensors : undefined;
  const decay = optimizer.weightDecay;
  weights.write(
    changed(now, (name, w, i) => {
      const gradient = ahead.gradients.get(name)?.data[i];
      if (gradient === undefined) return w;
      const velocity = kept?.get(stateName('velocity', name))?.[i] ?? 0;
      const momentum = optimizer.name === 'sgd' ? optimizer.momentum : 0;
      return w - rate * (momentum * velocity + gradient + decay * w);
    }),
  );
  const there = await supernet.differentiateGated('both', gates, validation);
  const direct = softmaxBack(gates, gateGradients(there));
  const v = (name: string, i: number): number => there.gradients.get(name)?.data[i] ?? 0;
  let square = 0;
  for (const [name, { data }] of now) for (let i = 0; i < data.length; i++) square += v(name, i) ** 2;
  if (square === 0) {
    weights.write(now);
    return direct;
  }
  const epsilon = 0.01 / Math.sqrt(square);
  weights.write(changed(now, (name, w, i) => w + epsilon * v(name, i)));
  const above = await forAlphas(train);
  weights.write(changed(now, (name, w, i) => w - epsilon * v(name, i)));
  const below = await forAlphas(train);
  weights.write(now);
  return plus(direct, -rate / (2 * epsilon), plus(above, -1, below));
}

/** Tensors whose elements were changed one by one; as exact as they were. */
function changed(
  tensors: NumberTensors,
  change: (name: string, w: number, i: number) => number,
): NumberTensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => {
      const out = data.slice();
      for (let i = 0; i < out.length; i++) out[i] = change(name, present(data[i], 'an element'), i);
      return [name, { shape, data: out }];
    }),
  );
}
