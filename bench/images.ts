/**
 * `npm run bench:images [-- --seeds N --part strategies,growth,curves --json]`: searches that train on real images, from 3 seeds
 * each unless told otherwise.
 *
 * - `strategies`: six strategies and random search on `spaces/nasbench201_small.nas`, 30 trials of 3 epochs on a part of CIFAR-10.
 * - `growth`: EAS and path-level transformation on digits, against random search with as many epochs in all, and how far from its
 *   parent's accuracy each child begins.
 * - `curves`: what `stop: curve(...)` spares of the epochs of random search, and whether the best is kept.
 *
 * `--cifar10 FOLDER`, else the environment variable NASLANG_CIFAR10, names the folder with `data_batch_1.bin` and `test_batch.bin`.
 * Trials are kept in `--store FOLDER`, so that the same command goes on where it was stopped; `--fresh` begins anew. `--svg FILE`
 * draws the curves of the strategies, and `--trials N` makes all searches short.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contextOf } from '../cli/context.ts';
import { processTerminal } from '../cli/processTerminal.ts';
import { openResults } from '../cli/store.ts';
import { Refusal } from '../grammar/diagnostics.ts';
import { renderDiagnostics } from '../grammar/renderDiagnostic.ts';
import { dataHash } from '../runtime/data/table.ts';
import { didYouMean } from '../util/didYouMean.ts';
import { Failure, runBenchmark } from './benchmark.ts';
import type { Bench, Report } from './images/bench.ts';
import { curvesPart } from './images/curves.ts';
import { growthPart } from './images/growth.ts';
import { strategiesPart } from './images/strategies.ts';

const parts = {
  strategies: strategiesPart,
  growth: growthPart,
  curves: curvesPart,
} as const satisfies Record<string, (bench: Bench) => Promise<Report>>;
type Part = keyof typeof parts;

const isPart = (name: string): name is Part => Object.hasOwn(parts, name);

function readParts(text: string | undefined): readonly Part[] {
  const names = text?.split(',').map((name) => name.trim()) ?? Object.keys(parts);
  return names.map((name) => {
    if (isPart(name)) return name;
    const known = Object.keys(parts);
    throw new Failure(`no part is called ${name}; ${didYouMean(name, known) ?? known.join(', ')}`);
  });
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!(Number.isSafeInteger(count) && count > 0)) throw new Failure(`${name} needs a number of 1 or more`);
  return count;
}

/** Refuses where the images of CIFAR-10 are missing, before hours are spent on what does not need them. */
async function checkData(chosen: readonly Part[]): Promise<void> {
  if (chosen.some((part) => part !== 'growth')) await dataHash({ name: 'cifar10', args: {} });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '3' },
      part: { type: 'string' },
      json: { type: 'boolean', default: false },
      cifar10: { type: 'string' },
      store: { type: 'string', default: '.nas/images' },
      fresh: { type: 'boolean', default: false },
      svg: { type: 'string' },
      trials: { type: 'string' },
    },
  });
  const chosen = readParts(values.part);
  // The workers that train read it, too.
  if (values.cifar10 !== undefined) process.env['NASLANG_CIFAR10'] = resolve(values.cifar10);
  const terminal = processTerminal();
  const context = contextOf(terminal, process.argv);
  const seeds = readCount('--seeds', values.seeds);
  const trials = values.trials === undefined ? undefined : readCount('--trials', values.trials);
  await checkData(chosen);
  const store = await openResults(context, { store: values.store }, true);
  const { svg, fresh } = values;
  const bench: Bench = { context, store, seeds, trials, fresh, svg, progress: terminal.stderr };
  try {
    for (const part of chosen) {
      const start = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one device trains one network after the other
      const report = await parts[part](bench);
      const minutes = (performance.now() - start) / 60_000;
      if (values.json) {
        console.log(JSON.stringify({ ...report.json, missed: report.missed, minutes }));
        continue;
      }
      const missed = report.missed.map((what) => `not reached: ${what}`);
      console.log(
        ['', `== ${part}, ${minutes.toFixed(1)} minutes`, '', ...report.lines, ...missed].join('\n'),
      );
    }
  } finally {
    await store.close();
  }
}

await runBenchmark(async () => {
  try {
    await main();
  } catch (error) {
    throw error instanceof Refusal
      ? new Failure(renderDiagnostics(error.diagnostics, { color: false }))
      : error;
  }
});
