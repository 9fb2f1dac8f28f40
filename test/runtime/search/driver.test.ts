/** A search from its first trial to its final network, continued, extended, failing and stopped. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { describe, expect, it } from 'vitest';
import { diagnose, Refusal } from '../../../grammar/diagnostics.ts';
import { bestTrial, compareTrials } from '../../../runtime/search/objective.ts';
import type { FinishedSearch, StoppedSearch } from '../../../runtime/search/outcome.ts';
import type { DoneTrial } from '../../../runtime/store/records.ts';
import { decodeSafetensors } from '../../../runtime/store/safetensors.ts';
import { experiment, fakeHost, json, open, search, start, withBudget, type Run } from './fakes.ts';
import { temporaryFolder } from '../store/folder.ts';

function codes(run: Run): string[] {
  return run.events.flatMap((e) => (e.kind === 'warning' ? [e.diagnostic.code] : []));
}

async function trialsOf(folder: string): Promise<readonly DoneTrial[]> {
  const store = await open(folder);
  const stored = await store.read(experiment);
  await store.close();
  return stored!.trials as readonly DoneTrial[];
}

/** Only those parts of a report that a larger budget does not change. */
async function trialsJson(folder: string): Promise<unknown> {
  return JSON.parse(await json(folder)).trials;
}

describe('a search', () => {
  it('makes the trials of its budget, then one final network', async () => {
    const folder = temporaryFolder();
    const { outcome, events, evaluator } = await start(folder);
    const finished = outcome as FinishedSearch;
    const trials = await trialsOf(folder);
    expect(finished).toMatchObject({
      kind: 'finished',
      reason: 'trials',
      trials: 6,
      earlier: false,
      testReadings: 1,
    });
    expect(trials.map((t) => t.number)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(trials.map((t) => t.architecture)).size).toBe(6);
    expect(finished.winner).toEqual(bestTrial(trials, search.objectives[0]));
    expect(Math.max(...trials.map((t) => t.metrics.accuracy!))).toBe(finished.winner.metrics.accuracy);

    // The test images are read once, at the end, for the winner's architecture.
    expect(evaluator.requests.map((r) => r.evaluateOn)).toEqual([...Array(6).fill('validation'), 'test']);
    expect(evaluator.requests.at(-1)?.data.args).toEqual({ architecture: finished.winner.architecture });
    expect(new Set(evaluator.requests.map((r) => r.seed)).size).toBe(7);
    expect([...trials, finished.final].map((t) => t.seed)).toEqual(evaluator.requests.map((r) => r.seed));

    const kinds = events.map((e) => e.kind).filter((kind) => kind !== 'epoch');
    const made = Array(6).fill('trialStarted trialFinished').join(' ').split(' ');
    expect(kinds).toEqual(['opened', ...made, 'trialsEnded', 'retrainStarted', 'finished']);
    expect(events.filter((e) => e.kind === 'epoch').length).toBe(6 * 3 + 5);
    // The best so far never gets worse.
    const best = events.flatMap((e) => (e.kind === 'trialFinished' ? [e.best!.metrics.accuracy!] : []));
    expect(best).toEqual([...best].sort((a, b) => a - b));
  });

  it('keeps the weights and the architecture of the final network', async () => {
    const folder = temporaryFolder();
    const { final, winner } = (await start(folder)).outcome as FinishedSearch;
    const file = decodeSafetensors(readFileSync(join(folder, final.weights!)), final.weights!);
    expect(file.metadata).toEqual({ experiment, architecture: winner.architecture });
    expect([...file.tensors].map(([name, t]) => [name, t.shape])).toEqual([
      ['head.bias', [1]],
      ['stem.conv.weight', [2, 3]],
    ]);
    expect(JSON.parse(readFileSync(join(folder, final.architecture), 'utf8'))).toEqual(winner.json);
    expect(final.weights).toBe(`experiments/${experiment}/trial-${winner.number}.safetensors`);
  });

  it('does nothing but say so when it is started again', async () => {
    const folder = temporaryFolder();
    const first = (await start(folder)).outcome as FinishedSearch;
    const before = await json(folder);
    const again = await start(folder);
    expect(again.outcome).toEqual({ ...first, earlier: true });
    expect(again.evaluator.requests).toEqual([]);
    expect(again.events.map((e) => e.kind)).toEqual(['opened', 'trialsEnded', 'finished']);
    expect(await json(folder)).toBe(before);

    rmSync(join(folder, first.final.weights!));
    expect(codes(await start(folder))).toEqual(['NAS4411']);
  });

  it('goes on with a larger budget, and trains anew only another winner', async () => {
    const whole = temporaryFolder();
    await start(whole, withBudget(12));
    const folder = temporaryFolder();
    let winner: number | undefined;
    let readings = 0;
    for (let trials = 1; trials <= 12; trials++) {
      const run = await start(folder, withBudget(trials));
      const outcome = run.outcome as FinishedSearch;
      const changed = outcome.winner.number !== winner;
      winner = outcome.winner.number;
      readings += changed ? 1 : 0;
      expect(outcome).toMatchObject({ trials, earlier: false, testReadings: readings });
      expect(outcome.final.trial).toBe(winner);
      expect(run.evaluator.requests.length).toBe(changed ? 2 : 1);
      expect(codes(run)).toEqual(readings > 1 ? ['NAS4510'] : []);
    }
    expect(readings).toBeGreaterThan(1);
    expect(readings).toBeLessThan(12);
    expect(await trialsJson(folder)).toEqual(await trialsJson(whole));
    // Every reading stays on record, with the number of trials it was made after.
    const finals = JSON.parse(await json(folder)).finals;
    expect(finals.length).toBe(readings);
    const last = JSON.parse(await json(whole)).finals[0];
    expect({ ...finals.at(-1), trials: 0 }).toEqual({ ...last, trials: 0 });
    // A smaller budget than what is there changes nothing.
    expect((await start(folder, withBudget(3))).outcome).toMatchObject({ trials: 12, earlier: true });
  });

  it('ends when the whole space has been tried', async () => {
    const folder = temporaryFolder();
    const host = fakeHost(4n);
    const { outcome, events } = await start(folder, { ...withBudget(100), host });
    expect(outcome).toMatchObject({ kind: 'finished', reason: 'exhausted', trials: 4 });
    expect(events).toContainEqual({ kind: 'trialsEnded', trials: 4, reason: 'exhausted' });
    expect((await start(folder, { ...withBudget(100), host })).outcome).toMatchObject({ earlier: true });
  });

  it('starts no trial once its minutes are used up, earlier runs counted', async () => {
    const folder = temporaryFolder();
    let now = 1_000_000;
    const clock = { now: () => (now += 12_500) }; // two looks at the clock for a trial of 12.5 s
    const first = await start(folder, { ...withBudget(undefined, 0.5), clock });
    expect(first.outcome).toMatchObject({ kind: 'finished', reason: 'minutes', trials: 3 });
    const more = await start(folder, { ...withBudget(undefined, 0.75), clock });
    expect(more.outcome).toMatchObject({ kind: 'finished', reason: 'minutes', trials: 4 });
    expect((await trialsOf(folder)).map((t) => t.seconds)).toEqual([12.5, 12.5, 12.5, 12.5]);
  });

  it('records what changed between runs and warns of it', async () => {
    const folder = temporaryFolder();
    await start(folder, { ...withBudget(2), adapter: 'one' });
    const known = await start(folder, { ...withBudget(3), adapter: 'two', version: '0.2.0' });
    expect(codes(known).slice(0, 2)).toEqual(['NAS4505', 'NAS4504']);
    expect(codes(await start(folder, { ...withBudget(4), adapter: 'two', version: '0.2.0' }))).not.toContain(
      'NAS4504',
    );
    const report = JSON.parse(await json(folder, true));
    expect(report).toMatchObject({ version: '0.1.0', adapter: 'one' });
    expect(report.runs).toMatchObject([
      { version: '0.1.0', adapter: 'one', reason: 'finished' },
      { version: '0.2.0', adapter: 'two', reason: 'finished' },
      { version: '0.2.0', adapter: 'two', reason: 'finished' },
    ]);
    expect(report.trials.map((t: { run: number }) => t.run)).toEqual([1, 1, 2, 3]);
  });

  it('learns the adapter from the first result where nobody knows it', async () => {
    const folder = temporaryFolder();
    const one = { change: (r: any) => ({ ...r, device: { ...r.device, adapter: 'one' } }) };
    await start(folder, { ...withBudget(2), ...one });
    const other = await start(folder, withBudget(3));
    const warning = other.events.find((e) => e.kind === 'warning');
    expect(warning?.diagnostic.message).toBe(
      'earlier trials of this experiment ran on one; this one runs on fake adapter',
    );
    expect(JSON.parse(await json(folder, true)).runs.map((r: any) => r.adapter)).toEqual([
      'one',
      'fake adapter',
    ]);
  });
});

describe('failures', () => {
  it('records a failed trial as the worst, and never tries it again', async () => {
    const folder = temporaryFolder();
    const whole = temporaryFolder();
    const best = ((await start(whole)).outcome as FinishedSearch).winner;
    const fail = (r: { id: number; keepTensors: boolean }): 'failed' | undefined =>
      r.id === best.number && !r.keepTensors ? 'failed' : undefined;
    const { outcome, evaluator } = await start(folder, { fail });
    expect((outcome as FinishedSearch).winner.number).not.toBe(best.number);
    expect(evaluator.requests.length).toBe(7);
    expect((await trialsOf(folder))[best.number]).toMatchObject({
      status: 'failed',
      architecture: best.architecture,
      params: best.params,
      diagnostic: { code: 'NAS4202', message: 'the loss is no finite number at step 2 of epoch 1' },
    });
    const report = JSON.parse(await json(folder));
    expect(report.trials[best.number].failure.code).toBe('NAS4202');
    expect(report.best).toBe((outcome as FinishedSearch).winner.number);
  });

  it.each(['loss', 'accuracy', 'epochLosses'] as const)(
    'takes %s that is no number for a failure',
    async (what) => {
      const folder = temporaryFolder();
      const change = (r: any): any =>
        r.id === 2 ? { ...r, [what]: what === 'epochLosses' ? [1, NaN] : NaN } : r;
      await start(folder, { change });
      expect((await trialsOf(folder)).map((t) => t.status)).toEqual([
        'done',
        'done',
        'failed',
        'done',
        'done',
        'done',
      ]);
    },
  );

  it('takes an architecture that cannot be compiled for a failed trial', async () => {
    const folder = temporaryFolder();
    const host = fakeHost();
    const request: typeof host.request = (a, phase, seed, id) => {
      if (id === 1) throw new Refusal(diagnose('batchTooLarge', { batch: 8, images: 4 }));
      return host.request(a, phase, seed, id);
    };
    expect((await start(folder, { host: { ...host, request } })).outcome.kind).toBe('finished');
    expect((await trialsOf(folder))[1]).toMatchObject({ status: 'failed', diagnostic: { code: 'NAS4201' } });
  });

  it('has no winner when all trials fail, until a larger budget finds one', async () => {
    const folder = temporaryFolder();
    const first = await start(folder, { ...withBudget(3), fail: () => 'failed' });
    expect(first.outcome).toMatchObject({ kind: 'stopped', trials: 3, best: undefined });
    expect((first.outcome as StoppedSearch).diagnostics).toMatchObject([
      { code: 'NAS4508', message: 'there is no winner: all 3 trials failed' },
    ]);
    expect((await start(folder, withBudget(4))).outcome).toMatchObject({
      kind: 'finished',
      winner: { number: 3 },
    });
  });

  it('has no winner in an empty space', async () => {
    const { outcome } = await start(temporaryFolder(), { host: fakeHost(0n) });
    expect(outcome).toMatchObject({ kind: 'stopped', diagnostics: [{ code: 'NAS4508' }] });
  });

  it('stops when the evaluator cannot go on, and goes on later', async () => {
    const folder = temporaryFolder();
    const { outcome } = await start(folder, { fail: (r) => (r.id === 3 ? 'fatal' : undefined) });
    expect(outcome).toMatchObject({ kind: 'stopped', trials: 3, diagnostics: [{ code: 'NAS4304' }] });
    expect((outcome as StoppedSearch).best).toBeDefined();
    await expectWhole(folder);
  });

  it('stops when the winner cannot be trained anew, and repeats only that', async () => {
    const folder = temporaryFolder();
    const { outcome } = await start(folder, { fail: (r) => (r.keepTensors ? 'failed' : undefined) });
    expect(outcome).toMatchObject({ kind: 'stopped', trials: 6 });
    expect((outcome as StoppedSearch).diagnostics.map((d) => d.code)).toEqual(['NAS4509', 'NAS4202']);
    expect((await start(folder)).evaluator.requests.map((r) => r.evaluateOn)).toEqual(['test']);
    await expectWhole(folder);
  });

  it('refuses to continue where this version would have tried something else', async () => {
    const folder = temporaryFolder();
    await start(folder, { fail: (r) => (r.id === 2 ? 'fatal' : undefined) });
    const host = fakeHost();
    const { members } = host;
    const unrank = (rank: bigint): Architecture => members.unrank(members.places - 1n - rank);
    const other = { ...host, members: { ...members, unrank } };
    const { outcome } = await start(folder, { host: other });
    expect(outcome).toMatchObject({ kind: 'stopped', diagnostics: [{ code: 'NAS4506' }] });
    await expectWhole(folder);
  });

  it('lets a mistake of ours through, and keeps what was done', async () => {
    const folder = temporaryFolder();
    const change = (r: any): any => {
      if (r.id === 2) throw new TypeError('our mistake');
      return r;
    };
    await expect(start(folder, { change })).rejects.toThrow('our mistake');
    await expectWhole(folder);
  });
});

describe('an interrupted search', () => {
  it.each([0, 1, 3, 5, 6])('leaves nothing of the training it stops at trial %i', async (at) => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const run = await start(folder, {
      signal: controller.signal,
      delay: 20,
      onEvent: (e) => {
        // Trial 6 stands for the retraining.
        if (e.kind === 'epoch' && e.epoch === 2 && (e.phase === 'retrain' ? 6 : e.number) === at)
          controller.abort();
      },
    });
    expect(run.outcome).toMatchObject({ kind: 'interrupted', trials: at });
    expect(run.events.at(-1)).toMatchObject({ kind: 'epoch', epoch: 2 });
    expect(existsSync(join(folder, 'experiments'))).toBe(false);
    await expectWhole(folder);
  });

  it('does not even start when it is stopped before', async () => {
    const folder = temporaryFolder();
    const { outcome, evaluator } = await start(folder, { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ kind: 'interrupted', trials: 0 });
    expect(evaluator.requests).toEqual([]);
    const report = JSON.parse(await json(folder, true));
    expect(report.runs).toMatchObject([{ reason: 'interrupted' }]);
  });
});

describe('which trial is better', () => {
  const trial = (number: number, accuracy: number, loss: number, params: number): DoneTrial => ({
    ...({} as DoneTrial),
    status: 'done',
    number,
    params,
    macs: 100 - number,
    metrics: { accuracy, loss, images: 1, epochLosses: [] },
  });
  it('is decided by accuracy, then loss, then size, then number', () => {
    const trials = [
      trial(3, 0.5, 1, 9),
      trial(1, 0.5, 1, 9),
      trial(2, 0.5, 1, 8),
      trial(5, 0.5, 0.9, 99),
      trial(4, 0.6, 2, 99),
    ];
    const order = [...trials].sort((a, b) => compareTrials(a, b, search.objectives[0])).map((t) => t.number);
    expect(order).toEqual([4, 5, 2, 1, 3]);
  });
  it('follows the objective', () => {
    const trials = [trial(0, 0.5, 1, 9), trial(1, 0.6, 2, 8), trial(2, 0.4, 3, 7)];
    const best = (direction: 'maximize' | 'minimize', metric: any): number =>
      bestTrial(trials, { direction, metric })!.number;
    expect(best('minimize', 'accuracy')).toBe(2);
    expect(best('minimize', 'loss')).toBe(0);
    expect(best('maximize', 'params')).toBe(0);
    expect(best('minimize', 'macs')).toBe(2);
  });
});

/** Finishes the search of a folder and compares it with one that nothing disturbed. */
async function expectWhole(folder: string): Promise<void> {
  const whole = temporaryFolder();
  await start(whole);
  expect((await start(folder)).outcome.kind).toBe('finished');
  expect(await json(folder)).toBe(await json(whole));
}
