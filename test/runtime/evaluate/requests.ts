/** Requests for tests. */
import type { TrainRequest } from '../../../runtime/evaluate/protocol.ts';

/** What a fake worker can be asked to do: the places of `acts` in fakeWorker.mjs. */
export const deeds = {
  work: 0,
  exit: 1,
  kill: 2,
  hang: 3,
  nonsense: 4,
  slow: 5,
  bug: 6,
  diverge: 7,
  wrongId: 8,
  wait: 9,
  checkpoint: 10,
} as const;

/** Well formed, with nothing in it: for fake workers, which act on the seed. */
export function emptyRequest(id: number, seed: number): TrainRequest {
  const graph = { nodes: [], outputs: {}, gradients: [], updates: [] };
  return {
    kind: 'train',
    id,
    training: graph,
    evaluation: graph,
    data: { name: 'digits', args: {} },
    trainOn: 'train',
    evaluateOn: 'validation',
    train: {
      epochs: 1,
      batch: 64,
      optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 },
      schedule: { name: 'cosine' },
    },
    seed,
    keepTensors: false,
  };
}
