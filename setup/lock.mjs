// Lets one set-up at a time work on a checkout: two `npm ci` at once leave half a node_modules.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const GIVE_UP_MS = 15 * 60_000;
const POLL_MS = 200;

function take(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** True where the process that holds the lock is still there. A lock just being written has no number yet: it counts. */
function holderLives(path) {
  let pid;
  try {
    pid = Number(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while holding the lock file; waits for another holder, and takes over from one that died. */
export async function withLock(path, work, log) {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + GIVE_UP_MS;
  let said = false;
  while (!take(path)) {
    if (!holderLives(path) || Date.now() > deadline) {
      rmSync(path, { force: true });
      continue;
    }
    if (!said) log?.('waiting for another set-up of this checkout');
    said = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // A signal ends the process without `finally`; the exit event still comes when `run` ends us.
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
