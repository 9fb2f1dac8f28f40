/** Whether a search would end in little but skip connections. */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { Space } from '../../compiler/space/space.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';

/** Options that hand a tensor on as it is, by the names that spaces give them. */
const isSkip = (label: string): boolean => /^(skip|identity)/.test(label);

/** Fewer choices of operations than these tell nothing. */
const LEAST = 4;

/** A warning for the first cell of which more than half of the operations are skip connections. */
export function skipCollapse(space: Space, { choices }: Architecture): Diagnostic | undefined {
  const cells = new Map<string, { skips: number; edges: number }>();
  for (const { id, cell, kind, options } of space.decisions) {
    const option = choices[id] ?? -1;
    if (kind !== 'alternative' || option < 0 || !options.some(({ label }) => isSkip(label))) continue;
    const name = cell ?? space.name;
    const found = cells.get(name) ?? { skips: 0, edges: 0 };
    found.edges += 1;
    if (isSkip(options[option]?.label ?? '')) found.skips += 1;
    cells.set(name, found);
  }
  for (const [cell, { skips, edges }] of cells) {
    if (edges >= LEAST && skips > edges / 2) return diagnose('skipCollapse', { cell, skips, edges });
  }
  return undefined;
}
