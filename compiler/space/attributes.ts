/** Checks static arguments of operations against the kinds that the operations ask for. */
import type { AttributeKind, AttributeKinds } from '../ops/operations.ts';
import { paddingWords } from '../ops/operations.ts';
import type { StaticValue } from './space.ts';

/** The argument as the builder wants it, or what was wanted, in words. */
export type CheckedAttribute =
  { readonly value: AttributeKinds[AttributeKind] } | { readonly wanted: string };

/** Sizes beyond this cannot be meant, and keep products of sizes exact. */
const largest = 1_000_000;

const isCount = (value: StaticValue | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largest;

const isWidth = (value: StaticValue | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest;

const checks: { readonly [K in AttributeKind]: (value: StaticValue) => CheckedAttribute } = {
  count: (value) => (isCount(value) ? { value } : { wanted: `a whole number from 1 to ${largest}` }),
  pair: (value) => {
    if (isCount(value)) return { value: [value, value] };
    if (typeof value === 'object' && value.length === 2 && isCount(value[0]) && isCount(value[1])) {
      return { value: [value[0], value[1]] };
    }
    return { wanted: 'a whole number of 1 or more, or two of them: (height, width)' };
  },
  padding: (value) => {
    const word = paddingWords.find((w) => w === value);
    if (word !== undefined) return { value: word };
    if (typeof value === 'object' && value.length === 2 && isWidth(value[0]) && isWidth(value[1])) {
      return { value: [value[0], value[1]] };
    }
    return { wanted: '`same`, `same_upper`, `valid` or (before, after)' };
  },
  flag: (value) => (typeof value === 'boolean' ? { value } : { wanted: '`true` or `false`' }),
  positive: (value) => (typeof value === 'number' && value > 0 ? { value } : { wanted: 'a number above 0' }),
  number: (value) => (typeof value === 'number' ? { value } : { wanted: 'a number' }),
};

/** Checks one argument. */
export function checkAttribute(kind: AttributeKind, value: StaticValue): CheckedAttribute {
  return checks[kind](value);
}
