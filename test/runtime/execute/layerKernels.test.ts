/** The kernels of depthwise and grouped convolutions, activations, rows, places and tokens against the reference. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../../../compiler/graph/graph.ts';
import { activations } from '../../../compiler/ops/activations.ts';
import type { ActivationName } from '../../../compiler/ops/attributes.ts';
import { windowPlaces, windowProblem } from '../../../compiler/ops/windows.ts';
import {
  agrees,
  channels,
  coarse,
  dilation,
  EXACT,
  FEW,
  images,
  kernel,
  padding,
  seed,
  size,
  stride,
  SUMS,
  tensor,
} from './kernelCases.ts';
import { compareOp, profilesOf, runOp, useDevice } from './onDevice.ts';

const device = useDevice();

type Four = [fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>];

describe('depthwise kernels agree with the reference', () => {
  interface Windows {
    readonly n: number;
    readonly h: number;
    readonly w: number;
    readonly c: number;
    readonly kernel: [number, number];
    readonly stride: [number, number];
    readonly padding: [number, number, number, number];
    readonly dilation: [number, number];
    readonly seed: number;
  }
  const casesOf = (windows: fc.Arbitrary<Windows>) =>
    windows
      .filter(({ h, w, kernel: k, ...attributes }) => windowProblem([h, w], k, attributes) === undefined)
      .map(({ n, h, w, c, kernel: k, stride: s, padding: p, dilation: d, seed: from }) => {
        const attributes = { stride: s, padding: p, dilation: d };
        const y: Shape = [n, ...windowPlaces([h, w], k, attributes), c];
        return { x: [n, h, w, c], w: [...k, c], y, kernel: k, attributes, from };
      });
  const anyWindows = fc.record({
    n: images,
    h: size,
    w: size,
    c: channels,
    kernel,
    stride,
    padding,
    dilation,
    seed,
  });
  // What rolls: rows of one lane to several tiles, each stride with its dilations, the middle tap anywhere.
  const wide = fc
    .record({
      n: images,
      h: fc.integer({ min: 1, max: 14 }),
      w: fc.integer({ min: 1, max: 40 }),
      c: fc.integer({ min: 1, max: 9 }),
      side: fc.constantFrom(3, 3, 5, 5, 7),
      stride: fc.integer({ min: 1, max: 2 }),
      padding: fc.tuple(...([1, 1, 1, 1].map(() => fc.integer({ min: 0, max: 7 })) as Four)),
      dilation,
      seed,
    })
    .map(({ side, stride: s, dilation: [dy, dx], ...rest }): Windows => {
      const alike: [number, number] = s === 1 ? [dy, dx] : [dx, dx];
      return { ...rest, kernel: [side, side], stride: [s, s], dilation: alike };
    });
  const both = [casesOf(anyWindows), casesOf(wide)] as const;

  for (const cases of both) {
    agrees(
      device,
      'depthwise',
      SUMS,
      cases.map(({ x, w, attributes, from }) => ({
        attributes,
        inputs: [tensor(x, from), tensor(w, from + 1)],
        weights: from % 2 === 0 ? [1] : [],
      })),
    );
    agrees(
      device,
      'depthwise_input_gradient',
      SUMS,
      cases.map(({ x, w, y, attributes, from }) => ({
        attributes: { ...attributes, inputShape: x },
        inputs: [tensor(y, from), tensor(w, from + 1)],
        weights: from % 2 === 0 ? [1] : [],
      })),
    );
    agrees(
      device,
      'depthwise_weight_gradient',
      SUMS,
      cases.map(({ x, y, kernel: k, attributes, from }) => ({
        attributes: { ...attributes, kernel: k },
        inputs: [tensor(x, from), tensor(y, from + 1)],
      })),
    );
  }

  it('adds the slices of many lines', async () => {
    const attributes = { stride: [1, 1], padding: [1, 1, 1, 1], kernel: [3, 3] } as const;
    const inputs = [tensor([8, 33, 5, 6], 1), tensor([8, 33, 5, 6], 2)];
    for (const profile of profilesOf(device())) {
      await compareOp(device(), profile, { op: 'depthwise_weight_gradient', attributes, inputs }, SUMS);
    }
  });
});

describe('grouped convolution kernels agree with the reference', () => {
  const part = fc.integer({ min: 1, max: 5 });
  const cases = fc
    .record({ n: images, h: size, w: size, ci: part, co: part, kernel, stride, padding, dilation, seed })
    .filter(({ h, w, kernel: k, ...attributes }) => windowProblem([h, w], k, attributes) === undefined)
    .map(({ n, h, w, ci, co, kernel: k, stride: s, padding: p, dilation: d, seed: from }) => {
      const groups = 2 + (from % 3);
      const attributes = { stride: s, padding: p, dilation: d, groups };
      const y: Shape = [n, ...windowPlaces([h, w], k, attributes), co * groups];
      return { x: [n, h, w, ci * groups], w: [...k, ci, co * groups], y, kernel: k, attributes, from };
    });
  agrees(
    device,
    'conv',
    SUMS,
    cases.map(({ x, w, attributes, from }) => ({
      attributes,
      inputs: [tensor(x, from), tensor(w, from + 1)],
      weights: from % 2 === 0 ? [1] : [],
    })),
  );
  agrees(
    device,
    'conv_input_gradient',
    SUMS,
    cases.map(({ x, w, y, attributes, from }) => ({
      attributes: { ...attributes, inputShape: x },
      inputs: [tensor(y, from), tensor(w, from + 1)],
      weights: from % 2 === 0 ? [1] : [],
    })),
  );
  agrees(
    device,
    'conv_weight_gradient',
    SUMS,
    cases.map(({ x, y, kernel: k, attributes, from }) => ({
      attributes: { ...attributes, kernel: k },
      inputs: [tensor(x, from), tensor(y, from + 1)],
    })),
  );
});

describe('activation kernels agree with the reference', () => {
  const names = Object.keys(activations) as ActivationName[];
  const cases = fc.record({ shape: fc.tuple(images, size, channels), name: fc.constantFrom(...names), seed });
  const wide = (from: number): number => (from % 3 === 0 ? 100 : 4);
  agrees(
    device,
    'activation',
    FEW,
    cases.map(({ shape, name, seed: from }) => ({
      attributes: { name },
      inputs: [tensor(shape, from, 0, wide(from))],
    })),
    1,
  );
  agrees(
    device,
    'activation_gradient',
    FEW,
    cases.map(({ shape, name, seed: from }) => ({
      attributes: { name },
      inputs: [tensor(shape, from), tensor(shape, from + 1, 0, wide(from))],
    })),
    1,
  );
  it.each(names)('%s keeps the digits of small values, and is finite far out', async (name) => {
    const data = Float32Array.from([1e-4, -1e-4, 0.05, -0.05, 1e4, -1e4, 80, -80]);
    for (const profile of profilesOf(device())) {
      const inputs = [{ shape: [1, 8], data }];
      const { found, expected } = await runOp(device(), profile, {
        op: 'activation',
        attributes: { name },
        inputs,
      });
      found.forEach((value, i) => {
        // An expm1 by way of exp, and a normal share of 1e-7, lose what 1 has below its last digit.
        expect(Math.abs(value - expected[i])).toBeLessThan(2e-7 + 2e-6 * Math.abs(expected[i]));
      });
    }
  });
  const sites = fc.record({
    shape: fc.tuple(images, size, size, channels),
    seed,
    rate: fc.constantFrom(0.1, 0.5, 0.9),
  });
  agrees(
    device,
    'dropout',
    FEW,
    sites.map(({ shape, seed: from, rate }) => ({
      attributes: { rate },
      inputs: [
        tensor(shape, from, 3),
        { shape: [1], data: Float32Array.of((from * 7919) % 2 ** 24) },
        { shape: [1], data: Float32Array.of(from) },
      ],
    })),
  );
});

describe('whole examples are dropped as the reference drops them', () => {
  const cases = fc.record({
    shape: fc.oneof(fc.tuple(images, size, size, channels), fc.tuple(images, channels)),
    seed,
    rate: fc.constantFrom(0, 0.1, 0.5, 0.9),
  });
  agrees(
    device,
    'drop_path',
    FEW,
    cases.map(({ shape, seed: from, rate }) => ({
      attributes: {},
      inputs: [
        tensor(shape, from, 3),
        { shape: [1], data: Float32Array.of((from * 7919) % 2 ** 24) },
        { shape: [1], data: Float32Array.of(from) },
        { shape: [1], data: Float32Array.of(rate) },
      ],
    })),
  );
});

describe('kernels over rows agree with the reference', () => {
  const rows = fc.record({ shape: fc.tuple(images, size, channels), seed });
  agrees(
    device,
    'softmax',
    FEW,
    rows.map(({ shape: [n, p, c], seed: from }) => ({
      attributes: from % 2 === 0 ? { causal: true } : {},
      inputs: [tensor(from % 2 === 0 ? [n, c, c] : [n, p, c], from, 0, from % 3 === 0 ? 100 : 3)],
    })),
  );
  agrees(
    device,
    'softmax_gradient',
    SUMS,
    rows.map(({ shape, seed: from }) => ({
      attributes: {},
      inputs: [tensor(shape, from), tensor(shape, from + 1)],
    })),
  );
  agrees(
    device,
    'normalize_rows',
    SUMS,
    rows.map(({ shape, seed: from }) => ({
      attributes: { epsilon: 1e-3 },
      inputs: [tensor(shape, from, 5)],
    })),
    1,
  );
  agrees(
    device,
    'normalize_rows_gradient',
    SUMS,
    rows.map(({ shape, seed: from }) => ({
      attributes: { epsilon: 1e-3 },
      inputs: [tensor(shape, from), tensor(shape, from + 1)],
    })),
    1,
  );
  agrees(
    device,
    'channel_scale',
    FEW,
    rows.map(({ shape, seed: from }) => ({
      attributes: {},
      inputs: [tensor(shape, from), tensor([shape[2]], from + 1)],
    })),
  );
  agrees(
    device,
    'batch_matmul',
    SUMS,
    fc
      .record({
        n: images,
        m: size,
        k: channels,
        j: size,
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
        seed,
      })
      .map(({ n, m, k, j, transposeA, transposeB, seed: from }) => ({
        attributes: { transposeA, transposeB },
        inputs: [
          tensor(transposeA ? [n, k, m] : [n, m, k], from),
          tensor(transposeB ? [n, j, k] : [n, k, j], from + 1),
        ],
      })),
  );
});

describe('kernels that move elements are exact', () => {
  const shape = fc.oneof(
    fc.tuple(images, channels),
    fc.tuple(images, size, channels),
    fc.tuple(images, size, size, channels),
  ) as fc.Arbitrary<number[]>;
  const cases = fc.record({ shape, seed });
  /** Numbers from 0 to below `limit`, by seed and axis. */
  const pick = (from: number, axis: number, limit: number): number => ((from * 31 + axis * 17) % 101) % limit;
  agrees(
    device,
    'slice',
    EXACT,
    cases.map(({ shape: of, seed: from }) => {
      const begin = of.map((n, axis) => (from % 3 === 0 && axis === of.length - 1 ? 0 : pick(from, axis, n)));
      const part = of.map((n, axis) => 1 + pick(from + 5, axis, n - begin[axis]));
      return { attributes: { begin, size: part }, inputs: [coarse(of, from)] };
    }),
  );
  agrees(
    device,
    'pad',
    EXACT,
    cases.map(({ shape: of, seed: from }) => ({
      attributes: {
        before: of.map((_, axis) => pick(from, axis, 5)),
        after: of.map((_, axis) => pick(from + 3, axis, 4)),
      },
      inputs: [coarse(of, from)],
    })),
  );
  agrees(
    device,
    'transpose',
    EXACT,
    cases.map(({ shape: of, seed: from }) => {
      const axes = of.map((_, axis) => axis);
      const turned =
        from % 2 === 0 ? axes.toReversed() : [...axes.slice(0, -1).toReversed(), axes.length - 1];
      return { attributes: { axes: turned }, inputs: [coarse(of, from)] };
    }),
  );
  agrees(
    device,
    'reshape',
    EXACT,
    cases.map(({ shape: of, seed: from }) => {
      const [first, ...rest] = of;
      const flat = rest.reduce((a, b) => a * b, 1);
      const shapes = [[first, flat], [flat, first], [first * flat], [first, ...rest.toReversed()]];
      return { attributes: { shape: shapes[from % 4] }, inputs: [coarse(of, from)] };
    }),
  );
  agrees(
    device,
    'concat',
    EXACT,
    fc
      .record({
        outer: fc.tuple(images, size),
        parts: fc.array(channels, { minLength: 1, maxLength: 12 }),
        seed,
      })
      .map(({ outer, parts, seed: from }) => ({
        attributes: {},
        inputs: parts.map((c, i) => coarse([...outer, from % 2 === 0 ? 4 * c : c], from + i)),
      })),
  );
});

describe('embedding kernels agree with the reference', () => {
  const cases = fc.record({ n: images, positions: size, rows: size, units: channels, seed });
  const ids = (n: number, positions: number, from: number): { shape: Shape; data: Int32Array } => ({
    shape: [n, positions],
    data: Int32Array.from({ length: n * positions }, (_, i) => ((from + i * 7) % 12) - 1),
  });
  agrees(
    device,
    'embedding',
    EXACT,
    cases.map(({ n, positions, rows, units, seed: from }) => ({
      attributes: {},
      inputs: [ids(n, positions, from), coarse([rows, units], from)],
      weights: [1],
    })),
  );
  agrees(
    device,
    'embedding_gradient',
    SUMS,
    cases.map(({ n, positions, rows, units, seed: from }) => ({
      attributes: { rows },
      inputs: [ids(n, positions, from), tensor([n, positions, units], from)],
    })),
  );
});
