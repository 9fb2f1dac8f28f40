/** What the operations of the language make and cost, against closed forms and published networks. */
import { describe, expect, it } from 'vitest';
import { checkAttribute } from '../../../compiler/ops/attributeKinds.ts';
import { isCallable, operations } from '../../../compiler/ops/operations.ts';
import { inputsProblem } from '../../../compiler/ops/takes.ts';
import { describeOperation, Network } from './build.ts';

const image = [8, 6, 12];

describe('shapes and costs', () => {
  it.each([
    ['conv', [image], { filters: 20, k: 3 }, [8, 6, 20], 9 * 12 * 20, 48 * 9 * 12 * 20],
    ['conv', [image], { filters: 20, k: 3, bias: true }, [8, 6, 20], 9 * 12 * 20 + 20, 48 * 9 * 12 * 20],
    ['conv', [image], { filters: 20, k: 3, groups: 4 }, [8, 6, 20], 9 * 3 * 20, 48 * 9 * 3 * 20],
    ['conv', [image], { filters: 2, k: [1, 7], stride: [1, 2] }, [8, 3, 2], 7 * 24, 24 * 7 * 24],
    ['conv', [image], { filters: 2, k: 3, dilation: 2 }, [8, 6, 2], 9 * 24, 48 * 9 * 24],
    ['conv', [image], { filters: 2, k: 2, dilation: 2 }, [8, 6, 2], 4 * 24, 48 * 4 * 24],
    ['conv', [image], { filters: 2, k: 2 }, [7, 5, 2], 4 * 24, 35 * 4 * 24],
    ['depthwise', [image], { k: 5, stride: 2 }, [4, 3, 12], 25 * 12, 12 * 25 * 12],
    ['depthwise', [image], { k: 3, dilation: 2, bias: true }, [8, 6, 12], 9 * 12 + 12, 48 * 9 * 12],
    ['depthwise', [image], { k: 3, multiplier: 2 }, [8, 6, 24], 9 * 24, 48 * 9 * 24],
    ['dense', [[12]], { units: 5 }, [5], 65, 60],
    ['dense', [[7, 12]], { units: 5 }, [7, 5], 65, 7 * 60],
    ['embedding', [[7]], { vocabulary: 100, units: 16 }, [7, 16], 1600, 0],
    ['attention', [[7, 12]], { heads: 3 }, [7, 12], 4 * (144 + 12), 4 * 7 * 144 + 2 * 49 * 12],
    ['batch_norm', [image], {}, image, 24, 0],
    ['batch_norm', [image], { affine: false }, image, 0, 0],
    ['layer_norm', [[7, 12]], {}, [7, 12], 24, 0],
    ['dropout', [image], { rate: 0.3 }, image, 0, 0],
    ['hard_swish', [image], {}, image, 0, 0],
    ['softmax', [[5]], {}, [5], 0, 0],
    ['zero', [image], { stride: 2 }, [4, 3, 12], 0, 0],
    ['max_pool', [image], { k: 3, stride: 2 }, [4, 3, 12], 0, 0],
    ['avg_pool', [image], { k: 2, stride: 2 }, [4, 3, 12], 0, 0],
    ['max_pool', [[7, 7, 3]], { k: 2, stride: 2 }, [3, 3, 3], 0, 0],
    ['max_pool', [[7, 7, 3]], { k: 2, stride: 2, ceil: true }, [4, 4, 3], 0, 0],
    // PyTorch leaves out a window that would begin past the image and the padding before it.
    ['max_pool', [[5, 5, 3]], { k: 2, stride: 3, padding: [1, 1], ceil: true }, [2, 2, 3], 0, 0],
    ['global_avg_pool', [image], {}, [12], 0, 0],
    ['global_max_pool', [image], {}, [12], 0, 0],
    ['flatten', [image], {}, [576], 0, 0],
    ['flatten', [[9]], {}, [9], 0, 0],
    ['first_channels', [image], { n: 5 }, [8, 6, 5], 0, 0],
    ['split_part', [image], { index: 2, parts: 3 }, [8, 6, 4], 0, 0],
    ['shift', [image], { dy: 1, dx: -2 }, image, 0, 0],
    ['add', [image, image, image], {}, image, 0, 0],
    ['mul', [[4], [4]], {}, [4], 0, 0],
    ['mean', [image, image], {}, image, 0, 0],
    ['concat', [image, [8, 6, 3]], {}, [8, 6, 15], 0, 0],
    ['concat', [[5], [3]], {}, [8], 0, 0],
    ['concat', [image, [9, 2, 3]], { pad: true }, [9, 6, 15], 0, 0],
  ] as const)('%s of %j with %j', (name, shapes, given, shape, params, macs) => {
    expect(describeOperation(name, shapes, given)).toEqual({ shape, params, macs });
  });
});

describe('refusals', () => {
  it.each([
    ['conv', [image], { filters: 20, groups: 5 }, '12 channels cannot be parted into 5 equal groups'],
    ['conv', [image], { filters: 20, groups: 3 }, '20 channels cannot be parted into 3 equal groups'],
    [
      'conv',
      [image],
      { filters: 2, k: 4, dilation: 3, padding: 'valid' },
      'a 4x4 window, dilated to 10x10, does not fit an image of 8x6 with this padding',
    ],
    ['attention', [[7, 12]], { heads: 5 }, '12 features cannot be parted among 5 heads'],
    ['first_channels', [image], { n: 13 }, 'it has 12 channels, of which 13 are asked for'],
    ['split_part', [image], { index: 0, parts: 5 }, '12 channels cannot be parted into 5 equal parts'],
    ['split_part', [image], { index: 3, parts: 3 }, 'there is no part 3'],
    ['concat', [image, [8, 5, 12]], {}, 'one input is 8 x 6 x 12 and another is 8 x 5 x 12'],
    ['add', [image, image, [8, 6, 1]], {}, 'one input is 1 x 8 x 6 x 12 and the other is 1 x 8 x 6 x 1'],
  ] as const)('%s of %j with %j', (name, shapes, given, message) => {
    expect(describeOperation(name, shapes, given)).toContain(message);
  });

  it('tells which tensors an operation takes', () => {
    expect(inputsProblem(operations.conv, [[8]])?.problem).toBe('it gets a vector of 8');
    expect(inputsProblem(operations.dense, [image])?.expected).toContain('global_avg_pool');
    expect(inputsProblem(operations.attention, [[8]])?.expected).toBe('a sequence (positions x features)');
    expect(inputsProblem(operations.add, [[8], [8], [9]])?.expected).toBe('tensors of one shape');
    expect(inputsProblem(operations.concat, [[8], [9]])).toBeUndefined();
  });

  it.each([
    ['index', 0, true],
    ['index', -1, false],
    ['offset', -3, true],
    ['offset', 0.5, false],
    ['probability', 0, true],
    ['probability', 1, false],
    ['pair', [3, 5], true],
    ['pair', [3, 0], false],
    ['padding', [0, 1], true],
    ['padding', 'full', false],
  ] as const)('the argument kind %s and %j', (kind, value, good) => {
    expect('value' in checkAttribute(kind, value)).toBe(good);
  });

  it('has a call form for lists and none for mere operators', () => {
    expect(['add', 'mul', 'mean', 'concat', 'conv', 'zero'].every(isCallable)).toBe(true);
    expect(['sub', 'scale', 'toString'].some(isCallable)).toBe(false);
  });
});

describe('published networks, built from operations', () => {
  it('ResNet-18 (He et al. 2016): 11,689,512', () => {
    const net = new Network();
    const norm = (x: number): number => net.apply('batch_norm', x);
    const conv = (x: number, filters: number, k: number, stride: number): number =>
      norm(net.apply('conv', x, { filters, k, stride }));
    let x = net.apply('relu', conv(net.input([224, 224, 3]), 64, 7, 2));
    x = net.apply('max_pool', x, { k: 3, stride: 2 });
    for (const [filters, first] of [
      [64, 1],
      [128, 2],
      [256, 2],
      [512, 2],
    ] as const) {
      for (const stride of [first, 1]) {
        const same = stride === 1 && net.shape(x)[2] === filters;
        const inner = net.apply('relu', conv(x, filters, 3, stride));
        const skip = same ? x : conv(x, filters, 1, stride);
        x = net.apply('relu', net.apply('add', [conv(inner, filters, 3, 1), skip]));
      }
    }
    expect(net.shape(x)).toEqual([7, 7, 512]);
    net.apply('dense', net.apply('global_avg_pool', x), { units: 1000 });
    expect(net.cost()).toEqual({ params: 11_689_512, macs: 1_814_073_344 });
  });

  it('MobileNetV2 (Sandler et al. 2018): 3,504,872', () => {
    const net = new Network();
    const conv = (x: number, filters: number, k: number, stride: number): number =>
      net.apply('relu6', net.apply('batch_norm', net.apply('conv', x, { filters, k, stride })));
    let x = conv(net.input([224, 224, 3]), 32, 3, 2);
    for (const [e, filters, count, first] of [
      [1, 16, 1, 1],
      [6, 24, 2, 2],
      [6, 32, 3, 2],
      [6, 64, 4, 2],
      [6, 96, 3, 1],
      [6, 160, 3, 2],
      [6, 320, 1, 1],
    ] as const) {
      for (let i = 0; i < count; i++) {
        const stride = i === 0 ? first : 1;
        const channels = net.shape(x)[2];
        const wide = e === 1 ? x : conv(x, e * channels, 1, 1);
        const deep = net.apply(
          'relu6',
          net.apply('batch_norm', net.apply('depthwise', wide, { k: 3, stride })),
        );
        const y = net.apply('batch_norm', net.apply('conv', deep, { filters }));
        x = stride === 1 && channels === filters ? net.apply('add', [x, y]) : y;
      }
    }
    x = net.apply('global_avg_pool', conv(x, 1280, 1, 1));
    net.apply('dense', net.apply('dropout', x, { rate: 0.2 }), { units: 1000 });
    expect(net.cost()).toEqual({ params: 3_504_872, macs: 300_774_272 });
  });
});
