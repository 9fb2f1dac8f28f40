/** The envelope of every message is checked where it is received. */
import { describe, expect, it } from 'vitest';
import { receiveRequest, receiveResponse } from '../../../runtime/evaluate/messages.ts';
import { smallNetwork } from '../train/networks.ts';
import { emptyRequest } from './requests.ts';

const request = emptyRequest(1, 1);

describe('receiveRequest', () => {
  it('passes graphs on without copying them', () => {
    const training = smallNetwork(2, 'training');
    const received = receiveRequest({ ...request, training });
    expect(received).toEqual({ ok: true, message: { ...request, training } });
    expect(received.ok && received.message.kind === 'train' && received.message.training).toBe(training);
    expect(receiveRequest({ kind: 'stop' })).toEqual({ ok: true, message: { kind: 'stop' } });
  });

  it.each([
    { schedule: { name: 'cosine', min: 0.001, warmup: 2 }, clip: 5, ema: 0.99 },
    { schedule: { name: 'step', every: 3, gamma: 0.1 } },
    { optimizer: { name: 'adam', lr: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 1e-8, weightDecay: 0 } },
    { auxiliary: 0.4, dropPath: 0.2, labelSmoothing: 0.1, flip: true, crop: 4, cutout: 16 },
    { optimizer: { name: 'rmsprop', lr: 0.1, alpha: 0.9, epsilon: 1e-8, momentum: 0, weightDecay: 0 } },
  ])('passes on how to train: %j', (changes) => {
    const sent = { ...request, train: { ...request.train, ...changes } };
    expect(receiveRequest(sent)).toEqual({ ok: true, message: sent });
  });

  it.each([
    ['no message', undefined],
    ['an unknown kind', { ...request, kind: 'run' }],
    ['a missing graph', { ...request, training: undefined }],
    ['half a graph', { ...request, training: { nodes: [] } }],
    ['no epochs', { ...request, train: { ...request.train, epochs: 0 } }],
    ['half a batch', { ...request, train: { ...request.train, batch: 0.5 } }],
    [
      'a negative rate',
      { ...request, train: { ...request.train, optimizer: { ...request.train.optimizer, lr: -1 } } },
    ],
    [
      'an optimiser with half of its parameters',
      { ...request, train: { ...request.train, optimizer: { name: 'adam', lr: 0.1 } } },
    ],
    ['clipping to nothing', { ...request, train: { ...request.train, clip: 0 } }],
    ['a mean that never moves', { ...request, train: { ...request.train, ema: 1 } }],
    ['paths that are all dropped', { ...request, train: { ...request.train, dropPath: 1 } }],
    ['half a checkpoint', { ...request, resume: { epoch: 1, tensors: new Map() } }],
    ['an unknown schedule', { ...request, train: { ...request.train, schedule: { name: 'linear' } } }],
    ['steps without a length', { ...request, train: { ...request.train, schedule: { name: 'step' } } }],
    ['training on test images', { ...request, trainOn: 'test' }],
    ['an argument that is no static value', { ...request, data: { name: 'digits', args: { split: {} } } }],
  ])('refuses %s', (_, value) => {
    expect(receiveRequest(value).ok).toBe(false);
  });
});

describe('receiveResponse', () => {
  it('takes what workers say', () => {
    expect(receiveResponse({ kind: 'ready', adapter: 'x' }).ok).toBe(true);
    expect(receiveResponse({ kind: 'progress', id: 1, epoch: 1, epochs: 2, loss: 2.3 }).ok).toBe(true);
  });
  it.each([
    ['a result without numbers', { kind: 'result', id: 1 }],
    ['a failure without a diagnostic', { kind: 'failure', id: 1, fatal: false, diagnostic: {} }],
    ['a text', 'ready'],
  ])('refuses %s', (_, value) => {
    expect(receiveResponse(value).ok).toBe(false);
  });
});
