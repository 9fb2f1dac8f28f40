/** The kinds of static arguments that operations ask for, and the check of each. */
import type { Pair } from './attributes.ts';

/** The words that padding may be. */
export const paddingWords = ['same', 'same_upper', 'valid'] as const;

export type PaddingMode = (typeof paddingWords)[number] | readonly [number, number];

/** The kinds of static arguments, each with what it becomes. */
export interface AttributeKinds {
  /** a whole number of at least 1 */
  count: number;
  /** a whole number of at least 0 */
  index: number;
  /** any whole number */
  offset: number;
  /** one whole number of at least 1, or two: (height, width) */
  pair: Pair;
  /** `same`, `same_upper`, `valid`, or (before, after) */
  padding: PaddingMode;
  /** true or false */
  flag: boolean;
  /** a number above 0 */
  positive: number;
  /** a number from 0 to below 1 */
  probability: number;
  /** any number */
  number: number;
}

export type AttributeKind = keyof AttributeKinds;

/** Any argument as a builder gets it. */
export type AttributeValue = AttributeKinds[AttributeKind];

/** The argument as the builder wants it, or what was wanted, in words. */
export type CheckedAttribute = { readonly value: AttributeValue } | { readonly wanted: string };

/** Sizes beyond this cannot be meant, and keep products of sizes exact. */
const largest = 1_000_000;

const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= largest;

const isCount = (value: unknown): value is number => isWhole(value) && value >= 1;

const isWidth = (value: unknown): value is number => isWhole(value) && value >= 0;

function isPairOf(value: unknown, check: (item: unknown) => item is number): value is Pair {
  return Array.isArray(value) && value.length === 2 && value.every(check);
}

const checks: { readonly [K in AttributeKind]: (value: unknown) => CheckedAttribute } = {
  count: (value) => (isCount(value) ? { value } : { wanted: `a whole number from 1 to ${largest}` }),
  index: (value) => (isWidth(value) ? { value } : { wanted: `a whole number from 0 to ${largest}` }),
  offset: (value) => (isWhole(value) ? { value } : { wanted: `a whole number` }),
  pair: (value) => {
    if (isCount(value)) return { value: [value, value] };
    if (isPairOf(value, isCount)) return { value: [value[0], value[1]] };
    return { wanted: 'a whole number of 1 or more, or two of them: (height, width)' };
  },
  padding: (value) => {
    const word = paddingWords.find((w) => w === value);
    if (word !== undefined) return { value: word };
    if (isPairOf(value, isWidth)) return { value: [value[0], value[1]] };
    return { wanted: '`same`, `same_upper`, `valid` or (before, after)' };
  },
  flag: (value) => (typeof value === 'boolean' ? { value } : { wanted: '`true` or `false`' }),
  positive: (value) => (typeof value === 'number' && value > 0 ? { value } : { wanted: 'a number above 0' }),
  probability: (value) =>
    typeof value === 'number' && value >= 0 && value < 1
      ? { value }
      : { wanted: 'a number from 0 to below 1' },
  number: (value) => (typeof value === 'number' ? { value } : { wanted: 'a number' }),
};

/** Checks one argument. */
export function checkAttribute(kind: AttributeKind, value: unknown): CheckedAttribute {
  return checks[kind](value);
}
