/** What the coordinator makes of workers that crash, hang, lie or do not start: with a fake worker, without a device. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrainFailure, TrainResult } from '../../../runtime/evaluate/protocol.ts';
import { workerEvaluator, type WorkerEvaluator } from '../../../runtime/evaluate/workerEvaluator.ts';
import { deeds, emptyRequest } from './requests.ts';

const entry = new URL('./fakeWorker.mjs', import.meta.url);
const quiet = (): void => undefined;
let evaluator: WorkerEvaluator;
let nextId = 1;

function open(options: Parameters<typeof workerEvaluator>[0] = {}): void {
  evaluator = workerEvaluator({ entry, ...options });
}

function ask(deed: number, onProgress: Parameters<WorkerEvaluator['train']>[1] = quiet) {
  return evaluator.train(emptyRequest(nextId++, deed), onProgress);
}

function saying(answer: TrainResult | TrainFailure): string {
  return answer.kind === 'result'
    ? 'result'
    : `${answer.diagnostic.code}${answer.fatal ? ' fatal' : ''}: ${answer.diagnostic.message}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return !isAlive(pid);
}

afterEach(async () => {
  delete process.env['FAKE_START'];
  await evaluator?.close();
});

describe('a worker at work', () => {
  it('answers requests one after the other, from one process', async () => {
    open();
    const answers = await Promise.all([ask(deeds.work), ask(deeds.diverge), ask(deeds.work)]);
    expect(answers.map((a) => a.id)).toEqual([nextId - 3, nextId - 2, nextId - 1]);
    expect(answers.map(saying)).toEqual(['result', 'NAS4202: diverged', 'result']);
    const [first, , last] = answers as TrainResult[];
    expect(first.device.adapter).toBe(last.device.adapter);
  });

  it.each([
    [deeds.exit, 'NAS4301: the worker process ended during a training (exit code 3)'],
    [deeds.kill, 'NAS4301: the worker process ended during a training (signal SIGKILL)'],
    [deeds.wrongId, /^NAS4301: .*\(it answered request \d+ instead of \d+\)$/],
    [deeds.nonsense, /^NAS4301: .*cannot be read/s],
    [deeds.bug, 'NAS4305: internal error: fake'],
  ])('deed %i costs one request; the next gets a fresh worker', async (deed, expected) => {
    open();
    const before = (await ask(deeds.work)) as TrainResult;
    expect(saying(await ask(deed))).toMatch(expected);
    const after = (await ask(deeds.work)) as TrainResult;
    expect(after.device.adapter).not.toBe(before.device.adapter);
  });

  it('has another worker go on from the last checkpoint of one that died', async () => {
    open();
    const seen: number[] = [];
    const answer = await ask(deeds.checkpoint, ({ epoch }) => void seen.push(epoch));
    expect(answer).toMatchObject({ kind: 'result', epochLosses: [0.5, 0.25] });
    expect(seen).toEqual([2]);
  });

  it('tells what the worker wrote before it died', async () => {
    open();
    const answer = (await ask(deeds.exit)) as TrainFailure;
    expect(answer.diagnostic.notes).toEqual([
      'it wrote: fake driver: assertion failed',
      'it was tried 2 times',
    ]);
  });

  it('ends one that hangs, and takes progress for a sign of life', async () => {
    open({ silenceLimit: 2000 });
    const seen: number[] = [];
    // Five messages half a second apart: longer than the limit as a whole.
    expect(saying(await ask(deeds.slow, (p) => void seen.push(p.epoch)))).toBe('result');
    expect(seen).toEqual([1, 2, 3, 4]);
    const pid = evaluator.workerPid!;
    expect(saying(await ask(deeds.hang))).toBe(
      'NAS4302: the worker process gave no sign of life for 2 s and was ended',
    );
    expect(await goneWithin(pid, 10_000)).toBe(true);
    expect(saying(await ask(deeds.work))).toBe('result');
  });

  it('a worker that is killed from outside costs time only: the request is given to a fresh one', async () => {
    open();
    const before = (await ask(deeds.work)) as TrainResult;
    const seen: number[] = [];
    const kill = (epoch: number): void => {
      seen.push(epoch);
      if (seen.length === 2) process.kill(evaluator.workerPid!, 'SIGKILL');
    };
    const answer = (await ask(deeds.slow, ({ epoch }) => kill(epoch))) as TrainResult;
    expect(saying(answer)).toBe('result');
    expect(answer.device.adapter).not.toBe(before.device.adapter);
    expect(seen).toEqual([1, 2, 1, 2, 3, 4]);
  });

  it('gives up when too many in a row are lost, not when they are lost now and then', async () => {
    open({ lossLimit: 4 });
    for (const deed of [deeds.kill, deeds.work, deeds.kill, deeds.work, deeds.kill, deeds.kill])
      await ask(deed);
    const answer = (await ask(deeds.work)) as TrainFailure;
    expect(saying(answer)).toBe(
      'NAS4304 fatal: 4 worker processes in a row were lost, so no other is started',
    );
    expect(answer.diagnostic.notes[0]).toContain('signal SIGKILL');
  });
});

describe('a worker that does not start', () => {
  it('because there is no adapter', async () => {
    process.env['FAKE_START'] = 'notReady';
    open();
    expect(saying(await ask(deeds.work))).toBe('NAS4001 fatal: no WebGPU adapter was found (fake)');
  });
  it('because it crashes', async () => {
    process.env['FAKE_START'] = 'crash';
    open({ lossLimit: 2 });
    const answer = (await ask(deeds.work)) as TrainFailure;
    expect(saying(answer)).toBe(
      'NAS4304 fatal: 2 worker processes in a row were lost, so no other is started',
    );
    expect(answer.diagnostic.notes).toEqual([
      'the last one: the worker process did not get ready (exit code 7)',
      'it wrote: fake driver: cannot start',
    ]);
  });
  it('because it says nothing', async () => {
    process.env['FAKE_START'] = 'silent';
    open({ startLimit: 600, lossLimit: 1 });
    const answer = (await ask(deeds.work)) as TrainFailure;
    expect(answer.diagnostic.notes[0]).toContain('did not get ready (silent for 1 s)');
  });
});

describe('a worker that is started before there is a request', () => {
  /** The process id, as soon as there is one. */
  async function pidOfStarted(): Promise<number> {
    for (;;) {
      const pid = evaluator.workerPid;
      if (pid !== undefined) return pid;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('answers the requests', async () => {
    open();
    evaluator.start();
    evaluator.start();
    const pid = await pidOfStarted();
    const answers = (await Promise.all([ask(deeds.work), ask(deeds.work)])) as TrainResult[];
    expect(answers.map((answer) => answer.device.adapter)).toEqual([`fake ${pid}`, `fake ${pid}`]);
  });
  it('has the first request say why there is none', async () => {
    process.env['FAKE_START'] = 'notReady';
    open();
    evaluator.start();
    expect(saying(await ask(deeds.work))).toBe('NAS4001 fatal: no WebGPU adapter was found (fake)');
  });
  it('is replaced when it is gone by then', async () => {
    open();
    evaluator.start();
    const pid = await pidOfStarted();
    process.kill(pid, 'SIGKILL');
    expect(await goneWithin(pid, 10_000)).toBe(true);
    const answer = (await ask(deeds.work)) as TrainResult;
    expect(answer.device.adapter).toMatch(/^fake \d+$/);
    expect(answer.device.adapter).not.toBe(`fake ${pid}`);
  });
  it('is gone after close(), even where it has not got ready', async () => {
    process.env['FAKE_START'] = 'silent';
    open();
    evaluator.start();
    const pid = await pidOfStarted();
    await evaluator.close();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('the end', () => {
  it.each([deeds.work, deeds.wait, deeds.hang])(
    'close() leaves nothing, whatever the worker does (deed %i)',
    async (deed) => {
      open();
      await ask(deeds.work);
      const pid = evaluator.workerPid!;
      const pending = ask(deed);
      if (deed === deeds.work) await pending;
      await evaluator.close();
      expect(isAlive(pid)).toBe(false);
      if (deed !== deeds.work) expect((await pending).kind).toBe('failure');
      expect(saying(await ask(deeds.work))).toContain('fatal: ');
    },
  );

  it('workers end when their coordinator is killed: idle, waiting, and in an endless loop', async () => {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const program = fileURLToPath(new URL('./fakeCoordinator.ts', import.meta.url));
    const doing = [deeds.work, deeds.wait, deeds.hang].map(String);
    const coordinator = spawn(process.execPath, ['--import', tsx, program, ...doing], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await new Promise<number[]>((resolve) => {
      coordinator.stdout.once('data', (text) => resolve(String(text).split(' ').map(Number)));
    });
    // Time for the requests to arrive.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    coordinator.kill('SIGKILL');
    expect(await Promise.all(pids.map((pid) => goneWithin(pid, 10_000)))).toEqual([true, true, true]);
  });

  it.skipIf(process.platform === 'win32')('Ctrl-C is the coordinator’s to deal with', async () => {
    open({ entry: new URL('./watchedWorker.ts', import.meta.url) });
    const pending = ask(deeds.slow, () => process.kill(evaluator.workerPid!, 'SIGINT'));
    expect((await pending).kind).toBe('result');
  });
});
