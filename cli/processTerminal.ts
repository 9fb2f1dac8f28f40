/** The terminal of this process. */
import { text as readAll } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import type { Output, StopSignal, Terminal } from './terminal.ts';

const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The process as commands see it. To be made once: it also takes care of a reader that goes away. */
export function processTerminal(): Terminal {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    cwd: process.cwd(),
    env: process.env,
    onStop: (listener) => {
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    readInput: () => readAll(process.stdin),
    exit: (code) => process.exit(code),
  };
}

function outputOf(stream: NodeJS.WriteStream & { readonly fd: number }): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // `nas sample ... | head` has seen enough; nobody reads what else there is to say.
    // EIO: the terminal's window was closed.
    if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: isatty(stream.fd),
    columns: () => stream.columns,
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}
