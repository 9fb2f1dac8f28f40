/** Random programs: what compiles holds no architecture that fails, and costs and shapes are those of the networks. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { layeredPrograms } from '../arbitraries/layered.ts';
import { tryCompile } from '../compiler/space/helpers.ts';
import { long, patience } from '../long.ts';
import { checkMember } from './checkMember.ts';

test(
  'no architecture of a space that compiles fails',
  () => {
    let compiled = 0;
    const property = fc.property(layeredPrograms, (text) => {
      const { value } = tryCompile(text);
      if (!value) return;
      compiled++;
      let left = 200;
      let before: string | undefined;
      for (const architecture of value.members.enumerate()) {
        if (left-- === 0) break;
        const answers = architecture.choices.join();
        expect(answers).not.toBe(before);
        before = answers;
        expect(value.members.contains(architecture)).toBe(true);
        checkMember(value.space, architecture, ['inference']);
      }
    });
    fc.assert(property, { numRuns: long ? 20_000 : 600 });
    expect(compiled).toBeGreaterThanOrEqual(long ? 2000 : 100);
  },
  patience,
);
