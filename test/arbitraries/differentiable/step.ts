/** What a kind of step of a random graph is. */
import type { OpName } from '../../../compiler/ops/attributes.ts';
import type { Sketch } from './sketch.ts';

export interface StepRule {
  /** The ops with gradients that it is there for. */
  readonly ops: readonly OpName[];
  /** Whether rows of the batch stay by themselves: never, but for statistics of the batch, or always. */
  readonly rows: 'never' | 'statistics' | 'always';
  /** Adds ops to the sketch, whatever is in it. */
  readonly build: (sketch: Sketch) => void;
}

export type StepRules = Readonly<Record<string, StepRule>>;
