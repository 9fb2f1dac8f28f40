// Which Vulkan driver this machine's device processes load, and how: the one place both set-up and the runtime read.
// Plain JavaScript without dependencies, because set-up needs it before anything is installed or built.
import { existsSync, readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';

const DRIVERS = ['system', 'swiftshader', 'none'];

/** The folder for what can be fetched or measured again: NASLANG_CACHE, else the user's cache folder. */
export function cacheFolder(env = process.env) {
  if (env.NASLANG_CACHE) return env.NASLANG_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'naslang');
}

/** The file in which set-up leaves its choice for the processes that open a device. */
export function driverFile(env = process.env) {
  return join(cacheFolder(env), 'driver.json');
}

/** Where SwiftShader's loader and ICD file are once fetched. The version is in the path, so a newer one never mixes. */
export function swiftshaderPaths(env = process.env) {
  const folder = join(cacheFolder(env), 'swiftshader-147.0.0');
  return { folder, library: join(folder, 'libvulkan.so.1'), icd: join(folder, 'vk_swiftshader_icd.json') };
}

/** The driver that NASLANG_DRIVER asks for, or undefined; a word it does not know is an error. */
export function forcedDriver(env = process.env) {
  const word = env.NASLANG_DRIVER;
  if (word === undefined || word === '') return undefined;
  if (DRIVERS.includes(word)) return word;
  throw new Error(`NASLANG_DRIVER is "${word}"; it can be ${DRIVERS.join(', ')}`);
}

/**
 * The driver to load: what NASLANG_DRIVER forces, else what set-up found, else the system's. A choice that points at
 * files which are gone (an emptied cache) falls back to the system's.
 */
export function chooseDriver(env = process.env) {
  const forced = forcedDriver(env);
  if (forced === 'none') return { driver: 'none', why: 'NASLANG_DRIVER=none forbids a device' };
  if (forced === 'system') return { driver: 'system' };
  if (forced === 'swiftshader') {
    const { library, icd } = swiftshaderPaths(env);
    if (existsSync(library) && existsSync(icd)) return { driver: 'swiftshader', library, icd };
    return { driver: 'none', why: 'NASLANG_DRIVER=swiftshader, but SwiftShader has not been fetched' };
  }
  return readDriverFile(driverFile(env)) ?? { driver: 'system' };
}

function readDriverFile(path) {
  let saved;
  try {
    saved = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  if (saved?.driver !== 'swiftshader') return undefined;
  const { library, icd } = saved;
  if (typeof library !== 'string' || typeof icd !== 'string' || !existsSync(library) || !existsSync(icd))
    return undefined;
  return { driver: 'swiftshader', library, icd };
}

/**
 * Makes this process use the chosen driver. It must run before `import('webgpu')`, on the main thread (a worker thread's
 * environment is a copy that C code does not see).
 */
export function applyDriver(choice) {
  if (choice.driver !== 'swiftshader') return;
  // The loader of today reads VK_DRIVER_FILES, older ones the other.
  process.env.VK_DRIVER_FILES = choice.icd;
  process.env.VK_ICD_FILENAMES = choice.icd;
  try {
    // Dawn opens "libvulkan.so.1" by name. Once a library of that name is mapped, the dynamic linker hands it out again,
    // so opening ours first is enough, and nobody has to set LD_LIBRARY_PATH before Node starts. It is not a Node add-on,
    // hence the error, after which it stays mapped. 0x1000 is RTLD_NODELETE.
    process.dlopen({ exports: {} }, choice.library, constants.dlopen.RTLD_NOW | 0x1000);
  } catch (error) {
    if (!String(error).includes('did not self-register')) throw error;
  }
}
