/**
 * The loops that references share. They work in float64 throughout. An element that is not there reads as
 * NaN, which shows in every result; for a typed array the engine proves that case away, so it costs nothing.
 */
import type { CpuTensor } from './op.ts';

/** The elements in float64; the tensor's own array where it is one, so it must not be written to. */
export function doubles(tensor: CpuTensor): Float64Array {
  return tensor.data instanceof Float64Array ? tensor.data : new Float64Array(tensor.data);
}

/** sums[s + i] += factor * row[r + i] for i below `count`. */
export function addScaled(
  sums: Float64Array,
  s: number,
  row: Float64Array,
  r: number,
  factor: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    sums[s + i] = (sums[s + i] ?? NaN) + factor * (row[r + i] ?? NaN);
  }
}

/** Sum of a[p + i] * b[q + i] for i below `count`. */
export function dot(a: Float64Array, p: number, b: Float64Array, q: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[p + i] ?? NaN) * (b[q + i] ?? NaN);
  return sum;
}

/** out[i] = f(a[i]) */
export function mapInto(out: CpuTensor, a: CpuTensor, f: (a: number) => number): void {
  const { data } = out;
  const x = doubles(a);
  for (let i = 0; i < data.length; i++) data[i] = f(x[i] ?? NaN);
}

/** out[i] = f(a[i], b[i]) */
export function zipInto(
  out: CpuTensor,
  a: CpuTensor,
  b: CpuTensor,
  f: (a: number, b: number) => number,
): void {
  const { data } = out;
  const x = doubles(a);
  const y = doubles(b);
  for (let i = 0; i < data.length; i++) data[i] = f(x[i] ?? NaN, y[i] ?? NaN);
}
