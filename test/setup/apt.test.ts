// Which packages from which suite apt-get is asked for, and the sources file that adds the suite.
import { expect, test } from 'vitest';
import { backportsSource, findMirror, planApt } from '../../setup/apt.mjs';

test('only Debian 12 needs backports', () => {
  expect(planApt({ ID: 'debian', VERSION_ID: '12', VERSION_CODENAME: 'bookworm' }).suite).toBe(
    'bookworm-backports',
  );
  expect(planApt({ ID: 'debian', VERSION_ID: '13' })).toMatchObject({ possible: true, suite: undefined });
  expect(planApt({ ID: 'ubuntu', ID_LIKE: 'debian', VERSION_ID: '12' }).suite).toBeUndefined();
  expect(planApt({ ID: 'fedora' }).possible).toBe(false);
});

test("the added suite comes from the machine's own mirror, with its key", () => {
  const deb822 = [
    'Types: deb\nURIs: https://mirror.example/security\nSuites: bookworm-security\nSigned-By: /k0',
    'Types: deb\nEnabled: no\nURIs: https://off.example/debian\nSuites: bookworm',
    'Types: deb\nURIs: https://mirror.example/debian\nSuites: bookworm bookworm-updates\nSigned-By: /usr/share/k.gpg',
  ].join('\n\n');
  const mirror = findMirror([deb822], 'bookworm');
  expect(mirror).toEqual({ uri: 'https://mirror.example/debian', signedBy: '/usr/share/k.gpg' });
  expect(backportsSource('bookworm-backports', mirror)).toBe(
    [
      '# Added by naslang: Mesa new enough for WebGPU.',
      'Types: deb',
      'URIs: https://mirror.example/debian',
      'Suites: bookworm-backports',
      'Components: main',
      'Signed-By: /usr/share/k.gpg',
      '',
    ].join('\n'),
  );
});

test('one-line sources are understood too, and without any the main mirror is taken', () => {
  const lines =
    '# deb http://old.example/debian bookworm main\ndeb [arch=amd64 signed-by=/k] http://m.example/debian bookworm main\n';
  expect(findMirror([lines], 'bookworm')).toEqual({ uri: 'http://m.example/debian', signedBy: '/k' });
  expect(findMirror(['deb http://m.example/debian bookworm main'], 'bookworm').signedBy).toBeUndefined();
  expect(findMirror([], 'bookworm').uri).toBe('http://deb.debian.org/debian');
});
