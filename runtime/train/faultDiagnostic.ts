/** Says in the user's words which number was none, and what to do about it. */
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Fault, Origin } from '../execute/fault.ts';

/** What a run was about when a fault came up. */
export interface Occasion {
  /** "at step 3 of epoch 1". */
  readonly when: string;
  /** The name of the data. */
  readonly data: string;
}

/** Numbers from here on have left what networks work with: they are on their way to overflow. */
const HUGE = 1e15;

/** The diagnostic of a fault whose origin was found. */
export function faultDiagnostic(origin: Origin, { when, data }: Occasion): Diagnostic {
  const value = valueText(origin.value);
  switch (origin.kind) {
    case 'input':
      return diagnose(
        'dataNotFinite',
        { data, row: origin.row, value },
        { hint: 'correct or leave out this row', notes: [`it came up ${when}`] },
      );
    case 'held':
      return diagnose(
        'weightsNotFinite',
        { tensor: origin.tensor, value, when },
        { hint: 'begin with other weights: nothing that ran here has made it' },
      );
    case 'op':
      return opDiagnostic(origin, value, when);
    default:
      return origin satisfies never;
  }
}

function opDiagnostic(
  { label, tensor, largest }: Extract<Origin, { kind: 'op' }>,
  value: string,
  when: string,
): Diagnostic {
  const grown = largest >= HUGE;
  return diagnose(
    'numberNotFinite',
    { op: label, value, when },
    {
      hint: grown
        ? 'a smaller learning rate `lr`, a `warmup`, `clip`, or `batch_norm` keeps numbers smaller'
        : 'look for a division by 0, the logarithm of 0, or `exp` of a large number; a smaller learning rate `lr` may help',
      notes: [
        ...(tensor === undefined ? [] : [`it was written to ${tensor}`]),
        `all numbers that went into it were finite, the largest of them ${largest.toPrecision(3)}`,
      ],
    },
  );
}

/** The diagnostic of a fault, or of one that was not there when the step was repeated. */
export function stepDiagnostic({ origin }: Fault, epoch: number, step: number, data: string): Diagnostic {
  if (origin) return faultDiagnostic(origin, { when: `at step ${step} of epoch ${epoch}`, data });
  const notes = [
    'repeated from the same weights, the step was without fault: the driver computes differently each time',
  ];
  return diagnose('lossNotFinite', { epoch, step }, { hint: 'a smaller learning rate may help', notes });
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'infinity' : '-infinity';
}
