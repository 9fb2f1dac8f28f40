/** Searches that look results up: what a table must be, what is missing in it, and what comes of the winner. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileSearch, type CompiledSearch } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import type { Setting } from '../../../compiler/settings.ts';
import { Refusal, type Checked } from '../../../grammar/diagnostics.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { identify } from '../../../runtime/search/identify.ts';
import type { FinishedSearch } from '../../../runtime/search/outcome.ts';
import { searchHost } from '../../../runtime/search/spaceHost.ts';
import { vocabulary } from '../../../runtime/vocabulary.ts';
import { temporaryFolder } from '../store/folder.ts';
import { start, type Run } from './fakes.ts';

const text = (evaluate: string, more: string = ''): string => `nas 1

space small {
  input x: image[8, 8, 1]
  output x |> choose a { s: conv(8, 3), t: conv(8, 5) } |> choose b { u: relu, v: tanh, w: identity } |> classifier(10)
}

notation short of small "{a}/{b}"

search s of small {
  strategy exhaustive
  evaluate ${evaluate}
  budget 6 trials
  ${more}
}
`;

const usual = 'tabular(file: "table.csv", key: short, accuracy: valid, scale: 0.01, test: "test 200")';

const table = `# made up
# for these tests
short,valid,test 200,ms
s/u,50,51,1
s/v,70,12.5,2
s/w,60,61,3
t/u,10,11,4
t/v,90,72,5
t/w,70,71,6
`;

function compile(source: string, settings: readonly Setting[] = []): Checked<CompiledSearch> {
  const program = readProgram({ name: 'folder/file.nas', text: source }, nodeHost());
  expect(program.diagnostics).toEqual([]);
  return compileSearch(program.value!, 's', settings, vocabulary);
}

const codes = (source: string): readonly string[] => compile(source).diagnostics.map((d) => d.code);

/** A search on a table in a folder of its own. */
async function run({ csv = table, source = text(usual), folder = temporaryFolder() } = {}): Promise<
  Run & { folder: string; id: unknown }
> {
  const compiled = compile(source);
  expect(compiled.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  writeFileSync(join(folder, 'table.csv'), csv);
  const value = { ...compiled.value!, file: 'file.nas' };
  const identity = await identify(value, [], folder);
  const host = await searchHost(value, folder);
  const ran = await start(join(folder, 'store'), { search: value.search, host, identity });
  // Nothing was trained.
  expect(ran.evaluator.requests).toEqual([]);
  return { ...ran, folder, id: identity };
}

/** Why a table is refused. */
async function refusal(csv: string, evaluate: string = usual): Promise<readonly string[]> {
  try {
    await run({ csv, source: text(evaluate) });
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics.map((d) => d.code);
    throw error;
  }
  return [];
}

describe('a search on a table', () => {
  it('finds the best row, and says what the table says of it', async () => {
    const { outcome } = await run();
    const { winner, final, trials, testReadings } = outcome as FinishedSearch;
    expect({ trials, testReadings, kind: outcome.kind }).toEqual({
      trials: 6,
      testReadings: 1,
      kind: 'finished',
    });
    expect(winner.metrics.accuracy).toBeCloseTo(0.9, 12);
    expect(winner.metrics.loss).toBeUndefined();
    expect(final.metrics.accuracy).toBeCloseTo(0.72, 12);
    expect(final.weights).toBeUndefined();
  });

  it('goes on where it was, and is another experiment on another table', async () => {
    const first = await run({ source: text(usual).replace('6 trials', '2 trials') });
    expect((first.outcome as FinishedSearch).final.metrics.accuracy).toBeCloseTo(0.125, 12);
    const second = await run({ folder: first.folder });
    expect(second.events[0]).toMatchObject({ kind: 'opened', trials: 2 });
    expect((second.outcome as FinishedSearch).final.metrics.accuracy).toBeCloseTo(0.72, 12);
    const other = await run({ folder: first.folder, csv: table.replace('t/v,90', 't/v,91') });
    expect(other.events[0]).toMatchObject({ kind: 'opened', trials: 0 });
  });

  it('counts a missing row as a failed trial and warns of it before', async () => {
    const { outcome, events } = await run({ csv: table.replace('t/v,90,72,5\n', '') });
    const { winner, trials } = outcome as FinishedSearch;
    expect(trials).toBe(6);
    // Of two equal ones the first.
    expect(winner.architecture).toBe((outcome as FinishedSearch).winner.architecture);
    expect(winner.number).toBe(1);
    const told = events.flatMap((e) => (e.kind === 'warning' ? [e.diagnostic] : []));
    expect(told.map((d) => [d.code, d.message])).toEqual([
      ['NAS4813', 'table.csv has 5 rows for 6 architectures'],
    ]);
    const failed = events.flatMap((e) =>
      e.kind === 'trialFinished' && e.trial.status === 'failed' ? [e.trial.diagnostic] : [],
    );
    expect(failed.map((d) => d.code)).toEqual(['NAS4804']);
    expect(failed[0]?.message).toContain('`t/v`');
  });

  it('knows nothing of the test where no column was named', async () => {
    const { outcome } = await run({
      source: text('tabular(file: "table.csv", accuracy: valid, scale: 0.01)'),
    });
    expect((outcome as FinishedSearch).final.metrics.accuracy).toBeUndefined();
  });

  it('ranks by other columns and by costs, too', async () => {
    const evaluate = 'tabular(file: "table.csv", accuracy: valid, scale: 0.01, latency: ms)';
    const byTime = await run({ source: text(evaluate, 'minimize latency\n  maximize accuracy') });
    expect((byTime.outcome as FinishedSearch).winner.metrics.latency).toBe(1);
    const byParams = await run({ source: text(evaluate, 'minimize params') });
    expect((byParams.outcome as FinishedSearch).winner.number).toBe(0);
  });

  it('evaluates a space of one architecture', async () => {
    const source = text(usual)
      .replace('choose a { s: conv(8, 3), t: conv(8, 5) }', 'choose a { s: conv(8, 3) }')
      .replace('choose b { u: relu, v: tanh, w: identity }', 'choose b { u: relu }');
    const csv = 'short,valid,test 200\ns/u,40,41\n';
    expect((await run({ source, csv })).outcome).toMatchObject({ reason: 'exhausted', trials: 1 });
  });
});

describe('a table that cannot be used', () => {
  it.each([
    ['keys twice', table.replace('s/v', 's/u'), ['NAS4803']],
    ['no number', table.replace(',70,12.5', ',seventy,12.5'), ['NAS4802']],
    ['NaN', table.replace(',70,12.5', ',NaN,12.5'), ['NAS4802']],
    ['infinity', table.replace(',70,12.5', ',1e999,12.5'), ['NAS4802']],
    ['no architecture', table.replace('s/v', 's/x'), ['NAS4802']],
    ['no column', table.replace('valid', 'val'), ['NAS4801']],
    ['a share above 1', table.replace(',70,12.5', ',170,12.5'), ['NAS4812']],
    ['an empty file', '', ['NAS4801', 'NAS4801', 'NAS4801']],
  ])('%s', async (_, csv, expected) => {
    expect(await refusal(csv)).toEqual(expected);
  });

  it('percentages without a scale', async () => {
    expect(await refusal(table, usual.replace(', scale: 0.01', ''))).toEqual(['NAS4812']);
  });

  it('a file that is not there, or is no file', async () => {
    expect(await refusal(table, usual.replace('table.csv', 'other.csv'))).toEqual(['NAS4104']);
    expect(await refusal(table, usual.replace('table.csv', '.'))).toEqual(['NAS4104']);
  });
});

describe('what a search may say of a table', () => {
  it.each([
    [usual, []],
    [usual.replace('key: short', 'key: shirt'), ['NAS4811']],
    ['tabular(key: short)', ['NAS2029', 'NAS2029']],
    [`${usual}\n  retrain train(epochs: 1)`, ['NAS2029']],
    [`${usual}\n  maximize loss`, ['NAS2029']],
    [`${usual}\n  maximize score`, ['NAS2029']],
    [usual.replace('scale: 0.01', 'scale: 0'), ['NAS2029']],
    [usual.replace('accuracy: valid', 'accuracy: 3'), ['NAS2029']],
    [usual.replace('tabular', 'tabula'), ['NAS2031', 'NAS2028']],
    // Two objectives, and a strategy that follows one.
    [`${usual}\n  maximize accuracy\n  minimize params`, ['NAS4814']],
    [`${usual}\n  maximize accuracy\n  minimize accuracy`, ['NAS2012']],
  ])('%s', (evaluate, expected) => {
    expect([...codes(text(evaluate))].sort()).toEqual([...expected].sort());
  });

  it('a strategy of several objectives is not warned of', () => {
    const source = text(`${usual}\n  maximize accuracy\n  minimize params`);
    expect(codes(source.replace('exhaustive', 'nsga2'))).toEqual([]);
  });

  it('a setting names another table', () => {
    const settings = [{ path: 'evaluate.file', value: '"other.csv"' }];
    expect(compile(text(usual), settings).value?.search.evaluate).toMatchObject({ file: 'other.csv' });
  });
});
