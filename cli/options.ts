/** Reads the values of options, and says what is wrong with them. */
import type { Setting } from '../compiler/settings.ts';
import { refuse } from '../grammar/diagnostics.ts';

/** The largest seed: what fits in 32 bits, as in the `seed` of a search. */
export const MAX_SEED: number = 2 ** 32 - 1;

/** Reads a whole number from `least` to `most`; `option` is how the user wrote the option. */
export function wholeNumber(
  option: string,
  least: number,
  most: number = 1_000_000_000,
): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    const expected = `a whole number from ${least} to ${most}`;
    return refuse('badValue', { option, value: text }, { expected });
  };
}

/** Reads a whole number from 0 of any size. */
export function anyWholeNumber(option: string): (text: string) => bigint {
  return (text) => {
    if (/^\d{1,4000}$/.test(text)) return BigInt(text);
    return refuse('badValue', { option, value: text }, { expected: 'a whole number from 0' });
  };
}

/** Reads one of a few words. */
export function oneOf<W extends string>(option: string, words: readonly W[]): (text: string) => W {
  return (text) => {
    const word = words.find((w) => w === text);
    if (word !== undefined) return word;
    return refuse('badValue', { option, value: text }, { expected: `one of ${words.join(', ')}` });
  };
}

/** Adds one `--set PATH=VALUE` to those before it. */
export function addSetting(text: string, before: readonly Setting[] = []): readonly Setting[] {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(equals, 0)).trim();
  const value = text.slice(equals + 1);
  if (/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(path) && value.trim() !== '') {
    return [...before, { path, value }];
  }
  return refuse('badSetting', { text }, { expected: 'NAME=VALUE, such as `--set classes=10`' });
}

/** Adds one word to those before it, for options that may be repeated. */
export function addWord(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
