/** Supernets: their weights against published counts, their gradients against differences, their mixtures by hand. */
import { describe, expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { searchForm } from '../../../compiler/share/searchForm.ts';
import { relax, type RelaxOptions } from '../../../compiler/space/relax.ts';
import { runReference, type Feeds } from '../../../runtime/execute/reference.ts';
import { present } from '../../../util/invariant.ts';
import { compileShipped, shippedSpaces } from '../../spaces/shipped.ts';
import { feedsFor } from '../ops/gradientCheck.ts';
import { compileText } from './helpers.ts';

/** As the released code of DARTS relaxes its space. */
const darts: RelaxOptions = {
  batch: 2,
  mode: 'training',
  zero: true,
};

const form = { normalizePools: true, affine: false } as const;

function counted(graph: Graph): { weights: number; alphas: number } {
  let [weights, alphas] = [0, 0];
  for (const node of graph.nodes) {
    if (node.kind !== 'parameter') continue;
    if (node.name.startsWith('alpha.')) alphas += elementsOf(node.shape);
    else weights += elementsOf(node.shape);
  }
  return { weights, alphas };
}

const usingDarts = (body: string): string => `nas 1\nuse "darts.nas"\n${body}`;

describe('published counts', () => {
  test('the network of eight cells in which DARTS searches', () => {
    const text = usingDarts('');
    const { space } = compileText(text, [
      { path: 'n', value: '2' },
      { path: 'c', value: '16' },
    ]);
    const { graph, alphas } = relax(searchForm(space, form), darts);
    verify(graph);
    expect(counted(graph)).toEqual({ weights: 1_930_618, alphas: 224 });
    expect(alphas.map(({ name, decisions, columns }) => [name, decisions.length, columns])).toEqual([
      ['alpha.normal.7', 14, 8],
      ['alpha.reduce.7', 14, 8],
    ]);
  });

  test('three cells of eight channels, as a PyTorch program counts them', () => {
    const text = usingDarts(
      'space small {\n  input x: image[16, 16, 3]\n  let stem = x |> conv(24, 3) |> batch_norm\n' +
        '  output last((stem, stem) |> slide(normal(8)) |> slide(reduce(16)) |> slide(normal(16))) |> classifier(10)\n}\n',
    );
    const { graph } = relax(searchForm(compileText(text).space, form), darts);
    expect(counted(graph)).toEqual({ weights: 111_714, alphas: 224 });
    const trained = differentiate(
      withClassificationLoss(graph, { logits: 'logits', reduction: 'mean' }),
      'loss',
    );
    verify(trained);
    const names = trained.gradients.map(({ parameter }) => {
      const node = trained.nodes[parameter];
      return node?.kind === 'parameter' ? node.name : '';
    });
    expect(names).toHaveLength(graph.nodes.filter(({ kind }) => kind === 'parameter').length);
  });
});

const exact = { precision: 'f64' } as const;

/** The forward pass of a supernet on the reference, in float64. */
function logitsOf(
  graph: Graph,
  seed: number,
): { readonly logits: CpuTensor; readonly feeds: Required<Feeds> } {
  const feeds = feedsFor(graph, seed, 'normal');
  const { outputs } = runReference(graph, feeds, exact);
  return { logits: present(outputs['logits'], 'the logits'), feeds };
}

const softmax = (row: readonly number[]): number[] => {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
};

describe('mixtures', () => {
  const head = ' |> global_avg_pool |> dense(2, bias: false)';
  const text = (body: string): string =>
    `nas 1\nspace s {\n  input x: image[4, 4, 3]\n  output x |> ${body}${head}\n}\n`;
  const options: RelaxOptions = { batch: 2, mode: 'training' };

  test('a choice is the sum of its alternatives times the softmax of its alphas; `none` and zero add nothing', () => {
    const file = `${text('more')}motif more(h) = add([h, h |> choose op { tanh, relu, none, identity }])\n`;
    for (const zero of [false, true]) {
      const { graph, alphas } = relax(compileText(file).space, { ...options, zero });
      expect(alphas).toEqual([{ name: 'alpha.s.4', decisions: [0], columns: zero ? 5 : 4 }]);
      const { logits, feeds } = logitsOf(graph, 7);
      const p = softmax([...present(feeds.parameters['alpha.s.4'], 'alphas').data]);
      const x = present(feeds.inputs['x'], 'x').data;
      const kernel = present(feeds.parameters['dense.kernel'], 'a kernel').data;
      const mixed = Array.from(x, (v) => v + p[0] * Math.tanh(v) + p[1] * Math.max(v, 0) + p[3] * v);
      for (let n = 0; n < 2; n++) {
        for (let k = 0; k < 2; k++) {
          let expected = 0;
          for (let i = 0; i < 16; i++) {
            for (let c = 0; c < 3; c++) expected += (mixed[(n * 16 + i) * 3 + c] / 16) * kernel[c * 2 + k];
          }
          expect(logits.data[n * 2 + k]).toBeCloseTo(expected, 12);
        }
      }
    }
  });

  test('a choice in a choice is the expectation of both', () => {
    const body = 'choose op { a: choose inner { tanh, relu }, b: identity }';
    const { graph, alphas } = relax(compileText(text(body)).space, options);
    expect(alphas).toEqual([{ name: 'alpha.s.2', decisions: [0, 1], columns: 2 }]);
    const { logits, feeds } = logitsOf(graph, 9);
    const alpha = [...present(feeds.parameters['alpha.s.2'], 'alphas').data];
    const [p, q] = [softmax(alpha.slice(0, 2)), softmax(alpha.slice(2))];
    const x = present(feeds.inputs['x'], 'x').data;
    const kernel = present(feeds.parameters['dense.kernel'], 'a kernel').data;
    let expected = 0;
    for (let i = 0; i < 48; i++) {
      const v = x[i];
      const mixed = p[0] * (q[0] * Math.tanh(v) + q[1] * Math.max(v, 0)) + p[1] * v;
      expected += (mixed / 16) * kernel[(i % 3) * 2];
    }
    expect(logits.data[0]).toBeCloseTo(expected, 12);
  });

  test('where the alphas leave one alternative, the supernet is that network', () => {
    const body = 'conv(4, 3) |> choose op { a: conv(4, 3) |> relu, b: depthwise(3), c: identity }';
    const { space } = compileText(text(body));
    const { graph } = relax(space, options);
    for (const option of [0, 1, 2]) {
      const feeds = feedsFor(graph, 3, 'normal');
      const alpha = { shape: [1, 3], data: Float64Array.from([0, 1, 2], (o) => (o === option ? 0 : -1e4)) };
      const parameters = { ...feeds.parameters, 'alpha.s.3': alpha };
      const whole = runReference(graph, { ...feeds, parameters }, exact).outputs['logits'];
      const child = instantiate(space, { space: 's', choices: [option] }, options);
      expect(whole?.data).toEqual(
        runReference(child, { ...feeds, parameters }, exact).outputs['logits']?.data,
      );
    }
  });

  test('gradients for weights and alphas against central differences', () => {
    const file = usingDarts(
      'space small {\n  input x: image[6, 6, 2]\n  let stem = x |> conv(2, 3) |> batch_norm\n' +
        '  output last((stem, stem) |> slide(normal(2)) |> slide(reduce(2))) |> classifier(3)\n}\n',
    );
    const { graph } = relax(searchForm(compileText(file).space, form), { ...darts, batch: 3 });
    const loss = withClassificationLoss(graph, { logits: 'logits', reduction: 'mean' });
    const trained = differentiate(loss, 'loss');
    const feeds = feedsFor(trained, 5, 'normal', {
      labels: { shape: [3], data: Int32Array.from([0, 2, 1]) },
    });
    const run = runReference(trained, feeds, exact);
    const lossAt = (name: string, place: number, by: number): number => {
      const tensor = present(feeds.parameters[name], name);
      const data = Float64Array.from(tensor.data);
      data[place] = (data[place] ?? NaN) + by;
      const parameters = { ...feeds.parameters, [name]: { ...tensor, data } };
      return runReference(loss, { ...feeds, parameters }, exact).outputs['loss']?.data[0] ?? NaN;
    };
    const names = ['alpha.normal.7', 'alpha.reduce.7', 'stem.conv.kernel', 'classifier.dense.kernel'];
    for (const name of names) {
      const gradient = present(run.gradients[name], `the gradient of ${name}`).data;
      for (const place of [0, 1, gradient.length >> 1, gradient.length - 1]) {
        const h = 1e-5;
        const difference = (lossAt(name, place, h) - lossAt(name, place, -h)) / (2 * h);
        expect(Math.abs((gradient[place] ?? NaN) - difference), `${name}[${place}]`).toBeLessThan(1e-6);
      }
    }
  });

  test.each([
    ['an open width', 'conv(choose f {2, 4}, 3)', 'an argument of `conv` that is open'],
    [
      'a list of open length',
      'concat([x, x |> choose op { tanh, relu }, ...(if (choose more {true, false}) then [x] else [])])',
      'what `concat` joins',
    ],
  ])('%s is refused', (_, body, what) => {
    const full = body.startsWith('conv')
      ? text(body)
      : `nas 1\nspace s {\n  input x: image[4, 4, 3]\n  output ${body} |> conv(2, 1)${head}\n}\n`;
    const { space } = compileText(full);
    expect(() => relax(space, options)).toThrow(what);
  });

  test('a tensor under more decisions than can be told apart is refused', () => {
    const hierarchical = shippedSpaces.find(({ name }) => name === 'hierarchical');
    const { space } = compileShipped(present(hierarchical, 'the space'));
    expect(() => relax(space, options)).toThrow('a tensor that so many decisions have a say in at once');
  });
});
