/**
 * `npm run bench:start`: how long the built command takes from the start of its process to the end of the first training step
 * of a search (`nas search spaces/digits.nas`), with an empty cache of the driver and with one that holds its shaders. Builds
 * the command where needed. Each round makes an empty folder for the cache of Mesa's drivers and runs the command twice, so
 * that the second run finds what the first has compiled; other drivers keep their caches elsewhere, and both runs are warm.
 * Prints, for either cache, lines to read and a line of JSON.
 *
 * `npm run bench:start -- --rounds 9` makes more rounds than the usual 5.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from '../setup/build.mjs';
import { Failure, readRounds, runBenchmark } from './benchmark.ts';
import { medianOf } from '../util/statistics/summary.ts';
import { readMarks, stages, type Stage, type Timeline } from './start/marks.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SPACE = 'spaces/digits.nas';
const targetMs = { cold: 8000, warm: 1000 } as const;
type Cache = keyof typeof targetMs;

/** One run in its own store. What follows the first step is kept short. */
function run(folder: string, cache: string): Timeline {
  const marks = join(folder, 'marks');
  const store = join(folder, 'store');
  for (const path of [marks, store]) rmSync(path, { recursive: true, force: true });
  const short = ['--trials', '1', '--set', 'evaluate.epochs=1', '--set', 'retrain.epochs=1'];
  const probe = new URL('start/probe.mjs', import.meta.url).href;
  const begin = performance.timeOrigin + performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist', 'cli', 'main.js'), 'search', SPACE, '--store', store, ...short],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: `--import ${probe}`,
        NASLANG_BENCH_MARKS: marks,
        MESA_SHADER_CACHE_DIR: cache,
      },
    },
  );
  if (status !== 0) throw new Failure(`nas search ended with exit code ${status}:\n${stderr}`);
  return readMarks(readFileSync(marks, 'utf8'), begin);
}

function report(cache: Cache, timelines: readonly Timeline[]): void {
  const at = (stage: Stage): number => medianOf(timelines.map(({ ms }) => ms[stage]));
  const runs = timelines.map(({ ms }) => ms.stepped);
  const target = targetMs[cache];
  const [best, worst] = [Math.min(...runs), Math.max(...runs)].map((ms) => (ms / 1000).toFixed(2));
  const kind = cache === 'cold' ? 'an empty' : 'a warm';
  console.log(
    `first training step of nas search ${SPACE}, ${kind} driver cache: ${(at('stepped') / 1000).toFixed(2)} s, ` +
      `the target is below ${target / 1000} s (median of ${runs.length} runs, ${best} to ${worst} s)`,
  );
  const ordered = (Object.keys(stages) as Stage[]).sort((a, b) => at(a) - at(b));
  for (const stage of ordered) console.log(`${at(stage).toFixed(0).padStart(7)} ms  ${stages[stage].says}`);
  const row = {
    bench: 'start',
    space: SPACE,
    cache,
    median_ms: at('stepped'),
    best_ms: Math.min(...runs),
    runs_ms: runs,
    cpu_ms: medianOf(timelines.map(({ cpuMs }) => cpuMs)),
    stages_ms: Object.fromEntries(ordered.map((stage) => [stage, at(stage)])),
    target_ms: target,
  };
  console.log(
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'number' ? Math.round(value) : value)),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  const rounds = readRounds(values.rounds);
  const built = await build(root, (what: string) => console.log(`bench: ${what}`));
  if (!built.ok) throw new Failure(built.message);
  const folder = mkdtempSync(join(tmpdir(), 'naslang-start-'));
  const timelines: Record<Cache, Timeline[]> = { cold: [], warm: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const cache = join(folder, `cache-${round}`);
      mkdirSync(cache);
      timelines.cold.push(run(folder, cache));
      timelines.warm.push(run(folder, cache));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  report('warm', timelines.warm);
  report('cold', timelines.cold);
}

await runBenchmark(main);
