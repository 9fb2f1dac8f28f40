/** Every op's kernels against the float64 reference, on random shapes, with and without subgroups. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpAttributes, PoolAttributes, ConvAttributes } from '../../../compiler/ops/attributes.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { windowPlaces, windowProblem } from '../../../compiler/ops/windows.ts';
import type { Shape } from '../../../compiler/graph/graph.ts';
import {
  agrees,
  channels,
  coarse,
  dilation,
  EXACT,
  FEW,
  images,
  kernel,
  labels,
  padding,
  seed,
  size,
  stride,
  SUMS,
  tensor,
  type Input,
} from './kernelCases.ts';
import { noise, profilesOf, runOp, useDevice } from './onDevice.ts';

const device = useDevice();

interface ConvCase {
  readonly x: Shape;
  readonly w: Shape;
  readonly y: Shape;
  readonly attributes: ConvAttributes;
  readonly seed: number;
}

const isFitting = ({ h, w, kernel: k, ...attributes }: Windows): boolean =>
  windowProblem([h, w], k, attributes) === undefined;

interface Windows extends Required<Pick<ConvAttributes, 'stride' | 'padding' | 'dilation'>> {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly ci: number;
  readonly co: number;
  readonly kernel: readonly [number, number];
  readonly seed: number;
}

function convCase({
  n,
  h,
  w,
  ci,
  co,
  kernel: k,
  stride: s,
  padding: p,
  dilation: d,
  seed: from,
}: Windows): ConvCase {
  const attributes = { stride: s, padding: p, dilation: d };
  return {
    x: [n, h, w, ci],
    w: [...k, ci, co],
    y: [n, ...windowPlaces([h, w], k, attributes), co],
    attributes,
    seed: from,
  };
}

const convs = fc
  .record({
    n: images,
    h: size,
    w: size,
    ci: channels,
    co: channels,
    kernel,
    stride,
    padding,
    dilation,
    seed,
  })
  .filter(isFitting)
  .map(convCase);

/** Of one pixel, between few channels and some more, dense and strided, on images of up to a thousand pixels. */
const pointwiseConvs = fc
  .record({
    n: images,
    h: fc.integer({ min: 1, max: 20 }),
    w: fc.integer({ min: 1, max: 20 }),
    ci: fc.constantFrom(3, 4, 6, 8, 14, 16, 20, 32, 40),
    co: fc.constantFrom(3, 4, 6, 8, 14, 16, 20, 25),
    stride: fc.oneof(fc.constant([1, 1] as const), stride),
    seed,
  })
  .map((c) => convCase({ ...c, kernel: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1] }));

/** Between whole blocks of eight pixels of a row, forward and back: with few and many channels, at ends of images and tiles. */
const blockConvs = fc
  .record({
    n: images,
    h: size,
    blocks: fc.integer({ min: 1, max: 3 }),
    ci: channels,
    co: channels,
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 4 })),
    padding,
    s: fc.integer({ min: 1, max: 3 }),
    back: fc.boolean(),
    seed,
  })
  .map(({ blocks, s, back, ...c }) => {
    const [, , left, right] = c.padding;
    const w = back ? 8 * blocks * s : (8 * blocks - 1) * s + c.kernel[1] - left - right;
    return { ...c, w, stride: [s, s] as const, dilation: [1, 1] as const };
  })
  .filter((c) => c.w > 0 && isFitting(c))
  .map(convCase);

interface PoolCase {
  readonly x: Shape;
  readonly attributes: PoolAttributes;
  readonly seed: number;
}

function poolsOf(
  windows: fc.Arbitrary<PoolAttributes & Record<'n' | 'h' | 'w' | 'c' | 'seed', number>>,
): fc.Arbitrary<PoolCase> {
  return windows
    .map((c) => ({
      x: [c.n, c.h, c.w, c.c] as Shape,
      attributes: { window: c.window, stride: c.stride, padding: c.padding } as PoolAttributes,
      seed: c.seed,
    }))
    .filter(
      ({ x, attributes }) => !('problem' in opTable.max_pool.shape([{ shape: x, dtype: 'f32' }], attributes)),
    );
}

const pools = poolsOf(
  fc.record({ n: images, h: size, w: size, c: channels, window: kernel, stride, padding, seed }),
);

/** Windows that roll, over rows of one lane to several tiles. */
const rollingPools = poolsOf(
  fc
    .record({
      n: images,
      h: fc.integer({ min: 1, max: 12 }),
      w: fc.integer({ min: 1, max: 40 }),
      c: fc.integer({ min: 1, max: 9 }),
      s: fc.integer({ min: 1, max: 2 }),
      padding,
      seed,
    })
    .map(({ s, ...rest }) => ({ ...rest, window: [3, 3], stride: [s, s] })),
);

function poolOutput({ x, attributes }: { x: Shape; attributes: PoolAttributes }): Shape {
  return [x[0], ...windowPlaces([x[1], x[2]], attributes.window, attributes), x[3]];
}

describe.each([
  ['convolution', convs],
  ['pointwise convolution', pointwiseConvs],
  ['block convolution', blockConvs],
])('%s kernels agree with the reference', (_, cases) => {
  agrees(
    device,
    'conv',
    SUMS,
    cases.map((c) => ({
      attributes: c.attributes,
      inputs: [tensor(c.x, c.seed), tensor(c.w, c.seed + 1)],
      weights: c.seed % 2 === 0 ? [1] : [],
    })),
  );
  agrees(
    device,
    'conv_input_gradient',
    SUMS,
    cases.map((c) => ({
      attributes: { ...c.attributes, inputShape: c.x },
      inputs: [tensor(c.y, c.seed), tensor(c.w, c.seed + 1)],
      weights: c.seed % 2 === 0 ? [1] : [],
    })),
  );
  agrees(
    device,
    'conv_weight_gradient',
    SUMS,
    cases.map((c) => ({
      attributes: { ...c.attributes, kernel: [c.w[0], c.w[1]] },
      inputs: [tensor(c.x, c.seed), tensor(c.y, c.seed + 1)],
    })),
  );
});

describe('matrix kernels agree with the reference', () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(10, 33, 64, 100));
  agrees(
    device,
    'matmul',
    SUMS,
    fc
      .record({ m: side, k: side, n: side, transposeA: fc.boolean(), transposeB: fc.boolean(), seed })
      .map(({ m, k, n, transposeA, transposeB, seed: from }) => ({
        attributes: { transposeA, transposeB },
        inputs: [tensor(transposeA ? [k, m] : [m, k], from), tensor(transposeB ? [n, k] : [k, n], from + 1)],
        weights: from % 2 === 0 ? [1] : [],
      })),
  );
  const rows = fc.record({ shape: fc.tuple(fc.integer({ min: 2, max: 70 }), size, channels), seed });
  agrees(
    device,
    'bias_add',
    FEW,
    rows.map(({ shape, seed: from }) => ({
      attributes: {},
      inputs: [tensor(shape, from), tensor([shape[2]], from + 1)],
    })),
  );
  agrees(
    device,
    'sum_rows',
    SUMS,
    rows.map(({ shape, seed: from }) => ({ attributes: {}, inputs: [tensor(shape, from)] })),
  );
  agrees(
    device,
    'row',
    FEW,
    rows.map(({ shape: [n, , c], seed: from }) => ({
      attributes: { index: from % n },
      inputs: [tensor([n, c], from)],
    })),
  );
});

describe('batch norm kernels agree with the reference', () => {
  const cases = fc.record({
    shape: fc.tuple(images, size, fc.integer({ min: 2, max: 40 }), channels),
    seed,
  });
  const epsilon = 1e-3;
  const statistics = (c: number, from: number): Input => ({
    shape: [2, c],
    data: noise(2 * c, from).map((v, i) => (i < c ? v : 0.6 + 0.5 * v)),
  });
  agrees(
    device,
    'moments',
    SUMS,
    cases.map(({ shape, seed: from }) => ({ attributes: {}, inputs: [tensor(shape, from)] })),
  );
  const normalized = cases.map(({ shape, seed: from }) => ({
    attributes: { epsilon },
    inputs: [
      tensor(shape, from),
      tensor([shape[3]], from + 1),
      tensor([shape[3]], from + 2),
      statistics(shape[3], from + 3),
    ],
  }));
  agrees(device, 'batch_norm_training', FEW, normalized);
  agrees(device, 'batch_norm_inference', FEW, normalized);
  agrees(
    device,
    'batch_norm_gradient_sums',
    SUMS,
    cases.map(({ shape, seed: from }) => ({
      attributes: { epsilon },
      inputs: [tensor(shape, from), tensor(shape, from + 1), statistics(shape[3], from + 2)],
    })),
  );
  agrees(
    device,
    'batch_norm_input_gradient',
    FEW,
    cases.map(({ shape, seed: from }) => ({
      attributes: { epsilon },
      inputs: [
        tensor(shape, from),
        tensor(shape, from + 1),
        statistics(shape[3], from + 2),
        tensor([shape[3]], from + 3),
        tensor([2, shape[3]], from + 4),
      ],
    })),
  );
  agrees(
    device,
    'update_statistics',
    FEW,
    cases.map(({ shape, seed: from }) => ({
      attributes: { momentum: 0.1, elements: 2 + from },
      inputs: [statistics(shape[3], from), statistics(shape[3], from + 1)],
    })),
  );

  it('keeps the digits of a variance that is small against the mean', async () => {
    // mean 1000, deviation 0.5: E[x^2] - E[x]^2 in float32 would have no digit left (1e6 * 2^-24 = 0.06
    // against a variance of 0.08). The inputs themselves are rounded to 6e-5, which both sides see alike.
    for (const profile of profilesOf(device())) {
      const x = tensor([8, 16, 16, 20], 5, 1000, 0.5);
      const variance = await momentsOf(profile, x);
      expect(variance.error).toBeLessThan(1e-5);
      expect(variance.largest).toBeGreaterThan(0.07);
    }
  });

  async function momentsOf(
    profile: ReturnType<typeof profilesOf>[number],
    x: Input,
  ): Promise<{ error: number; largest: number }> {
    const { found, expected } = await runOp(device(), profile, {
      op: 'moments',
      attributes: {},
      inputs: [x],
    });
    const channelCount = x.shape[3];
    const differences = expected.slice(channelCount).map((v, i) => Math.abs(found[channelCount + i] - v) / v);
    return { error: Math.max(...differences), largest: Math.max(...found.slice(channelCount)) };
  }
});

describe('elementwise kernels are exact', () => {
  const shapes = fc.record({ shape: fc.tuple(images, size, size, channels), seed });
  const one = shapes.map(({ shape, seed: from }) => ({ attributes: {}, inputs: [coarse(shape, from)] }));
  const pairs = shapes.map(({ shape, seed: from }) => ({
    attributes: {},
    inputs: [coarse(shape, from), coarse(shape, from + 1)],
  }));
  agrees(device, 'relu', EXACT, one);
  agrees(device, 'relu_gradient', EXACT, pairs);
  agrees(device, 'add', EXACT, pairs);
  agrees(device, 'sub', EXACT, pairs);
  agrees(device, 'mul', EXACT, pairs);
  agrees(
    device,
    'scale',
    EXACT,
    one.map((c) => ({ ...c, attributes: { factor: 0.25 } })),
  );
});

// Elements are below 1, and so are means: errors of sums that cancel are held against that.
describe('pool kernels agree with the reference', () => {
  for (const cases of [pools, rollingPools]) {
    agrees(
      device,
      'max_pool',
      FEW,
      cases.map((c) => ({ attributes: c.attributes, inputs: [tensor(c.x, c.seed)] })),
    );
    agrees(
      device,
      'max_pool_gradient',
      FEW,
      cases.map((c) => ({
        attributes: c.attributes,
        inputs: [tensor(poolOutput(c), c.seed), coarse(c.x, c.seed + 1)],
      })),
      1,
    );
    agrees(
      device,
      'avg_pool',
      FEW,
      cases.map((c) => ({ attributes: c.attributes, inputs: [tensor(c.x, c.seed)] })),
      1,
    );
    agrees(
      device,
      'avg_pool_gradient',
      FEW,
      cases.map((c) => ({
        attributes: { ...c.attributes, inputShape: c.x },
        inputs: [tensor(poolOutput(c), c.seed)],
      })),
      1,
    );
  }
  it('passes NaN on', async () => {
    const attributes = { window: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] } as const;
    const inputs = [{ shape: [1, 5, 5, 4], data: new Float32Array(100).fill(NaN) }];
    for (const profile of profilesOf(device())) {
      const { found } = await runOp(device(), profile, { op: 'max_pool', attributes, inputs });
      expect(found.every(Number.isNaN)).toBe(true);
    }
  });
  const whole = fc.record({ shape: fc.tuple(images, size, size, channels), seed });
  agrees(
    device,
    'global_avg_pool',
    FEW,
    whole.map((c) => ({ attributes: {}, inputs: [tensor(c.shape, c.seed)] })),
    1,
  );
  agrees(
    device,
    'global_avg_pool_gradient',
    FEW,
    whole.map((c) => ({
      attributes: { inputShape: c.shape },
      inputs: [tensor([c.shape[0], c.shape[3]], c.seed)],
    })),
  );
});

describe('classification kernels agree with the reference', () => {
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 70 }),
    classes: fc.integer({ min: 1, max: 12 }),
    reduction: fc.constantFrom<'mean' | 'sum'>('mean', 'sum'),
    smoothing: fc.constantFrom(0, 0.1, 0.5),
    seed,
  });
  agrees(
    device,
    'softmax_cross_entropy',
    SUMS,
    cases.map(({ rows, classes, reduction, smoothing, seed: from }) => ({
      attributes: { reduction, smoothing },
      // scores of 100: their exponentials overflow float32; a loss near 0 is exact to a rounding of 1
      inputs: [tensor([rows, classes], from, 0, from % 2 === 0 ? 100 : 3), labels(rows, classes, from + 1)],
    })),
    1,
  );
  agrees(
    device,
    'softmax_cross_entropy_gradient',
    SUMS,
    cases.map(({ rows, classes, reduction, smoothing, seed: from }) => ({
      attributes: { reduction, smoothing },
      inputs: [tensor([rows, classes], from, 0, 3), labels(rows, classes, from + 1), tensor([1], from + 2)],
    })),
  );
  it('keeps the digits of a gradient at a label that is all but certain', async () => {
    // 1 - probability is 4e-9 here: computed as written it would be 0 in float32.
    const logits = { shape: [1, 3], data: Float32Array.from([20, 0, 0]) };
    const one = { op: 'softmax_cross_entropy_gradient', attributes: { reduction: 'sum' } } as const;
    const inputs = [
      logits,
      { shape: [1], data: Int32Array.from([0]) },
      { shape: [1], data: Float32Array.from([1]) },
    ];
    const { found, expected } = await runOp(device(), device().profile, { ...one, inputs });
    expect(found[0] / expected[0]).toBeCloseTo(1, 4);
  });
  agrees(
    device,
    'correct',
    FEW,
    cases.map(({ rows, classes, seed: from }) => ({
      attributes: {} satisfies OpAttributes['correct'],
      inputs: [coarse([rows, classes], from), labels(rows, classes, from + 1)],
    })),
  );
});
