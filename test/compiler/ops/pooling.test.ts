import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import type { PoolAttributes } from '../../../compiler/ops/attributes.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { poolCase } from '../../arbitraries/windows.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { distance, refusal, runOp, tensor } from './runOp.ts';

const seed = fc.integer({ min: 0, max: 1e6 });
const he = { kind: 'he', fanIn: 1 } as const;
const image = tensor([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
const padded: PoolAttributes = { window: [2, 2], stride: [2, 2], padding: [1, 0, 1, 0] };

test('worked examples: a 2x2 window with stride 2, padded above and on the left', () => {
  expect(runOp('max_pool', [image], padded)).toEqual(tensor([1, 2, 2, 1], [1, 3, 7, 9]));
  // windows without their padding: {1}, {2, 3}, {4, 7}, {5, 6, 8, 9}
  expect(runOp('avg_pool', [image], padded)).toEqual(tensor([1, 2, 2, 1], [1, 2.5, 5.5, 7]));
  expect(runOp('global_avg_pool', [image], {})).toEqual(tensor([1, 1], [5]));
  const dy = tensor([1, 2, 2, 1], [1, 2, 4, 8]);
  expect([...runOp('max_pool_gradient', [dy, image], padded).data]).toEqual([1, 0, 2, 0, 0, 0, 4, 0, 8]);
  expect([...runOp('avg_pool_gradient', [dy], { ...padded, inputShape: image.shape }).data]).toEqual([
    1, 1, 1, 2, 2, 2, 2, 2, 2,
  ]);
  expect([
    ...runOp('global_avg_pool_gradient', [tensor([1, 1], [9])], { inputShape: image.shape }).data,
  ]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

test('padding never wins, however small the elements', () => {
  const negative = tensor([1, 1, 1, 1], [-5]);
  const wide: PoolAttributes = { window: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] };
  expect([...runOp('max_pool', [negative], wide).data]).toEqual([-5]);
  expect([...runOp('avg_pool', [negative], wide).data]).toEqual([-5]);
});

test('of equals the first in row-major order takes the gradient', () => {
  const flat = tensor([1, 2, 2, 1], [3, 3, 3, 3]);
  const attributes: PoolAttributes = { window: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0] };
  expect([...runOp('max_pool_gradient', [tensor([1, 1, 1, 1], [7]), flat], attributes).data]).toEqual([
    7, 0, 0, 0,
  ]);
});

test('pools equal a list of each window, sorted or averaged', () => {
  fc.assert(
    fc.property(poolCase(), seed, (c, s) => {
      const x = tensorFor('x', c.x, s);
      const largest = pooledByLists(x, c.attributes, (values) => values.toSorted((a, b) => b - a)[0]);
      const mean = pooledByLists(x, c.attributes, (values) => values.reduce((a, b) => a + b) / values.length);
      expect(distance(runOp('max_pool', [x], c.attributes), largest)).toBe(0);
      expect(distance(runOp('avg_pool', [x], c.attributes), mean)).toBeLessThan(1e-14);
    }),
    { numRuns: 150 },
  );
});

describe('gradients against central differences', () => {
  // Elements differ by more than 3 / 500 = 6e-3; a step moves each by at most about 5e-5.
  test('max_pool', () => {
    fc.assert(
      fc.property(poolCase(5), seed, (c, s) => {
        const errors = opGradientErrors(
          (b) => b.op('max_pool', [b.parameter('x', c.x, he)], c.attributes),
          s,
          'distinct',
        );
        expect(errors).toEqual([]);
      }),
    );
  });

  test('avg_pool', () => {
    fc.assert(
      fc.property(poolCase(5), seed, (c, s) => {
        expect(
          opGradientErrors((b) => b.op('avg_pool', [b.parameter('x', c.x, he)], c.attributes), s),
        ).toEqual([]);
      }),
    );
  });

  test('avg_pool_gradient', () => {
    fc.assert(
      fc.property(poolCase(5), seed, (c, s) => {
        const y = runOp('avg_pool', [tensorFor('x', c.x, s)], c.attributes);
        const errors = opGradientErrors(
          (b) =>
            b.op('avg_pool_gradient', [b.parameter('dy', y.shape, he)], { ...c.attributes, inputShape: c.x }),
          s,
        );
        expect(errors).toEqual([]);
      }),
    );
  });

  test('global_avg_pool and its gradient', () => {
    fc.assert(
      fc.property(poolCase(5), seed, ({ x }, s) => {
        expect(opGradientErrors((b) => b.op('global_avg_pool', [b.parameter('x', x, he)], {}), s)).toEqual(
          [],
        );
        const back = opGradientErrors(
          (b) => b.op('global_avg_pool_gradient', [b.parameter('dy', [x[0], x[3]], he)], { inputShape: x }),
          s,
        );
        expect(back).toEqual([]);
      }),
    );
  });
});

test('what does not fit is refused', () => {
  const shape = [1, 3, 3, 4];
  const attributes = (
    window: number,
    stride: number,
    padding: PoolAttributes['padding'],
  ): PoolAttributes => ({
    window: [window, window],
    stride: [stride, stride],
    padding,
  });
  expect(refusal('max_pool', [shape], attributes(5, 1, [0, 0, 0, 0]))).toBe(
    'max_pool: a 5x5 window does not fit an image of 3x3 with this padding; expected an image of at least 5x5, a smaller window or more padding',
  );
  // The first window lies above the image; the last one right of it.
  for (const padding of [
    [2, 0, 0, 0],
    [0, 0, 0, 2],
  ] as const) {
    for (const op of ['max_pool', 'avg_pool'] as const) {
      expect(refusal(op, [shape], attributes(2, 1, padding))).toBe(
        `${op}: with padding ${padding.join(', ')} some 2x2 window holds only padding; expected padding narrower than the window on every side`,
      );
    }
  }
  expect(refusal('global_avg_pool', [[2, 5]], {})).toBe(
    'global_avg_pool: the shape of the input is 2 x 5; expected four axes: images, height, width and channels',
  );
  expect(refusal('max_pool_gradient', [[1, 3, 3, 4], shape], attributes(2, 1, [0, 0, 0, 0]))).toBe(
    'max_pool_gradient: the shape of the gradient of the pool is 1 x 3 x 3 x 4; expected 1 x 2 x 2 x 4',
  );
});

function pooledByLists(x: CpuTensor, a: PoolAttributes, pool: (values: number[]) => number): CpuTensor {
  const [n, height, width, channels] = x.shape;
  const at = (i: number, r: number, c: number, k: number): number | undefined =>
    r < 0 || c < 0 || r >= height || c >= width
      ? undefined
      : x.data[((i * height + r) * width + c) * channels + k];
  const rows = Math.floor((height + a.padding[0] + a.padding[1] - a.window[0]) / a.stride[0]) + 1;
  const columns = Math.floor((width + a.padding[2] + a.padding[3] - a.window[1]) / a.stride[1]) + 1;
  const out: number[] = [];
  for (let i = 0; i < n; i++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let k = 0; k < channels; k++) {
          const values: number[] = [];
          for (let y = 0; y < a.window[0]; y++)
            for (let z = 0; z < a.window[1]; z++) {
              const value = at(i, r * a.stride[0] - a.padding[0] + y, c * a.stride[1] - a.padding[2] + z, k);
              if (value !== undefined) values.push(value);
            }
          out.push(pool(values));
        }
  return tensor([n, rows, columns, channels], out);
}
