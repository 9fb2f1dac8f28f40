// Fetches SwiftShader (a software Vulkan by Google) out of the npm package @sparticuz/chromium into the cache folder.
// It needs no root and no package manager but npm, and is the last resort: it is several times slower than Mesa's lavapipe.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { swiftshaderPaths } from './driverChoice.mjs';
import { npm } from './npm.mjs';
import { describeEnd, lastLines } from './run.mjs';
import { readTar } from './tar.mjs';

const PACKAGE = '@sparticuz/chromium@147.0.0';
/** The integrity of that package as its registry publishes it: what comes from a mirror must be the same bytes. */
const INTEGRITY =
  'sha512-4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ==';
const INNER = 'package/bin/swiftshader.tar.br';
// Of the archive's five files only these concern Vulkan.
const FILES = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];
const FETCH_TIMEOUT_MS = 10 * 60_000;

/** The cached SwiftShader as a driver choice, or undefined. */
export function cachedSwiftshader(env = process.env) {
  const { library, icd, folder } = swiftshaderPaths(env);
  return FILES.every((name) => existsSync(join(folder, name)))
    ? { driver: 'swiftshader', library, icd }
    : undefined;
}

/** Says why SwiftShader cannot run on this machine, or undefined where it can: the package holds Linux x64 with glibc. */
export function whyNoSwiftshader(platform = process.platform, arch = process.arch) {
  return platform === 'linux' && arch === 'x64' ? undefined : `no SwiftShader for ${platform} ${arch}`;
}

/** Checks a package's bytes against an integrity string ("sha512-<base64>"). */
export function matchesIntegrity(bytes, integrity) {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}` === integrity;
}

/** Takes SwiftShader's three files out of the package's bytes, as a map from name to content. */
export function unpackSwiftshader(tgz) {
  for (const entry of readTar(gunzipSync(tgz))) {
    if (entry.path !== INNER) continue;
    const files = new Map();
    for (const { path, data } of readTar(brotliDecompressSync(entry.data))) {
      if (FILES.includes(path)) files.set(path, data);
    }
    const missing = FILES.filter((name) => !files.has(name));
    if (missing.length > 0) throw new Error(`${INNER} lacks ${missing.join(', ')}`);
    return files;
  }
  throw new Error(`${PACKAGE} has no ${INNER}`);
}

/** Fetches and unpacks SwiftShader. Returns `{ choice }`, or `{ why, lines }`. */
export async function fetchSwiftshader(log) {
  const unfit = whyNoSwiftshader();
  if (unfit !== undefined) return { why: unfit, lines: [] };
  const { folder } = swiftshaderPaths();
  let work;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    work = mkdtempSync(`${folder}.`);
    log(`fetching SwiftShader from npm (${PACKAGE}, 68 MB, once)`);
    const packed = await npm(['pack', PACKAGE, '--pack-destination', work, '--loglevel=error'], {
      timeoutMs: FETCH_TIMEOUT_MS,
    });
    const name = readdirSync(work).find((file) => file.endsWith('.tgz'));
    if (packed.code !== 0 || name === undefined) {
      return {
        why: `npm pack ${PACKAGE}: ${describeEnd(packed, FETCH_TIMEOUT_MS)}`,
        lines: lastLines(packed.stderr, 100).slice(0, 3),
      };
    }
    const bytes = readFileSync(join(work, name));
    if (!matchesIntegrity(bytes, INTEGRITY))
      return { why: `${PACKAGE} is not the published package`, lines: [] };
    const ready = join(work, 'ready');
    mkdirSync(ready);
    for (const [file, data] of unpackSwiftshader(bytes)) {
      writeFileSync(join(ready, file), data);
      chmodSync(join(ready, file), file.endsWith('.json') ? 0o644 : 0o755);
    }
    // One rename puts it in place, so no other process ever sees half of it.
    if (cachedSwiftshader() === undefined) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(ready, folder);
    }
    return { choice: cachedSwiftshader() };
  } catch (error) {
    return { why: `SwiftShader cannot be unpacked: ${error.message}`, lines: [] };
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}
