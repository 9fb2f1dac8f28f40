/** Answers one after another: every member can be walked to, and nothing else. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Walk } from '../../../compiler/space/algebra/walk.ts';
import { Random } from '../../../util/random.ts';
import { compileText } from './helpers.ts';

const texts = [
  `space s { input x: image[4, 4, 2]
  output x |> repeat choose depth { 1, 2, 3 } { choose kind { a: relu, b: identity, c: tanh } } |> classifier(2) }`,
  `space s { input x: image[4, 4, 2]
  output x |> conv(choose f { 2, 4, 8 }, choose k { 1, 3 }) |> conv(choose g { 2, 4 }, 1) |> classifier(2)
  require params <= 120 }`,
];

describe.each(texts)('a walk through %s', (text) => {
  const { members } = compileText(`nas 1\n${text}`);
  it('reaches exactly the members', () => {
    const found: string[] = [];
    const visit = (answers: readonly number[]): void => {
      const walk = new Walk(members.ways);
      for (const answer of answers) walk.take(answer);
      if (walk.decision === undefined) found.push(walk.choices.join());
      else for (const option of walk.options()) visit([...answers, option]);
    };
    visit([]);
    expect(found).toEqual([...members.enumerate()].map(({ choices }) => choices.join()));
  });
  it('takes shares that add up to one', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new Random(seed);
        for (const walk = new Walk(members.ways); walk.decision !== undefined;) {
          const options = walk.options();
          expect(options.reduce((sum, option) => sum + walk.share(option), 0)).toBeCloseTo(1, 12);
          walk.take(random.pick(options));
        }
      }),
      { numRuns: 30 },
    );
  });
});
