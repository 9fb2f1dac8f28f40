/** Random tensors and shapes for the comparison of kernels with the reference. */
import * as fc from 'fast-check';
import { it } from 'vitest';
import type { Shape } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { compareOp, noise, profilesOf, type OpCase } from './onDevice.ts';

/**
 * Sums of n products in float32, added one after the other: the error stays below about sqrt(n) * 2^-24 of
 * the largest result, and n is below 10,000 here. 2e-5 leaves a factor of three.
 */
export const SUMS = 2e-5;
/** A few roundings, and the adapter's sqrt, exp and log, which WebGPU allows some units in the last place. */
export const FEW = 2e-6;
/** No rounding that the reference does not make. */
export const EXACT = 1e-9;

const RUNS = 12;

export type Input = OpCase<OpName>['inputs'][number];

export function tensor(shape: Shape, from: number, mean = 0, size_ = 1): Input {
  return { shape, data: noise(elementsOf(shape), from, mean, size_) };
}

/** Values with many equals, so that ties are decided. */
export function coarse(shape: Shape, from: number): Input {
  return { shape, data: noise(elementsOf(shape), from).map((v) => Math.round(v * 3)) };
}

export function labels(rows: number, classes: number, from: number): Input {
  const data = Int32Array.from(noise(rows, from), (v) => Math.floor(((v + 1.2) / 2.2) * classes) - 1);
  return { shape: [rows], data: data.map((label) => Math.min(label, classes - 1)) };
}

export const size: fc.Arbitrary<number> = fc.integer({ min: 1, max: 9 });
export const channels: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(12, 16, 31, 32, 48, 70),
);
export const images: fc.Arbitrary<number> = fc.integer({ min: 1, max: 3 });
const step = fc.integer({ min: 1, max: 3 });
export const stride: fc.Arbitrary<[number, number]> = fc.tuple(step, step);
export const dilation: fc.Arbitrary<[number, number]> = fc.tuple(step, step);
const width = fc.integer({ min: 0, max: 2 });
export const padding: fc.Arbitrary<[number, number, number, number]> = fc.tuple(width, width, width, width);
const taps = fc.integer({ min: 1, max: 4 });
export const kernel: fc.Arbitrary<[number, number]> = fc.tuple(taps, taps);
export const seed: fc.Arbitrary<number> = fc.integer({ min: 1, max: 1000 });

/** Runs an op on random cases under every profile of the device. */
export function agrees<K extends OpName>(
  device: () => Device,
  op: K,
  tolerance: number,
  cases: fc.Arbitrary<Omit<OpCase<K>, 'op'>>,
  floor?: number,
): void {
  it(op, async () => {
    for (const profile of profilesOf(device())) {
      await fc.assert(
        fc.asyncProperty(cases, async (one) => {
          await compareOp(device(), profile, { op, ...one }, tolerance, floor);
        }),
        { numRuns: RUNS },
      );
    }
  });
}
