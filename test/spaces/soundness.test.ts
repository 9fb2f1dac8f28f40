/** Every shipped space: architectures drawn at random are networks, of the shapes and costs that the space tells. */
import { expect, test } from 'vitest';
import { Random } from '../../util/random.ts';
import { long, patience } from '../long.ts';
import { checkMember } from './checkMember.ts';
import { compileShipped, drawMembers, settings, shippedSpaces } from './shipped.ts';

test('the table names spaces that there are', () => {
  const names = shippedSpaces.map(({ name }) => name);
  expect(Object.keys(settings).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(shippedSpaces)(
  '$name',
  (shipped) => {
    const compiled = compileShipped(shipped);
    const { space, members } = compiled;
    const wanted = long ? 10_000 : 200;
    let seen = 0;
    for (const architecture of drawMembers(compiled, wanted, new Random(17, 3))) {
      expect(members.contains(architecture)).toBe(true);
      checkMember(space, architecture, [seen % 2 === 0 ? 'training' : 'inference']);
      seen++;
    }
    // A space that has fewer was gone through whole; no draw failed.
    const all = members.allowed !== undefined && members.allowed < BigInt(wanted);
    expect(BigInt(seen)).toBe(all ? members.allowed : BigInt(wanted));
  },
  patience,
);
