/** An ensemble of predictors, each of which sees a part of the examples (Liu et al. 2018, section 4.2): five, on 4/5 each. */
import { hashString, Random } from '../../../util/random.ts';
import { Predictor, type Example } from './Predictor.ts';
import type { PredictorForm } from './predictorGraph.ts';
import type { Sequence } from './sequences.ts';

export class Ensemble {
  readonly #members: readonly Predictor[];
  readonly #random: Random;

  constructor(form: PredictorForm, size: number, seed: number) {
    this.#members = Array.from({ length: size }, (_, i) => new Predictor(form, (seed + i) % 2 ** 53));
    this.#random = new Random(seed, hashString('order of examples'));
  }

  /** Goes on training; where there are several members, each leaves out the examples whose number is its own. */
  train(examples: readonly Example[], epochs: number, rate: number): void {
    const size = this.#members.length;
    this.#members.forEach((member, own) => {
      const seen = size > 1 ? examples.filter((_, i) => i % size !== own) : examples;
      member.train(seen, epochs, rate, this.#random);
    });
  }

  /** The mean of the members' predictions. */
  predict(sequences: readonly Sequence[]): Float64Array {
    const sum = new Float64Array(sequences.length);
    for (const member of this.#members) {
      member
        .predict(sequences)
        .forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value / this.#members.length));
    }
    return sum;
  }
}
