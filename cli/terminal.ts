/** What a command touches of the world around it. The program gives the real one; tests give their own. */
import { resolve } from 'node:path';
import type { Evaluator } from '../runtime/evaluate/protocol.ts';

/** Where text goes. */
export interface Output {
  readonly write: (text: string) => void;
  /** Whether a person watches it: only then are lines redrawn in place. */
  readonly isTerminal: boolean;
  /** Width in characters, where it has one. */
  readonly columns: () => number | undefined;
  /** Calls back when the width changes; returns what ends that. */
  readonly onResize: (listener: () => void) => () => void;
}

/** The signals that ask a command to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back when the user or the system asks to stop; returns what ends that. */
  readonly onStop: (listener: (signal: StopSignal) => void) => () => void;
  /** All that comes on stdin. */
  readonly readInput?: () => Promise<string>;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** Trains networks; the package's own worker process unless tests give another. */
  readonly evaluator?: () => Evaluator;
}

/** A path as typed, made right for this process where the command runs in another folder. */
export function pathFrom({ cwd }: Terminal, path: string): string {
  return cwd === process.cwd() ? path : resolve(cwd, path);
}

/** Whether to colour, by the user's wishes first (https://no-color.org, https://force-color.org). */
export function wantsColor(output: Output, env: Terminal['env'], argv: readonly string[]): boolean {
  if (argv.includes('--no-color') || env['NO_COLOR']) return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return output.isTerminal && env['TERM'] !== 'dumb';
}
