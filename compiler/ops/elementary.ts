/** Elementary functions, each with its derivative; the op `activation` carries them by name, as it does activations. */
import type { ElementaryName } from './attributes.ts';

/** A function of one element. */
export interface ElementFunction {
  readonly doc: string;
  /** What the parameter is where none is given; undefined for a function without one. */
  readonly parameter?: number;
  readonly value: (x: number, parameter: number) => number;
  /** The derivative; at a kink that of the left side, as relu's is 0 at 0. */
  readonly slope: (x: number, parameter: number) => number;
}

/** The density of the normal distribution. */
export const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** The share of the normal distribution between 0 and `x`, by a series of positive terms (Marsaglia 2004). */
export function shareAboveZero(x: number): number {
  if (Math.abs(x) > 9) return x < 0 ? -0.5 : 0.5;
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > Math.abs(sum) * 1e-17 && i < 400; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return sum * density(x);
}

/** The nearest whole number; of two equally near ones the even one (IEEE 754, as WGSL rounds). */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const flat = (): number => 0;

/** All of them, by name. */
export const elementary: Readonly<Record<ElementaryName, ElementFunction>> = {
  abs: { doc: 'x without its sign.', value: Math.abs, slope: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0) },
  exp: { doc: 'e to the power of x.', value: Math.exp, slope: Math.exp },
  log: { doc: 'The natural logarithm.', value: Math.log, slope: (x) => 1 / x },
  sqrt: { doc: 'The square root.', value: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x) },
  reciprocal: { doc: '1 / x.', value: (x) => 1 / x, slope: (x) => -1 / (x * x) },
  sin: { doc: 'The sine, of radians.', value: Math.sin, slope: Math.cos },
  cos: { doc: 'The cosine, of radians.', value: Math.cos, slope: (x) => -Math.sin(x) },
  floor: { doc: 'The largest whole number that is not above x.', value: Math.floor, slope: flat },
  ceil: { doc: 'The smallest whole number that is not below x.', value: Math.ceil, slope: flat },
  round: {
    doc: 'The nearest whole number; of two equally near ones the even one.',
    value: roundHalfToEven,
    slope: flat,
  },
  sign: {
    doc: '1 above zero, -1 below, 0 at zero.',
    value: (x) => (x > 0 ? 1 : x < 0 ? -1 : x),
    slope: flat,
  },
  erf: {
    doc: 'The error function: the share of a normal distribution of variance 1/2 within x of zero.',
    value: (x) => 2 * shareAboveZero(Math.SQRT2 * x),
    slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  },
};
