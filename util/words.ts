/** Small helpers for sentences that users read. */

/** `a`, `a or b`, `a, b or c`. */
export function listWords(words: readonly string[], conjunction: 'or' | 'and' = 'or'): string {
  const last = words.at(-1) ?? '';
  if (words.length < 2) return last;
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** `1 error`, `2 errors`. */
export function countOf(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/**
 * A piece of a user's text made safe to stand in a message: control characters, which could move a
 * terminal's cursor, become `\u{...}`, and what is long is cut.
 */
export function excerpt(text: string, limit: number = 40): string {
  const points = Array.from(text);
  const kept = points.length > limit ? [...points.slice(0, limit - 1), '…'] : points;
  return kept.map((c) => (isControl(c) ? `\\u{${c.codePointAt(0)?.toString(16) ?? ''}}` : c)).join('');
}

/** True for control, formatting and unpaired surrogate characters, which have no picture of their own. */
export function isControl(character: string): boolean {
  return /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]$/u.test(character);
}
