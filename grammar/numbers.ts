/** How numbers are written: their value, and what is wrong with those that have none. */

const exponents: Readonly<Record<string, number>> = { k: 3, M: 6, G: 9 };

/** The value of a number as written, and whether it is an integer; undefined when it is malformed or out of range. */
export function readNumber(raw: string): { value: number; integer: boolean } | undefined {
  const parts = /^(\d+(?:\.\d+)?)(?:[eE]([+-]?\d+))?([kMG])?$/.exec(raw);
  if (!parts) return undefined;
  const [, digits = '0', exponent, suffix] = parts;
  // Through one decimal literal, so that 0.1k is the double nearest to 100 and not a rounded product.
  const shift = Number(exponent ?? 0) + (suffix === undefined ? 0 : (exponents[suffix] ?? 0));
  const value = Number(`${digits}e${shift}`);
  const integer = exponent === undefined && !digits.includes('.');
  const inRange = integer ? Number.isSafeInteger(value) : Number.isFinite(value);
  return inRange ? { value, integer } : undefined;
}

/** What to write instead of a malformed number. */
export function badNumberHint(text: string): string {
  const short = text.length > 30 ? undefined : text;
  const first = short?.split('.')[0] ?? '';
  if (short && /^\d+\.$/.test(short))
    return `write \`${short}0\`, or \`${short.slice(0, -1)}\` for an integer`;
  if (short && /^\.\d+$/.test(short)) return `write \`0${short}\`: a digit stands on both sides of the point`;
  if (short && /^\d[\d.]*[kKmMgGbB]+$/.test(short)) {
    return 'one suffix may follow a number: `k` (thousand), `M` (million) or `G` (thousand million)';
  }
  if (short && /^\d[\d_]*$/.test(short)) return `write \`${short.replaceAll('_', '')}\`, without \`_\``;
  if (/^0[xXbBoO]/.test(text)) return 'numbers are decimal';
  if (/^\d+(?:\.\d+)?[eE]/.test(text)) return 'an exponent is an integer: `1e-3`';
  const times = short && /^(\d+)([A-Za-z_]\w*)$/.exec(short);
  if (times) return `a name cannot begin with a digit; a product is written \`${times[1]} * ${times[2]}\``;
  if (first && /\..*\./.test(text)) return 'a number has one point';
  return 'numbers are written `12`, `0.5`, `1e-3` or `200k`';
}
