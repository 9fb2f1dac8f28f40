/** The kernels of weighted sums by weights that are tensors, against the reference. */
import * as fc from 'fast-check';
import { describe } from 'vitest';
import { agrees, channels, images, seed, size, SUMS, tensor } from './kernelCases.ts';
import { useDevice } from './onDevice.ts';

const device = useDevice();

const cases = fc
  .record({
    shape: fc.oneof(fc.tuple(channels), fc.tuple(images, size, size, channels), fc.constant([4, 33, 9, 70])),
    rows: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 14 }),
    seed,
  })
  .map(({ shape, rows, width, seed: from }) => {
    const row = from % rows;
    const columns = Array.from({ length: width }, (_, k) => (k * 5 + from) % width).slice(
      from % 3 === 0 ? width >> 1 : 0,
    );
    const xs = columns.map((_, k) => tensor(shape, from + k));
    return { xs, row, columns, matrix: [rows, width] as [number, number], shape, from };
  });

describe('mixtures agree with the reference', () => {
  agrees(
    device,
    'mix',
    SUMS,
    cases.map(({ xs, row, columns, matrix, from }) => ({
      attributes: { row, columns },
      inputs: [tensor(matrix, from + 20), ...xs],
    })),
  );
  agrees(
    device,
    'mix_weight_gradient',
    SUMS,
    cases.map(({ xs, row, columns, matrix, shape, from }) => ({
      attributes: { row, columns, weights: matrix },
      inputs: [tensor(shape, from + 21), ...xs],
    })),
  );
});
