/** Numbers that are none: where in a run they came up, and from what. */

/** What made the first infinity or NaN, or held it from the beginning. */
export type Origin =
  /** An op whose inputs were all finite. `largest` is the largest magnitude that it read. */
  | {
      readonly kind: 'op';
      /** The op and its site, `conv early.conv`, or the step that is no op: `sgd`. */
      readonly label: string;
      /** What it wrote, where that has a name: a parameter, a gradient, a running statistic. */
      readonly tensor: string | undefined;
      readonly value: number;
      readonly largest: number;
    }
  /** A parameter, a statistic or a state of the optimiser was no number before anything ran. */
  | { readonly kind: 'held'; readonly tensor: string; readonly value: number }
  /** An input: `row` of its batch, or of the data that batches are taken from. */
  | { readonly kind: 'input'; readonly name: string; readonly row: number; readonly value: number };

export interface Fault {
  /** The step of the run, from 0, at which a number that is none was first to be seen. */
  readonly step: number;
  /** Undefined where the repeated step was without fault: the device does not compute the same twice. */
  readonly origin: Origin | undefined;
}

/** An origin whose input row is one of the data, which the rows of a batch are. */
export function inData(origin: Origin | undefined, rows: Int32Array): Origin | undefined {
  return origin?.kind === 'input' ? { ...origin, row: rows[origin.row] ?? -1 } : origin;
}

/** The first index whose number is infinite or NaN, by its bits, or -1. */
export function firstNotFinite(values: Float32Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return bits.findIndex((word) => (word & 0x7fffffff) >= 0x7f800000);
}

/** The largest magnitude among finite numbers; 0 of none. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i += 1) {
    const size = Math.abs(values[i] ?? 0);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}
