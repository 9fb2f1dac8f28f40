/** The library: every file parses, every motif makes and costs what its paper says, is laid out as the formatter lays it out, and says where its motifs come from. */
import { describe, expect, it } from 'vitest';
import { compileSpace } from '../compiler/compile.ts';
import { readProgram } from '../compiler/program.ts';
import { costOf, type GraphCost } from '../compiler/graph/cost.ts';
import type { Shape } from '../compiler/graph/graph.ts';
import { instantiate } from '../compiler/space/instantiate.ts';
import { format } from '../grammar/format.ts';
import { parse } from '../grammar/parse.ts';
import { nodeHost } from '../runtime/host.ts';

describe.each(nodeHost().library.map((source) => [source.name, source] as const))('%s', (_, source) => {
  const { value, diagnostics } = parse(source);

  it('parses', () => {
    expect(diagnostics).toEqual([]);
    expect(value?.declarations.length).toBeGreaterThan(0);
  });

  it('is formatted', () => {
    expect(format(source).value).toBe(source.text);
  });

  it('documents every motif', () => {
    for (const declaration of value?.declarations ?? []) {
      expect(declaration).toMatchObject({ kind: 'motif', doc: expect.stringMatching(/\w+ \w+/) });
    }
  });
});

it('no two motifs of the library have one name', () => {
  const names = nodeHost().library.flatMap((source) =>
    (parse(source).value?.declarations ?? []).flatMap((d) => (d.kind === 'motif' ? [d.name.text] : [])),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('factorized_reduce');
});

/** Shape, parameters and multiply-accumulates of the only network of a space. */
function networkOf(text: string): GraphCost & { readonly shape: Shape } {
  const read = readProgram({ name: 'test.nas', text: `nas 1\n${text}` }, nodeHost());
  expect(read.diagnostics).toEqual([]);
  const { value, diagnostics } = compileSpace(read.value!, undefined);
  expect(diagnostics).toEqual([]);
  const { space, members } = value!;
  const graph = instantiate(space, members.unrank(0n), { batch: 2, mode: 'training' });
  const [output] = Object.values(graph.outputs);
  return { ...costOf(graph), shape: graph.nodes[output].shape.slice(1) };
}

describe('what motifs make and cost', () => {
  const c = 36;
  const at = (pixels: number, weights: number): number => pixels * pixels * weights;
  it.each([
    ['project(24)', [32, 32, 24], c * 24 + 48, at(32, c * 24)],
    ['factorized_reduce(72)', [16, 16, 72], c * 72 + 144, at(16, c * 72)],
    ['factorized_reduce(25)', [16, 16, 25], c * 25 + 50, at(16, c * 25)],
    ['relu_conv(24, 3, 2)', [16, 16, 24], 9 * c * 24 + 48, at(16, 9 * c * 24)],
    ['relu_conv(24, 3, dilation: 2)', [32, 32, 24], 9 * c * 24 + 48, at(32, 9 * c * 24)],
    ['conv_bn_relu(24, 5)', [32, 32, 24], 25 * c * 24 + 48, at(32, 25 * c * 24)],
    ['conv_bn_relu6(24, 3, stride: 2)', [16, 16, 24], 9 * c * 24 + 48, at(16, 9 * c * 24)],
    ['depthwise_bn_relu(3)', [32, 32, c], 9 * c + 2 * c, at(32, 9 * c)],
    ['sep_conv_bn_relu(24, 3)', [32, 32, 24], 9 * c + c * 24 + 48, at(32, 9 * c + c * 24)],
    ['sep_conv(36, 3)', [32, 32, c], 2 * (9 * c + c * c + 2 * c), at(32, 2 * (9 * c + c * c))],
    ['sep_conv(36, 5, 2)', [16, 16, c], 2 * (25 * c + c * c + 2 * c), at(16, 2 * (25 * c + c * c))],
    ['sep_pair(36, 7)', [32, 32, c], 2 * (49 * c + c * c + 2 * c), at(32, 2 * (49 * c + c * c))],
    ['dil_conv(36, 5, 2)', [16, 16, c], 25 * c + c * c + 2 * c, at(16, 25 * c + c * c)],
    ['conv_pair(36, 7, 2)', [16, 16, c], 14 * c * c + 2 * c, (32 * 16 + 16 * 16) * 7 * c * c],
    ['mbconv(16, e: 1)', [32, 32, 16], 9 * c + 2 * c + c * 16 + 32, at(32, 9 * c + c * 16)],
    [
      'mbconv(24, 5, 6, 2)',
      [16, 16, 24],
      c * 216 + 432 + 25 * 216 + 432 + 216 * 24 + 48,
      at(32, c * 216) + at(16, 25 * 216 + 216 * 24),
    ],
    ['classifier(10)', [10], c * 10 + 10, c * 10],
    [
      'max_pool(4, 4) |> darts_aux_head(10)',
      [10],
      c * 128 + 256 + 4 * 128 * 768 + 1536 + 7690,
      4 * c * 128 + 4 * 128 * 768 + 7680,
    ],
    [
      'max_pool(5, 5, padding: valid, ceil: true) |> darts_imagenet_aux_head(10)',
      [10],
      c * 128 + 256 + 4 * 128 * 768 + 7690,
      4 * c * 128 + 4 * 128 * 768 + 7680,
    ],
  ])('%s', (stage, shape, params, macs) => {
    const text = `space s() {\n  input x: image[32, 32, ${c}]\n  output x |> ${stage}\n}\n`;
    expect(networkOf(text)).toEqual({ shape, params, macs });
  });

  it.each([
    ['align(x |> conv(8, 3), x |> max_pool(2, 2); 5)', [16, 16, 5]],
    ['align(x |> conv(8, 3), x; 5)', [32, 32, 5]],
    ['fit(x |> conv(8, 3), x |> conv(7, 3, 2))', [16, 16, 7]],
    ['fit(x |> conv(8, 3), x)', [32, 32, c]],
    ['fit(x, x)', [32, 32, c]],
  ])('%s', (tensor, shape) => {
    const { params, shape: found } = networkOf(
      `space s() {\n  input x: image[32, 32, ${c}]\n  output ${tensor}\n}\n`,
    );
    expect(found).toEqual(shape);
    if (tensor === 'fit(x, x)') expect(params).toBe(0);
  });
});

/** The normal and the reduction cell of DARTS_V2 (Liu et al. 2019, figures 4 and 5), written out. */
const dartsV2 = (head: string): string => `
space darts_v2(classes = 10, c = 36, n = 6) {
  input x: image[32, 32, 3]
  let stem = x |> conv(3 * c, 3) |> batch_norm
  let a = (stem, stem) |> repeat n { slide(normal(c)) } |> slide(reduce(2 * c))
  let b = a |> repeat n { slide(normal(2 * c)) } |> slide(reduce(4 * c))
  ${head}
}
motif normal(p, q; c) {
  let s0 = align(p, q; c)
  let s1 = project(q; c)
  let n0 = sep_conv(s0; c, 3) + sep_conv(s1; c, 3)
  let n1 = sep_conv(s0; c, 3) + sep_conv(s1; c, 3)
  let n2 = sep_conv(s1; c, 3) + s0
  concat([n0, n1, n2, s0 + dil_conv(n0; c, 3)])
}
motif reduce(p, q; c) {
  let s0 = align(p, q; c)
  let s1 = project(q; c)
  let n0 = max_pool(s0; 3, 2) + max_pool(s1; 3, 2)
  let n1 = n0 + max_pool(s1; 3, 2)
  let n2 = max_pool(s0; 3, 2) + n0
  concat([n0, n1, n2, n0 + max_pool(s1; 3, 2)])
}
`;

describe('DARTS_V2 on CIFAR-10, of motifs alone', () => {
  const last = 'last(b |> repeat n { slide(normal(4 * c)) }) |> global_avg_pool |> dense(classes)';
  it('has 3,349,342 parameters', () => {
    expect(networkOf(dartsV2(`output ${last}`)).params).toBe(3_349_342);
  });

  it('has 476,426 more in its auxiliary head', () => {
    const whole = networkOf(dartsV2(`output (${last}) + (last(b) |> darts_aux_head(classes))`));
    expect(whole.params).toBe(3_825_768);
  });
});
