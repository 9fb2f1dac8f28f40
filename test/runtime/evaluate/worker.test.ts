/** Real trainings in a real worker process on the device. */
import { afterAll, describe, expect, it } from 'vitest';
import type {
  TrainFailure,
  TrainProgress,
  TrainRequest,
  TrainResult,
} from '../../../runtime/evaluate/protocol.ts';
import { workerEvaluator } from '../../../runtime/evaluate/workerEvaluator.ts';
import { smallNetwork, unnormalisedNetwork } from '../train/networks.ts';
import { emptyRequest } from './requests.ts';

const evaluator = workerEvaluator();
afterAll(() => evaluator.close());

const quiet = (): void => undefined;
let nextId = 1;

function request(changes: Partial<TrainRequest> = {}): TrainRequest {
  const { train, ...rest } = emptyRequest(nextId++, 1);
  return {
    ...rest,
    training: smallNetwork(32, 'training'),
    evaluation: smallNetwork(32, 'inference'),
    train: { ...train, epochs: 3, batch: 32, optimizer: { ...train.optimizer, lr: 0.3 } },
    keepTensors: true,
    ...changes,
  };
}

async function result(
  asked: TrainRequest,
  onProgress: (p: TrainProgress) => boolean | void = quiet,
): Promise<TrainResult> {
  const answer = await evaluator.train(asked, onProgress);
  if (answer.kind !== 'result') throw new Error(JSON.stringify(answer.diagnostic));
  return answer;
}

describe('the worker', () => {
  it('learns the digits, the same bits each time, with pipelines compiled once and memory given back', async () => {
    const seen: number[] = [];
    const first = await result(request(), (p) => void seen.push(p.loss));
    expect(first.epochLosses).toEqual(seen);
    expect(seen).toHaveLength(3);
    expect(seen[2]).toBeLessThan(0.5 * seen[0]);
    expect(first.accuracy).toBeGreaterThan(0.8);
    expect(first.images).toBe(360);

    const pid = evaluator.workerPid;
    const others: TrainResult[] = [];
    for (let i = 0; i < 5; i++) others.push(await result(request()));
    for (const other of others) {
      expect(other.epochLosses).toEqual(first.epochLosses);
      expect([other.loss, other.accuracy]).toEqual([first.loss, first.accuracy]);
      expect(other.tensors).toEqual(first.tensors);
      expect(other.device.pipelinesCompiled).toBe(first.device.pipelinesCompiled);
      // The data set stays; networks do not.
      expect(other.device.bufferBytes).toBe(first.device.bufferBytes);
    }
    expect(first.device.bufferBytes).toBe(1797 * 65 * 4);
    expect(others[4].device.pipelinesReused).toBeGreaterThan(0);
    expect(evaluator.workerPid).toBe(pid);
    const other = await result(request({ seed: 2 }));
    expect(other.epochLosses).not.toEqual(first.epochLosses);
  });

  it('asks after each epoch of an observed training whether to go on', async () => {
    const whole = await result(request());
    const accuracies: (number | undefined)[] = [];
    const observed = await result(request({ observed: true }), (p) => {
      accuracies.push(p.accuracy);
      return p.epoch < 2;
    });
    expect(accuracies).toHaveLength(2);
    expect(observed.epochAccuracies).toEqual(accuracies);
    expect(observed.epochLosses).toEqual(whole.epochLosses.slice(0, 2));
    expect(observed.accuracy).toBe(accuracies[1]);
    // Going on to the end changes nothing.
    const { epochAccuracies, ...rest } = await result(request({ observed: true }));
    expect(epochAccuracies?.at(-1)).toBe(whole.accuracy);
    expect([rest.loss, rest.accuracy, rest.tensors]).toEqual([whole.loss, whole.accuracy, whole.tensors]);
  });

  it('goes on from tensors, on a share of the images', async () => {
    const first = await result(request());
    const again = await result(request({ initial: first.tensors!, subset: 0.5, seed: 2 }));
    expect(again.epochLosses[0]).toBeLessThan(first.epochLosses[0]);
  });

  it('times and scores networks as they begin', async () => {
    const { data, evaluation, training } = request();
    const timed = await evaluator.measure({
      kind: 'latency',
      id: nextId++,
      evaluation,
      batch: 32,
      data,
      seed: 1,
      runs: 5,
    });
    expect(timed).toMatchObject({ kind: 'latency' });
    if (timed.kind === 'latency') expect(timed.milliseconds).toBeGreaterThan(0);
    const scored = await evaluator.measure({
      kind: 'score',
      id: nextId++,
      score: 'snip',
      graph: training,
      batch: 32,
      data,
      seed: 1,
    });
    expect(scored).toMatchObject({ kind: 'score' });
    if (scored.kind === 'score') expect(scored.score).toBeGreaterThan(0);
    const nowhere = { name: 'digits', args: { path: '/nowhere' } };
    const failed = await evaluator.measure({
      kind: 'score',
      id: nextId++,
      score: 'snip',
      graph: training,
      batch: 32,
      data: nowhere,
      seed: 1,
    });
    expect(failed).toMatchObject({ kind: 'failure', fatal: true, diagnostic: { code: 'NAS4104' } });
  });

  it('a training that diverges is a failed trial, and the worker goes on', async () => {
    const { train } = request();
    const answer = (await evaluator.train(
      request({
        training: unnormalisedNetwork(32, 'training'),
        evaluation: unnormalisedNetwork(32, 'inference'),
        train: { ...train, optimizer: { ...train.optimizer, lr: 1e6 } },
      }),
      quiet,
    )) as TrainFailure;
    expect(answer).toMatchObject({ kind: 'failure', fatal: false, diagnostic: { code: 'NAS4205' } });
    const pid = evaluator.workerPid;
    expect((await result(request())).accuracy).toBeGreaterThan(0.8);
    expect(evaluator.workerPid).toBe(pid);
  });

  it('kill -9 in the middle leaves no trace in the result; a network that always kills has failed', async () => {
    const before = await result(request());
    const seen: number[] = [];
    const kill = (): void => void process.kill(evaluator.workerPid!, 'SIGKILL');
    const after = await result(request(), ({ epoch }) => {
      seen.push(epoch);
      if (seen.length === 1) kill();
    });
    expect(seen.at(-1)).toBe(3);
    expect(seen.filter((epoch) => epoch === 1)).toHaveLength(2);
    expect([after.epochLosses, after.tensors]).toEqual([before.epochLosses, before.tensors]);
    const { train } = request();
    const long = request({ train: { ...train, epochs: 500 } });
    const failed = await evaluator.train(long, ({ epoch }) => {
      if (epoch === 1) kill();
    });
    expect(failed).toMatchObject({ kind: 'failure', fatal: false, diagnostic: { code: 'NAS4301' } });
    expect((await result(request())).tensors).toEqual(before.tensors);
    // Four trainings and two restarts, on the slowest adapter that there is.
  }, 300_000);
});

describe('without an adapter', () => {
  it('says so, with the advice of set-up', async () => {
    const before = process.env['NASLANG_DRIVER'];
    process.env['NASLANG_DRIVER'] = 'none';
    const none = workerEvaluator();
    try {
      const answer = (await none.train(request(), quiet)) as TrainFailure;
      expect(answer).toMatchObject({ fatal: true, diagnostic: { code: 'NAS4001' } });
      expect(answer.diagnostic.notes.join('\n')).toContain('NASLANG_DRIVER=none forbids a device');
    } finally {
      if (before === undefined) delete process.env['NASLANG_DRIVER'];
      else process.env['NASLANG_DRIVER'] = before;
      await none.close();
    }
  });
});
