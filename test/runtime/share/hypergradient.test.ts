/** Gradients for gates and alphas against differences: of both orders, on the float64 reference, and on the device against it. */
import { describe, expect, test } from 'vitest';
import { mapRows, softmaxBack, softmaxRows, type Matrices } from '../../../runtime/share/alphas.ts';
import { deviceWeights } from '../../../runtime/share/deviceWeights.ts';
import { initialAlphas } from '../../../runtime/share/initialAlphas.ts';
import { hypergradient } from '../../../runtime/share/methods/darts.ts';
import { gateGradients, type Supernet } from '../../../runtime/share/Supernet.ts';
import { Random } from '../../../util/random.ts';
import { useDevice } from '../execute/onDevice.ts';
import { plainSgd, smoothSupernet } from './smooth.ts';

const device = useDevice();
const train = Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]);
const validation = Int32Array.from([32, 33, 34, 35, 36, 37, 38, 39]);
const rate = 0.5;
const { optimizer } = plainSgd;

/** Alphas that are far from even, so that no gradient is small by accident. */
function logitsOf(supernet: Supernet): Matrices {
  return mapRows(initialAlphas(supernet.alphas, new Random(4)), (old, out) => {
    old.forEach((x, i) => (out[i] = 700 * x));
  });
}

const flat = (matrices: Matrices): number[] => [...matrices.values()].flatMap(({ data }) => [...data]);

/** The central difference of a function of one matrix's elements. */
async function differences(
  at: Matrices,
  step: number,
  of: (x: Matrices) => Promise<number>,
): Promise<number[]> {
  const found: number[] = [];
  for (const [name, { data }] of at) {
    for (let i = 0; i < data.length; i++) {
      const moved = (by: number): Matrices =>
        new Map(
          [...at].map(([n, m]) => [
            n,
            n === name ? { ...m, data: m.data.map((x, k) => (k === i ? x + by : x)) } : m,
          ]),
        );
      found.push(((await of(moved(step))) - (await of(moved(-step)))) / (2 * step));
    }
  }
  return found;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, v, i) => sum + v * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((s, v, i) => s + (v - b[i]) ** 2, 0) / b.reduce((s, v) => s + v * v, 0));
}

describe('gates', () => {
  test.each([false, true])('have the gradients of differences (zero operation: %s)', async (zero) => {
    const supernet = smoothSupernet(zero);
    const gates = softmaxRows(logitsOf(supernet));
    const found = gateGradients(await supernet.differentiateGated('gates', gates, validation));
    const expected = await differences(
      gates,
      1e-5,
      async (x) => (await supernet.differentiateGated('gates', x, validation)).loss,
    );
    expect(distance(flat(found), expected)).toBeLessThan(1e-6);
  });

  test('of a part are those of the whole, where the others are shut', async () => {
    const supernet = smoothSupernet();
    const [{ decisions, columns }] = supernet.alphas as [(typeof supernet.alphas)[0]];
    const part = supernet.part((_, option) => option !== 1, 'gates');
    const shut: Matrices = new Map(
      supernet.alphas.map(({ name }) => {
        const data = new Float64Array(decisions.length * columns);
        for (let i = 0; i < data.length; i++) data[i] = i % columns === 1 ? 0 : 0.3 + 0.1 * i;
        return [name, { shape: [decisions.length, columns], data }];
      }),
    );
    const [one, other] = [
      await part.differentiate(shut, train),
      await supernet.differentiateGated('gates', shut, train),
    ];
    expect(one.loss).toBeCloseTo(other.loss, 12);
    const [found, whole] = [flat(gateGradients(one)), flat(gateGradients(other))];
    found.forEach((g, i) => expect(g).toBeCloseTo(i % columns === 1 ? 0 : whole[i], 10));
  });
});

describe('DARTS', () => {
  const lossAt = async (supernet: Supernet, logits: Matrices, rows: Int32Array): Promise<number> =>
    (await supernet.differentiateGated('gates', softmaxRows(logits), rows)).loss;

  test('of the first order moves alphas by the gradient of the validation loss', async () => {
    const supernet = smoothSupernet();
    const logits = logitsOf(supernet);
    const found = await hypergradient(supernet, { order: 1, optimizer }, { logits, train, validation, rate });
    const expected = await differences(logits, 1e-5, (x) => lossAt(supernet, x, validation));
    expect(distance(flat(found), expected)).toBeLessThan(1e-6);
  });

  /** The validation loss after one step of the weights: what the second order is the gradient of. */
  const lossAhead = async (supernet: Supernet, logits: Matrices): Promise<number> => {
    const { weights } = supernet;
    const now = await weights.read();
    const { gradients } = await supernet.differentiateGated('both', softmaxRows(logits), train);
    weights.write(
      new Map(
        [...now].map(([name, { shape, data }]) => {
          const g = gradients.get(name)?.data;
          return [
            name,
            { shape, data: data.map((w: number, i: number) => w - rate * ((g?.[i] ?? 0) + 0.01 * w)) },
          ];
        }),
      ),
    );
    const loss = await lossAt(supernet, logits, validation);
    weights.write(now);
    return loss;
  };

  test('of the second order sees through a step of the weights', async () => {
    const supernet = smoothSupernet();
    const logits = logitsOf(supernet);
    const point = { logits, train, validation, rate };
    const found = flat(await hypergradient(supernet, { order: 2, optimizer }, point));
    const expected = await differences(logits, 1e-4, (x) => lossAhead(supernet, x));
    expect(distance(found, expected)).toBeLessThan(1e-2);
    expect(cosine(found, expected)).toBeGreaterThan(0.999);
    // It is not that of the first order, which would pass for it were the step not seen.
    const first = flat(await hypergradient(supernet, { order: 1, optimizer }, point));
    expect(distance(first, expected)).toBeGreaterThan(0.02);
    // A step of no length is the first order.
    const none = flat(await hypergradient(supernet, { order: 2, optimizer }, { ...point, rate: 0 }));
    expect(none).toEqual(first);
  });

  test('of the second order leaves weights and momentum as they were, and agrees on the device', async () => {
    const reference = smoothSupernet();
    const supernet = smoothSupernet(false, (options) => deviceWeights(device(), options));
    const point = { logits: logitsOf(supernet), train, validation, rate };
    const before = await supernet.weights.read();
    const found = flat(await hypergradient(supernet, { order: 2, optimizer }, point));
    const expected = flat(await hypergradient(reference, { order: 2, optimizer }, point));
    expect(cosine(found, expected)).toBeGreaterThan(0.99);
    const after = await supernet.weights.read();
    for (const [name, { data }] of before) expect(after.get(name)!.data).toEqual(data);
    supernet.release();
    supernet.weights.release();
  });
});

test('the gradient of a softmax, and of the concrete distribution, is that of differences', async () => {
  const logits: Matrices = new Map([
    ['a', { shape: [2, 3], data: Float64Array.from([0.3, -1, 2, 0.1, 0.2, -0.4]) }],
  ]);
  const noise = [0.5, -0.2, 1.1, 0.3, -0.7, 0.2];
  const wanted = [1, -2, 0.5, 3, 0.25, -1];
  for (const temperature of [1, 0.4]) {
    const gates = (x: Matrices): Matrices =>
      softmaxRows(
        mapRows(x, (row, out, _, index) =>
          row.forEach((v, i) => (out[i] = (v + noise[index * 3 + i]) / temperature)),
        ),
      );
    const value = (x: Matrices): number => flat(gates(x)).reduce((sum, g, i) => sum + g * wanted[i], 0);
    const incoming: Matrices = new Map([['a', { shape: [2, 3], data: Float64Array.from(wanted) }]]);
    const found = flat(softmaxBack(gates(logits), incoming, temperature));
    const expected = await differences(logits, 1e-6, (x) => Promise.resolve(value(x)));
    expect(distance(found, expected)).toBeLessThan(1e-7);
  }
});
