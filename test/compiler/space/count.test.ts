/** Counting, ranks and JSON against a listing that shares nothing with the compiler. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromCompact, fromJson, toCompact, toJson } from '../../../compiler/space/encode.ts';
import { smallSpaces } from '../../arbitraries/spaces.ts';
import { compileText } from './helpers.ts';

describe('generated small spaces', () => {
  test('the members are exactly those of brute force, in text order', () => {
    fc.assert(
      fc.property(smallSpaces(1_000), ({ text, members }) => {
        const { space, members: counted } = compileText(text);
        const listed = members();
        expect(counted.free).toBe(BigInt(listed.length));
        expect(counted.allowed).toBe(counted.free);
        listed.forEach((answers, i) => {
          const architecture = counted.unrank(BigInt(i));
          // Key order is text order, as a person reads an architecture.
          expect(JSON.stringify(toJson(space, architecture).answers)).toBe(JSON.stringify(answers));
          expect(counted.rank(architecture)).toBe(BigInt(i));
        });
      }),
      { numRuns: 60 },
    );
  });

  test('JSON and compact strings come back as the architecture that they were', () => {
    fc.assert(
      fc.property(smallSpaces(3_000), fc.bigInt({ min: 0n, max: 1n << 64n }), ({ text }, seed) => {
        const { space, members } = compileText(text);
        const architecture = members.unrank(seed % members.places);
        const json: unknown = JSON.parse(JSON.stringify(toJson(space, architecture)));
        expect(fromJson(space, json).value).toEqual(architecture);
        expect(fromCompact(space, toCompact(space, architecture)).value).toEqual(architecture);
      }),
      { numRuns: 40 },
    );
  });
});

test('a space far too large to list is counted exactly', () => {
  const { members } = compileText(`nas 1
space wide {
  input x: image[4, 4, 2]
  output x |> repeat 200 { conv(2, k: choose {1, 3, 5}) } |> global_avg_pool |> dense(2)
}`);
  expect(members.free).toBe(3n ** 200n);
  const last = members.unrank(3n ** 200n - 1n);
  expect(last.choices.every((c) => c === 2)).toBe(true);
  expect(members.rank(last)).toBe(3n ** 200n - 1n);
});

test('one depth that two repeats share is one decision', () => {
  const { members } = compileText(`nas 1
space shared {
  input x: image[4, 4, 2]
  let depth = choose 1..3
  let a = x |> repeat depth { layer() }
  let b = a |> repeat depth { layer() }
  output b |> global_avg_pool |> dense(2)
}
motif layer(x) = x |> conv(2, k: choose {1, 3})
`);
  expect(members.free).toBe(2n ** 2n + 2n ** 4n + 2n ** 6n);
});
