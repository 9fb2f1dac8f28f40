/** A proposal while it is evaluated, and what comes of it. */
import { Refusal, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { TensorsByName } from '../../evaluate/protocol.ts';
import type { Metrics } from '../../store/records.ts';
import type { Proposal } from '../strategy.ts';

/** A proposal under way. */
export interface Trial {
  readonly number: number;
  readonly proposal: Proposal;
  readonly seed: number;
}

/** What an evaluation gave. */
export interface Evaluated {
  readonly metrics: Metrics;
  /** What was trained, where it is to be kept. */
  readonly tensors?: TensorsByName | undefined;
}

/** What `work` gives, or its refusal: a network that does not fit a device is a failed trial, and the next one may fit. */
export function attempt<T>(work: () => T): T | Diagnostic {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Refusal ? error.diagnostics[0] : undefined;
    if (reason === undefined) throw error;
    return reason;
  }
}
