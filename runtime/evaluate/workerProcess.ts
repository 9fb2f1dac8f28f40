/**
 * One worker process as its coordinator sees it: started, spoken to, watched and ended. What it is given to do comes
 * back as an answer, or as the reason why there is none.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { excerpt } from '../../util/words.ts';
import { receiveResponse } from './messages.ts';
import type {
  NotReady,
  OnProgress,
  Ready,
  Request,
  Response,
  TrainFailure,
  ResultOf,
  TrainProgress,
  Work,
} from './protocol.ts';

const answerTo = {
  train: 'result',
  evaluate: 'evaluated',
  latency: 'latency',
  score: 'score',
  share: 'share',
} as const;

/** What can be set about worker processes. Times are in milliseconds. */
export interface WorkerOptions {
  /** The program to run; the package's own worker unless tests name another. */
  readonly entry?: URL;
  /** A kernel set that the worker loads before it begins, and the version that must have built it. */
  readonly kernels?: { readonly folder: string; readonly compiler: string };
  /** How long a start may take. */
  readonly startLimit?: number;
  /** How long a worker may be silent while it has something to do; every message starts it anew. */
  readonly silenceLimit?: number;
  /** How long the end may take before the process is killed. */
  readonly closeLimit?: number;
}

/** A process that is gone or had to be ended, in words: "signal SIGKILL". */
export interface Lost {
  readonly kind: 'lost';
  readonly how: string;
  /** Whether it was ended because it said nothing for so many milliseconds. */
  readonly silentFor: number | undefined;
  /** The last lines that it wrote. */
  readonly said: readonly string[];
}

const START_LIMIT = 60_000;
// An epoch on a slow machine may take minutes, and a cold driver compiles for a minute before the first.
const SILENCE_LIMIT = 15 * 60_000;
const CLOSE_LIMIT = 700;
const TICKS = 20;
const KEPT_OUTPUT = 4000;
const KEPT_LINES = 6;

/** A forked worker. One conversation at a time. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #options: WorkerOptions;
  /** Where messages go, and the end of the process. */
  #listener: ((event: Response | Lost) => void) | undefined;
  #lost: Lost | undefined;
  #output = '';
  readonly #exited: Promise<void>;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const entry = options.entry ?? ownEntry();
    const { kernels } = options;
    const more = kernels === undefined ? [] : [kernels.folder, kernels.compiler];
    this.#child = fork(fileURLToPath(entry), [String(process.pid), ...more], {
      serialization: 'advanced',
      execArgv: entry.pathname.endsWith('.ts') ? ['--import', tsxLoader()] : [],
      // Drivers write warnings: they must not get into the coordinator's own output.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
    });
    this.#child.on('message', (value) => this.#receive(value));
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#lose(error.message);
        resolve();
      });
      // 'close' comes after the last words on stderr, 'exit' may come before.
      this.#child.once('close', (code, signal) => {
        this.#lose(signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`);
        resolve();
      });
    });
    this.#keepLoopAlive(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#lost === undefined;
  }

  /** Waits for its first words. To be called once, first of all. */
  async ready(): Promise<Ready | NotReady | Lost> {
    const first = await this.#converse(undefined, this.#options.startLimit ?? START_LIMIT, () => undefined);
    if (first.kind === 'ready' || first.kind === 'notReady' || first.kind === 'lost') return first;
    return this.#distrust(`it began with a ${first.kind}`);
  }

  /** Has a request answered. */
  async work<W extends Work>(request: W, onProgress: OnProgress): Promise<ResultOf<W> | TrainFailure | Lost> {
    const limit = this.#options.silenceLimit ?? SILENCE_LIMIT;
    const answer = await this.#converse(request, limit, (progress) => {
      const goOn = onProgress(progress) ?? true;
      if (request.kind === 'train' && request.observed) this.#send({ kind: 'verdict', id: request.id, goOn });
    });
    if (answer.kind === 'ready' || answer.kind === 'notReady') {
      return this.#distrust('it started anew while at work');
    }
    if (answer.kind !== 'lost' && answer.id !== request.id) {
      return this.#distrust(`it answered request ${answer.id} instead of ${request.id}`);
    }
    const { kind } = answer;
    if (kind === 'lost' || kind === 'failure') return answer;
    if (kind !== answerTo[request.kind]) return this.#distrust(`it answered a ${request.kind} by a ${kind}`);
    return answer as ResultOf<W>; // correlated union: the kind was just compared
  }

  /** Says something and waits for an answer that is no progress; ends the process when it is silent for too long. */
  #converse(
    request: Request | undefined,
    silenceLimit: number,
    onProgress: (progress: TrainProgress) => void,
  ): Promise<Exclude<Response, TrainProgress> | Lost> {
    if (this.#lost !== undefined) return Promise.resolve(this.#lost);
    this.#keepLoopAlive(true);
    return new Promise((resolve) => {
      // Ticks and not the clock are counted: a machine that slept, or a stopped job, is no reason to end a worker.
      let ticks = 0;
      const timer = setInterval(() => {
        ticks += 1;
        if (ticks < TICKS) return;
        this.#lose(`silent for ${Math.round(silenceLimit / 1000)} s`, silenceLimit);
        this.kill();
      }, silenceLimit / TICKS);
      this.#listener = (event) => {
        ticks = 0;
        if (event.kind === 'progress') {
          onProgress(event);
          return;
        }
        clearInterval(timer);
        this.#listener = undefined;
        this.#keepLoopAlive(false);
        resolve(event);
      };
      if (request !== undefined) this.#send(request);
    });
  }

  #send(request: Request): void {
    // A send that fails is followed by the end of the process, which is where it is dealt with.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  /** Ends the process: asks, waits a little, kills. */
  async close(): Promise<void> {
    this.#keepLoopAlive(true);
    const timer = setTimeout(() => this.kill(), this.#options.closeLimit ?? CLOSE_LIMIT);
    // One that is at work would not listen.
    if (this.#listener !== undefined) this.kill();
    else this.#send({ kind: 'stop' });
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
    this.#lose('it was ended');
  }

  #receive(value: unknown): void {
    const received = receiveResponse(value);
    if (received.ok) this.#listener?.(received.message);
    else this.#distrust(`it sent something that cannot be read (${received.problem})`);
  }

  #distrust(how: string): Lost {
    const lost = this.#lose(how);
    this.kill();
    return lost;
  }

  /** Notes the first reason; what follows from it is none. */
  #lose(how: string, silentFor?: number): Lost {
    if (this.#lost === undefined) {
      const said = this.#output.split('\n').filter((line) => line.trim() !== '');
      this.#lost = {
        kind: 'lost',
        how,
        silentFor,
        said: said.slice(-KEPT_LINES).map((line) => excerpt(line, 200)),
      };
      this.#listener?.(this.#lost);
    }
    return this.#lost;
  }

  /** An idle worker does not keep the coordinator from ending; one at work does. */
  #keepLoopAlive(keep: boolean): void {
    const { channel, stderr } = this.#child;
    for (const handle of [this.#child, channel, stderr instanceof Socket ? stderr : undefined]) {
      if (keep) handle?.ref();
      else handle?.unref();
    }
  }
}

/** The worker beside this file: a .js beside a .js when built, a .ts that needs a loader when run from sources. */
function ownEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}

function tsxLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
