/**
 * Tails of the distributions that tests ask for, in float64: normal, Student's t, Fisher's F, hypergeometric. By the
 * regularised incomplete beta and gamma functions, as continued fractions (Abramowitz & Stegun 1964, 26.5.8 and 6.5.31).
 */
import { invariant } from '../invariant.ts';

/** Lanczos' approximation (1964) with g = 7 and nine terms; relative error about 1e-15. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The logarithm of the gamma function, for x above 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = lanczos.reduce((total, term, i) => total + (i === 0 ? term : term / (x - 1 + i)), 0);
  const shifted = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum);
}

/** The logarithm of the number of ways to take k of n. */
export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** P(Z >= z) of the standard normal distribution. */
export function normalTail(z: number): number {
  return z < 0 ? 1 - normalTail(-z) : 0.5 * upperGamma(0.5, (z * z) / 2);
}

/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** The z below which a share of the standard normal distribution lies, from above 0 to below 1. */
export function normalQuantile(share: number): number {
  invariant(share > 0 && share < 1, `statistics: no normal quantile ${share}`);
  if (share > 0.5) return -normalQuantile(1 - share);
  // Abramowitz & Stegun 26.2.23, to 4.5e-4; then Newton's method on the logarithm of the tail, which is concave.
  const t = Math.sqrt(-2 * Math.log(share));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  let z = top / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const tail = normalTail(-z);
    z -= (Math.log(tail / share) * tail) / normalDensity(z);
  }
  return z;
}

/** The upper regularised incomplete gamma function Q(a, x). */
function upperGamma(a: number, x: number): number {
  if (x === 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; Math.abs(term) > Math.abs(sum) * Number.EPSILON; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  return front * fraction(x + 1 - a, (n) => ({ a: -n * (n - a), b: x + 2 * n + 1 - a }));
}

/** I_x(a, b), the regularised incomplete beta function. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front =
    Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const step = (n: number): Step => {
    const m = Math.floor(n / 2);
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return { a: n % 2 === 1 ? odd : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), b: 1 };
  };
  return front * fraction(1, step);
}

interface Step {
  readonly a: number;
  readonly b: number;
}

/** 1 / (b0 + a1 / (b1 + a2 / ...)) by the method of Lentz (1976). `step` gives the a and b of n, from 1. */
function fraction(b0: number, step: (n: number) => Step): number {
  let value = 1 / b0;
  let c = Infinity;
  let d = value;
  for (let n = 1; n < 10_000; n++) {
    const { a, b } = step(n);
    d = 1 / nonZero(b + a * d);
    c = nonZero(b + a / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2 * Number.EPSILON) break;
  }
  return value;
}

const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);

/** P(T >= t) of Student's t with `degrees` of freedom. */
export function studentTail(t: number, degrees: number): number {
  if (t < 0) return 1 - studentTail(-t, degrees);
  return 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t below which a share of at least a half of Student's distribution lies; by halving. */
export function studentQuantile(share: number, degrees: number): number {
  invariant(
    share >= 0.5 && share < 1 && degrees > 0,
    `statistics: no quantile ${share} with ${degrees} degrees`,
  );
  let [low, high] = [0, 1];
  while (studentTail(high, degrees) > 1 - share) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > 1 - share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(F >= f) of Fisher's F. */
export function fisherTail(f: number, between: number, within: number): number {
  return f <= 0 ? 1 : incompleteBeta(within / (within + between * f), within / 2, between / 2);
}

/** What is drawn from an urn. */
export interface Urn {
  readonly balls: number;
  readonly marked: number;
  readonly drawn: number;
}

/** P(at least `least` of the drawn balls are marked): Fisher's exact test, one-sided (Fisher 1935). */
export function hypergeometricTail(least: number, { balls, marked, drawn }: Urn): number {
  const most = Math.min(marked, drawn);
  const fewest = Math.max(0, drawn + marked - balls);
  if (least <= fewest) return 1;
  if (least > most) return 0;
  let term = Math.exp(
    logChoose(marked, least) + logChoose(balls - marked, drawn - least) - logChoose(balls, drawn),
  );
  let sum = 0;
  for (let k = least; k <= most; k++) {
    sum += term;
    term *= ((marked - k) * (drawn - k)) / ((k + 1) * (balls - marked - drawn + k + 1));
  }
  return Math.min(1, sum);
}
