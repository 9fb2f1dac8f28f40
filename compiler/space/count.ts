/**
 * Counts a space without listing it, by an automaton over its decisions (see {@link buildLayers}). The work is linear in
 * decisions times states, not in the number of architectures.
 */
import { diagnose, type Checked } from '../../grammar/diagnostics.ts';
import { Automaton } from './algebra/automaton.ts';
import { buildLayers, nothing } from './algebra/residuals.ts';
import type { Space } from './space.ts';

/** More states than this and counting is refused rather than memory exhausted. */
export const stateLimit = 2_000_000;

/** More states than this, with the sums that requirements need, and the allowed architectures are not counted. */
export const sumLimit = 300_000;

/** The decision sequences of a space, `require` ignored. */
export function countFree(space: Space): Checked<Automaton> {
  const built = buildLayers(space.decisions, [], nothing, stateLimit);
  if (!built) {
    const problem = diagnose('limitReached', { what: 'states to count', limit: stateLimit });
    return { value: undefined, diagnostics: [problem] };
  }
  return { value: new Automaton(built.layers, space.decisions.length), diagnostics: [] };
}
