/** A 128-bit hash of a text, as 32 hexadecimal digits: FNV-1a (Fowler, Noll & Vo) over its UTF-8 bytes. */

const offset = 0x6c62272e07bb014262b821756295c58dn;
const prime = 0x0000000001000000000000000000013bn;

/** The same for the same text on every machine. For keys, not against adversaries. */
export function hashText(text: string): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  }
  return hash.toString(16).padStart(32, '0');
}
