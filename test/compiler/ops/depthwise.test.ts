/** Depthwise, grouped and dilated convolutions: each is a plain convolution in disguise. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { windowProblem } from '../../../compiler/ops/windows.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { distance, refusal, runOp, tensor } from './runOp.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const small = fc.integer({ min: 1, max: 3 });
const pair = fc.tuple(small, small);
const pad = fc.integer({ min: 0, max: 2 });

const windows = fc
  .record({
    images: fc.integer({ min: 1, max: 2 }),
    size: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    kernel: pair,
    stride: pair,
    dilation: pair,
    padding: fc.tuple(pad, pad, pad, pad),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .filter(({ size, kernel, ...attributes }) => windowProblem(size, kernel, attributes) === undefined)
  .map(({ images, size, kernel, stride, dilation, padding, seed }) => ({
    images,
    size,
    kernel,
    attributes: { stride, dilation, padding },
    seed,
  }));

test('a worked example: two channels, two filters', () => {
  const x = tensor([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]);
  const w = tensor([2, 1, 2], [1, 2, 10, 20]);
  // channel 0: x00 + 10 x10; channel 1: 2 x00 + 20 x10
  const y = runOp('depthwise', [x, w], { stride: [1, 1], padding: [0, 0, 0, 0] });
  expect(y.shape).toEqual([1, 1, 2, 2]);
  expect([...y.data]).toEqual([31, 620, 42, 840]);
});

test('a depthwise convolution is one in as many groups as channels', () => {
  fc.assert(
    fc.property(windows, small, ({ images, size, kernel, attributes, seed }, channels) => {
      const x = tensorFor('x', [images, ...size, channels], seed);
      const w = tensorFor('w', [...kernel, channels], seed);
      const grouped = { shape: [...kernel, 1, channels], data: w.data };
      const y = runOp('conv', [x, grouped], { ...attributes, groups: channels });
      expect(distance(runOp('depthwise', [x, w], attributes), y)).toBeLessThan(1e-12);
    }),
  );
});

test('a dilated convolution has zeros between its taps', () => {
  fc.assert(
    fc.property(windows, small, small, ({ images, size, kernel, attributes, seed }, read, made) => {
      const { dilation, ...rest } = attributes;
      const x = tensorFor('x', [images, ...size, read], seed);
      const w = tensorFor('w', [...kernel, read, made], seed);
      const spread: Shape = [
        dilation[0] * (kernel[0] - 1) + 1,
        dilation[1] * (kernel[1] - 1) + 1,
        read,
        made,
      ];
      const data = new Float64Array(elementsOf(spread));
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const tap = w.data.subarray(
            (ky * kernel[1] + kx) * read * made,
            (ky * kernel[1] + kx + 1) * read * made,
          );
          data.set(tap, (ky * dilation[0] * spread[1] + kx * dilation[1]) * read * made);
        }
      }
      const y = runOp('conv', [x, { shape: spread, data }], rest);
      expect(distance(runOp('conv', [x, w], attributes), y)).toBeLessThan(1e-12);
    }),
  );
});

test('a grouped convolution joins the convolutions of its parts', () => {
  fc.assert(
    fc.property(
      windows,
      small,
      small,
      small,
      ({ images, size, kernel, attributes, seed }, read, made, groups) => {
        const x = tensorFor('x', [images, ...size, read * groups], seed);
        const w = tensorFor('w', [...kernel, read, made * groups], seed);
        const parts = [...Array(groups).keys()].map((group) => {
          const part = runOp('slice', [x], {
            begin: [0, 0, 0, group * read],
            size: [images, ...size, read],
          });
          const filters = runOp('slice', [w], {
            begin: [0, 0, 0, group * made],
            size: [...kernel, read, made],
          });
          return runOp('conv', [part, filters], attributes);
        });
        const y = runOp('conv', [x, w], { ...attributes, groups });
        expect(distance(y, runOp('concat', parts, {}))).toBeLessThan(1e-12);
      },
    ),
  );
});

describe('gradients against central differences', () => {
  type Case = (typeof windows extends fc.Arbitrary<infer T> ? T : never) & { readonly c: number };
  const cases = fc.tuple(windows, small).map(([window, c]): Case => ({ ...window, c }));
  const ops: Record<string, (g: GraphBuilder, one: Case) => NodeId> = {
    'conv, dilated': (g, { images, size, kernel, attributes, c }) =>
      g.op(
        'conv',
        [g.parameter('x', [images, ...size, c], he), g.parameter('w', [...kernel, c, 2], he)],
        attributes,
      ),
    'conv in groups': (g, { images, size, kernel, attributes, c }) =>
      g.op(
        'conv',
        [g.parameter('x', [images, ...size, 2 * c], he), g.parameter('w', [...kernel, c, 4], he)],
        { ...attributes, groups: 2 },
      ),
    'conv_input_gradient in groups': (g, { images, size, kernel, attributes, c }) => {
      const x = g.parameter('x', [images, ...size, 2 * c], he);
      const w = g.parameter('w', [...kernel, c, 4], he);
      const y = g.shape(g.op('conv', [x, w], { ...attributes, groups: 2 }));
      return g.op('conv_input_gradient', [g.parameter('dy', y, he), w], {
        ...attributes,
        groups: 2,
        inputShape: g.shape(x),
      });
    },
    depthwise: (g, { images, size, kernel, attributes, c }) =>
      g.op(
        'depthwise',
        [g.parameter('x', [images, ...size, c], he), g.parameter('w', [...kernel, c], he)],
        attributes,
      ),
    depthwise_weight_gradient: (g, { images, size, kernel, attributes, c }) => {
      const x = g.parameter('x', [images, ...size, c], he);
      const y = g.shape(g.op('depthwise', [x, g.input('w', [...kernel, c])], attributes));
      return g.op('depthwise_weight_gradient', [x, g.parameter('dy', y, he)], { ...attributes, kernel });
    },
  };
  test.each(Object.keys(ops))('%s', (name) => {
    fc.assert(
      fc.property(cases, (one) => {
        // An unread x or w of a helper graph would have no gradient: only those of the op are looked at.
        const errors = opGradientErrors((g) => ops[name](g, one), one.seed);
        expect(errors.filter((error) => !error.endsWith('has no gradient'))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('refusals', () => {
  const attributes = { stride: [1, 1], padding: [0, 0, 0, 0] } as const;
  test.each([
    [[1, 3, 3, 4], [3, 3, 5], 'the input has 4 channels and there are 5 filters'],
    [[1, 3, 3, 4], [3, 3, 1, 4], 'the filters have 4 axes; expected three axes'],
    [[1, 2, 2, 4], [3, 3, 4], 'a 3x3 window does not fit an image of 2x2'],
  ])('%j and %j', (x, w, message) => {
    expect(refusal('depthwise', [x, w], attributes)).toContain(message);
  });
});
