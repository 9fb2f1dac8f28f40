/** The store: what it keeps, who may write, and what becomes of files and disks that are not as they should be. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { diagnose, Refusal, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { connect } from '../../../runtime/store/connection.ts';
import { openStore } from '../../../runtime/store/open.ts';
import type { DoneTrial, FailedTrial } from '../../../runtime/store/records.ts';
import { migrations } from '../../../runtime/store/schema.ts';
import { Store } from '../../../runtime/store/Store.ts';
import { realSystem } from '../../../runtime/store/system.ts';
import { readExperiment, trialLines, trialsJson } from '../../../runtime/search/report.ts';
import { experiment, identity, open, search, start } from '../search/fakes.ts';
import { temporaryFolder } from './folder.ts';

const begun = { identity, name: 'tiny', objectives: search.objectives, adapter: 'a' };

/** The one diagnostic with which something is refused. */
async function refusal(work: Promise<unknown>): Promise<Diagnostic> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).diagnostics[0];
}

async function opened(folder: string, ...rest: [version?: string, system?: object]): Promise<Store> {
  const store = await open(folder, ...rest);
  onTestFinished(() => store.close());
  return store;
}

const common = {
  number: 0,
  architecture: 'x:0',
  json: { a: [1, 'two'] },
  rank: 2n ** 200n,
  seed: 2 ** 32 - 1,
  params: 12,
  macs: 2 ** 53 - 1,
  run: 1,
  started: '2030-01-01T00:00:00.000Z',
  finished: '2030-01-01T00:00:01.500Z',
  seconds: 1.5,
};

const done: DoneTrial = {
  ...common,
  status: 'done',
  metrics: { loss: 0.1 + 0.2, accuracy: 1 / 3, images: 100, epochLosses: [2.5, Number.MIN_VALUE, 1e300] },
};

const failed: FailedTrial = {
  ...common,
  status: 'failed',
  number: 1,
  rank: undefined,
  diagnostic: diagnose(
    'lossNotFinite',
    {
      epoch: 1,
      step: 2,
    },
    {
      hint: 'lower it',
      notes: ['n'],
    },
  ),
};

describe('an experiment', () => {
  it('comes back as it was kept, to the last bit', async () => {
    const folder = temporaryFolder();
    const store = await opened(folder);
    const session = await store.begin(begun);
    await session.addTrial(done);
    await session.addTrial(failed);
    const { trial, ...rest } = { ...done, trial: 0, trials: 2 };
    const final = await session.addFinal(
      {
        trial,
        trials: rest.trials,
        seed: 5,
        metrics: done.metrics,
        started: done.started,
        finished: done.finished,
        seconds: 2,
      },
      { tensors: new Map(), json: done.json, architecture: 'x:0' },
    );
    await session.end('interrupted');
    const again = await opened(folder);
    const read = (await again.read(experiment))!;
    expect(read.trials).toEqual([done, failed]);
    expect(read.finals).toEqual([final]);
    expect(read.record).toMatchObject({
      id: experiment,
      identity,
      name: 'tiny',
      version: '0.1.0',
      adapter: 'a',
    });
    expect(read.runs).toMatchObject([{ id: 1, version: '0.1.0', adapter: 'a', reason: 'interrupted' }]);
    expect(await again.experiments()).toEqual([read.record]);
    expect(await again.read('nothing')).toBeUndefined();
  });

  it('never holds half a trial', async () => {
    const store = await opened(temporaryFolder());
    const session = await store.begin(begun);
    await session.addTrial(done);
    await expect(session.addTrial(done)).rejects.toThrow(); // the same number again
    await expect(session.addTrial({ ...done, number: 1, seconds: NaN })).rejects.toThrow('cannot be stored');
    await session.addTrial({ ...done, number: 1 });
    expect((await store.read(experiment))!.trials.length).toBe(2);
    await session.end('finished');
  });

  it('is forgotten with its trials and files, and nothing else is', async () => {
    const folder = temporaryFolder();
    await start(folder);
    const other = await opened(folder);
    const session = await other.begin({ ...begun, identity: { ...identity, seed: 99 } });
    await session.addTrial(done);
    expect(existsSync(join(folder, 'experiments', experiment))).toBe(true);
    expect(await other.forget(experiment)).toBe(true);
    expect(await other.forget(experiment)).toBe(false);
    expect(existsSync(join(folder, 'experiments', experiment))).toBe(false);
    expect(await other.read(experiment)).toBeUndefined();
    expect((await refusal(other.forget(session.experiment))).code).toBe('NAS4409');
    expect((await other.read(session.experiment))!.trials.length).toBe(1);
    await session.end('finished');
    // Nothing is left of it in any table.
    const raw = new Database(join(folder, 'store.db'));
    for (const table of ['trials', 'finals', 'runs', 'claims']) {
      const rows = raw.prepare(`select count(*) as n from ${table} where experiment = '${experiment}'`).all();
      expect(rows).toEqual([{ n: 0 }]);
    }
    raw.close();
    const anew = await start(folder);
    expect(anew.events[0]).toMatchObject({ kind: 'opened', trials: 0 });
  });

  it('is reported by its identity, with help where that is misspelt', async () => {
    const folder = temporaryFolder();
    await start(folder);
    const store = await opened(folder);
    const typo = `${experiment.slice(0, -1)}x`;
    const problem = await refusal(readExperiment(store, typo));
    expect(problem).toMatchObject({ code: 'NAS4408', hint: `did you mean \`${experiment}\`?` });
    expect((await refusal(trialsJson(store, 'zzz', { times: false }))).hint).toBe(`known are ${experiment}`);
    const lines = trialLines(await readExperiment(store, experiment));
    expect(lines.filter((l) => l.best).length).toBe(1);
    const accuracies = lines.map((l) => (l.trial as DoneTrial).metrics.accuracy!);
    expect(lines.map((l) => l.bestSoFar)).toEqual(
      accuracies.map((_, i) => Math.max(...accuracies.slice(0, i + 1))),
    );
  });
});

describe('a claim', () => {
  const one = { pid: 1001, host: 'h', isAlive: () => true };
  const two = { ...one, pid: 1002 };
  const code = async (store: Store): Promise<string | undefined> =>
    store.begin(begun).then(
      (s) => s.end('finished').then(() => undefined),
      (e: Refusal) => e.diagnostics[0].code,
    );

  it('keeps others out until it is given back', async () => {
    const folder = temporaryFolder();
    const first = await (await opened(folder, '0.1.0', one)).begin(begun);
    const other = await opened(folder, '0.1.0', two);
    expect(await code(other)).toBe('NAS4409');
    const problem = await refusal(other.begin(begun));
    expect(problem.message).toMatch(
      /is being searched by process 1001 on h, which gave a sign of life \d+ s ago/,
    );
    // Another experiment of the same store is free.
    await (await other.begin({ ...begun, identity: { ...identity, seed: 2 } })).end('finished');
    await first.end('finished');
    expect(await code(other)).toBeUndefined();
  });

  it('keeps out a second search of the same process', async () => {
    const store = await opened(temporaryFolder());
    const first = await store.begin(begun);
    expect(await code(store)).toBe('NAS4409');
    await first.end('finished');
    expect(await code(store)).toBeUndefined();
  });

  it.each([
    ['its process is dead', { ...two, isAlive: () => false }, true],
    ['its process number is ours', { ...two, pid: 1001 }, false], // this very process holds it
    ['it lives on another machine', { ...two, host: 'other', isAlive: () => false }, false],
    [
      'it lives on another machine and is silent',
      { ...two, host: 'other', now: () => Date.now() + 61_000 },
      true,
    ],
    ['it hangs', { ...two, now: () => Date.now() + 61_000 }, true],
    ['the clock was set back', { ...two, now: () => Date.now() - 3_600_000 }, true],
    ['it was heard of a minute ago', { ...two, now: () => Date.now() + 55_000 }, false],
  ])('when %s', async (_, system, free) => {
    const folder = temporaryFolder();
    await (await opened(folder, '0.1.0', one)).begin(begun);
    expect(await code(await opened(folder, '0.1.0', system))).toBe(free ? undefined : 'NAS4409');
  });

  it('lapses when its process number is ours but it is from an earlier life', async () => {
    const folder = temporaryFolder();
    await (await opened(folder, '0.1.0', one)).begin(begun);
    const raw = new Database(join(folder, 'store.db'));
    raw.exec(`update claims set token = 'from before the container was started again'`);
    raw.close();
    expect(await code(await opened(folder, '0.1.0', one))).toBeUndefined();
  });

  it('that was taken over lets nothing more be written', async () => {
    const folder = temporaryFolder();
    const slept = await (await opened(folder, '0.1.0', one)).begin(begun);
    await slept.addTrial(done);
    const store = await opened(folder, '0.1.0', { ...two, now: () => Date.now() + 61_000 });
    const session = await store.begin(begun);
    const files = { tensors: new Map(), json: 0, architecture: '' };
    expect((await refusal(slept.addTrial({ ...done, number: 1 }))).code).toBe('NAS4410');
    expect((await refusal(slept.addFinal({ ...done, trial: 0, trials: 1 }, files))).code).toBe('NAS4410');
    expect((await refusal(slept.end('finished'))).code).toBe('NAS4410');
    await session.addTrial({ ...done, number: 1 });
    await session.end('finished');
    expect((await store.read(experiment))!.trials.map((t) => t.number)).toEqual([0, 1]);
    expect(existsSync(join(folder, 'experiments'))).toBe(false);
  });

  it('is renewed while the search lives', async () => {
    const folder = temporaryFolder();
    let now = 1e12;
    const system = { ...one, heartbeat: 5, now: () => now };
    const session = await (await opened(folder, '0.1.0', system)).begin(begun);
    now += 10 * 60_000;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await code(await opened(folder, '0.1.0', { ...two, now: () => now }))).toBe('NAS4409');
    await session.end('finished');
  });
});

describe('a store file', () => {
  it('is not made by those who only look', async () => {
    const folder = join(temporaryFolder(), 'none');
    const problem = await refusal(openStore({ folder, version: '0.1.0', create: false }));
    expect(problem).toMatchObject({
      code: 'NAS4407',
      message: `there are no results at ${join(folder, 'store.db')}`,
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('of a newer version is refused and left alone', async () => {
    const folder = temporaryFolder();
    await (await open(folder)).close();
    const path = join(folder, 'store.db');
    const raw = new Database(path);
    raw.exec(`insert into formats values (${migrations.length + 1}, '9.9.9')`);
    raw.close();
    const problem = await refusal(open(folder, '0.1.0'));
    expect(problem).toMatchObject({
      code: 'NAS4401',
      message: `the store ${path} was written by naslang 9.9.9 in format ${migrations.length + 1}; this is naslang 0.1.0, which knows formats up to ${migrations.length}`,
      hint: 'use naslang 9.9.9 or newer, or keep results elsewhere with `--store`',
    });
  });

  it('notes which version took it to which format', async () => {
    const folder = temporaryFolder();
    await (await open(folder, "0.1.0-it's")).close();
    await (await open(folder, '0.2.0')).close();
    const raw = new Database(join(folder, 'store.db'));
    expect(raw.prepare('select * from formats').all()).toEqual(
      migrations.map((_, i) => ({ format: i + 1, writer: "0.1.0-it's" })),
    );
    expect(raw.prepare('pragma journal_mode').all()).toEqual([{ journal_mode: 'wal' }]);
    raw.close();
  });

  it('of another program is refused and left alone', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'store.db');
    const raw = new Database(path);
    raw.exec('create table notes (text)');
    raw.close();
    const before = readFileSync(path);
    expect(await refusal(open(folder))).toMatchObject({
      code: 'NAS4403',
      message: `${path} is no store of naslang`,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('that is no database is refused and left alone', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'store.db');
    writeFileSync(path, 'my shopping list\n'.repeat(500));
    expect((await refusal(open(folder))).code).toBe('NAS4403');
    expect(readFileSync(path, 'utf8')).toContain('shopping');
  });

  it('that is empty becomes a store', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'store.db'), '');
    expect((await start(folder)).outcome.kind).toBe('finished');
  });

  it.each([
    ['overwritten pages', (b: Buffer) => b.fill(0x5a, 4096)],
    ['a missing end', (b: Buffer) => b.subarray(0, 3 * 4096)],
    ['one overwritten page', (b: Buffer) => b.fill(0, 2 * 4096, 3 * 4096)],
  ])('with %s is refused as damaged', async (_, damage) => {
    const folder = temporaryFolder();
    await start(folder);
    const path = join(folder, 'store.db');
    const raw = new Database(path);
    raw.prepare('pragma wal_checkpoint(truncate)').all();
    raw.close();
    writeFileSync(path, damage(readFileSync(path)));
    const problem = await refusal(open(folder));
    expect(problem.code).toBe('NAS4402');
    expect(problem.message).toContain(`the store ${path} is damaged: `);
  });

  it('that another program keeps locked is reported as busy', async () => {
    const folder = temporaryFolder();
    await (await open(folder)).close();
    const path = join(folder, 'store.db');
    const raw = new Database(path);
    raw.exec('begin immediate');
    const connection = await connect(path, 50);
    expect(() => connection.exec('begin immediate')).toThrow(
      `another program keeps the store ${path} locked`,
    );
    raw.exec('rollback');
    connection.exec('begin immediate');
    raw.close();
    await connection.close();
  });

  it('lets two that write wait for each other, even where they read first', async () => {
    const folder = temporaryFolder();
    await (await open(folder)).close();
    const path = join(folder, 'store.db');
    const connections = [await connect(path, 50), await connect(path, 50)] as const;
    await connections[0].db.transaction().execute(async (tx) => {
      await tx.selectFrom('claims').selectAll().execute();
      expect(() => connections[1].exec(`insert into formats values (7, 'x')`)).toThrow('locked');
      await tx.insertInto('formats').values({ format: 8, writer: 'y' }).execute();
    });
    expect(connections[1].number('select max(format) from formats')).toBe(8);
    for (const connection of connections) await connection.close();
  });

  it('can be read while a search writes', async () => {
    const folder = temporaryFolder();
    const writer = await opened(folder);
    const session = await writer.begin(begun);
    const raw = new Database(join(folder, 'store.db'));
    raw.exec('begin immediate');
    const reader = await opened(temporaryFolder());
    expect(await reader.experiments()).toEqual([]);
    expect((await writer.read(experiment))!.trials).toEqual([]);
    raw.exec('rollback');
    raw.close();
    await session.end('finished');
  });
});

/** A small disk of its own, where the machine lets us mount one. */
function smallDisk(context: TestContext, size: string): string {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    context.skip('mounting a small disk needs root');
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
  });
  return folder;
}

describe('a disk', () => {
  it('that is full stops the search, which goes on when there is room', async (context) => {
    const folder = smallDisk(context, '400k');
    const filler = join(folder, 'filler');
    const { outcome } = await start(folder, {
      onEvent: (e) => {
        // Others fill the disk while the third trial runs.
        if (e.kind === 'trialStarted' && e.number === 2) fill(folder, filler);
      },
    });
    expect(outcome).toMatchObject({ kind: 'stopped', diagnostics: [{ code: 'NAS4405' }] });
    const made = outcome.trials;
    writeFileSync(filler, '');
    const again = await start(folder);
    expect(again.events[0]).toMatchObject({ kind: 'opened', trials: made });
    expect(again.outcome).toMatchObject({ kind: 'finished', trials: 6 });
  });

  it('that is full refuses a trial whole and keeps the earlier ones, without root too', async () => {
    const folder = temporaryFolder();
    await (await open(folder)).close();
    // A limit on the pages of the file stands in for the disk.
    const connection = await connect(join(folder, 'store.db'));
    const store = new Store(connection, folder, '0.1.0', realSystem);
    onTestFinished(() => store.close());
    const session = await store.begin(begun);
    await session.addTrial(done);
    connection.number(`pragma max_page_count = ${connection.number('pragma page_count')}`);
    const large = { ...done, number: 1, json: 'x'.repeat(100_000) };
    const problem = await refusal(session.addTrial(large));
    expect(problem).toMatchObject({
      code: 'NAS4405',
      message: `the disk is full: nothing more can be written to ${join(folder, 'store.db')}`,
      hint: 'make room and run the same command again; finished trials are kept',
    });
    expect((await store.read(experiment))!.trials).toEqual([done]);
    connection.number('pragma max_page_count = 1000000');
    await session.addTrial(large);
    await session.end('finished');
  });

  it('that is full when the weights are written leaves no file behind', async (context) => {
    const folder = smallDisk(context, '400k');
    const filler = join(folder, 'filler');
    const { outcome } = await start(folder, {
      onEvent: (e) => {
        if (e.kind === 'retrainStarted') fill(folder, filler);
      },
    });
    expect(outcome).toMatchObject({ kind: 'stopped', trials: 6, diagnostics: [{ code: 'NAS4405' }] });
    writeFileSync(filler, '');
    const again = await start(folder);
    expect(again.evaluator.requests.length).toBe(1);
    expect(again.outcome.kind).toBe('finished');
  });

  it('that is full from the start is reported as such', async (context) => {
    const folder = smallDisk(context, '64k');
    fill(folder, join(folder, 'filler'));
    expect((await refusal(open(folder))).code).toBe('NAS4405');
  });

  it('that may not be written to is reported as such', async (context) => {
    const folder = smallDisk(context, '400k');
    // In a process of its own: an open file would keep the disk from becoming read-only.
    const script = new URL('../search/killable.ts', import.meta.url).pathname;
    execFileSync(process.execPath, ['--import', 'tsx', script, folder]);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    expect((await refusal(open(folder))).code).toBe('NAS4404');
    expect((await refusal(open(join(folder, 'deeper')))).message).toBe(
      `results cannot be written to ${join(folder, 'deeper')}: the folder is not there and cannot be made`,
    );
  });

  it('holds a file where the folder should be', async () => {
    const folder = join(temporaryFolder(), '.nas');
    writeFileSync(folder, '');
    const problem = await refusal(open(folder));
    expect(problem.message).toBe(
      `results cannot be written to ${folder}: a file stands where a folder is needed`,
    );
    expect((await refusal(open(join(folder, 'deeper')))).code).toBe('NAS4404');
  });

  it('holds a folder where the file should be', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'store.db'));
    expect((await refusal(open(folder))).code).toBe('NAS4404');
  });
});

/** Writes zeros until the disk of `folder` has no room for another page. */
function fill(folder: string, path: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path, Buffer.alloc(bavail * bsize));
}
