/** The same training in two fresh processes at once: the same bits, however it was planned. */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { long, patience } from '../../long.ts';

const script = new URL('freshTraining.ts', import.meta.url).pathname;

/** Spaces of many kinds of networks; those of ENAS have dropout. */
const spaces = [
  'digits',
  'nasbench201 supernet',
  'enas_macro',
  'darts',
  'nasbench201',
  'enas_micro',
] as const;
const PAIRS = long ? 50 : 3;

interface Told {
  readonly architecture: string;
  /** One for each way of planning. */
  readonly hashes: readonly string[];
}

function train(space: string, seed: number): Promise<Told> {
  const [name = '', ...kind] = space.split(' ');
  const child = spawn(process.execPath, ['--import', 'tsx', script, name, String(seed), ...kind]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(out) as Told);
      else reject(new Error(`${space} ${seed}: ${signal ?? code}\n${out}${err}`));
    });
  });
}

describe('a training', () => {
  it.each(Array.from({ length: PAIRS }, (_, i) => ({ pair: i, space: spaces[i % spaces.length] })))(
    'has the same bits in another process: pair $pair, of $space',
    async ({ pair, space }) => {
      const [one, other] = await Promise.all([train(space, pair), train(space, pair)]);
      expect(one.architecture).not.toBe('');
      expect(other).toEqual(one);
      expect(one.hashes).toHaveLength(3);
      expect(new Set(one.hashes).size, JSON.stringify(one)).toBe(1);
    },
    patience,
  );

  it(
    'has other bits for another seed',
    async () => {
      const [one, other] = [await train('digits', 0), await train('digits', 12)];
      expect(other.hashes[0]).not.toBe(one.hashes[0]);
    },
    patience,
  );
});
