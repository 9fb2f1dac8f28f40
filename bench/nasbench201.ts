/**
 * `npm run bench:nasbench201 [-- --seeds N --queries N --strategies a,b --json]`: strategies on the table of NAS-Bench-201
 * (Dong & Yang 2020), through `spaces/nasbench201.nas`. Each searches for validation accuracy after 12 epochs on CIFAR-10;
 * what counts is the test accuracy after 200 epochs of the best that it found. Every proposal is a query, repeated or not.
 *
 * For each strategy over all seeds: mean and standard deviation of the test accuracy of the best found; the mean validation
 * accuracy of the last 100 proposals; the one-sided p-value of Mann & Whitney's test against random search with as many
 * queries; processor time. Then how long a million queries of the table take.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from '../util/didYouMean.ts';
import { mannWhitney } from '../util/statistics/mannWhitney.ts';
import { deviationOf, meanOf } from '../util/statistics/summary.ts';
import { Failure, runBenchmark } from './benchmark.ts';
import { Arena, MILLION, type Runs } from './nasbench201/arena.ts';
import { contestants, type Contestant } from './nasbench201/contestants.ts';
import { readNasBench201 } from './nasbench201/table.ts';

interface Options {
  readonly seeds: number;
  /** undefined: 300, or what a contestant asks for. */
  readonly queries: number | undefined;
  readonly chosen: readonly Contestant[];
  readonly json: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      queries: { type: 'string' },
      strategies: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const names = contestants.map(({ name }) => name);
  const wanted = values.strategies?.split(',').map((name) => name.trim()) ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Failure(
      `no contestant is called ${unknown}; ${didYouMean(unknown, names) ?? names.join(', ')}`,
    );
  }
  return {
    seeds: readCount('--seeds', values.seeds),
    queries: values.queries === undefined ? undefined : readCount('--queries', values.queries),
    chosen: contestants.filter(({ name }) => wanted.includes(name) || name === 'random'),
    json: values.json,
  };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!(Number.isSafeInteger(count) && count > 0)) throw new Failure(`${name} needs a number of 1 or more`);
  return count;
}

function report({ contestant, queries, found, last, seconds }: Runs, random: Runs, json: boolean): void {
  const { name, args, note } = contestant;
  const p = name === 'random' ? undefined : mannWhitney(found, random.found, 'greater').p;
  const [test, deviation, lastMean] = [meanOf(found), deviationOf(found), meanOf(last)];
  if (json) {
    const figures = { seeds: found.length, queries, test, deviation, last: lastMean, p, seconds };
    console.log(JSON.stringify({ strategy: name, args, note, ...figures }));
    return;
  }
  const cells = [
    name.padEnd(18),
    String(queries).padStart(7),
    test.toFixed(2).padStart(10),
    deviation.toFixed(2).padStart(9),
    lastMean.toFixed(1).padStart(12),
    (p?.toExponential(1) ?? '').padStart(9),
    seconds.toFixed(1).padStart(8),
  ];
  console.log(cells.join(' '));
}

await runBenchmark(async () => {
  const { seeds, queries, chosen, json } = readOptions();
  const bench = readNasBench201();
  const arena = new Arena(bench);
  const randoms = new Map<number, Runs>();
  if (!json) {
    console.log(`NAS-Bench-201, CIFAR-10: ${bench.table.size} architectures, ${seeds} seeds`);
    console.log('strategy           queries  best: test deviation  last: valid         p    CPU s');
  }
  for (const contestant of chosen) {
    const count = queries ?? contestant.queries ?? 300;
    const random =
      randoms.get(count) ?? arena.run({ name: 'random', strategy: 'random', args: {} }, seeds, count);
    randoms.set(count, random);
    report(contestant.name === 'random' ? random : arena.run(contestant, seeds, count), random, json);
  }
  const seconds = arena.timeMillion();
  if (json) console.log(JSON.stringify({ tableQueries: MILLION, seconds }));
  else console.log(`a million queries of the table: ${seconds.toFixed(1)} s`);
});
