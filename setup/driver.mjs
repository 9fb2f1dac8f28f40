// Finds a driver that gives a WebGPU adapter, in the order of least change to the machine, and remembers it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { installWithApt } from './apt.mjs';
import { driverFile, forcedDriver } from './driverChoice.mjs';
import { probeDriver } from './probe.mjs';
import { cachedSwiftshader, fetchSwiftshader } from './swiftshader.mjs';

/** What the search for a driver may do; tests put their own in. */
const realActions = {
  probe: probeDriver,
  cached: cachedSwiftshader,
  apt: installWithApt,
  fetch: fetchSwiftshader,
};

/**
 * Finds a working driver: the system's as it is, a SwiftShader fetched before, Mesa installed with apt-get, SwiftShader
 * fetched now. Returns `{ choice, info, reasons }`; without an adapter `choice` is undefined and `reasons` says of each
 * way why it failed. NASLANG_DRIVER narrows it to one, NASLANG_NO_INSTALL=1 forbids apt-get.
 *
 * @returns {Promise<{ choice?: import('./driverChoice.mjs').DriverChoice, info?: object, reasons: string[] }>}
 */
export async function findDriver(log, env = process.env, actions = realActions) {
  /** @type {string[]} */
  const reasons = [];
  const forced = forcedDriver(env);
  if (forced === 'none') return { reasons: ['NASLANG_DRIVER=none'] };

  const attempt = async (name, choice) => {
    const answer = await actions.probe(choice);
    if (answer.works) return { choice, info: answer.info, reasons };
    reasons.push(`${name}: ${answer.why}`);
    return undefined;
  };
  const failed = (name, { why, lines }) => {
    reasons.push(`${name}: ${why}`);
    for (const line of lines) log(`  ${line}`);
  };

  if (forced !== 'swiftshader') {
    const found = await attempt('system driver', { driver: 'system' });
    if (found) return found;
  }
  const cached = forced === 'system' ? undefined : actions.cached(env);
  if (cached) {
    const found = await attempt('SwiftShader', cached);
    if (found) return found;
  }
  if (forced !== 'swiftshader') {
    if (env.NASLANG_NO_INSTALL === '1') reasons.push('apt-get: forbidden by NASLANG_NO_INSTALL');
    else {
      const installed = await actions.apt(log);
      if (!installed.installed) failed('apt-get', installed);
      else {
        const found = await attempt('the installed driver', { driver: 'system' });
        if (found) return found;
      }
    }
  }
  if (forced !== 'system' && !cached) {
    const fetched = await actions.fetch(log);
    if (fetched.choice === undefined) failed('SwiftShader', fetched);
    else {
      const found = await attempt('SwiftShader', fetched.choice);
      if (found) return found;
    }
  }
  return { reasons };
}

/**
 * Leaves the choice where the processes that open a device look for it. A forced choice is not kept: the variable that
 * forces it is there for them too.
 */
export function saveDriver(found, env = process.env) {
  if (forcedDriver(env) !== undefined) return;
  const path = driverFile(env);
  mkdirSync(dirname(path), { recursive: true });
  const saved = { ...(found.choice ?? { driver: 'system' }), adapter: found.info?.description };
  writeFileSync(path, `${JSON.stringify(saved, undefined, 2)}\n`);
}

/** One line that says which adapter was found. */
export function describeAdapter({ choice, info }) {
  const name = info.description || [info.vendor, info.architecture, info.device].filter(Boolean).join(' ');
  const kind = info.software ? 'software' : 'GPU';
  return `WebGPU adapter: ${name} (${kind}, ${choice.driver === 'swiftshader' ? 'fetched SwiftShader' : 'system driver'})`;
}
