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
