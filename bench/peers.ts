/**
 * `npm run bench:peers`: the check network here and in TensorFlow.js on WebGPU, on the same adapter. The two take
 * turns, so that what else the machine does meets both. Each turn begins with the seeded weights and must end with
 * the known loss. Both wait for the device in the way that suits it (runtime/device/wait.ts). Prints a line to read
 * and a JSON line for training, then for inference.
 *
 * `npm run bench:peers -- --rounds 9` takes more turns than the usual 5.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages } from '../setup/packages.mjs';
import { batch, lossOfStep17 } from '../test/fixtures/checkNetwork.ts';
import type { Answer, Ready, Work } from './peers/protocol.ts';

/** The loss is known for the 17th step. */
const STEPS = 17;
const WARM_UP = 2;
const LOSS_TOLERANCE = 1e-4;
/** Scores are of size 1 and come from sums of 288 products in float32. */
const SCORE_TOLERANCE = 1e-3;

/** What went wrong, in words for whoever runs this. */
class Failure extends Error {}

/** An implementation in its own process. */
class Peer {
  readonly name: string;
  readonly #child: ChildProcess;
  #errors = '';

  constructor(name: string, file: string) {
    this.name = name;
    const entry = fileURLToPath(new URL(`./peers/${file}`, import.meta.url));
    this.#child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (chunk) => {
      this.#errors += chunk;
    });
  }

  readonly ready = (): Promise<Ready> => this.#next();

  readonly measure = (work: Work): Promise<Answer> => {
    const answer = this.#next<Answer>();
    // An end of the process is told through the answer.
    this.#child.send({ work, steps: STEPS }, () => {});
    return answer;
  };

  readonly end = (): void => {
    if (this.#child.connected) this.#child.disconnect();
  };

  /** The next message; fails when the process ends first. */
  #next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const { exitCode, signalCode } = this.#child;
      const settle = (): void => {
        this.#child.off('message', onMessage).off('close', onClose);
      };
      const onMessage = (message: unknown): void => {
        settle();
        resolve(message as T);
      };
      const onClose = (code: number | null, signal: string | null): void => {
        settle();
        const end = signal ? `killed by ${signal}` : `exit code ${code}`;
        reject(new Failure(`the process of ${this.name} ended (${end}):\n${this.#errors.trim()}`));
      };
      this.#child.on('message', onMessage).on('close', onClose);
      if (exitCode !== null || signalCode !== null) onClose(exitCode, signalCode);
    });
  }
}

/** Installs the peers' packages, which are not among ours. */
async function install(): Promise<void> {
  const folder = fileURLToPath(new URL('./peers', import.meta.url));
  const log = (why: string): void => console.log(`bench/peers: ${why}; about 300 MB, the first time only`);
  const installed = await installPackages(folder, log);
  if (installed.ok) return;
  const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;
  const message = installed.message ?? '';
  throw new Failure(
    unreachable.test(message)
      ? `The peers cannot be installed: the npm registry cannot be reached. Try again with a network.\n${message}`
      : message,
  );
}

/** Both must have worked on the same thing. */
function check(work: Work, ours: Peer, theirs: Peer, answers: readonly [Answer, Answer]): void {
  if (work === 'train') {
    for (const [i, { name }] of [ours, theirs].entries()) {
      const loss = answers[i]?.last[0] ?? NaN;
      if (Math.abs(loss - lossOfStep17) <= LOSS_TOLERANCE) continue;
      throw new Failure(`${name}: the loss of step ${STEPS} is ${loss}, and ${lossOfStep17} is right`);
    }
    return;
  }
  const [mine, other] = answers;
  const far = mine.last.findIndex((score, i) => !(Math.abs(score - other.last[i]) <= SCORE_TOLERANCE));
  if (mine.last.length === other.last.length && far === -1) return;
  throw new Failure(`score ${far} is ${mine.last[far]} here and ${other.last[far]} in ${theirs.name}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Turn by turn; the first, which compiles shaders, is checked but not counted. */
async function compare(work: Work, ours: Peer, theirs: Peer, rounds: number): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const answers: [Answer, Answer] = [await ours.measure(work), await theirs.measure(work)];
    check(work, ours, theirs, answers);
    if (round > 0) answers.forEach((answer, i) => times[i].push(...answer.times.slice(WARM_UP)));
  }
  return [median(times[0]), median(times[1])];
}

function report(
  work: Work,
  adapter: string,
  theirs: Peer,
  rounds: number,
  [oursMs, tfjsMs]: [number, number],
): void {
  const ratio = tfjsMs / oursMs;
  const what = work === 'train' ? 'training step' : 'forward pass';
  console.log(
    `${what} of the check network, batch ${batch}, on ${adapter}: naslang ${oursMs.toFixed(2)} ms, ` +
      `${theirs.name} ${tfjsMs.toFixed(2)} ms, ${ratio.toFixed(1)} times as fast ` +
      `(medians of ${rounds * (STEPS - WARM_UP)} steps in ${rounds} rounds; results agree)`,
  );
  const bench = work === 'train' ? 'peers' : 'peers-inference';
  const [ours_ms, tfjs_ms] = [Number(oursMs.toFixed(3)), Number(tfjsMs.toFixed(3))];
  const row = { bench, network: 'check', batch, adapter, ours_ms, tfjs_ms, ratio: Number(ratio.toFixed(2)) };
  console.log(JSON.stringify(row));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Failure('--rounds needs a number of 1 or more');
  await install();
  const ours = new Peer('naslang', 'naslang.ts');
  const theirs = new Peer('TensorFlow.js (WebGPU)', 'tfjs.mjs');
  try {
    const [mine, other] = await Promise.all([ours.ready(), theirs.ready()]);
    const adapter = mine.info.description || mine.info.device || mine.info.vendor;
    const identity = ({ info }: Ready): string =>
      [info.vendor, info.architecture, info.device, info.description, info.driver].join('; ');
    if (identity(mine) !== identity(other)) {
      throw new Failure(`not the same adapter: ${identity(mine)} and ${identity(other)}`);
    }
    for (const work of ['train', 'infer'] as const) {
      report(work, adapter, theirs, rounds, await compare(work, ours, theirs, rounds));
    }
  } finally {
    ours.end();
    theirs.end();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
