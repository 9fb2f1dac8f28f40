// Finds a driver that gives a WebGPU adapter, the fastest that this machine lets us have, and remembers it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { installWithApt } from './apt.mjs';
import { driverFile, forcedDriver } from './driverChoice.mjs';
import { probeDriver } from './probe.mjs';
import { cachedSwiftshader, fetchSwiftshader } from './swiftshader.mjs';

/** For so long a fetched SwiftShader spares apt-get that failed: it is several times slower than what apt-get may bring. */
const NO_SECOND_TRY_MS = 24 * 3_600_000;

/** What the search for a driver may do; tests put their own in. */
export const realActions = {
  probe: probeDriver,
  cached: cachedSwiftshader,
  apt: installWithApt,
  fetch: fetchSwiftshader,
  failedLately: aptFailedLately,
};

/** When apt-get failed, if that was within a day, by the note that `saveDriver` left. */
function aptFailedLately(env) {
  try {
    const { aptFailed } = JSON.parse(readFileSync(driverFile(env), 'utf8'));
    const age = Date.now() - Date.parse(aptFailed);
    return age >= 0 && age < NO_SECOND_TRY_MS ? aptFailed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds a working driver: the system's as it is, Mesa installed with apt-get, a SwiftShader fetched before, SwiftShader
 * fetched now. Where apt-get failed within a day, a SwiftShader fetched before comes first. Returns `{ choice, info, reasons,
 * aptFailed }`; without an adapter `choice` is undefined and `reasons` says of each way why it failed; `aptFailed` is when
 * apt-get did. NASLANG_DRIVER narrows the search to one way, NASLANG_NO_INSTALL=1 forbids apt-get.
 *
 * @returns {Promise<{ choice?: import('./driverChoice.mjs').DriverChoice, info?: object, reasons: string[], aptFailed?: string }>}
 */
export async function findDriver(log, env = process.env, actions = realActions) {
  const forced = forcedDriver(env);
  if (forced === 'none') return { reasons: ['NASLANG_DRIVER=none'] };
  /** @type {{ reasons: string[], aptFailed?: string }} */
  const found = { reasons: [] };

  const attempt = async (name, choice) => {
    const answer = await actions.probe(choice);
    if (answer.works) return { choice, info: answer.info, ...found };
    found.reasons.push(`${name}: ${answer.why}`);
    return undefined;
  };
  const failed = (name, { why, lines }) => {
    found.reasons.push(`${name}: ${why}`);
    for (const line of lines) log(`  ${line}`);
  };

  const asItIs = () => attempt('system driver', { driver: 'system' });
  const installed = async () => {
    if (env.NASLANG_NO_INSTALL === '1') {
      found.reasons.push('apt-get: forbidden by NASLANG_NO_INSTALL');
      return undefined;
    }
    const answer = await actions.apt(log);
    if (answer.installed) return attempt('the installed driver', { driver: 'system' });
    failed('apt-get', answer);
    found.aptFailed = new Date().toISOString();
    return undefined;
  };
  const cached = actions.cached(env);
  const kept = () => (cached ? attempt('SwiftShader', cached) : undefined);
  const fetched = async () => {
    if (cached) return undefined;
    const answer = await actions.fetch(log);
    if (answer.choice !== undefined) return attempt('SwiftShader', answer.choice);
    failed('SwiftShader', answer);
    return undefined;
  };

  if (cached) found.aptFailed = actions.failedLately(env);
  const ofSystem = found.aptFailed !== undefined ? [asItIs, kept, installed] : [asItIs, installed, kept];
  const ways =
    forced === 'system'
      ? [asItIs, installed]
      : forced === 'swiftshader'
        ? [kept, fetched]
        : [...ofSystem, fetched];
  for (const way of ways) {
    const choice = await way();
    if (choice) return choice;
  }
  return found;
}

/**
 * Leaves the choice where the processes that open a device look for it. A forced choice is not kept: the variable that
 * forces it is there for them too.
 */
export function saveDriver(found, env = process.env) {
  if (forcedDriver(env) !== undefined) return;
  const path = driverFile(env);
  mkdirSync(dirname(path), { recursive: true });
  const saved = {
    ...(found.choice ?? { driver: 'system' }),
    adapter: found.info?.description,
    aptFailed: found.aptFailed,
  };
  writeFileSync(path, `${JSON.stringify(saved, undefined, 2)}\n`);
}

/** One line that says which adapter was found. */
export function describeAdapter({ choice, info }) {
  const name = info.description || [info.vendor, info.architecture, info.device].filter(Boolean).join(' ');
  const kind = info.software ? 'software' : 'GPU';
  return `WebGPU adapter: ${name} (${kind}, ${choice.driver === 'swiftshader' ? 'fetched SwiftShader' : 'system driver'})`;
}
