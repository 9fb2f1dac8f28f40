// SwiftShader out of the npm package: the unpacking with a package of our own making, the fetch and the load for real.
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseDriver } from '../../setup/driverChoice.mjs';
import { findDriver } from '../../setup/driver.mjs';
import { matchesIntegrity, unpackSwiftshader, whyNoSwiftshader } from '../../setup/swiftshader.mjs';
import { makeTar } from './makeTar.ts';

const parts = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];
const packageOf = (names: string[]) => {
  const inner = brotliCompressSync(makeTar(names.map((path) => ({ path, data: `the ${path}` }))));
  return gzipSync(
    makeTar([{ path: 'package/package.json' }, { path: 'package/bin/swiftshader.tar.br', data: inner }]),
  );
};

describe('unpacking', () => {
  test('takes the three files of Vulkan and nothing else', () => {
    const files = unpackSwiftshader(packageOf([...parts, 'libEGL.so']));
    expect([...files.keys()]).toEqual(parts);
    expect(String(files.get('libvulkan.so.1'))).toBe('the libvulkan.so.1');
  });

  test('says what is missing, and refuses a path that leaves the folder', () => {
    expect(() => unpackSwiftshader(packageOf(parts.slice(1)))).toThrow('lacks libvulkan.so.1');
    expect(() => unpackSwiftshader(gzipSync(makeTar([{ path: 'package/x' }])))).toThrow(
      'has no package/bin/swiftshader.tar.br',
    );
    expect(() => unpackSwiftshader(packageOf(['../libvulkan.so.1']))).toThrow('unsafe path');
  });

  test('one changed byte is noticed', () => {
    const integrity =
      'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';
    expect(matchesIntegrity(Buffer.from('abc'), integrity)).toBe(true);
    expect(matchesIntegrity(Buffer.from('abd'), integrity)).toBe(false);
  });
});

test('forced, SwiftShader is fetched where needed, loads and computes', async (context) => {
  const unfit = whyNoSwiftshader();
  if (unfit !== undefined) return context.skip(unfit);
  const env = { ...process.env, NASLANG_DRIVER: 'swiftshader' };
  const said: string[] = [];
  const found = await findDriver((line: string) => said.push(line), env);
  // A machine that cannot reach a registry proves nothing about the loading.
  if (found.choice === undefined && found.reasons.some((why: string) => why.includes('npm pack'))) {
    const why = `the npm registry cannot be reached: ${found.reasons.join('; ')}`;
    console.log(`skipped: ${why}`);
    return context.skip(why);
  }
  expect(found.reasons).toEqual([]);
  expect(found.info).toMatchObject({ vendor: 'google', architecture: 'swiftshader', software: true });
  // What set-up found is what a device process will load.
  expect(chooseDriver(env)).toEqual(found.choice);
});
