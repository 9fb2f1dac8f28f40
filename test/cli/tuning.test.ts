/** `nas search --tune`: what was measured goes with every training, and stays with the experiment. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { fakeEvaluator } from '../runtime/search/fakes.ts';
import { useOwnCache } from './ownCache.ts';
import { files, nas, temporaryFolder, type Ran } from './runNas.ts';

const tiny = join(files, 'tiny.nas');

// Answers of other tests, or of this machine's user, are not ours.
useOwnCache();

/** Runs a search whose trainings are faked, and keeps the answers that came with each. */
async function search(
  cwd: string,
  words: string,
): Promise<Ran & { readonly tunings: (Tuning | undefined)[] }> {
  const tunings: (Tuning | undefined)[] = [];
  const evaluator = (): Evaluator => {
    const fake = fakeEvaluator();
    return {
      train: (request, onProgress) => {
        tunings.push(request.tuning);
        return fake.train(request, onProgress);
      },
      share: (request, onProgress) => fake.share(request, onProgress),
      measure: (request) => fake.measure(request),
      close: () => fake.close(),
    };
  };
  return { ...(await nas(`search ${tiny} ${words}`, { cwd, evaluator })), tunings };
}

function keptPath(cwd: string): string {
  const experiments = join(cwd, '.nas', 'experiments');
  const [name = ''] = readdirSync(experiments);
  return join(experiments, name, 'tuning.json');
}

test('measures once, keeps the answers, and takes them wherever the search goes on', async () => {
  const cwd = temporaryFolder();
  const first = await search(cwd, '--tune');
  expect(first.err).toBe('');
  const [, choices, measured] = /^(\d+) choices of kernels on .*: (\d+) measured in /m.exec(first.out) ?? [];
  expect(Number(choices)).toBeGreaterThan(0);
  expect(measured).toBe(choices);
  const kept = JSON.parse(readFileSync(keptPath(cwd), 'utf8')) as Tuning;
  expect(Object.keys(kept)).toHaveLength(Number(choices));
  expect(first.tunings).toEqual([kept, kept, kept]);

  // Changed by hand, so that measuring again would show.
  const changed = { ...kept, 'made up': 'by hand' };
  writeFileSync(keptPath(cwd), JSON.stringify(changed));
  const more = await search(cwd, '--trials 3');
  expect(more.tunings.length).toBeGreaterThan(0);
  for (const tuning of more.tunings) expect(tuning).toEqual(changed);

  // A second experiment has its answers from the cache of the adapter.
  const second = await search(temporaryFolder(), '--tune');
  expect(second.out).toMatch(/choices of kernels on .*: 0 measured in /);
  expect(second.tunings[0]).toEqual(kept);
}, 120_000);

test('an experiment that was begun without goes on without, and says so', async () => {
  const cwd = temporaryFolder();
  expect((await search(cwd, '')).tunings).toEqual([undefined, undefined, undefined]);
  const more = await search(cwd, '--trials 3 --tune');
  expect(more.out).toContain('begun without `--tune`');
  expect(more.tunings.every((tuning) => tuning === undefined)).toBe(true);
  expect(existsSync(keptPath(cwd))).toBe(false);
});

test('a damaged file is refused, and `--fresh` begins anew without it', async () => {
  const cwd = temporaryFolder();
  await search(cwd, '');
  writeFileSync(keptPath(cwd), '{"a": 1}');
  const refused = await search(cwd, '--trials 3');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('error[NAS4705]');
  expect(refused.tunings).toEqual([]);
  const fresh = await search(cwd, '--fresh');
  expect(fresh.code).toBe(0);
  expect(fresh.tunings).toEqual([undefined, undefined, undefined]);
});
