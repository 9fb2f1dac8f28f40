// When set-up installs packages and when it leaves them alone.
import { describe, expect, test } from 'vitest';
import { decideInstall, installStamp } from '../../setup/packages.mjs';

const lock = (version: string, more: object = {}) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version, integrity: `sha512-${version}` }, ...more },
  });
const manifest = (fields: object = {}) => JSON.stringify({ dependencies: { a: '1.0.0' }, ...fields });
const stampOf = (fields: object = {}) =>
  installStamp({
    manifestText: manifest(),
    lockText: lock('1.0.0'),
    platform: 'linux',
    arch: 'x64',
    abi: '115',
    ...fields,
  });

/** A machine on which everything is as set-up left it, but for `changes`. */
const decide = (changes: object = {}) =>
  decideInstall({
    wanted: stampOf(),
    stamp: stampOf(),
    lockText: lock('1.0.0'),
    hiddenLockText: lock('1.0.0'),
    ...changes,
  });

describe('packages are installed', () => {
  test('when there are none', () => {
    expect(decide({ hiddenLockText: undefined })).toEqual({
      install: true,
      why: 'there are no packages yet',
    });
  });

  test('when the lock changed', () => {
    const lockText = lock('2.0.0');
    expect(decide({ wanted: stampOf({ lockText }), lockText })).toEqual({
      install: true,
      why: 'node_modules/a is 1.0.0, the lock file says 2.0.0',
    });
  });

  test('when the lock gained a package', () => {
    const lockText = lock('1.0.0', { 'node_modules/b': { version: '1.0.0' } });
    expect(decide({ wanted: stampOf({ lockText }), lockText }).why).toBe('node_modules/b is missing');
  });

  test('when Node changed to another ABI', () => {
    const decision = decide({ wanted: stampOf({ abi: '137' }) });
    expect(decision).toMatchObject({ install: true, why: expect.stringContaining('linux x64 ABI 115') });
  });
});

describe('packages are left alone', () => {
  test('when nothing changed', () => {
    expect(decide().install).toBe(false);
  });

  test('when only a script of package.json changed', () => {
    expect(decide({ wanted: stampOf({ manifestText: manifest({ scripts: { test: 'x' } }) }) }).install).toBe(
      false,
    );
  });

  test('when npm itself installed what the lock says, and set-up never ran', () => {
    expect(decide({ stamp: undefined })).toEqual({ install: false, why: 'they are what the lock file says' });
  });

  test("when all that is missing is another platform's optional package", () => {
    const lockText = lock('1.0.0', { 'node_modules/b-win32': { version: '1.0.0', optional: true } });
    expect(decide({ stamp: undefined, lockText }).install).toBe(false);
  });
});

test('a dependency asked for anew changes the stamp', () => {
  expect(stampOf({ manifestText: manifest({ dependencies: { a: '1.0.0', b: '1' } }) }).hash).not.toBe(
    stampOf().hash,
  );
});
