/**
 * ONNX's operator conformance vectors, imported and run on the device and on the reference. The output has a table of
 * all cases: passed on both, or not applicable and why.
 */
import { describe, expect, it } from 'vitest';
import { useDevice } from '../runtime/execute/onDevice.ts';
import { runVector, type Outcome } from './runVector.ts';
import { present, readVector, vectorFiles } from './vectors.ts';

const absent = present ? '' : ' (skipped: the vectors are not beside the repository)';

describe.skipIf(!present)(`ONNX vectors${absent}`, () => {
  const device = useDevice();

  async function runAll(files: readonly string[]): Promise<ReadonlyMap<string, Outcome>> {
    const outcomes = new Map<string, Outcome>();
    for (const file of files)
      outcomes.set(file.replace(/\.json$/, ''), await runVector(readVector(file), device()));
    return outcomes;
  }

  const named = (outcomes: ReadonlyMap<string, Outcome>, kind: Outcome['kind']): string[] =>
    [...outcomes].filter(([, outcome]) => outcome.kind === kind).map(([name]) => name);

  function printTable(title: string, outcomes: ReadonlyMap<string, Outcome>): void {
    const lines = [...outcomes].map(
      ([name, outcome]) =>
        `${outcome.kind} | ${name}${outcome.kind === 'passed' ? '' : ` | ${outcome.reason}`}`,
    );
    const count = (kind: Outcome['kind']): string => `${named(outcomes, kind).length} ${kind}`;
    const total = `${outcomes.size} ${title}: ${count('passed')}, ${count('not applicable')}, ${count('failed')}`;
    console.log([total, ...lines].join('\n'));
  }

  it('of operators on the list pass on both executors', async () => {
    const outcomes = await runAll(vectorFiles().core);
    printTable('core cases', outcomes);
    expect(named(outcomes, 'failed')).toEqual([]);
    // Places of the largest elements are whole numbers, which no op of the graph makes.
    expect(named(outcomes, 'not applicable')).toEqual([
      'node.test_maxpool_with_argmax_2d_precomputed_pads',
      'node.test_maxpool_with_argmax_2d_precomputed_strides',
    ]);
    expect(named(outcomes, 'passed').length).toBe(418);
  }, 240_000);

  it('of other operators pass on both executors', async () => {
    const outcomes = await runAll(vectorFiles().others);
    printTable('other cases', outcomes);
    expect(named(outcomes, 'failed')).toEqual([]);
    expect(named(outcomes, 'passed').length).toBe(123);
  }, 240_000);
});
