// What a user without an adapter is told.
import { expect, test } from 'vitest';
import { adapterAdvice, parseOsRelease } from '../../setup/advice.mjs';

const linux = (osRelease: Record<string, string>) => ({ platform: 'linux', arch: 'x64', osRelease });

test('Debian 12 gets the backports suite', () => {
  expect(adapterAdvice(linux({ ID: 'debian', VERSION_ID: '12' }))).toMatchInlineSnapshot(`
    [
      "Install a Vulkan driver (a software one is enough):",
      "  echo 'deb http://deb.debian.org/debian bookworm-backports main' | sudo tee /etc/apt/sources.list.d/naslang-backports.list",
      "  sudo apt-get update && sudo apt-get install -t bookworm-backports libvulkan1 mesa-vulkan-drivers",
      "Then run again: npm run setup",
      "What needs no device (nas check, count, params, sample, show) works without an adapter.",
    ]
  `);
});

test.each([
  [
    { ID: 'debian', VERSION_ID: '13' },
    'sudo apt-get update && sudo apt-get install libvulkan1 mesa-vulkan-drivers',
  ],
  [{ ID: 'linuxmint', ID_LIKE: 'ubuntu debian' }, 'sudo apt-get update && sudo apt-get install libvulkan1'],
  [{ ID: 'fedora' }, 'sudo dnf install vulkan-loader mesa-vulkan-drivers'],
  [{ ID: 'arch' }, 'sudo pacman -S vulkan-icd-loader vulkan-swrast'],
  [{ ID: 'opensuse-leap', ID_LIKE: 'suse opensuse' }, 'sudo zypper install'],
  [{ ID: 'alpine' }, 'needs glibc'],
  [{}, "Mesa's lavapipe"],
])('Linux %j gets its own command', (osRelease, command) => {
  expect(adapterAdvice(linux(osRelease as Record<string, string>)).join('\n')).toContain(command);
});

test('other platforms are not told to install Vulkan', () => {
  const advise = (platform: string) => adapterAdvice({ platform, arch: 'x64', osRelease: {} })[0];
  expect(advise('darwin')).toContain('Metal');
  expect(advise('win32')).toContain('Direct3D 12');
  expect(advise('sunos')).toContain('no WebGPU for sunos');
});

test('a driver forced by the variable is the advice itself', () => {
  const forced = (word: string) => adapterAdvice({ ...linux({ ID: 'debian' }), forced: word })[0];
  expect(forced('none')).toContain('Unset it');
  expect(forced('swiftshader')).toContain('Unset it');
  expect(forced('lavapipe')).toContain('not "lavapipe"');
});

test('os-release is read with and without quotes', () => {
  expect(parseOsRelease('ID=debian\nVERSION_ID="12"\n# ID=no\nNAME=\'D L\'\n')).toEqual({
    ID: 'debian',
    VERSION_ID: '12',
    NAME: 'D L',
  });
});
