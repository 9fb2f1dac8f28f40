import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Failure } from '../benchmark.ts';
import { ANSWERS, type Answer, type Ready, type Request } from './protocol.ts';

/** An implementation in its own process, which is asked one thing at a time. See protocol.ts. */
export class Peer {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  #errors = '';

  constructor(name: string, [command = '', ...words]: readonly string[]) {
    this.name = name;
    this.#child = spawn(command, words, { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
    this.#child.stderr?.on('data', (chunk) => {
      this.#errors += chunk;
    });
    // An end of the process is told through the answer that does not come.
    this.#child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', ({ message }) => resolve(message));
      this.#child.once('close', (code, signal) =>
        resolve(signal ? `killed by ${signal}` : `exit code ${code}`),
      );
    });
    const answers = this.#child.stdio[ANSWERS];
    const input = answers instanceof Readable ? answers : Readable.from([]);
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  /** Waits for its first words. */
  readonly ready = (): Promise<Ready> => this.#next<Ready>();

  /** Has it measure. Fails when the process ends instead. */
  readonly measure = (request: Request): Promise<Answer> => {
    const answer = this.#next<Answer>();
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return answer;
  };

  /** Has the process end. */
  readonly end = (): void => {
    this.#child.stdin?.end();
  };

  async #next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value) as T;
    throw new Failure(`the process of ${this.name} ended (${await this.#ended}):\n${this.#errors.trim()}`);
  }
}
