/** A cache folder of a suite's own, so that what other tests or this machine's user measured is not found there. */
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { driverFile, swiftshaderPaths } from '../../setup/driverChoice.mjs';

/** Gives the tests of this file an empty cache, with the driver that set-up found. Returns its folder. */
export function useOwnCache(): string {
  const cache = mkdtempSync(join(tmpdir(), 'naslang-cache-'));
  beforeAll(() => {
    const { folder } = swiftshaderPaths();
    if (existsSync(folder)) symlinkSync(folder, join(cache, basename(folder)));
    if (existsSync(driverFile())) copyFileSync(driverFile(), join(cache, basename(driverFile())));
    vi.stubEnv('NASLANG_CACHE', cache);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  });
  return cache;
}
