// Makes a fresh clone ready for work: Node checked, packages installed, TypeScript built, `nas` in place, a WebGPU adapter
// found. It needs nothing but Node itself, does only what is missing, and takes a second when nothing is.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapterAdvice } from './advice.mjs';
import { build, linkCommand } from './build.mjs';
import { describeAdapter, findDriver, saveDriver } from './driver.mjs';
import { withLock } from './lock.mjs';
import { nodeVersionProblem } from './nodeVersion.mjs';
import { root } from './npm.mjs';
import { installPackages } from './packages.mjs';

// On standard error, so that what `npm start` prints can be piped on.
const log = (line) => process.stderr.write(`naslang: ${line}\n`);

/**
 * Sets everything up and returns `{ ok }`: false when a step failed, which has then been said; `step` names it. A missing
 * adapter is no failure, as much of `nas` needs none; it is said, with what to do, and `adapter` is undefined.
 * `evenUnbuilt` looks for an adapter though the build failed, for tests, which read the sources.
 */
export async function setUp({ evenUnbuilt = false } = {}) {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem !== undefined) return fail('node', problem);
  const prepared = await withLock(join(root, 'dist', '.setup.lock'), prepare, log);
  if (!prepared.ok && !(evenUnbuilt && prepared.step === 'build')) return prepared;
  let found;
  try {
    found = await findDriver(log);
  } catch (error) {
    return fail('driver', error.message);
  }
  try {
    saveDriver(found);
  } catch (error) {
    // Only a fetched driver needs the note; the system's is found without.
    if (found.choice?.driver === 'swiftshader') log(`the choice of driver cannot be kept: ${error.message}`);
  }
  if (found.choice === undefined) {
    log(`no WebGPU adapter (${found.reasons.join('; ')})`);
    for (const line of adapterAdvice()) log(line);
    return prepared;
  }
  log(describeAdapter(found));
  return { ...prepared, adapter: found.info };
}

async function prepare() {
  const installed = await installPackages(root, log);
  if (!installed.ok) return fail('packages', installed.message);
  const built = await build(root, log);
  if (!built.ok) return fail('build', built.message);
  linkCommand(root);
  return { ok: true };
}

function fail(step, message) {
  log(message);
  return { ok: false, step };
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await setUp()).ok ? 0 : 1;
}
