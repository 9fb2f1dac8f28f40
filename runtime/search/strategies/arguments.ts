/** Arguments of strategies: the forms that most of them have, and how their values are read. */
import type { StaticValue } from '../../../compiler/space/space.ts';
import { invariant, present } from '../../../util/invariant.ts';
import { listWords } from '../../../util/words.ts';
import type { StrategyArgument, StrategyArguments } from '../strategy.ts';

/** A whole number from `least` on. */
export function whole(doc: string, otherwise: number, least: number): StrategyArgument {
  return {
    doc,
    otherwise,
    expected: `a whole number from ${least}`,
    accepts: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= least,
  };
}

/** A finite number that `accepts`; `expected` says which in words. */
export function real(
  doc: string,
  otherwise: number,
  expected: string,
  accepts: (value: number) => boolean,
): StrategyArgument {
  return {
    doc,
    otherwise,
    expected,
    accepts: (value) => typeof value === 'number' && Number.isFinite(value) && accepts(value),
  };
}

/** A probability, from 0 to 1. */
export function probability(doc: string, otherwise: number): StrategyArgument {
  return real(doc, otherwise, 'a number from 0 to 1', (value) => value >= 0 && value <= 1);
}

/** A number above 0. */
export function positive(doc: string, otherwise: number): StrategyArgument {
  return real(doc, otherwise, 'a number above 0', (value) => value > 0);
}

/** A number that is not negative. */
export function notNegative(doc: string, otherwise: number): StrategyArgument {
  return real(doc, otherwise, 'a number of 0 or more', (value) => value >= 0);
}

/** One of several words. */
export function word(doc: string, otherwise: string, words: readonly string[]): StrategyArgument {
  return {
    doc,
    otherwise,
    expected: listWords(
      words.map((w) => `\`${w}\``),
      'or',
    ),
    accepts: (value) => typeof value === 'string' && words.includes(value),
  };
}

/** A name of the language, or an empty text for none. */
export function identifier(doc: string, otherwise: string): StrategyArgument {
  return {
    doc,
    otherwise,
    expected: 'a name',
    accepts: (value) => typeof value === 'string' && /^([A-Za-z_][A-Za-z0-9_]*)?$/.test(value),
  };
}

/** `true` or `false`. */
export function flag(doc: string, otherwise: boolean): StrategyArgument {
  return { doc, otherwise, expected: '`true` or `false`', accepts: (value) => typeof value === 'boolean' };
}

/** The value of a number among arguments that were checked. */
export function numberOf(args: StrategyArguments, name: string): number {
  const value = valueOf(args, name);
  invariant(typeof value === 'number', `strategy: \`${name}\` is no number`);
  return value;
}

/** The value of a word among arguments that were checked. */
export function wordOf(args: StrategyArguments, name: string): string {
  const value = valueOf(args, name);
  invariant(typeof value === 'string', `strategy: \`${name}\` is no word`);
  return value;
}

/** The value of a flag among arguments that were checked. */
export function flagOf(args: StrategyArguments, name: string): boolean {
  const value = valueOf(args, name);
  invariant(typeof value === 'boolean', `strategy: \`${name}\` is no truth value`);
  return value;
}

function valueOf(args: StrategyArguments, name: string): StaticValue {
  return present(args[name], `the argument \`${name}\` of a strategy`);
}
