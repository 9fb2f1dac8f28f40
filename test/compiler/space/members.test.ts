/** Counts and ranks against brute force, on spaces made without the language. */
import { expect, test } from 'vitest';
import { membersOf } from '../../../compiler/space/members.ts';
import { makeSpace } from '../../arbitraries/spaceObjects.ts';

const long = process.env['NASLANG_LONG'] === '1';
const spaces = long ? 1000 : 100;

test(`${spaces} random spaces: free, allowed, ranks and members are those of brute force`, () => {
  let unsatisfiable = 0;
  let large = 0;
  for (let seed = 0; seed < spaces; seed++) {
    const big = seed % 10 === 9;
    const made = makeSpace({
      seed,
      decisions: big ? 16 : 1 + (seed % 11),
      requirements: seed % 4,
      depth: seed % 7 === 0,
      limit: big ? 200_000 : 4_000,
      least: big ? 10_000 : 0,
    });
    if (made.free.length >= 10_000) large++;
    const { value: members, diagnostics } = membersOf(made.space);
    if (made.allowed.length === 0) {
      unsatisfiable++;
      expect({ seed, members, codes: diagnostics.map((d) => d.code) }).toEqual({ seed, codes: ['NAS3005'] });
      continue;
    }
    if (!members) throw new Error(`seed ${seed}: refused`);
    expect({ seed, free: members.free }).toEqual({ seed, free: BigInt(made.free.length) });
    if (members.allowed === undefined) {
      // Only `depth` may be left to rejection.
      expect({ seed, codes: diagnostics.map((d) => d.code) }).toEqual({ seed, codes: ['NAS3006'] });
      expect(seed % 7).toBe(0);
      const all = [...members.enumerate()].map((a) => a.choices.join());
      expect({ seed, all }).toEqual({ seed, all: made.allowed.map((c) => c.join()) });
      continue;
    }
    expect({ seed, allowed: members.allowed }).toEqual({ seed, allowed: BigInt(made.allowed.length) });
    const isMember = new Set(made.allowed.map((c) => c.join()));
    const step = Math.max(1, Math.floor(made.allowed.length / 500));
    for (let i = 0; i < made.allowed.length; i += step) {
      const choices = made.allowed[i];
      expect({ seed, choices: members.unrank(BigInt(i))?.choices }).toEqual({ seed, choices });
      expect(members.rank({ space: 'made', choices })).toBe(BigInt(i));
    }
    for (let i = 0; i < made.free.length; i += step) {
      const choices = made.free[i];
      expect(members.contains({ space: 'made', choices })).toBe(isMember.has(choices.join()));
    }
    const all = [...members.enumerate()].map((a) => a.choices.join());
    expect({ seed, all }).toEqual({ seed, all: made.allowed.map((c) => c.join()) });
  }
  expect(unsatisfiable).toBeLessThan(spaces / 3);
  expect(large).toBeGreaterThanOrEqual(Math.floor(spaces / 12));
});
