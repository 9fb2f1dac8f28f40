/** What the benchmarks with a command line share. */

/** What went wrong, in words for whoever runs a benchmark. */
export class Failure extends Error {}

/** Runs a benchmark; a {@link Failure} is told without a stack trace and ends it with exit code 1. */
export async function runBenchmark(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The number of `--rounds`. */
export function readRounds(text: string): number {
  const rounds = Number(text);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Failure('--rounds needs a number of 1 or more');
  return rounds;
}
