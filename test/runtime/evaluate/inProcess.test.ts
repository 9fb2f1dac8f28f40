/** The evaluator without a process: the service around the training loop, on the reference executor. */
import { expect, it } from 'vitest';
import { inProcessEvaluator } from '../../../runtime/evaluate/inProcess.ts';
import type { TrainFailure, TrainProgress, TrainResult } from '../../../runtime/evaluate/protocol.ts';
import { smallNetwork } from '../train/networks.ts';
import { emptyRequest } from './requests.ts';

const request = {
  ...emptyRequest(5, 1),
  training: smallNetwork(64, 'training', { channels: 2 }),
  evaluation: smallNetwork(64, 'inference', { channels: 2 }),
};

it('answers with results and progress', async () => {
  const seen: TrainProgress[] = [];
  const evaluator = inProcessEvaluator();
  const result = (await evaluator.train(request, (p) => void seen.push(p))) as TrainResult;
  expect(result).toMatchObject({ kind: 'result', id: 5, images: 360, tensors: undefined });
  expect(seen).toEqual([{ kind: 'progress', id: 5, epoch: 1, epochs: 1, loss: result.epochLosses[0] }]);
  expect(result.accuracy * 360).toBeCloseTo(Math.round(result.accuracy * 360), 9);
  await evaluator.close();
});

it('what a network cannot do is its failure; data that cannot be read are everyone’s', async () => {
  const evaluator = inProcessEvaluator();
  const tooLarge = { ...request, train: { ...request.train, batch: 5000 } };
  expect(await evaluator.train(tooLarge, () => undefined)).toMatchObject({ fatal: false, id: 5 });
  const noData = { ...request, data: { name: 'digits', args: { path: 'no-such-file.csv.gz', split: 'x' } } };
  const answer = (await evaluator.train(noData, () => undefined)) as TrainFailure;
  expect(answer).toMatchObject({ kind: 'failure', fatal: true, diagnostic: { code: 'NAS4103' } });
});

it('several problems come as one diagnostic with notes', async () => {
  const network = smallNetwork(64, 'training', { channels: 2, side: 16, classes: 9 });
  const answer = await inProcessEvaluator().train({ ...request, training: network }, () => undefined);
  expect((answer as TrainFailure).diagnostic.notes).toEqual([
    'also NAS4203: the network cannot be trained on digits: its output has 9 numbers, and the data have 10 classes',
  ]);
});

it('a mistake of ours says so', async () => {
  const broken = { ...request, evaluation: { ...request.evaluation, outputs: {} } };
  const answer = (await inProcessEvaluator().train(broken, () => undefined)) as TrainFailure;
  expect(answer.diagnostic.code).toBe('NAS4305');
  expect(answer.diagnostic.message).toMatch(/^internal error: /);
});
