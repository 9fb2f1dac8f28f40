// What a user has to do when there is no WebGPU adapter: one text, printed by set-up and by `nas doctor` alike.
import { readFileSync } from 'node:fs';

const DEBIAN_PACKAGES = 'libvulkan1 mesa-vulkan-drivers';

/** Reads /etc/os-release's `KEY=value` lines, quotes removed. */
export function parseOsRelease(text) {
  const entries = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match) entries[match[1]] = match[2].replace(/^(["'])(.*)\1$/, '$2');
  }
  return entries;
}

/** This machine as `adapterAdvice` wants it. */
export function thisMachine() {
  let osRelease = {};
  try {
    osRelease = parseOsRelease(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    // Not a Linux, or one that does not say which: the general advice is given.
  }
  return { platform: process.platform, arch: process.arch, osRelease, forced: process.env.NASLANG_DRIVER };
}

/** The lines that tell the user of such a machine what to do to get a WebGPU adapter. */
export function adapterAdvice(machine = thisMachine()) {
  if (machine.forced === 'none')
    return ['NASLANG_DRIVER=none forbids a device. Unset it and run: npm run setup'];
  if (machine.forced && !['system', 'swiftshader'].includes(machine.forced)) {
    return [
      `NASLANG_DRIVER can be system, swiftshader or none, not "${machine.forced}". Correct it or unset it.`,
    ];
  }
  return [
    ...steps(machine),
    'Then run again: npm run setup',
    'What needs no device (nas check, count, params, sample, show) works without an adapter.',
  ];
}

function steps({ platform, arch, osRelease, forced }) {
  if (forced === 'swiftshader')
    return ['NASLANG_DRIVER=swiftshader did not work here. Unset it to use the driver of the system.'];
  if (platform === 'darwin')
    return ['macOS brings Metal: update it to 13 or later, and run in a session that sees the GPU.'];
  if (platform === 'win32')
    return ['Windows brings Direct3D 12: update Windows and the driver of the graphics card.'];
  if (platform !== 'linux') return [`There is no WebGPU for ${platform} here: use Linux, macOS or Windows.`];
  if (arch !== 'x64' && arch !== 'arm64')
    return [`There is no WebGPU for ${arch} here: use an x64 or arm64 machine.`];
  return [
    'Install a Vulkan driver (a software one is enough):',
    ...linuxCommands(osRelease).map((line) => `  ${line}`),
  ];
}

function linuxCommands(osRelease) {
  const family = [osRelease.ID, ...(osRelease.ID_LIKE ?? '').split(' ')];
  if (osRelease.ID === 'debian' && osRelease.VERSION_ID === '12') {
    // Debian 12's own Mesa is too old for Dawn.
    return [
      "echo 'deb http://deb.debian.org/debian bookworm-backports main' | sudo tee /etc/apt/sources.list.d/naslang-backports.list",
      `sudo apt-get update && sudo apt-get install -t bookworm-backports ${DEBIAN_PACKAGES}`,
    ];
  }
  if (family.includes('debian') || family.includes('ubuntu')) {
    return [`sudo apt-get update && sudo apt-get install ${DEBIAN_PACKAGES}`];
  }
  if (family.includes('fedora') || family.includes('rhel'))
    return ['sudo dnf install vulkan-loader mesa-vulkan-drivers'];
  if (family.includes('arch')) return ['sudo pacman -S vulkan-icd-loader vulkan-swrast'];
  if (family.some((name) => name?.includes('suse'))) return ['sudo zypper install libvulkan1 libvulkan_lvp'];
  if (family.includes('alpine'))
    return ['none will do on Alpine: the WebGPU package needs glibc. Use Debian or Ubuntu.'];
  return ["the loader (libvulkan.so.1) and Mesa's lavapipe, 23.1 or newer, from your distribution"];
}
