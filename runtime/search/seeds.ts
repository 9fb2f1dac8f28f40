/**
 * Separate streams of randomness from the one seed of a search. Each is a hash of the seed and of what it is
 * for, so that more draws in one shift nothing in another.
 */
import { createHash } from 'node:crypto';
import { hashString, Random } from '../../util/random.ts';

/** 64 random bits as two words: the key of a counter-based generator. */
export type Key = readonly [number, number];

/** The key of the strategy's own choices. */
export function strategyKey(seed: number): Key {
  const digest = hash(seed, 'strategy');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** The key as a seed, which has 53 bits. */
export function seedOf([low, high]: Key): number {
  return low + (high & 0x1fffff) * 0x100000000;
}

/** Random numbers of a strategy, one stream for each purpose, so that more draws for one shift nothing of another. */
export function streamOf(key: Key, purpose: string): Random {
  return new Random(seedOf(key), hashString(purpose));
}

/** The seed of trial `number`: initial weights and order of the examples. From 0 to 2^32 - 1. */
export function trialSeed(seed: number, number: number): number {
  return hash(seed, 'trial', number).readUInt32LE(0);
}

/** The seed of another training of trial `number`, counted from 1. From 0 to 2^32 - 1. */
export function repeatSeed(seed: number, number: number, repeat: number): number {
  return hash(seed, 'trial', number, repeat).readUInt32LE(0);
}

/** The seed with which the winner of trial `number` is trained anew. From 0 to 2^32 - 1. */
export function retrainSeed(seed: number, number: number): number {
  return hash(seed, 'retrain', number).readUInt32LE(0);
}

function hash(...parts: readonly (number | string)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
