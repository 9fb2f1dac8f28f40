/** Counts and ranks against brute force, on spaces made without the language. */
import { expect, test } from 'vitest';
import { bracket } from '../../../compiler/space/algebra/coarse.ts';
import { numberTerms, sortRequirements } from '../../../compiler/space/algebra/requirements.ts';
import { buildLayers } from '../../../compiler/space/algebra/residuals.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { membersOf } from '../../../compiler/space/members.ts';
import { makeSpace } from '../../arbitraries/spaceObjects.ts';
import { long, patience } from '../../long.ts';

const spaces = long ? 1400 : 100;

/** Answers as one text: comparing 100,000 lists one by one takes long. */
function listed(all: Iterable<Architecture | readonly number[]>): string {
  return Array.from(all, (one) => ('choices' in one ? one.choices : one).join()).join(' ');
}

test(
  `${spaces} random spaces: free, allowed, ranks and members are those of brute force`,
  () => {
    let unsatisfiable = 0;
    let restricted = 0;
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
      if (made.space.requirements.length > 0) {
        restricted++;
        if (made.free.length >= 10_000 && made.free.length <= 100_000) large++;
      }
      const { value: members, diagnostics } = membersOf(made.space);
      if (made.allowed.length === 0) {
        unsatisfiable++;
        expect({ seed, members, codes: diagnostics.map((d) => d.code) }).toEqual({
          seed,
          codes: ['NAS3005'],
        });
        continue;
      }
      if (!members) throw new Error(`seed ${seed}: refused`);
      expect({ seed, free: members.free }).toEqual({ seed, free: BigInt(made.free.length) });
      if (members.allowed === undefined) {
        // Only `depth` may be left to rejection.
        expect({ seed, codes: diagnostics.map((d) => d.code) }).toEqual({ seed, codes: ['NAS3006'] });
        expect(seed % 7).toBe(0);
        expect({ seed, all: listed(members.enumerate()) === listed(made.allowed) }).toEqual({
          seed,
          all: true,
        });
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
      expect({ seed, all: listed(members.enumerate()) === listed(made.allowed) }).toEqual({
        seed,
        all: true,
      });
    }
    expect(unsatisfiable).toBeLessThan(spaces / 3);
    expect(restricted).toBeGreaterThanOrEqual(Math.floor((spaces * 5) / 7));
    expect(large).toBeGreaterThanOrEqual(Math.floor(spaces / 14));
  },
  patience,
);

test('a bracket lies around the number allowed, and its ways hold all members', () => {
  let closed = 0;
  for (let seed = 0; seed < spaces; seed++) {
    const made = makeSpace({ seed, decisions: 9, requirements: 3, depth: false, limit: 4_000 });
    const { space, allowed } = made;
    const { conditions, sums, formulas, others } = sortRequirements(space);
    expect(others).toEqual([]);
    if (formulas.length === 0) continue;
    const plan = { conditions, terms: numberTerms(sums), sums: sums.length };
    const built = buildLayers(space.decisions, space.derived, plan, 1_000_000)!;
    for (const steps of [3, 20, 100_000]) {
      const { ways, least } = bracket(built, formulas, space.decisions.length, 1_000_000, [steps])!;
      expect(Number(least)).toBeLessThanOrEqual(allowed.length);
      expect(allowed.every((choices) => ways.contains(choices))).toBe(true);
      // On a grid as fine as the sums themselves, only divisions leave a doubt.
      if (steps === 100_000 && Number(ways.total) === allowed.length) closed++;
    }
  }
  expect(closed).toBeGreaterThan(spaces / 4);
});
