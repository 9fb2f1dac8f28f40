// Hands the terminal to another program and waits for its end.
import { spawn } from 'node:child_process';

/**
 * Runs a program on our own terminal and passes signals on to it. Resolves to how it ended: `{ code, signal }`, one of them
 * null.
 */
export function passOn(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const handlers = new Map();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      // On a terminal Ctrl+C reaches the whole group, the child included; a second one from us would look to it like an
      // impatient user, who wants no orderly end.
      const handler = () => {
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      };
      handlers.set(signal, handler);
      process.on(signal, handler);
    }
    // npm passes SIGTERM only to the shell it started us with, which dies of it without a word to us: being orphaned is
    // then the signal. Started by hand, an orphan may be what the user wanted (nohup).
    const parent = process.ppid;
    const watch =
      process.env.npm_lifecycle_event === undefined
        ? undefined
        : setInterval(() => {
            if (process.ppid !== parent) {
              clearInterval(watch);
              child.kill('SIGTERM');
            }
          }, 500);
    const finish = (end) => {
      clearInterval(watch);
      for (const [signal, handler] of handlers) process.off(signal, handler);
      resolve(end);
    };
    child.on('error', (error) => {
      process.stderr.write(`naslang: ${error.message}\n`);
      finish({ code: 1, signal: null });
    });
    child.on('close', (code, signal) => finish({ code, signal }));
  });
}
