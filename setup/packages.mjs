// Installs the npm packages when what is in node_modules is not what the lock file says.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { describeEnd, lastLines } from './run.mjs';

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** What an install depends on: the packages asked for, the lock, and the platform that picks optional binaries. */
export function installStamp({ manifestText, lockText, platform, arch, abi }) {
  const { dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(manifestText);
  // Of package.json only what concerns packages: a changed script must not cost an install.
  const asked = JSON.stringify({ dependencies, devDependencies, optionalDependencies, overrides });
  const hash = createHash('sha256').update(asked).update('\0').update(lockText).digest('hex');
  return { hash, machine: `${platform} ${arch} ABI ${abi}` };
}

/**
 * Decides whether packages must be installed. `stamp` is what the last set-up left, `hiddenLockText` npm's own record of
 * what is in node_modules: where that agrees with the lock (a plain `npm install` brought it), it is adopted as it is.
 */
export function decideInstall({ wanted, stamp, lockText, hiddenLockText }) {
  if (hiddenLockText === undefined) return { install: true, why: 'there are no packages yet' };
  if (stamp !== undefined && stamp.machine !== wanted.machine) {
    return { install: true, why: `they were installed for ${stamp.machine}, and this is ${wanted.machine}` };
  }
  if (stamp?.hash === wanted.hash) return { install: false, why: 'unchanged' };
  const difference = lockDifference(lockText, hiddenLockText);
  if (difference !== undefined) return { install: true, why: difference };
  return { install: false, why: 'they are what the lock file says' };
}

/** Says what differs between package-lock.json and npm's record in node_modules, or undefined when nothing does. */
export function lockDifference(lockText, hiddenLockText) {
  const locked = JSON.parse(lockText).packages ?? {};
  const installed = JSON.parse(hiddenLockText).packages ?? {};
  for (const [path, entry] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path];
    // Optional packages of other platforms are in the lock only.
    if (found === undefined && entry.optional !== true) return `${path} is missing`;
    if (found !== undefined && (found.version !== entry.version || found.integrity !== entry.integrity)) {
      return `${path} is ${found.version}, the lock file says ${entry.version}`;
    }
  }
  return undefined;
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** This checkout's files as `installStamp` and `decideInstall` want them; undefined where there is no lock. */
function readCheckout(root) {
  const lockText = readIfThere(join(root, 'package-lock.json'));
  if (lockText === undefined) return undefined;
  const manifestText = readFileSync(join(root, 'package.json'), 'utf8');
  const { platform, arch } = process;
  return {
    lockText,
    hiddenLockText: readIfThere(join(root, 'node_modules', '.package-lock.json')),
    wanted: installStamp({ manifestText, lockText, platform, arch, abi: process.versions.modules }),
  };
}

/** Installs the packages where needed. Returns `{ ok: true }` or `{ ok: false, message }`. */
export async function installPackages(root, log) {
  const before = readCheckout(root);
  // Installed as somebody's dependency there is no lock, and npm has done its work.
  if (before === undefined) return { ok: true };
  const stampFile = join(root, 'node_modules', '.naslang-setup.json');
  const stamp = readStamp(stampFile);
  const decision = decideInstall({ ...before, stamp });
  if (decision.install) {
    log(`installing packages with npm ci (${decision.why})`);
    const failed = await install(root, log);
    if (failed !== undefined) {
      const lines = lastLines(`${failed.stdout}\n${failed.stderr}`, 12).map((line) => `  ${line}`);
      const end = describeEnd(failed, INSTALL_TIMEOUT_MS);
      return { ok: false, message: [`npm failed to install the packages (${end}):`, ...lines].join('\n') };
    }
  }
  // Read again: npm install may have written the lock.
  const { wanted } = readCheckout(root);
  if (stamp?.hash !== wanted.hash || stamp.machine !== wanted.machine) {
    writeFileSync(stampFile, `${JSON.stringify(wanted)}\n`);
  }
  return { ok: true };
}

/** Runs npm; returns undefined, or how it failed. */
async function install(root, log) {
  // The development packages too, whatever NODE_ENV says: the compiler is among them.
  const words = ['--include=dev', '--no-progress'];
  const options = { cwd: root, timeoutMs: INSTALL_TIMEOUT_MS };
  let ended = await npm(['ci', ...words], options);
  if (ended.code !== 0 && ended.stderr.includes('EUSAGE')) {
    // What npm ci refuses to touch: package.json asks for something the lock does not have, as after a merge.
    log('package.json and package-lock.json disagree: npm install (commit the lock it writes)');
    ended = await npm(['install', ...words], options);
  }
  return ended.code === 0 ? undefined : ended;
}
