/** Elementary functions and their derivatives in WGSL. */
import type { ElementaryName } from '../../ops/attributes.ts';

/** A function of elements in WGSL. */
export interface Expressions {
  /** Of `a`, and of the parameter `u.factor`. */
  readonly value: string;
  /** The derivative at `b`. */
  readonly slope: string;
}

const flat = 'vec4f()';

export const elementaryExpressions: Readonly<Record<ElementaryName, Expressions>> = {
  abs: { value: 'abs(a)', slope: 'sign(b)' },
  exp: { value: 'exp(a)', slope: 'exp(b)' },
  log: { value: 'logarithm(a)', slope: '(1 / b)' },
  sqrt: { value: 'sqrt(a)', slope: '(0.5 / sqrt(b))' },
  reciprocal: { value: '1 / a', slope: '(-1 / (b * b))' },
  sin: { value: 'turned_sine(a, 0)', slope: 'turned_sine(b, 1)' },
  cos: { value: 'turned_sine(a, 1)', slope: '(-turned_sine(b, 0))' },
  floor: { value: 'floor(a)', slope: flat },
  ceil: { value: 'ceil(a)', slope: flat },
  round: { value: 'round(a)', slope: flat },
  sign: { value: 'sign(a)', slope: flat },
  erf: { value: 'error_function(a)', slope: '(1.1283791670955126 * exp(-b * b))' },
};
