// `nas doctor`: what this machine has to offer, and what to do where something is missing. Collected as plain data and
// drawn as text apart, so that the command, the dashboard and a bug report can use the same facts.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapterAdvice } from '#setup/advice.mjs';
import { cacheFolder, chooseDriver } from '#setup/driverChoice.mjs';
import type { AdapterInfo } from './adapter.ts';
import { childLine } from './childLine.ts';
import { defaultLimits } from './defaultLimits.ts';
import { describeDriver } from './driver.ts';
import { folderSize } from './folderSize.ts';

/** A limit of the adapter beside the one WebGPU guarantees everywhere. */
export type LimitRow = { readonly name: string; readonly adapter: number; readonly standard: number };

/** A folder that can be emptied at any time; `bytes` is undefined where it does not exist. */
export type CacheRow = { readonly name: string; readonly path: string; readonly bytes: number | undefined };

/** All that the doctor found. */
export type DoctorReport = {
  /** Name and version of what runs here; undefined where it is not installed. */
  readonly versions: readonly { readonly name: string; readonly version: string | undefined }[];
  readonly driver: string;
  readonly adapter: AdapterInfo | undefined;
  /** Why there is no adapter. */
  readonly reason: string | undefined;
  readonly limits: readonly LimitRow[];
  readonly caches: readonly CacheRow[];
  /** One line: whether networks can be trained here. */
  readonly verdict: string;
  /** What to do, line by line; empty where nothing is missing. */
  readonly advice: readonly string[];
};

const CHILD_TIMEOUT_MS = 45_000;

/** Collects the report. The adapter is asked in a child process, so a driver that crashes is a finding, not our end. */
export async function collectDoctor(): Promise<DoctorReport> {
  const { driver, adapter, reason } = await findAdapter();
  const limits = Object.entries(defaultLimits).flatMap(([name, standard]) => {
    const offered = adapter?.limits[name];
    return offered === undefined ? [] : [{ name, adapter: offered, standard }];
  });
  return {
    versions: collectVersions(),
    driver,
    adapter,
    reason,
    limits,
    caches: collectCaches(),
    verdict: verdict(adapter, reason),
    advice: adapter === undefined ? adapterAdvice() : [],
  };
}

/** Draws the report as aligned text. */
export function renderDoctor(report: DoctorReport): string {
  const { adapter } = report;
  const sections: string[][] = [];
  sections.push(
    table(
      'versions',
      report.versions.map(({ name, version }) => [name, version ?? 'not installed']),
    ),
  );
  sections.push(
    table('adapter', [
      ['driver', report.driver],
      ...(adapter === undefined
        ? [['adapter', `none (${report.reason ?? 'no reason given'})`]]
        : [
            ['adapter', adapter.description || adapter.device],
            ['type', `${adapter.type}, ${adapter.vendor} ${adapter.architecture}, ${adapter.backend}`],
            [
              'subgroup',
              adapter.subgroupSize === undefined ? 'no fixed size' : `${adapter.subgroupSize} lanes`,
            ],
          ]),
    ]),
  );
  if (adapter !== undefined) {
    sections.push(limitsTable(report.limits));
    sections.push(['features', ...wrap(adapter.features, 100).map((line) => `  ${line}`)]);
  }
  sections.push(
    table(
      'caches',
      report.caches.map(({ name, path, bytes }) => [
        name,
        bytes === undefined ? 'none' : formatBytes(bytes),
        path,
      ]),
    ),
  );
  sections.push([report.verdict, ...report.advice.map((line) => `  ${line}`)]);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

export type Finding = Pick<DoctorReport, 'driver' | 'adapter' | 'reason'>;

/** Asks for the adapter in a child process; where there is none, says why. */
export async function findAdapter(): Promise<Finding> {
  try {
    const choice = chooseDriver();
    const driver = describeDriver(choice);
    if (choice.driver === 'none') return { driver, adapter: undefined, reason: choice.why };
    return { driver, ...(await askChild()) };
  } catch (error) {
    return {
      driver: 'unknown',
      adapter: undefined,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

async function askChild(): Promise<Pick<DoctorReport, 'adapter' | 'reason'>> {
  const answer = await childLine('./adapterChild', import.meta.url, [], CHILD_TIMEOUT_MS);
  if ('end' in answer) return { adapter: undefined, reason: `asking for it ended with ${answer.end}` };
  // Our own child, of the same version, wrote it.
  const adapter = JSON.parse(answer.line) as AdapterInfo | null;
  return { adapter: adapter ?? undefined, reason: adapter === null ? 'the driver offers none' : undefined };
}

function collectVersions(): DoctorReport['versions'] {
  const folder = packageFolder();
  return [
    { name: 'naslang', version: folder === undefined ? undefined : versionIn(folder) },
    { name: 'node', version: `${process.versions.node} (${process.platform} ${process.arch})` },
    ...['webgpu', 'chevrotain'].map((name) => ({ name, version: dependencyVersion(name) })),
  ];
}

// The folder of naslang's own package.json, found upwards: this file is in dist/ when built, and not when tested.
function packageFolder(): string | undefined {
  return upwards((folder) => existsSync(join(folder, 'package.json')));
}

function dependencyVersion(name: string): string | undefined {
  const holder = upwards((folder) => existsSync(join(folder, 'node_modules', name, 'package.json')));
  return holder === undefined ? undefined : versionIn(join(holder, 'node_modules', name));
}

function upwards(test: (folder: string) => boolean): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!test(folder)) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}

function versionIn(folder: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return undefined;
  return String(manifest.version);
}

function collectCaches(): CacheRow[] {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const rows = [{ name: 'naslang', path: cacheFolder() }];
  // Mesa keeps compiled shaders; without them the first run of every kernel costs up to a second. Versions differ in the name.
  const mesa = process.env['MESA_SHADER_CACHE_DIR'] || base;
  for (const name of ['mesa_shader_cache', 'mesa_shader_cache_db', 'mesa_shader_cache_sf']) {
    if (existsSync(join(mesa, name))) rows.push({ name: 'Mesa shaders', path: join(mesa, name) });
  }
  return rows.map((row) => ({ ...row, bytes: folderSize(row.path) })).filter((row) => row.bytes !== 0);
}

function verdict(adapter: AdapterInfo | undefined, reason: string | undefined): string {
  if (adapter === undefined)
    return `No WebGPU adapter: networks cannot be trained here (${reason ?? 'no reason given'}).`;
  const name = adapter.description || adapter.device;
  if (adapter.type === 'cpu')
    return `Ready, on a software adapter (${name}): everything works, at the speed of the CPU.`;
  return `Ready, on ${name}.`;
}

function limitsTable(limits: readonly LimitRow[]): string[] {
  const rows = limits.map(({ name, adapter, standard }) => [
    name,
    formatLimit(adapter),
    formatLimit(standard),
  ]);
  return table('limits', [['', 'adapter', 'WebGPU default'], ...rows]);
}

function formatLimit(value: number): string {
  return value >= 65_536 ? formatBytes(value, value.toLocaleString('en-US')) : value.toLocaleString('en-US');
}

// Sizes that are whole binary units read better as such; other big numbers (counts) stay numbers.
function formatBytes(bytes: number, otherwise?: string): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (otherwise !== undefined && !Number.isInteger(value)) return otherwise;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}

function table(title: string, rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return [title, ...lines];
}

function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}
