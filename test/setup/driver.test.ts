// The order in which drivers are tried, with the real actions (probing, apt-get, fetching) replaced by scripted ones.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseDriver, driverFile, swiftshaderPaths } from '../../setup/driverChoice.mjs';
import { findDriver, realActions, saveDriver } from '../../setup/driver.mjs';
import { probeDriver } from '../../setup/probe.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naslang-driver-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const swiftshader = { driver: 'swiftshader', library: '/l', icd: '/i' };
const info = { description: 'an adapter' };

/** Runs the search on a scripted machine and returns what it did, in order. */
async function search(
  machine: {
    works?: string[];
    cached?: boolean;
    failedLately?: boolean;
    apt?: boolean;
    fetch?: boolean;
    worksAfterApt?: boolean;
  },
  env: Record<string, string> = {},
) {
  const steps: string[] = [];
  let installed = false;
  const found = await findDriver(() => {}, env, {
    probe: async (choice: { driver: string }) => {
      steps.push(`probe ${choice.driver}`);
      const works = machine.works?.includes(choice.driver) || (installed && machine.worksAfterApt === true);
      return works ? { works: true, info } : { works: false, why: 'no adapter' };
    },
    cached: () => (machine.cached ? swiftshader : undefined),
    failedLately: () => (machine.failedLately ? '2026-01-01T00:00:00Z' : undefined),
    apt: async () => {
      steps.push('apt');
      installed = machine.apt === true;
      return installed
        ? { installed: true }
        : { installed: false, why: 'it failed', lines: ['E: last words'] };
    },
    fetch: async () => {
      steps.push('fetch');
      return machine.fetch ? { choice: swiftshader } : { why: 'no network', lines: [] };
    },
  });
  return { steps, found };
}

test('a system driver that works is all', async () => {
  const { steps, found } = await search({ works: ['system'] });
  expect(steps).toEqual(['probe system']);
  expect(found).toMatchObject({ choice: { driver: 'system' }, info });
});

test('a SwiftShader fetched before spares apt-get only where that failed lately', async () => {
  const lately = await search({ works: ['swiftshader'], cached: true, failedLately: true });
  expect(lately.steps).toEqual(['probe system', 'probe swiftshader']);
  const better = await search({ cached: true, apt: true, worksAfterApt: true });
  expect(better.steps).toEqual(['probe system', 'apt', 'probe system']);
  const worse = await search({ works: ['swiftshader'], cached: true });
  expect(worse.steps).toEqual(['probe system', 'apt', 'probe swiftshader']);
  expect(worse.found.choice).toEqual(swiftshader);
});

test('that apt-get failed is kept for a day', async () => {
  const env = { NASLANG_CACHE: folder };
  const library = join(folder, 'lib');
  writeFileSync(library, '');
  const choice = { driver: 'swiftshader' as const, library, icd: library };
  const again = async (aptFailed?: string) => {
    saveDriver({ choice, info, reasons: [], aptFailed }, env);
    let tried = false;
    const found = await findDriver(() => {}, env, {
      ...realActions,
      cached: () => choice,
      probe: async ({ driver }: { driver: string }) =>
        driver === 'swiftshader' ? { works: true, info } : { works: false, why: 'no adapter' },
      apt: async () => {
        tried = true;
        return { installed: false, why: 'it failed', lines: [] };
      },
    });
    expect(found.choice).toEqual(choice);
    // The date stays, or the second run would try again.
    if (!tried) expect(found.aptFailed).toBe(aptFailed);
    return tried;
  };
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  expect(await again()).toBe(true);
  expect(await again(ago(1))).toBe(false);
  expect(await again(ago(25))).toBe(true);
  expect(await again(ago(-1))).toBe(true);
  expect(await again('not a date')).toBe(true);
});

test('apt-get comes before the fetch', async () => {
  const { steps, found } = await search({ apt: true, worksAfterApt: true });
  expect(steps).toEqual(['probe system', 'apt', 'probe system']);
  expect(found.choice).toEqual({ driver: 'system' });
});

test('when apt-get fails, SwiftShader is fetched', async () => {
  const { steps, found } = await search({ works: ['swiftshader'], fetch: true });
  expect(steps).toEqual(['probe system', 'apt', 'fetch', 'probe swiftshader']);
  expect(found.choice).toEqual(swiftshader);
});

test('when nothing helps, every reason is kept', async () => {
  const { found } = await search({});
  expect(found).toEqual({
    reasons: ['system driver: no adapter', 'apt-get: it failed', 'SwiftShader: no network'],
    aptFailed: expect.any(String),
  });
});

test('NASLANG_NO_INSTALL=1 forbids apt-get', async () => {
  const { steps } = await search({ fetch: true, works: ['swiftshader'] }, { NASLANG_NO_INSTALL: '1' });
  expect(steps).toEqual(['probe system', 'fetch', 'probe swiftshader']);
});

test('NASLANG_DRIVER narrows the search to one way', async () => {
  expect((await search({ works: ['system'], cached: true }, { NASLANG_DRIVER: 'none' })).steps).toEqual([]);
  const forced = await search(
    { works: ['system', 'swiftshader'], fetch: true },
    { NASLANG_DRIVER: 'swiftshader' },
  );
  expect(forced.steps).toEqual(['fetch', 'probe swiftshader']);
  expect((await search({}, { NASLANG_DRIVER: 'system' })).steps).toEqual(['probe system', 'apt']);
  await expect(search({}, { NASLANG_DRIVER: 'lavapipe' })).rejects.toThrow(
    'it can be system, swiftshader, none',
  );
});

test('the choice kept is the choice read, until its files are gone', () => {
  const env = { NASLANG_CACHE: folder };
  const library = join(folder, 'lib');
  const icd = join(folder, 'icd');
  writeFileSync(library, '');
  writeFileSync(icd, '');
  expect(chooseDriver(env)).toEqual({ driver: 'system' });
  saveDriver({ choice: { driver: 'swiftshader', library, icd }, info, reasons: [] }, env);
  expect(chooseDriver(env)).toEqual({ driver: 'swiftshader', library, icd });
  expect(JSON.parse(readFileSync(driverFile(env), 'utf8')).adapter).toBe('an adapter');
  rmSync(library);
  expect(chooseDriver(env)).toEqual({ driver: 'system' });
  writeFileSync(driverFile(env), '{ half a fil');
  expect(chooseDriver(env)).toEqual({ driver: 'system' });
});

test('a forced choice is not kept', () => {
  const env = { NASLANG_CACHE: folder, NASLANG_DRIVER: 'swiftshader' };
  saveDriver({ choice: swiftshader, info, reasons: [] }, env);
  expect(chooseDriver({ NASLANG_CACHE: folder })).toEqual({ driver: 'system' });
  expect(chooseDriver(env)).toMatchObject({
    driver: 'none',
    why: expect.stringContaining('has not been fetched'),
  });
  expect(swiftshaderPaths(env).folder.startsWith(folder)).toBe(true);
});

test('a probe that crashes, hangs or babbles is no adapter, with its reason', async () => {
  const probe = (text: string, timeoutMs = 20_000) => {
    const child = join(folder, 'child.mjs');
    writeFileSync(child, text);
    return probeDriver({ driver: 'system' }, { child, timeoutMs });
  };
  expect(await probe("process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 9e3)")).toEqual({
    works: false,
    why: 'the probe ended: killed by SIGSEGV',
  });
  expect((await probe("console.error('driver: bang'); process.exit(3)")).why).toBe(
    'the probe ended: exit code 3 (driver: bang)',
  );
  expect((await probe('setInterval(() => {}, 1e3)', 500)).why).toContain('no answer in');
  expect((await probe("console.log('{ half')")).works).toBe(false);
  expect(await probe('console.log(\'Warning: x\\n{"works":true,"info":{}}\'); process.abort()')).toEqual({
    works: true,
    info: {},
  });
});
