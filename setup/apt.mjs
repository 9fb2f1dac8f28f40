// Installs software Vulkan (the loader and Mesa's lavapipe) on Debian and its relatives with apt-get.
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOsRelease } from './advice.mjs';
import { describeEnd, lastLines, run } from './run.mjs';

const PACKAGES = ['libvulkan1', 'mesa-vulkan-drivers'];
const BACKPORTS_FILE = '/etc/apt/sources.list.d/naslang-backports.sources';
const APT_TIMEOUT_MS = 8 * 60_000;

/**
 * Decides what apt-get has to install for an os-release, or says why it cannot help. Debian 12's own Mesa (22.3) lacks
 * a feature Dawn insists on, so there the packages come from the backports suite. Ubuntu before 24.04 has old ones too,
 * but its updates brought newer Mesa, so it is tried.
 */
export function planApt(osRelease) {
  const family = [osRelease.ID, ...(osRelease.ID_LIKE ?? '').split(' ')];
  if (!family.includes('debian') && !family.includes('ubuntu'))
    return { possible: false, why: 'not Debian or Ubuntu' };
  const suite =
    osRelease.ID === 'debian' && osRelease.VERSION_ID === '12'
      ? `${osRelease.VERSION_CODENAME ?? 'bookworm'}-backports`
      : undefined;
  return { possible: true, suite, packages: PACKAGES };
}

/**
 * Finds the mirror and the key that the machine's own sources use for a Debian release, so that the added suite comes
 * from where the rest comes from. Understands both the deb822 and the one-line format.
 */
export function findMirror(sourceTexts, codename) {
  for (const text of sourceTexts) {
    for (const stanza of text.split(/\n\s*\n/)) {
      const field = (name) => new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(stanza)?.[1]?.trim();
      const suites = field('Suites')?.split(/\s+/) ?? [];
      const uri = field('URIs')?.split(/\s+/)[0];
      if (suites.includes(codename) && uri !== undefined && !/^no$/i.test(field('Enabled') ?? '')) {
        return { uri, signedBy: field('Signed-By') };
      }
    }
    const line = new RegExp(`^deb\\s+(?:\\[([^\\]]*)\\]\\s+)?(\\S+)\\s+${codename}\\s`, 'm').exec(text);
    if (line) return { uri: line[2], signedBy: /signed-by=(\S+)/.exec(line[1] ?? '')?.[1] };
  }
  return { uri: 'http://deb.debian.org/debian', signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg' };
}

/** The text of the sources file that adds a backports suite. */
export function backportsSource(suite, mirror) {
  const lines = [
    '# Added by naslang: Mesa new enough for WebGPU.',
    'Types: deb',
    `URIs: ${mirror.uri}`,
    `Suites: ${suite}`,
    'Components: main',
  ];
  if (mirror.signedBy !== undefined) lines.push(`Signed-By: ${mirror.signedBy}`);
  return `${lines.join('\n')}\n`;
}

function readSources() {
  const texts = [];
  if (existsSync('/etc/apt/sources.list')) texts.push(readFileSync('/etc/apt/sources.list', 'utf8'));
  const folder = '/etc/apt/sources.list.d';
  if (existsSync(folder)) {
    for (const name of readdirSync(folder).sort()) {
      if (/\.(list|sources)$/.test(name)) texts.push(readFileSync(join(folder, name), 'utf8'));
    }
  }
  return texts;
}

/** The words to put before a command to run it as root: none for root, `sudo -n` where that asks for no password. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = await run('sudo', ['-n', 'true'], { timeoutMs: 10_000 });
  return sudo.code === 0 ? ['sudo', '-n'] : undefined;
}

/** True where a suite is among the machine's sources already. */
function hasSuite(sourceTexts, suite) {
  return sourceTexts.some((text) =>
    text.split('\n').some((line) => !line.startsWith('#') && line.split(/\s+/).includes(suite)),
  );
}

/**
 * Installs software Vulkan with apt-get. Returns `{ installed: true }`, or `{ installed: false, why, lines }` with the
 * last lines apt-get printed. It asks no question and waits a minute for another package manager to finish.
 */
export async function installWithApt(log) {
  const no = (why, lines = []) => ({ installed: false, why, lines });
  if (process.platform !== 'linux' || !existsSync('/etc/os-release')) return no('not Debian or Ubuntu');
  const plan = planApt(parseOsRelease(readFileSync('/etc/os-release', 'utf8')));
  if (!plan.possible) return no(plan.why);
  try {
    accessSync('/usr/bin/apt-get', constants.X_OK);
  } catch {
    return no('there is no apt-get');
  }
  const prefix = await rootPrefix();
  if (prefix === undefined) return no('neither root nor password-less sudo');

  const asRoot = (command, timeoutMs = APT_TIMEOUT_MS) => {
    // `env` rather than our own environment: sudo drops ours.
    const words = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', ...command];
    return run(words[0], words.slice(1), { timeoutMs });
  };
  log(`no WebGPU adapter yet: installing software Vulkan (${plan.packages.join(', ')})`);
  const sources = readSources();
  if (plan.suite !== undefined && !hasSuite(sources, plan.suite)) {
    log(`adding ${plan.suite} to the package sources (${BACKPORTS_FILE})`);
    const text = backportsSource(plan.suite, findMirror(sources, plan.suite.replace(/-backports$/, '')));
    const folder = mkdtempSync(join(tmpdir(), 'naslang-'));
    try {
      const file = join(folder, 'backports.sources');
      writeFileSync(file, text);
      const copied = await asRoot(['install', '-m', '0644', file, BACKPORTS_FILE], 30_000);
      if (copied.code !== 0) return no(`${BACKPORTS_FILE} cannot be written`, lastLines(copied.stderr, 3));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const apt = [
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=60',
    '-o',
    'Acquire::Retries=2',
    '-o',
    'Acquire::http::Timeout=30',
  ];
  log('apt-get update');
  const updated = await asRoot([...apt, 'update']);
  // One unreachable source fails the update as a whole, though the lists that matter may have come: install decides.
  const notes = updated.code === 0 ? [] : lastLines(updated.stderr, 3);
  const from = plan.suite === undefined ? [] : ['-t', plan.suite];
  log(`apt-get install ${[...from, ...plan.packages].join(' ')}`);
  const installed = await asRoot([
    ...apt,
    'install',
    '-y',
    '--no-install-recommends',
    ...from,
    ...plan.packages,
  ]);
  if (installed.code === 0) return { installed: true };
  return no(`apt-get install failed (${describeEnd(installed, APT_TIMEOUT_MS)})`, [
    ...notes,
    ...lastLines(`${installed.stdout}\n${installed.stderr}`, 6),
  ]);
}
