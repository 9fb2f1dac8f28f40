/** Children that begin with what their trained parents compute. */
import { describe, expect, it } from 'vitest';
import type { Space } from '../../../../compiler/space/space.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { inherit } from '../../../../runtime/train/inherit/inherit.ts';
import { answered, family, logitsOf, measuredForm, relativeDifference, trainedTensors } from './helpers.ts';

const space = (body: string): ReturnType<typeof compileText>['space'] =>
  compileText(`nas 1
space s {
  input x: image[6, 6, 2]
  output x |> ${body}
}`).space;

/** Rounding in float32, as a share of the largest output. */
const rounding = 1e-5;

describe('wider layers (Net2Wider)', () => {
  it.each([
    ['convolution, convolution', 'conv(choose f {4, 7}, 3) |> conv(5, 3) |> classifier(2)'],
    [
      'convolution, norm, relu, convolution',
      'conv(choose f {4, 7}, 3) |> batch_norm |> relu |> conv(5, 3) |> classifier(2)',
    ],
    [
      'convolution, pool, convolution',
      'conv(choose f {4, 7}, 3) |> max_pool(2, 2) |> relu |> conv(5, 3) |> classifier(2)',
    ],
    [
      'convolution, flatten, dense',
      'conv(choose f {4, 7}, 3) |> batch_norm |> relu |> avg_pool(2, 2) |> flatten |> dense(2)',
    ],
    ['dense, dense', 'flatten |> dense(choose f {4, 7}) |> relu |> dense(2)'],
    [
      'dense, norm, relu, dense',
      'flatten |> dense(choose f {4, 9}, bias: false) |> batch_norm |> relu |> dense(2)',
    ],
    ['depthwise between', 'conv(choose f {4, 7}, 3) |> depthwise(3) |> relu6 |> conv(5, 1) |> classifier(2)'],
    [
      'convolution with bias, global pool',
      'conv(choose f {4, 7}, 3, bias: true) |> sigmoid |> classifier(2)',
    ],
  ])('%s', async (_, body) => {
    const s = space(body);
    const [from, to] = s.decisions[0].options.map(({ label }) => answered(s, { f: label }));
    const { difference, departures, tensors, child } = await family(s, from, to);
    expect(departures).toEqual([]);
    expect(difference).toBeLessThan(rounding);
    // Nothing is left to chance.
    const weights = child.nodes.filter(({ kind }) => kind === 'parameter' || kind === 'state');
    expect(new Set(tensors.keys())).toEqual(new Set(weights.map((node) => 'name' in node && node.name)));
  });
});

describe('widening', () => {
  const s = space(
    'conv(choose f {4, 7, 12}, 3) |> batch_norm |> relu |> conv(5, 3) |> batch_norm |> relu |> classifier(2)',
  );
  const [narrow, wide, widest] = ['4', '7', '12'].map((f) => answered(s, { f }));

  it('twice composes', async () => {
    const trained = await trainedTensors(s, narrow);
    const graphs = [narrow, wide, widest].map((a) => measuredForm(s, a));
    const first = inherit({ graph: graphs[0], trained }, graphs[1], { seed: 1 });
    const second = inherit({ graph: graphs[1], trained: first.tensors }, graphs[2], { seed: 2 });
    const before = logitsOf(graphs[0], trained);
    expect(relativeDifference(before, logitsOf(graphs[2], second.tensors))).toBeLessThan(rounding);
  });

  it('repeats columns, and divides the rows that read them by how often they are there', async () => {
    const { tensors, trained } = await family(s, narrow, widest);
    const [small, large] = [trained, tensors].map((t) => t.get('conv.kernel')!.data);
    const column = (data: Float32Array, width: number, j: number): string =>
      data.filter((_, at) => at % width === j).join();
    const copies = Array.from({ length: 12 }, (_, j) =>
      [0, 1, 2, 3].find((c) => column(small, 4, c) === column(large, 12, j)),
    );
    expect(copies.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(copies).not.toContain(undefined);
    // The copies of a channel share its row of the next kernel evenly: their sum is the row.
    const [rows, shares] = [trained, tensors].map((t) => t.get('conv_2.kernel')!.data);
    for (const c of [0, 1, 2, 3]) {
      const mine = [...copies.keys()].filter((j) => copies[j] === c);
      for (let tap = 0; tap < 9; tap++) {
        for (let out = 0; out < 5; out++) {
          const row = rows[(tap * 4 + c) * 5 + out];
          for (const j of mine) expect(shares[(tap * 12 + j) * 5 + out]).toBeCloseTo(row / mine.length, 6);
        }
      }
    }
  });

  it('is another drawing with another seed', async () => {
    const kernels = await Promise.all(
      [1, 1, 2].map(
        async (seed) => (await family(s, narrow, widest, { seed })).tensors.get('conv.kernel')!.data,
      ),
    );
    expect(kernels[1]).toEqual(kernels[0]);
    expect(kernels[2]).not.toEqual(kernels[0]);
  });

  it('of tensors that are added widens them alike', async () => {
    const residual = compileText(`nas 1
space s {
  input x: image[6, 6, 2]
  let f = choose {4, 6}
  output x |> conv(f, 3) |> batch_norm |> relu |> skip(f) |> skip(f) |> classifier(2)
}
motif skip(x; f) {
  let y = x |> conv(f, 3) |> batch_norm |> relu |> conv(f, 1) |> batch_norm
  relu(x + y)
}`).space;
    const [from, to] = ['4', '6'].map((f) => answered(residual, { f }));
    const { difference, departures } = await family(residual, from, to);
    expect(departures).toEqual([]);
    expect(difference).toBeLessThan(rounding);
  });

  it('divides for every consumer where layers are concatenated', async () => {
    const densely = compileText(`nas 1
space s {
  input x: image[6, 6, 2]
  let a = x |> conv(choose f {4, 7}, 3) |> batch_norm |> relu
  let b = concat([x, a]) |> batch_norm |> relu |> conv(choose g {3, 5}, 3)
  let c = concat([x, a, b]) |> batch_norm |> relu |> conv(4, 1)
  output concat([a, c]) |> flatten |> dense(2)
}`).space;
    for (const wider of [{ f: 7 }, { g: 5 }, { f: 7, g: 5 }]) {
      const { difference, departures } = await family(
        densely,
        answered(densely, {}),
        answered(densely, wider),
      );
      expect(departures).toEqual([]);
      expect(difference).toBeLessThan(rounding);
    }
  });
});

describe('deeper networks (Net2Deeper)', () => {
  const layers = (layer: string, before = 'identity', after = 'classifier(2)'): Space =>
    compileText(`nas 1
space s {
  input x: image[6, 6, 2]
  output x |> ${before} |> repeat choose d {0, 1, 2, 3} { layer() } |> ${after}
}
motif layer(x) = x |> ${layer}`).space;
  const conv = 'conv(4, choose k {1, 3, 5}) |> batch_norm |> relu';

  it.each([
    [
      'one more convolution',
      layers(conv),
      { d: 1, 'layer[0].k': 3 },
      { d: 2, 'layer[0].k': 3, 'layer[1].k': 5 },
    ],
    [
      'one in between',
      layers(conv),
      { d: 2, 'layer[0].k': 3, 'layer[1].k': 1 },
      { d: 3, 'layer[0].k': 3, 'layer[1].k': 5, 'layer[2].k': 1 },
    ],
    [
      'two',
      layers(conv),
      { d: 1, 'layer[0].k': 3 },
      { d: 3, 'layer[0].k': 3, 'layer[1].k': 1, 'layer[2].k': 3 },
    ],
    ['without normalisation', layers('conv(4, 3, bias: true) |> relu'), { d: 1 }, { d: 2 }],
    [
      'of fully connected layers',
      layers('dense(6, bias: false) |> batch_norm |> relu', 'flatten', 'dense(2)'),
      { d: 1 },
      { d: 3 },
    ],
    ['with relu6', layers('conv(4, 3) |> batch_norm |> relu6'), { d: 1 }, { d: 2 }],
    [
      'behind a pool',
      layers(conv, 'conv(4, 3) |> relu |> max_pool(2, 2)'),
      { d: 0 },
      { d: 1, 'layer[0].k': 3 },
    ],
    [
      'separable',
      layers('depthwise(3) |> conv(4, 1) |> batch_norm |> relu', 'conv(4, 3) |> relu'),
      { d: 0 },
      { d: 2 },
    ],
    ['in groups', layers('conv(4, 3, groups: 2) |> relu', 'conv(4, 3) |> relu'), { d: 0 }, { d: 2 }],
  ])('%s', async (_, s, from, to) => {
    const { difference, departures } = await family(s, answered(s, from), answered(s, to));
    expect(departures).toEqual([]);
    expect(difference).toBeLessThan(rounding);
  });

  it('keeps what batches look like where a layer is put in', async () => {
    const s = layers(conv);
    const parent = answered(s, { d: 1, 'layer[0].k': 3 });
    const child = answered(s, { d: 2, 'layer[0].k': 3, 'layer[1].k': 3 });
    const { tensors } = await family(s, parent, child);
    // Of what is never negative and has some spread.
    const statistics = tensors.get('repeat[1].layer.batch_norm.statistics')!.data;
    expect(Math.min(...statistics)).toBeGreaterThan(0);
    const [scale, shift] = ['scale', 'shift'].map(
      (name) => tensors.get(`repeat[1].layer.batch_norm.${name}`)!.data,
    );
    for (const c of [0, 1, 2, 3]) {
      expect(shift[c]).toBe(statistics[c]);
      expect(scale[c]).toBeCloseTo(Math.sqrt(statistics[4 + c] + 1e-5), 6);
    }
  });

  it('names the op that cannot begin as the identity', async () => {
    const s = layers('conv(4, 3) |> batch_norm', 'conv(4, 3)');
    const after = layers('relu', 'conv(4, 3) |> batch_norm');
    expect((await family(s, answered(s, { d: 0 }), answered(s, { d: 1 }))).departures).toEqual([]);
    const { departures, difference } = await family(
      after,
      answered(after, { d: 0 }),
      answered(after, { d: 1 }),
    );
    expect(departures.map(({ code, message }) => [code, message])).toEqual([
      ['NAS4541', expect.stringContaining('at repeat[0].layer.relu it has a relu of what may be negative')],
    ]);
    expect(difference).toBeGreaterThan(1e-3);
  });
});

describe('noise', () => {
  const s = space('conv(choose f {4, 9}, 3) |> batch_norm |> relu |> conv(5, 3) |> classifier(2)');

  it('is on copies alone, and as large as it is told', async () => {
    const [from, to] = ['4', '9'].map((f) => answered(s, { f }));
    const exact = await family(s, from, to);
    const noisy = await family(s, from, to, { noise: { copies: 0.01, identities: 0 } });
    const kernel = exact.tensors.get('conv.kernel')!.data;
    const off = noisy.tensors.get('conv.kernel')!.data.map((v, i) => v - kernel[i]);
    expect(off.filter((_, i) => i % 9 < 4).every((v) => v === 0)).toBe(true);
    const copies = off.filter((_, i) => i % 9 >= 4);
    const deviation = (values: Float32Array): number =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    // Of 90 numbers: within 40 %.
    expect(Math.abs(deviation(copies) / deviation(kernel) / 0.01 - 1)).toBeLessThan(0.4);
    expect(noisy.difference).toBeGreaterThan(1e-4);
    expect(noisy.difference).toBeLessThan(0.1);
  });
});

describe('another network', () => {
  it('takes over what has the same name and shape', async () => {
    const s = space('choose { a: conv(4, 3) |> max_pool(2, 2), b: conv(4, 5, 2) } |> relu |> classifier(2)');
    const [{ path }] = s.decisions;
    const { tensors, departures } = await family(
      s,
      answered(s, { [path]: 'a' }),
      answered(s, { [path]: 'b' }),
    );
    expect(new Set(tensors.keys())).toEqual(new Set(['classifier.dense.bias', 'classifier.dense.kernel']));
    expect(departures.map(({ code }) => code)).toEqual(['NAS4542']);
  });
});
