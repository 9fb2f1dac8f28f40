/** Runs the command in this process, on a terminal that keeps what is written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { run } from '../../cli/run.ts';
import type { Output, StopSignal, Terminal } from '../../cli/terminal.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';

/** The folder with the spaces of these tests. */
export const files: string = fileURLToPath(new URL('./files', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface NasOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly evaluator?: () => Evaluator;
  /** A terminal for stdout; a pipe otherwise. */
  readonly stdout?: Output;
  /** Is given a function that sends a signal to the command. */
  readonly onStart?: (signal: (name: StopSignal) => void) => void;
  readonly onExit?: (code: number) => void;
}

/** Runs `nas` with the words of a line, parted by spaces, or as given. */
export async function nas(words: string | readonly string[], options: NasOptions = {}): Promise<Ran> {
  const argv = typeof words === 'string' ? words.split(' ').filter((word) => word !== '') : words;
  const kept = { out: '', err: '' };
  const pipe = (name: 'out' | 'err'): Output => ({
    write: (text) => void (kept[name] += text),
    isTerminal: false,
    columns: () => undefined,
    onResize: () => () => undefined,
  });
  const listeners = new Set<(signal: StopSignal) => void>();
  const terminal: Terminal = {
    stdout: options.stdout ?? pipe('out'),
    stderr: pipe('err'),
    cwd: options.cwd ?? files,
    env: options.env ?? {},
    onStop: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => options.onExit?.(code),
    ...(options.evaluator && { evaluator: options.evaluator }),
  };
  options.onStart?.((name) => listeners.forEach((listener) => listener(name)));
  const code = await run(argv, terminal);
  return { code, ...kept };
}

/** A folder of its own, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nas-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
