/**
 * Architectures as sequences of tokens, for models that read one answer after another (Liu et al. 2018, section 4.2). A token is an
 * answer by its label, so that `n[0]` and `sep_3` have one vector wherever they stand; the vocabulary is that of the whole
 * space, so that a model of small cells can read large ones.
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { DecisionId, Space } from '../../../compiler/space/space.ts';
import { kindOf } from '../controllers/vocabulary.ts';

/** The answers of one architecture, in text order; decisions that do not exist are left out. */
export interface Sequence {
  readonly tokens: readonly number[];
  /** For each token the column that its decision belongs to. */
  readonly columns: readonly number[];
}

export interface SequenceForm {
  /** Number of different tokens; at least 1, as the other sizes. */
  readonly tokens: number;
  /** Number of columns. */
  readonly columns: number;
  /** Length of the longest sequence. */
  readonly longest: number;
  sequenceOf(architecture: Architecture): Sequence;
}

/**
 * How the architectures of a space are read. Decisions with one option say nothing and are left out, and so is `leftOut`.
 * `blocks`: decisions that differ by what is between brackets alone, as those of blocks do, share a column; else each has its
 * own.
 */
export function sequenceFormOf(space: Space, blocks: boolean, leftOut?: DecisionId): SequenceForm {
  const tokens = new Map<string, number>();
  const columns = new Map<string, number>();
  const number = (numbers: Map<string, number>, name: string): number => {
    const found = numbers.get(name) ?? numbers.size;
    numbers.set(name, found);
    return found;
  };
  const asked = space.decisions
    .filter(({ id, options }) => options.length > 1 && id !== leftOut)
    .map(({ id, path, options }) => ({
      id,
      column: number(columns, blocks ? kindOf(path) : path),
      options: options.map(({ label }) => number(tokens, label)),
    }));
  return {
    tokens: Math.max(tokens.size, 1),
    columns: Math.max(columns.size, 1),
    longest: Math.max(asked.length, 1),
    sequenceOf({ choices }) {
      const existing = asked.filter(({ id }) => (choices[id] ?? -1) >= 0);
      return {
        tokens: existing.map(({ id, options }) => options[choices[id] ?? -1] ?? -1),
        columns: existing.map(({ column }) => column),
      };
    },
  };
}
