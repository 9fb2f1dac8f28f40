/** An evaluator that judges a network by its convolutions, with a little noise from the seed: for tests of what is learned. */
import type { Evaluator, TrainRequest } from '../../runtime/evaluate/protocol.ts';
import { fakeEvaluator, type FakeOptions } from '../runtime/search/fakes.ts';

/** Each convolution makes the accuracy larger by a tenth; the noise is at most `noise`. */
export function judge(noise: number = 0.05, options: FakeOptions = {}): Evaluator {
  const accuracy = ({ training, seed }: TrainRequest): number => {
    const convolutions = training.nodes.filter((node) => node.kind === 'op' && node.op === 'conv').length;
    return 0.2 + 0.1 * convolutions + noise * ((seed % 1009) / 1009);
  };
  return fakeEvaluator({
    ...options,
    change: (result, request) => ({ ...result, accuracy: accuracy(request) }),
  });
}
