/** What `npm run bench:peers` measures: naslang, and those that it is measured against. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { present } from '../../util/invariant.ts';
import { noTorch, pythonWithTorch } from './python.ts';

/** A command, its words, or why it cannot be had on this machine. */
export type Start = readonly string[] | { readonly missing: string };

export interface PeerEntry {
  readonly name: string;
  /** The package of bench/peers/package.json that it is, where it is one. */
  readonly package?: string;
  /** So many times its speed is what we want in a training step. */
  readonly target: number;
  /** How its process is started. `feeds` is a file with weights and batch, for those that cannot make them themselves. */
  readonly start: (feeds: string) => Start;
}

/** The words that start naslang's own process. */
export function startNaslang(): readonly string[] {
  return node('naslang.ts');
}

export const peerKeys = ['tfjs', 'jax-js', 'pytorch', 'pytorch-nhwc'] as const;
export type PeerKey = (typeof peerKeys)[number];

export const peers: Readonly<Record<PeerKey, PeerEntry>> = {
  tfjs: {
    name: 'TensorFlow.js (WebGPU)',
    package: '@tensorflow/tfjs',
    target: 15,
    start: () => node('tfjs.mjs'),
  },
  'jax-js': {
    name: 'jax-js (WebGPU)',
    package: '@jax-js/jax',
    target: 7,
    start: () => node('jaxjs.mjs'),
  },
  pytorch: {
    name: 'PyTorch (2 threads)',
    target: 1,
    start: (feeds) => python('pytorch.py', feeds, 'contiguous'),
  },
  'pytorch-nhwc': {
    name: 'PyTorch (2 threads, channels_last)',
    target: 1,
    start: (feeds) => python('pytorch.py', feeds, 'channels_last'),
  },
};

/** The version of a package of bench/peers. Each is exact there. */
export function pinnedVersion(name: string): string {
  const text = readFileSync(new URL('package.json', import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> };
  return present(dependencies[name], `bench/peers: a package ${name}`);
}

function node(file: string): readonly string[] {
  // The loader that runs this file runs that one too.
  return [process.execPath, ...process.execArgv, beside(file)];
}

function python(file: string, ...words: readonly string[]): Start {
  const command = pythonWithTorch();
  return command === undefined ? { missing: noTorch } : [command, beside(file), ...words];
}

function beside(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
