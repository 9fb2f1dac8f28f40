/** The most memory that tensors take at once, against counts by hand and by brute force. */
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import { peakMemory } from '../../../compiler/graph/peakMemory.ts';
import { compileText } from '../space/helpers.ts';

test('a chain holds two tensors at a time', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [1, 10]);
  const y = b.op('relu', [b.op('relu', [x], {})], {});
  b.outputs['y'] = y;
  expect(peakMemory(b.finish())).toBe(2 * 10 * 4);
});

test('what is read later stays; a reshape is no tensor of its own; weights are not counted', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [1, 2, 2, 3]);
  const flat = b.op('reshape', [x], { shape: [1, 12] });
  const w = b.parameter('w', [12, 5], { kind: 'constant', value: 1 });
  const h = b.op('matmul', [flat, w], { transposeA: false, transposeB: false });
  const twice = b.op('concat', [h, h], {});
  b.outputs['y'] = b.op('concat', [twice, flat], {});
  // x (12) lives to the end; beside it h (5) and twice (10), then twice and the output (22).
  expect(peakMemory(b.finish())).toBe((12 + 10 + 22) * 4);
});

test('a requirement on it leaves the architectures that meet it', () => {
  const text = (bound: number): string =>
    `nas 1\nspace s {\n  input x: image[8, 8, 1]\n  output x |> conv(choose f {8, 16, 32}, 3) |> global_avg_pool\n  require peak_memory <= ${bound}\n}\n`;
  // The image (64 numbers) and the convolution of it; then the convolution and its means.
  const bytes = [8, 16, 32].map((f) => 4 * (64 * f + 64));
  for (const [i, bound] of bytes.entries()) {
    expect(compileText(text(bound)).members.allowed, `${bound} bytes`).toBe(BigInt(i + 1));
    if (i > 0) expect(compileText(text(bound - 1)).members.allowed).toBe(BigInt(i));
  }
});
