/** What `stop: curve(...)` would have made of recorded trainings, had they come in another order. */
import type { CurveSpec } from '../../compiler/search/search.ts';
import { watchCurve } from '../../runtime/search/evaluation/curveWatch.ts';
import { bestTrial } from '../../runtime/search/objective.ts';
import type { DoneTrial } from '../../runtime/store/records.ts';
import { hashString, Random } from '../../util/random.ts';

/** What came of several orders. */
export interface Replayed {
  readonly orders: number;
  /** Orders in which the best of all trainings was trained whole. */
  readonly kept: number;
  /** Mean share of the epochs that were not trained. */
  readonly spared: number;
  /** Mean loss of accuracy: the best of all less the best that was trained whole. */
  readonly lost: number;
}

const accuracyFirst = { metric: 'accuracy', direction: 'maximize' } as const;

/** Goes through trainings that were all whole, in random orders, and ends those that would have been ended. */
export function replay(
  whole: readonly DoneTrial[],
  stop: CurveSpec,
  epochs: number,
  orders: number,
  seed: number,
): Replayed {
  const best = bestTrial(whole, accuracyFirst);
  let [kept, spared, lost] = [0, 0, 0];
  for (let order = 0; order < orders; order++) {
    const random = new Random(seed, hashString(`order ${order}`));
    const done: DoneTrial[] = [];
    for (const trial of random.shuffled(whole)) {
      const { epochAccuracies = [], epochLosses } = trial.metrics;
      const watch = watchCurve(stop, { seed }, done, trial, epochs);
      let epoch = 0;
      for (const accuracy of epochAccuracies) {
        epoch++;
        const progress = { kind: 'progress', id: trial.number, epoch, epochs, loss: 0, accuracy } as const;
        if (!watch.goesOn(progress)) break;
      }
      const ended = watch.ended();
      spared += ended ? (epochLosses.length - ended.epoch) / (epochs * whole.length) : 0;
      if (ended === undefined) done.push(trial);
    }
    const found = bestTrial(done, accuracyFirst);
    if (found?.number === best?.number) kept++;
    lost += (best?.metrics.accuracy ?? 0) - (found?.metrics.accuracy ?? 0);
  }
  return { orders, kept, spared: spared / orders, lost: lost / orders };
}
