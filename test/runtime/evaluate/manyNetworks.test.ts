/** Many different networks in one worker: nothing grows with their number, and no pipeline is compiled twice. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { compileSearch } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import type { DeviceUse } from '../../../runtime/evaluate/protocol.ts';
import { workerEvaluator } from '../../../runtime/evaluate/workerEvaluator.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { strategyKey } from '../../../runtime/search/seeds.ts';
import { Shuffle } from '../../../runtime/search/shuffle.ts';
import { spaceHost } from '../../../runtime/search/spaceHost.ts';
import { vocabulary } from '../../../runtime/vocabulary.ts';
import { present } from '../../../util/invariant.ts';

const evaluator = workerEvaluator();
afterAll(() => evaluator.close());

/** Different networks of a round; the first three may still bring what all need. */
const NETWORKS = 8;
const MiB = 1024 * 1024;

it('memory stays flat and every pipeline is compiled once', { timeout: 240_000 }, async () => {
  const text = readFileSync(new URL('../../../spaces/digits.nas', import.meta.url), 'utf8');
  const program = present(readProgram({ name: 'digits.nas', text }, nodeHost()).value, 'the program');
  const short = [{ path: 'evaluate.epochs', value: '1' }];
  const compiled = present(compileSearch(program, 'quick', short, vocabulary).value, 'the search');
  const host = spaceHost(compiled);
  const shuffle = new Shuffle(compiled.members.places, strategyKey(1));
  const ranks = Array.from({ length: NETWORKS }, () => present(shuffle.next(), 'a rank'));

  const uses: DeviceUse[] = [];
  for (const [i, rank] of [...ranks, ...ranks].entries()) {
    const request = host.request(compiled.members.unrank(rank), 'trial', 1, i + 1);
    const answer = await evaluator.train(request, () => undefined);
    if (answer.kind !== 'result') throw new Error(answer.diagnostic.message);
    uses.push(answer.device);
  }

  const [first, second] = [uses.slice(0, NETWORKS), uses.slice(NETWORKS)];
  // Networks give back what they held: what stays is the data set.
  expect(new Set(uses.map((use) => use.bufferBytes))).toEqual(new Set([1797 * 65 * 4]));
  // The same networks again need nothing new, and each network asks for many pipelines that others brought.
  const compiledOnce = first.at(-1)!.pipelinesCompiled;
  expect(second.map((use) => use.pipelinesCompiled)).toEqual(second.map(() => compiledOnce));
  expect(uses.at(-1)!.pipelinesReused).toBeGreaterThan(4 * compiledOnce);
  // Measured: less than 2 MiB from round to round. The margin is for the allocators and the garbage collector.
  const settled = Math.max(...first.slice(2).map((use) => use.residentBytes));
  const after = Math.max(...second.map((use) => use.residentBytes));
  expect(after).toBeLessThan(settled + 24 * MiB);
});
