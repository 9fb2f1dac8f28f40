/**
 * Ends a worker whose coordinator is gone. The 'disconnect' event does it in an orderly worker; one that hangs in a
 * driver never gets to see events, so a thread of its own looks after the parent's process id.
 */
import { Worker } from 'node:worker_threads';

const INTERVAL_MS = 500;

// Code as text: a file would need the same loader as the worker itself, and three lines need none.
const WATCH = `
  const { workerData } = require('node:worker_threads');
  const alive = () => { try { process.kill(workerData.parent, 0); return true; } catch (e) { return e.code === 'EPERM'; } };
  setInterval(() => {
    if (process.ppid !== workerData.parent || !alive()) process.kill(process.pid, 'SIGKILL');
  }, workerData.interval);
`;

/** Ends this process soon after process `parent`, its parent, has ended. */
export function endWithParent(parent: number): void {
  const workerData = { parent, interval: INTERVAL_MS };
  const thread = new Worker(WATCH, { eval: true, execArgv: [], workerData });
  thread.unref();
  // No events come any more, or the loop is idle: nothing is lost by ending at once.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Ctrl-C reaches every process of the terminal, but it is the coordinator who decides what ends.
  process.on('SIGINT', () => undefined);
}
