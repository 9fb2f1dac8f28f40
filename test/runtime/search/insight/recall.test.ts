// The space of an experiment comes back from the texts that the store keeps, for every search that is shipped.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileSearch } from '../../../../compiler/compile.ts';
import { readProgram } from '../../../../compiler/program.ts';
import { toCompact } from '../../../../compiler/space/encode.ts';
import type { Setting } from '../../../../compiler/settings.ts';
import { nodeHost } from '../../../../runtime/host.ts';
import { identify } from '../../../../runtime/search/identify.ts';
import {
  conditionOf,
  differenceOf,
  recall,
  type Conditioned,
} from '../../../../runtime/search/insight/recall.ts';
import { experimentId } from '../../../../runtime/store/identity.ts';
import type { TrialRecord } from '../../../../runtime/store/records.ts';
import type { Experiment } from '../../../../runtime/store/Store.ts';
import { vocabulary } from '../../../../runtime/vocabulary.ts';
import { long } from '../../../long.ts';
import { Random } from '../../../../util/random.ts';

const folder = new URL('../../../../spaces/', import.meta.url);

function programOf(file: string) {
  const text = readFileSync(new URL(file, folder), 'utf8');
  return readProgram({ name: `spaces/${file}`, text }, nodeHost()).value!;
}

/** What compiles soon, and has motifs of the library, files that it uses, cells, subsets and requirements between them. */
const soon = [
  'darts.nas',
  'digits.nas',
  'enas_macro.nas',
  'nasbench101.nas',
  'nasbench201.nas',
  'one_shot.nas',
];

const searches = readdirSync(folder)
  .filter((file) => file.endsWith('.nas') && (long || soon.includes(file)))
  .flatMap((file) => programOf(file).searches.map(({ name }) => ({ file, name: name.text })));

/** A search of a file, and what the store keeps of it. */
async function kept(file: string, name: string, settings: readonly Setting[] = []) {
  const compiled = compileSearch(programOf(file), name, settings, vocabulary).value!;
  const identity = await identify(compiled, settings);
  const record: Conditioned = {
    id: experimentId(identity),
    identity,
    name,
    objectives: compiled.search.objectives,
  };
  return { compiled, record };
}

describe('recalled from the store', () => {
  test.each(searches)('$name of $file', async ({ file, name }) => {
    const { compiled, record } = await kept(file, name);
    const drawn = Array.from({ length: 3 }, (_, i) => compiled.members.sample(new Random(i)).architecture!);
    const trials = drawn.map((architecture, number) => ({
      number,
      status: 'done',
      architecture: toCompact(compiled.space, architecture),
      params: number,
      macs: number,
      metrics: {
        accuracy: number / 10,
        loss: 1,
        images: 10,
        epochLosses: [],
        latency: 1,
        score: 1,
        peakMemory: 1,
      },
    })) as unknown as TrialRecord[];
    const more = { created: '', version: '', adapter: undefined };
    const experiment: Experiment = { record: { ...record, ...more }, trials, finals: [], runs: [] };
    const { compiled: again, observations, leftOut } = recall(experiment);
    expect(differenceOf(again.space, compiled.space)).toBeUndefined();
    expect(again.members.free).toBe(compiled.members.free);
    expect(again.members.allowed).toBe(compiled.members.allowed);
    expect(observations.map(({ architecture }) => architecture)).toEqual(drawn);
    expect(leftOut).toBe(0);
  });

  test('strategy and seed are no part of a condition; data, space and training are', async () => {
    const of = async (...set: readonly string[]): Promise<string> => {
      const settings = set.map((text) => ({ path: text.split('=')[0], value: text.split('=')[1] }));
      return conditionOf((await kept('digits.nas', 'quick', settings)).record).key;
    };
    const plain = await of();
    expect(await of('search.seed=9')).toBe(plain);
    expect(await of('search.strategy=exhaustive')).toBe(plain);
    expect(await of('search.budget.trials=3')).toBe(plain);
    for (const other of ['evaluate.epochs=3', 'data.split=writers', 'search.minimize=loss']) {
      expect(await of(other)).not.toBe(plain);
    }
  });
});
