/** `nas latency`, and searches that predict latencies: measured once on this adapter, then looked up. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { latencyModel } from '../../compiler/latency/model.ts';
import type { LatencyTable } from '../../runtime/latency/form.ts';
import { compileText } from '../compiler/space/helpers.ts';
import { fakeEvaluator } from '../runtime/search/fakes.ts';
import { useOwnCache } from './ownCache.ts';
import { nas, temporaryFolder, type Ran } from './runNas.ts';

// Times of other tests, or of this machine's user, are not ours.
useOwnCache();

const space = `nas 1

space quick(c = 4) {
  input x: image[8, 8, 1]
  output x |> choose op { conv: conv(c, k: choose {1, 3}), pool: max_pool(2, 2), skip: identity } |> classifier(10)
}
`;
const search = `
search fast of quick {
  data     digits
  evaluate train(epochs: 1, batch: 16)
  maximize accuracy
  minimize predicted_latency(batch: 2)
  budget   3 trials
}
`;

/** A folder with the space and its search. */
function files(text = space + search): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'quick.nas'), text);
  return cwd;
}

function run(cwd: string, words: string): Promise<Ran> {
  return nas(`search quick.nas ${words}`, { cwd, evaluator: fakeEvaluator });
}

function keptPath(cwd: string): string {
  const experiments = join(cwd, '.nas', 'experiments');
  const [name = ''] = readdirSync(experiments);
  return join(experiments, name, 'latency.json');
}

interface Told {
  readonly trials: readonly {
    readonly architecture: string;
    readonly predictedLatency?: number;
    readonly metrics?: { readonly predictedLatency: number };
  }[];
}

async function predictions(cwd: string): Promise<readonly (number | undefined)[]> {
  const { out } = await nas('trials quick.nas --json', { cwd });
  const { trials } = JSON.parse(out) as Told;
  return trials.map((trial) => trial.predictedLatency ?? trial.metrics?.predictedLatency);
}

describe('nas latency', () => {
  test('measures a table, writes it, and predicts from what was written', async () => {
    const cwd = files();
    const first = await nas('latency quick.nas --batch 2 --networks 4 --out table.json', { cwd });
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^quick, batches of 2, on .*: \d+ rows measured and 4 networks run in /);
    expect(first.out).toMatch(/^ +\d+\.\d{3} {2}conv +8x8x1 +filters: 4, k: 3, /m);
    expect(first.out).toMatch(/^latency = \d+\.\d\d ms \+ \d+\.\d{3} x sum of rows, from 2 networks$/m);
    expect(first.out).toMatch(/^predictions are off by \d+\.\d% on average on 2 other networks/m);
    const table = JSON.parse(readFileSync(join(cwd, 'table.json'), 'utf8')) as LatencyTable;

    // What is kept is what is predicted from, wherever it is read.
    const compiled = compileText(space);
    const model = latencyModel(compiled.space, table);
    for (const rank of [0n, 1n, 2n, 3n]) {
      const words = `latency quick.nas rank:${rank} --batch 2 --table table.json --json`;
      const { out } = await nas(words, { cwd, env: {} });
      const { prediction } = JSON.parse(out) as { prediction: { milliseconds: number } };
      expect(prediction.milliseconds).toBe(model.milliseconds(compiled.members.unrank(rank)));
    }
    const shown = await nas('latency quick.nas rank:0 --batch 2 --table table.json', { cwd });
    expect(shown.out).toMatch(/^quick:0\.0 {2}\d+\.\d\d ms\n$/);

    const again = await nas('latency quick.nas --batch 2 --networks 4 --json', { cwd });
    const { error, ...same } = JSON.parse(again.out) as LatencyTable & { error: object };
    expect(same).toEqual(table);
    expect(error).toMatchObject({ networks: 2 });
    const told = await nas('latency quick.nas --batch 2 --networks 4', { cwd });
    expect(told.out).toContain('all measured before; `--fresh` measures anew');
  }, 120_000);

  test('takes the batch of the objective, and refuses tables of something else', async () => {
    const cwd = files();
    const made = await nas('latency quick.nas --search fast --networks 0 --out table.json', { cwd });
    expect(made.out).toContain('quick, batches of 2, ');
    expect(made.out).toContain('no other network is left to test them on');
    const code = async (words: string): Promise<string | undefined> => {
      const ran = await nas(`latency quick.nas ${words}`, { cwd });
      expect(ran.code).toBeGreaterThan(0);
      return /error\[(NAS\d+)\]/.exec(ran.err)?.[1];
    };
    expect(await code('--table table.json')).toBe('NAS4822');
    expect(await code('--table table.json --batch 2 --set c=8')).toBe('NAS4822');
    expect(await code('--table none.json')).toBe('NAS4821');
    expect(await code('--table quick.nas')).toBe('NAS4821');
    expect(await code('--table table.json --fresh')).toBe('NAS5107');
    expect(await code('--batch 0')).toBe('NAS5106');
  }, 120_000);
});

describe('a search for low predicted latencies', () => {
  test('measures before its first trial, keeps the table, and goes on with the same numbers', async () => {
    const cwd = files();
    const first = await run(cwd, '');
    expect(first.err).not.toContain('error');
    expect(first.out).toMatch(
      /^latency table of \d+ rows on .*: \d+ measured, and \d networks run, in .* off by /m,
    );
    const table = JSON.parse(readFileSync(keptPath(cwd), 'utf8')) as LatencyTable;
    expect(table.batch).toBe(2);
    const before = await predictions(cwd);
    expect(before).toHaveLength(3);
    for (const ms of before) expect(ms).toBeGreaterThan(0);

    // Changed by hand, so that measuring again would show.
    const rows = Object.fromEntries(Object.entries(table.rows).map(([key, ms]) => [key, ms + 1000]));
    writeFileSync(
      keptPath(cwd),
      JSON.stringify({ ...table, rows, calibration: { intercept: 0, factor: 1 } }),
    );
    const more = await run(cwd, '--trials 4');
    expect(more.out).not.toContain('latency table of');
    const after = await predictions(cwd);
    expect(after.slice(0, 3)).toEqual(before);
    expect(after[3]).toBeGreaterThan(1000);
  }, 120_000);

  test('refuses a table that is damaged, gone or of something else; `--fresh` begins anew', async () => {
    const cwd = files();
    await run(cwd, '');
    const path = keptPath(cwd);
    const whole = readFileSync(path, 'utf8');
    const code = async (words = '--trials 4'): Promise<string | undefined> =>
      /error\[(NAS\d+)\]/.exec((await run(cwd, words)).err)?.[1];
    writeFileSync(path, whole.slice(1));
    expect(await code()).toBe('NAS4821');
    writeFileSync(path, whole.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
    expect(await code()).toBe('NAS4822');
    rmSync(path);
    expect(await code()).toBe('NAS4821');
    expect(await code('--fresh')).toBeUndefined();
    expect(existsSync(path)).toBe(true);
  }, 120_000);

  test('counts a trial as failed whose operation the table lacks', async () => {
    const cwd = files();
    await run(cwd, '--trials 1');
    const table = JSON.parse(readFileSync(keptPath(cwd), 'utf8')) as LatencyTable;
    const rows = Object.fromEntries(Object.entries(table.rows).filter(([key]) => !key.startsWith('conv')));
    writeFileSync(keptPath(cwd), JSON.stringify({ ...table, rows }));
    await run(cwd, '--trials 4');
    const { out } = await nas('trials quick.nas', { cwd });
    expect(out).toContain('NAS4823');
  }, 120_000);

  test('is compared with the same table', async () => {
    const cwd = files();
    const compared = await nas('compare quick.nas --strategies evolution --seeds 2 --trials 2', {
      cwd,
      evaluator: fakeEvaluator,
    });
    expect(compared.code).toBe(0);
    const experiments = readdirSync(join(cwd, '.nas', 'experiments'));
    const tables = experiments.map((name) =>
      readFileSync(join(cwd, '.nas', 'experiments', name, 'latency.json'), 'utf8'),
    );
    expect(tables).toHaveLength(4);
    expect(new Set(tables).size).toBe(1);
  }, 120_000);

  test.each([
    ['minimize predicted_latency(batch: 0)', 'NAS2029'],
    ['minimize predicted_latency(runs: 3)', 'NAS2004'],
    ['minimize predicted_latncy', 'NAS2031'],
  ])('%s is refused', async (objective, code) => {
    const cwd = files(space + search.replace('minimize predicted_latency(batch: 2)', objective));
    const { err } = await nas('check quick.nas', { cwd });
    expect(err).toContain(`error[${code}]`);
  });
});
