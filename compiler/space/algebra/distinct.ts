/** How many different networks a space has. */
import type { Members } from '../members.ts';
import type { Space } from '../space.ts';
import { canonicalParts } from './canonical.ts';
import { networkOf } from './network.ts';

/** Architectures that are written out to be compared, unless told otherwise. */
export const distinctLimit = 100_000;

/** Nodes of all of them together: some tens of seconds. */
const nodeLimit = 20_000_000;

/**
 * The number of members with different canonical forms, by writing out all of them. undefined, "not computed", where
 * there are more than `limit`, or so many nodes in them that it would take minutes, or their number is not known.
 */
export function countDistinct(
  space: Space,
  members: Members,
  limit: number = distinctLimit,
): number | undefined {
  if (members.allowed === undefined || members.allowed > BigInt(limit)) return undefined;
  if (Number(members.allowed) * space.nodes.length > nodeLimit) return undefined;
  const known = new Map<string, string>();
  const numbers = new Map<string, number>();
  const forms = new Set<string>();
  for (const { choices } of members.enumerate()) {
    const parts = canonicalParts(networkOf(space, choices), known).map((text) => {
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      return number;
    });
    forms.add(parts.join());
  }
  return forms.size;
}
