/** Numbers in every spelling that the language has. */
import * as fc from 'fast-check';
import type { NumberNode } from '../../grammar/ast.ts';
import { readNumber } from '../../grammar/numbers.ts';

export function numberNode(): fc.Arbitrary<NumberNode> {
  return fc
    .oneof(
      fc.nat({ max: 999_999 }).map(String),
      fc.tuple(fc.nat({ max: 9999 }), fc.constantFrom('k', 'M', 'G')).map(([n, suffix]) => `${n}${suffix}`),
      fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 999 })).map(([a, b]) => `${a}.${b}`),
      fc.tuple(fc.nat({ max: 9 }), fc.integer({ min: -20, max: 20 })).map(([a, b]) => `${a}e${b}`),
    )
    .map((raw) => {
      const { value, integer } = readNumber(raw)!;
      return { kind: 'number', span: { start: 0, end: 0 }, value, raw, integer };
    });
}
