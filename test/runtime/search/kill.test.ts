/** A search that is killed at any moment ends, once continued, exactly as one that was not. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchStore } from '../store/calls.ts';
import { experiment, json, start } from './fakes.ts';
import { temporaryFolder } from '../store/folder.ts';

const script = new URL('killable.ts', import.meta.url).pathname;

interface Child {
  readonly pid: number;
  readonly output: () => string;
  readonly kill: () => void;
  /** The signal that ended it, or its exit code. */
  readonly ended: Promise<string | number | null>;
}

function child(folder: string, delay: number, moment: number = -1): Child {
  const running = spawn(process.execPath, ['--import', 'tsx', script, folder, `${delay}`, `${moment}`]);
  let output = '';
  running.stdout.on('data', (data) => (output += data));
  running.stderr.on('data', (data) => (output += data));
  return {
    pid: running.pid!,
    output: () => output,
    kill: () => running.kill('SIGKILL'),
    ended: new Promise((resolve) => running.on('close', (code, signal) => resolve(signal ?? code))),
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** All that a search leaves behind: its report and the files of its final network. */
async function content(folder: string): Promise<unknown> {
  const files = join(folder, 'experiments', experiment);
  const names = readdirSync(files);
  return [await json(folder), names.sort().map((name) => [name, readFileSync(join(files, name), 'hex')])];
}

let whole: unknown;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nas-store-'));
  await start(folder);
  whole = await content(folder);
  rmSync(folder, { recursive: true });
});

describe('in one process, where a kill is an end of all calls', () => {
  // 6 trials: begin, read, setAdapter, 6 x addTrial, addFinal, end.
  const moments = 2 * 11;
  it('has as many moments as this test visits', async () => {
    let last = -1;
    const undo = watchStore((moment) => (last = moment));
    await start(temporaryFolder());
    undo();
    expect(last).toBe(moments - 1);
  });
  it.each(Array.from({ length: moments }, (_, i) => i))('survives a kill at moment %i', async (fatal) => {
    const folder = temporaryFolder();
    // After the fatal moment nothing reaches the store any more, the driver's own cleaning up included.
    const undo = watchStore((moment) => {
      if (moment >= fatal) throw new Error('killed');
    });
    const first = start(folder, { system: { pid: 111_111, isAlive: () => true } });
    // An end that fails is not reported: the outcome stands.
    if (fatal >= moments - 2) await first;
    else await expect(first).rejects.toThrow('killed');
    undo();
    const again = await start(folder, { system: { pid: 222_222, isAlive: () => false } });
    expect(again.outcome.kind).toBe('finished');
    expect(await content(folder)).toEqual(whole);
  });
});

describe('kill -9', () => {
  it('at one store call after the other, each start getting a little further', async () => {
    const folder = temporaryFolder();
    // Moments 0 to 3 are begin and read; the next two lie just before or just after the first write of this start.
    for (let life = 0; life < 5; life++) {
      const { ended, output } = child(folder, 0, 4 + (life % 2));
      expect(await ended, output()).toBe('SIGKILL');
    }
    expect((await start(folder)).outcome.kind).toBe('finished');
    expect(await content(folder)).toEqual(whole);
  });

  it.each([1, 4, 7])("in the middle of training %i, the last of which is the winner's", async (training) => {
    const folder = temporaryFolder();
    const { ended, output, kill } = child(folder, 150);
    await until(() => output().split('training').length > training, 'the training');
    await new Promise((resolve) => setTimeout(resolve, 60));
    kill();
    expect(await ended, output()).toBe('SIGKILL');
    const again = await start(folder);
    expect(again.outcome.kind).toBe('finished');
    expect(again.events[0]).toMatchObject({ kind: 'opened', trials: training - 1 });
    expect(await content(folder)).toEqual(whole);
  });

  it('as soon as there are weights', async () => {
    const folder = temporaryFolder();
    const files = join(folder, 'experiments', experiment);
    const { ended, output, kill } = child(folder, 3);
    await until(() => existsSync(files) && readdirSync(files).length > 0, 'a file of the final network');
    kill();
    await ended;
    expect((await start(folder)).outcome.kind, output()).toBe('finished');
    expect(await content(folder)).toEqual(whole);
  });
});

describe('two searches of one experiment', () => {
  it('refuses the second while the first lives, and takes over when it is killed', async () => {
    const folder = temporaryFolder();
    const first = child(folder, 2000);
    await until(() => first.output().includes('training'), 'the first training');
    const second = await start(folder);
    expect(second.outcome).toMatchObject({ kind: 'stopped', trials: 0 });
    expect(second.outcome).toMatchObject({ diagnostics: [{ code: 'NAS4409' }] });
    if (second.outcome.kind === 'stopped') {
      expect(second.outcome.diagnostics[0]?.message).toContain(`process ${first.pid} `);
    }
    first.kill();
    await first.ended;
    expect((await start(folder)).outcome.kind).toBe('finished');
    expect(await content(folder)).toEqual(whole);
  });

  it('lets one of two that start at once win, on a store that neither found', async () => {
    const folder = temporaryFolder();
    const both = [child(folder, 300), child(folder, 300)];
    expect(await Promise.all(both.map((c) => c.ended))).toEqual([0, 0]);
    const ends = both.map((c) => c.output().trim().split('\n').at(-1));
    expect(
      ends.toSorted((a, b) => (a! < b! ? -1 : 1)),
      both.map((c) => c.output()).join(),
    ).toEqual(['finished', 'stopped NAS4409']);
    expect(await content(folder)).toEqual(whole);
  });
});
