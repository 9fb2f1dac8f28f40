/** How strings are written: between double quotes, with four escapes. */

const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t' };

/** The value of a string token, its quotes included, and the escapes in it that mean nothing. */
export function readString(raw: string): { value: string; badEscapes: { offset: number; text: string }[] } {
  const badEscapes: { offset: number; text: string }[] = [];
  const open = raw.startsWith('"') && !/^"[^"\\]*(?:\\[^][^"\\]*)*"$/.test(raw);
  const inner = raw.slice(1, open ? undefined : -1);
  const value = inner.replace(/\\([^])/gu, (whole: string, letter: string, offset: number) => {
    const meaning = escapes[letter];
    if (meaning === undefined) badEscapes.push({ offset: offset + 1, text: whole });
    return meaning ?? whole;
  });
  return { value, badEscapes };
}

/** A string as it is written in a file. */
export function writeString(value: string): string {
  const body = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${body}"`;
}
