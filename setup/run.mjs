// Runs one outside program with a time limit, keeping what it printed. Everything set-up starts goes through here.
import { spawn } from 'node:child_process';

/**
 * Runs a program and waits for its end; it never throws. A program that outlives `timeoutMs` is killed with its
 * children. `echo: true` passes the output on to the terminal as well as keeping it.
 */
export function run(command, args, { cwd, env, timeoutMs = 600_000, echo = false, shell = false } = {}) {
  return new Promise((resolve) => {
    // A group of its own, so that the limit also ends what npm or apt-get started; Windows has no such groups.
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, { cwd, env, shell, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const end = (signal) => {
      try {
        if (detached && child.pid !== undefined) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has already ended.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 3_000).unref();
    }, timeoutMs);
    // Its own group does not hear the terminal's Ctrl+C: pass it on, then end as a signal would have ended us.
    const forward = (signal) => {
      end(signal);
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    const finish = (result) => {
      clearTimeout(timer);
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve({ stdout, stderr, timedOut, ...result });
    };
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (echo) process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (echo) process.stderr.write(chunk);
    });
    child.on('error', (error) => finish({ code: null, signal: null, error: error.message }));
    child.on('close', (code, signal) => finish({ code, signal, error: undefined }));
  });
}

/** Says in a few words how a program ended, for a message: "exit code 3", "killed by SIGSEGV", "no answer in 30 s". */
export function describeEnd(result, timeoutMs) {
  if (result.timedOut) return `no answer in ${Math.round(timeoutMs / 1000)} s`;
  if (result.error !== undefined) return result.error;
  if (result.signal !== null) return `killed by ${result.signal}`;
  return `exit code ${result.code}`;
}

/** The last lines of a text that are not empty. */
export function lastLines(text, count) {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}
