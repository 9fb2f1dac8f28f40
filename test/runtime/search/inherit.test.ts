/** Budgets and parents of proposals: how long trials train, what they begin with, and what is left after a kill. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StrategyTable } from '../../../runtime/search/strategies/table.ts';
import type { Proposal } from '../../../runtime/search/strategy.ts';
import { watchStore } from '../store/calls.ts';
import { temporaryFolder } from '../store/folder.ts';
import { experiment, fakeHost, json, search, start, type Run } from './fakes.ts';

/** Rungs of halving: two architectures, one of which goes on. */
const rungs: readonly Omit<Proposal, 'rank' | 'architecture'>[] = [
  { share: 1 / 3 },
  { share: 1 / 3 },
  { share: 2 / 3, parent: 1 },
  { parent: 2 },
];

function halving(proposals: readonly Omit<Proposal, 'rank' | 'architecture'>[] = rungs): StrategyTable {
  return {
    halving: {
      doc: '',
      arguments: {},
      inherits: true,
      create: () => {
        let next = 0;
        return {
          ask: () => {
            const proposal = proposals[next];
            const rank = next++ === 0 ? 0n : 1n;
            return proposal && { architecture: fakeHost().members.unrank(rank), rank, ...proposal };
          },
          tell: () => undefined,
        };
      },
    },
  };
}

const named = { ...search, strategy: { name: 'halving', args: {} } };

function run(folder: string, strategies: StrategyTable = halving(), more: object = {}): Promise<Run> {
  return start(folder, { search: named, strategies, ...more });
}

const kept = (folder: string, trial: number): string =>
  join(folder, 'experiments', experiment, 'kept', `trial-${trial}.safetensors`);

describe('proposals with a share and a parent', () => {
  it('train a share of the epochs, from the tensors of the parent', async () => {
    const folder = temporaryFolder();
    const { outcome, evaluator } = await run(folder);
    expect(outcome).toMatchObject({ kind: 'finished', reason: 'exhausted', trials: 4 });
    const trials = evaluator.requests.slice(0, 4);
    expect(trials.map((r) => r.train.epochs)).toEqual([1, 1, 2, 3]);
    expect(trials.map((r) => r.keepTensors)).toEqual([true, true, true, true]);
    expect(trials.map((r) => r.initial?.size)).toEqual([undefined, undefined, 2, 2]);
    const stored = JSON.parse(await json(folder)).trials as { share?: number; parent?: number }[];
    expect(stored.map(({ share, parent }) => [share, parent])).toEqual([
      [1 / 3, undefined],
      [1 / 3, undefined],
      [2 / 3, 1],
      [undefined, 2],
    ]);
    // The winner is trained anew from fresh weights, for all epochs.
    expect(evaluator.requests[4]).toMatchObject({ train: { epochs: 5 } });
    expect(evaluator.requests[4]?.initial).toBeUndefined();
  });

  it('take what the host makes of the tensors of another architecture', async () => {
    const seen: unknown[] = [];
    const host = {
      ...fakeHost(),
      inherit: (...given: unknown[]) => {
        seen.push(given[0], given[2]);
        return new Map([['made', { shape: [1], data: new Float32Array([7]) }]]);
      },
    };
    const { evaluator } = await run(temporaryFolder(), halving([{}, { parent: 0 }]), { host });
    expect(evaluator.requests[1]?.initial?.get('made')?.data).toEqual(new Float32Array([7]));
    expect(seen).toEqual([host.members.unrank(0n), host.members.unrank(1n)]);
  });

  it('begin with the tensors that a cached parent took its result from', async () => {
    const evaluate = { ...search.evaluate, cache: true } as typeof search.evaluate;
    const folder = temporaryFolder();
    const proposals = halving([{}, {}, {}, { parent: 2 }]);
    const { evaluator, outcome } = await run(folder, proposals, { search: { ...named, evaluate } });
    expect(outcome).toMatchObject({ kind: 'finished', trials: 4 });
    expect(JSON.parse(await json(folder)).trials[2].sameAs).toBe(1);
    expect(existsSync(kept(folder, 2))).toBe(false);
    // Of the four trials the third was not trained.
    expect(evaluator.requests.map((r) => r.initial?.size)).toEqual([undefined, undefined, 2, undefined]);
  });

  it('survive an end at any moment with the same content', async () => {
    const whole = temporaryFolder();
    let last = 0;
    const undo = watchStore((moment) => (last = moment));
    await run(whole);
    undo();
    const expected = await json(whole);
    for (let fatal = 3; fatal < last - 2; fatal++) {
      const folder = temporaryFolder();
      const stop = watchStore((moment) => {
        if (moment >= fatal) throw new Error('killed');
      });
      const system = { pid: 111_111, isAlive: () => true };
      await expect(run(folder, halving(), { system })).rejects.toThrow('killed');
      stop();
      await run(folder, halving(), { system: { pid: 222_222, isAlive: () => false } });
      expect(await json(folder)).toBe(expected);
    }
  });

  it('are held against what is stored', async () => {
    const folder = temporaryFolder();
    await run(folder, halving(rungs.slice(0, 3)));
    const other = await run(folder, halving([...rungs.slice(0, 2), { share: 2 / 3, parent: 0 }]));
    expect(other.outcome).toMatchObject({ kind: 'stopped', diagnostics: [{ code: 'NAS4506' }] });
    if (other.outcome.kind === 'stopped') {
      expect(other.outcome.diagnostics[0]?.message).toContain('from trial 1');
      expect(other.outcome.diagnostics[0]?.message).toContain('from trial 0');
    }
  });

  it('stop where the tensors of a parent are gone', async () => {
    const folder = temporaryFolder();
    await run(folder, halving(rungs.slice(0, 2)));
    expect(existsSync(kept(folder, 1))).toBe(true);
    rmSync(kept(folder, 1));
    expect((await run(folder)).outcome).toMatchObject({
      kind: 'stopped',
      diagnostics: [{ code: 'NAS4815' }],
    });
  });

  it('keep nothing where a strategy names no parents', async () => {
    const folder = temporaryFolder();
    await start(folder);
    expect(existsSync(kept(folder, 0))).toBe(false);
  });
});
