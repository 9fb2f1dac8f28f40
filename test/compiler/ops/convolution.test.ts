import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../compiler/graph/graph.ts';
import type { WindowAttributes } from '../../../compiler/ops/attributes.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { convCase } from '../../arbitraries/windows.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { distance, refusal, runOp, tensor } from './runOp.ts';

const seed = fc.integer({ min: 0, max: 1e6 });
const plain: WindowAttributes = { stride: [1, 1], padding: [0, 0, 0, 0] };
const he = { kind: 'he', fanIn: 1 } as const;

describe('conv', () => {
  test('a worked example: 3x3 image, 2x2 filter', () => {
    // 1 2 3     1  10      1 + 20 + 400 + 5000 = 5421 and so on
    // 4 5 6  *  100 1000
    // 7 8 9
    const x = tensor([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const w = tensor([2, 2, 1, 1], [1, 10, 100, 1000]);
    expect(runOp('conv', [x, w], plain)).toEqual(tensor([1, 2, 2, 1], [5421, 6532, 8754, 9865]));
  });

  test('a worked example: stride, padding on one side, two channels in and out', () => {
    // One row of three pixels (a, b): padded on the left by one, stride 2, window 1x2.
    const x = tensor([1, 1, 3, 2], [1, 2, 3, 4, 5, 6]);
    // w[0][0] reads the left pixel, w[0][1] the right one; each is in x out.
    const w = tensor([1, 2, 2, 2], [1, 0, 0, 1, 10, 0, 0, 100]);
    // places: (pad, p0), (p1, p2)
    const y = runOp('conv', [x, w], { stride: [1, 2], padding: [0, 0, 1, 0] });
    expect(y).toEqual(tensor([1, 1, 2, 2], [10, 200, 3 + 50, 4 + 600]));
  });

  test('equals a matrix product over gathered windows', () => {
    fc.assert(
      fc.property(convCase(), seed, (c, s) => {
        const x = tensorFor('x', c.x, s);
        const w = tensorFor('w', c.w, s);
        expect(distance(runOp('conv', [x, w], c.attributes), convByGather(x, w, c.attributes))).toBeLessThan(
          1e-13,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('counts a multiply-accumulate for every output element and weight under it', () => {
    const cost = opTable.conv.cost(
      [
        [2, 8, 8, 16],
        [3, 3, 16, 32],
      ],
      [2, 4, 4, 32],
      plain,
    );
    expect(cost).toEqual({ macs: 2 * 4 * 4 * 32 * 9 * 16 });
  });
});

describe('the gradients of conv are its adjoints', () => {
  // <conv(x, w), dy> = <x, input_gradient(dy, w)> = <w, weight_gradient(x, dy)>
  test('for any shapes', () => {
    fc.assert(
      fc.property(convCase(), seed, (c, s) => {
        const x = tensorFor('x', c.x, s);
        const w = tensorFor('w', c.w, s);
        const y = runOp('conv', [x, w], c.attributes);
        const dy = tensorFor('dy', y.shape, s);
        const dx = runOp('conv_input_gradient', [dy, w], { ...c.attributes, inputShape: c.x });
        const dw = runOp('conv_weight_gradient', [x, dy], { ...c.attributes, kernel: [c.w[0], c.w[1]] });
        const expected = inner(y, dy);
        const scale = 1 + Math.abs(expected) + Math.sqrt(y.data.length);
        expect(Math.abs(inner(x, dx) - expected) / scale).toBeLessThan(1e-11);
        expect(Math.abs(inner(w, dw) - expected) / scale).toBeLessThan(1e-11);
      }),
      { numRuns: 150 },
    );
  });

  test('a worked example', () => {
    const x = tensor([1, 1, 3, 1], [1, 2, 3]);
    const w = tensor([1, 2, 1, 1], [10, 100]);
    const dy = tensor([1, 1, 2, 1], [1, 5]);
    // dx: 1*10, 1*100 + 5*10, 5*100; dw: 1*1 + 5*2, 1*2 + 5*3
    expect(runOp('conv_input_gradient', [dy, w], { ...plain, inputShape: x.shape })).toEqual(
      tensor(x.shape, [10, 150, 500]),
    );
    expect(runOp('conv_weight_gradient', [x, dy], { ...plain, kernel: [1, 2] })).toEqual(
      tensor(w.shape, [11, 17]),
    );
  });
});

describe('gradients against central differences', () => {
  const yShape = (x: Shape, w: Shape, a: WindowAttributes): Shape => {
    const type = opTable.conv.shape(
      [
        { shape: x, dtype: 'f32' },
        { shape: w, dtype: 'f32' },
      ],
      a,
    );
    if ('problem' in type) throw new Error(type.problem);
    return type.shape;
  };

  test('conv', () => {
    fc.assert(
      fc.property(convCase(5), seed, (c, s) => {
        const errors = opGradientErrors(
          (b) => b.op('conv', [b.parameter('x', c.x, he), b.parameter('w', c.w, he)], c.attributes),
          s,
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('conv_input_gradient', () => {
    fc.assert(
      fc.property(convCase(5), seed, (c, s) => {
        const dy = yShape(c.x, c.w, c.attributes);
        const errors = opGradientErrors(
          (b) =>
            b.op('conv_input_gradient', [b.parameter('dy', dy, he), b.parameter('w', c.w, he)], {
              ...c.attributes,
              inputShape: c.x,
            }),
          s,
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('conv_weight_gradient', () => {
    fc.assert(
      fc.property(convCase(5), seed, (c, s) => {
        const dy = yShape(c.x, c.w, c.attributes);
        const errors = opGradientErrors(
          (b) =>
            b.op('conv_weight_gradient', [b.parameter('x', c.x, he), b.parameter('dy', dy, he)], {
              ...c.attributes,
              kernel: [c.w[0], c.w[1]],
            }),
          s,
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what does not fit is refused in words', () => {
  test.each([
    [
      [
        [1, 8, 8, 24],
        [3, 3, 16, 32],
      ],
      plain,
      'conv: the input has 24 channels and the filters read 16; expected filters that read 24',
    ],
    [
      [
        [1, 3, 3, 4],
        [5, 5, 4, 4],
      ],
      plain,
      'conv: a 5x5 window does not fit an image of 3x3 with this padding; expected an image of at least 5x5, a smaller window or more padding',
    ],
    [
      [
        [1, 3, 3, 4],
        [5, 5, 4, 4],
      ],
      { stride: [1, 1], padding: [1, 0, 1, 0] },
      'conv: a 5x5 window does not fit an image of 3x3 with this padding; expected an image of at least 4x4, a smaller window or more padding',
    ],
    [
      [
        [8, 24],
        [3, 3, 16, 32],
      ],
      plain,
      'conv: the shape of the input is 8 x 24; expected four axes: images, height, width and channels',
    ],
    [
      [
        [1, 8, 8, 4],
        [4, 4],
      ],
      plain,
      'conv: the filters have 2 axes; expected four axes: height, width, channels read and channels made',
    ],
    [
      [{ i32: [1, 8, 8, 4] }, [3, 3, 4, 4]],
      plain,
      'conv: the elements of the input are whole numbers (i32); expected numbers (f32)',
    ],
    [
      [
        [1, 8, 8, 4],
        [3, 3, 4, 4],
      ],
      { stride: [0, 1], padding: [0, 0, 0, 0] },
      'conv: the stride is 0x1; expected whole steps of 1 or more',
    ],
    [
      [
        [1, 8, 8, 4],
        [3, 3, 4, 4],
      ],
      { stride: [1, 1], padding: [-1, 0, 0, 0] },
      'conv: the padding is -1, 0, 0, 0; expected whole widths of 0 or more',
    ],
  ] as const)('conv %j', (shapes, attributes, message) => {
    expect(refusal('conv', shapes, attributes)).toBe(message);
  });

  test('a gradient of another shape than the output', () => {
    expect(
      refusal(
        'conv_input_gradient',
        [
          [1, 4, 4, 8],
          [3, 3, 2, 8],
        ],
        { ...plain, inputShape: [1, 5, 5, 2] },
      ),
    ).toBe(
      'conv_input_gradient: the shape of the gradient of the convolution is 1 x 4 x 4 x 8; expected 1 x 3 x 3 x 8',
    );
    expect(
      refusal(
        'conv_weight_gradient',
        [
          [1, 5, 5, 2],
          [1, 4, 4, 8],
        ],
        { ...plain, kernel: [3, 3] },
      ),
    ).toBe(
      'conv_weight_gradient: the shape of the gradient of the convolution is 1 x 4 x 4 x 8; expected 1 x 3 x 3 x 8',
    );
  });
});

function inner(a: CpuTensor, b: CpuTensor): number {
  let sum = 0;
  a.data.forEach((value, i) => (sum += value * b.data[i]));
  return sum;
}

/** Convolution as its textbook sees it: copy the padded image, gather every window, multiply matrices. */
function convByGather(x: CpuTensor, w: CpuTensor, { stride, padding }: WindowAttributes): CpuTensor {
  const [n, height, width, read] = x.shape;
  const [kh, kw, , made] = w.shape;
  const [top, bottom, left, right] = padding;
  const paddedHeight = height + top + bottom;
  const paddedWidth = width + left + right;
  const padded = Array.from({ length: n }, () =>
    Array.from({ length: paddedHeight }, () =>
      Array.from({ length: paddedWidth }, () => Array.from({ length: read }, () => 0)),
    ),
  );
  x.data.forEach((value, i) => {
    const c = i % read;
    const column = Math.floor(i / read) % width;
    const row = Math.floor(i / read / width) % height;
    padded[Math.floor(i / read / width / height)][row + top][column + left][c] = value;
  });
  const windows: number[] = [];
  let rows = 0;
  let columns = 0;
  for (const image of padded) {
    rows = 0;
    for (let y = 0; y + kh <= paddedHeight; y += stride[0], rows++) {
      columns = 0;
      for (let z = 0; z + kw <= paddedWidth; z += stride[1], columns++) {
        for (const line of image.slice(y, y + kh)) windows.push(...line.slice(z, z + kw).flat());
      }
    }
  }
  const flat = kh * kw * read;
  const product = runOp(
    'matmul',
    [tensor([n * rows * columns, flat], windows), tensor([flat, made], [...w.data])],
    { transposeA: false, transposeB: false },
  );
  return { shape: [n, rows, columns, made], data: product.data };
}
