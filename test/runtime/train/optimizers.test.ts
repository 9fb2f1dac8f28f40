/**
 * Optimisers on the device and on the reference executor, against the equations of their papers written down here once
 * more, in float64 and by other names; and what clipping, padding and resuming promise.
 */
import { describe, expect, it } from 'vitest';
import type { OptimizerSpec } from '../../../compiler/optimizers/optimizer.ts';
import { isOptimizerSpec, optimizerNames, optimizerOf } from '../../../compiler/optimizers/table.ts';
import { labelOf } from '../../../compiler/wgsl/printPlan.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { prepare, type Execution } from '../../../runtime/execute/webgpu.ts';
import { clipFactor, ReferenceOptimizer } from '../../../runtime/train/referenceOptimizer.ts';
import { noise, poison, profilesOf, readRange, relativeError, useDevice } from '../execute/onDevice.ts';
import { fedGradients } from './fedGradients.ts';

const device = useDevice();
const STEPS = 20;
const shapes = { kernel: [5, 3], bias: [7] } as const;
const names = ['kernel', 'bias'] as const;
const sizes = { kernel: 15, bias: 7 } as const;
const rates = Array.from({ length: STEPS }, (_, t) => 0.05 / (1 + t / 10));

/** The gradient of step `t`: some of them large, some small. */
const gradientOf = (name: (typeof names)[number], t: number): Float32Array =>
  noise(sizes[name], 31 * t + sizes[name], 0.1, t % 3 === 0 ? 2 : 0.3);
const weightsOf = (name: (typeof names)[number]): Float32Array => noise(sizes[name], sizes[name], 0, 1);

/** A weight's way through the papers: gives the weight after each step's gradient. */
type Paper = (w: number) => (g: number, lr: number) => number;

/** Kingma & Ba 2015, Algorithm 1, with PyTorch's decay; or decoupled as in Loshchilov & Hutter 2019, Algorithm 2. */
function adamPaper(b1: number, b2: number, eps: number, l2: number, decoupled: boolean): Paper {
  return (w) => {
    let [theta, m, v, t] = [w, 0, 0, 0];
    return (gradient, lr) => {
      t += 1;
      const g = gradient + (decoupled ? 0 : l2 * theta);
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g ** 2;
      const mHat = m / (1 - b1 ** t);
      const vHat = v / (1 - b2 ** t);
      theta -= lr * (mHat / (Math.sqrt(vHat) + eps) + (decoupled ? l2 * theta : 0));
      return theta;
    };
  };
}

function sgdPaper(mu: number, nesterov: boolean, l2: number): Paper {
  return (w) => {
    let theta = w;
    let velocity: number | undefined;
    return (gradient, lr) => {
      const g = gradient + l2 * theta;
      velocity = velocity === undefined ? g : mu * velocity + g;
      theta -= lr * (nesterov ? g + mu * velocity : velocity);
      return theta;
    };
  };
}

function rmspropPaper(alpha: number, eps: number, mu: number, l2: number): Paper {
  return (w) => {
    let [theta, meanSquare, buffer] = [w, 0, 0];
    return (gradient, lr) => {
      const g = gradient + l2 * theta;
      meanSquare = alpha * meanSquare + (1 - alpha) * g * g;
      const scaled = g / (Math.sqrt(meanSquare) + eps);
      if (mu === 0) theta -= lr * scaled;
      else {
        buffer = mu * buffer + scaled;
        theta -= lr * buffer;
      }
      return theta;
    };
  };
}

const cases: readonly { readonly spec: OptimizerSpec; readonly paper: Paper }[] = [
  {
    spec: { name: 'sgd', lr: 1, momentum: 0, nesterov: false, weightDecay: 0 },
    paper: sgdPaper(0, false, 0),
  },
  {
    spec: { name: 'sgd', lr: 1, momentum: 0.9, nesterov: false, weightDecay: 0.01 },
    paper: sgdPaper(0.9, false, 0.01),
  },
  {
    spec: { name: 'sgd', lr: 1, momentum: 0.9, nesterov: true, weightDecay: 3e-4 },
    paper: sgdPaper(0.9, true, 3e-4),
  },
  {
    spec: { name: 'adam', lr: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    paper: adamPaper(0.9, 0.999, 1e-8, 0, false),
  },
  {
    spec: { name: 'adam', lr: 1, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-3 },
    paper: adamPaper(0.5, 0.999, 1e-8, 1e-3, false),
  },
  {
    spec: { name: 'adam', lr: 1, beta1: 0, beta2: 0, epsilon: 1e-3, weightDecay: 0 },
    paper: adamPaper(0, 0, 1e-3, 0, false),
  },
  {
    spec: { name: 'adamw', lr: 1, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 },
    paper: adamPaper(0.9, 0.99, 1e-6, 0.1, true),
  },
  {
    spec: { name: 'rmsprop', lr: 1, alpha: 0.99, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
    paper: rmspropPaper(0.99, 1e-8, 0, 0),
  },
  {
    spec: { name: 'rmsprop', lr: 1, alpha: 0.9, epsilon: 1e-3, momentum: 0.8, weightDecay: 0.01 },
    paper: rmspropPaper(0.9, 1e-3, 0.8, 0.01),
  },
];

/** Where the papers end, with all gradients of a step scaled by `scale`. */
function byPaper(paper: Paper, scale: (t: number) => number = () => 1): Record<string, Float64Array> {
  return Object.fromEntries(
    names.map((name) => {
      const ways = [...weightsOf(name)].map((w) => paper(w));
      let weights = new Float64Array(sizes[name]);
      rates.forEach((rate, t) => {
        const g = gradientOf(name, t);
        // The rate is rounded to f32 once, as schedules do.
        weights = Float64Array.from(ways, (way, i) => way(g[i] * scale(t), Math.fround(rate)));
      });
      return [name, weights];
    }),
  );
}

interface Options {
  readonly clip?: number;
  readonly ema?: number;
  readonly portable?: boolean;
}

async function onDevice(
  spec: OptimizerSpec,
  { portable = false, ...options }: Options = {},
): Promise<Execution> {
  const profile = portable ? profilesOf(device()).at(-1)! : device().profile;
  const plan = planTraining(fedGradients(shapes, ['idle']), { profile, optimizer: spec, ...options });
  const execution = await prepare(device(), verifyPlan(plan));
  poison(execution);
  execution.writeTensors(
    new Map([...names.map((name) => [name, weightsOf(name)] as const), ['idle', Float32Array.of(1, 2, 3)]]),
  );
  return execution;
}

async function runSteps(execution: Execution, from = 0, to = STEPS): Promise<void> {
  for (let t = from; t < to; t += 1) {
    for (const name of names) execution.writeInput(`gradient of ${name}`, gradientOf(name, t));
    await execution.run('train', [{ learningRate: rates[t] }]);
  }
}

function onReference(update: { optimizer: OptimizerSpec; clip?: number }): Record<string, Float32Array> {
  const weights = Object.fromEntries(names.map((name) => [name, { data: weightsOf(name) }]));
  const optimizer = new ReferenceOptimizer(update);
  rates.forEach((rate, t) => {
    const gradients = Object.fromEntries(
      names.map((name) => [name, { shape: shapes[name], data: gradientOf(name, t) }]),
    );
    optimizer.step(weights, gradients, Math.fround(rate));
  });
  return Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, data]));
}

/** Every element of the padded memory of parameters and states that belongs to no tensor. */
async function paddingOf(execution: Execution): Promise<number[]> {
  const { plan } = execution;
  const ranges = [plan.parameters[0].range, ...plan.optimizer!.states.map(({ range }) => range)];
  const found: number[] = [];
  for (const { buffer } of ranges) {
    const values = await readRange(execution, buffer, plan.buffers[buffer].bytes / 4);
    const inside = new Set<number>();
    for (const { shape, physicalShape, range } of plan.parameters) {
      const columns = physicalShape.at(-1)!;
      const own = shape.at(-1)!;
      const rows = shape.length > 1 ? shape[0] : 1;
      for (let r = 0; r < rows; r += 1) {
        for (let c = 0; c < own; c += 1) inside.add(range.offset / 4 + r * columns + c);
      }
    }
    values.forEach((value, i) => {
      if (!inside.has(i)) found.push(value);
    });
  }
  return found;
}

describe.each(cases)('$spec', ({ spec, paper }) => {
  it('moves weights as the paper says, on the device and on the reference executor', async () => {
    const expected = byPaper(paper);
    const reference = onReference({ optimizer: spec });
    for (const portable of [false, true]) {
      const execution = await onDevice(spec, { portable });
      await runSteps(execution);
      const found = await execution.readTensors();
      for (const name of names) {
        // Twenty steps of a few f32 roundings of weights near 1. Where a root is near 0, a rounding of it weighs more.
        expect(relativeError(found.get(name)!, expected[name])).toBeLessThan(5e-6);
        expect(relativeError(reference[name], expected[name])).toBeLessThan(2e-6);
      }
      // A parameter without a gradient is on no active path: neither decay nor momentum moves it.
      expect([...found.get('idle')!]).toEqual([1, 2, 3]);
      execution.destroy();
    }
  });
});

/** One optimiser of each name, with decay and all that it keeps in use. */
const one = optimizerNames.map((name) => cases.findLast(({ spec }) => spec.name === name)!.spec);

const bits = (values: ReadonlyMap<string, Float32Array>): Map<string, Uint32Array> =>
  new Map(
    [...values].map(([name, data]) => [name, new Uint32Array(data.buffer, data.byteOffset, data.length)]),
  );

describe.each(one)('$name', (spec) => {
  it('is bit-equal from run to run, leaves padding at zero, and takes one dispatch where nothing is clipped', async () => {
    const ends: Map<string, Uint32Array>[] = [];
    for (const clip of [undefined, undefined, 1, 1]) {
      const execution = await onDevice(spec, clip === undefined ? {} : { clip });
      await runSteps(execution);
      ends.push(bits(await execution.readTensors()));
      const padding = await paddingOf(execution);
      expect(padding.length).toBeGreaterThan(5);
      expect(padding.every((value) => value === 0)).toBe(true);
      const moving = execution.plan.programs['train'].map(labelOf).filter((l) => !l.startsWith('gradient'));
      expect(moving).toEqual(clip === undefined ? [spec.name] : ['clip', 'clip', spec.name]);
      execution.destroy();
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[3]).toEqual(ends[2]);
    expect(ends[2]).not.toEqual(ends[0]);
  });

  it('continues bit for bit from what was read', async () => {
    const whole = await onDevice(spec, { clip: 1, ema: 0.9 });
    await runSteps(whole);
    const first = await onDevice(spec, { clip: 1, ema: 0.9 });
    await runSteps(first, 0, 7);
    const [tensors, state] = [await first.readTensors(), await first.readOptimizer()];
    expect(state.step).toBe(7);
    expect([...state.tensors.keys()]).toEqual(
      [...optimizerOf(spec.name).states, 'average'].flatMap((kept) =>
        names.map((name) => `${kept} of ${name}`),
      ),
    );
    const second = await onDevice(spec, { clip: 1, ema: 0.9 });
    second.writeTensors(tensors);
    second.writeOptimizer(state);
    await runSteps(second, 7);
    expect(bits(await second.readTensors())).toEqual(bits(await whole.readTensors()));
    const [kept, wanted] = [await second.readOptimizer(), await whole.readOptimizer()];
    expect(kept.step).toBe(wanted.step);
    expect(bits(kept.tensors)).toEqual(bits(wanted.tensors));
    for (const execution of [whole, first, second]) execution.destroy();
  });

  it('continues bit for bit on the reference executor', () => {
    const end = (resume: boolean): Float32Array => {
      const w = { data: weightsOf('bias') };
      let optimizer = new ReferenceOptimizer({ optimizer: spec });
      rates.forEach((rate, t) => {
        if (resume && t === 7) {
          const state = optimizer.read();
          optimizer = new ReferenceOptimizer({ optimizer: spec });
          optimizer.write(state);
        }
        optimizer.step({ w }, { w: { shape: [7], data: gradientOf('bias', t) } }, rate);
      });
      return w.data;
    };
    expect(end(true)).toEqual(end(false));
  });

  it('clips by the global norm of all gradients', async () => {
    const { paper } = cases.find((known) => known.spec === spec)!;
    const clip = 2;
    // PyTorch's clip_grad_norm_, from its documentation: min(1, max_norm / (total_norm + 1e-6)).
    const scale = (t: number): number => {
      const squares = names.flatMap((name) => [...gradientOf(name, t)].map((g) => g * g));
      return Math.min(1, clip / (Math.sqrt(squares.reduce((a, b) => a + b, 0)) + 1e-6));
    };
    const scales = rates.map((_, t) => scale(t));
    expect(scales.filter((factor) => factor === 1).length).toBeGreaterThan(5);
    expect(scales.filter((factor) => factor < 0.7).length).toBeGreaterThan(5);
    const expected = byPaper(paper, scale);
    const reference = onReference({ optimizer: spec, clip });
    const execution = await onDevice(spec, { clip });
    await runSteps(execution);
    const found = await execution.readTensors();
    for (const name of names) {
      expect(relativeError(found.get(name)!, expected[name])).toBeLessThan(5e-6);
      expect(relativeError(reference[name], expected[name])).toBeLessThan(2e-6);
    }
    execution.destroy();
  });

  it('keeps the running mean of weights, a copy at first', async () => {
    const { paper } = cases.find((known) => known.spec === spec)!;
    const ema = 0.9;
    const execution = await onDevice(spec, { ema });
    const weights = Object.fromEntries(names.map((name) => [name, { data: weightsOf(name) }]));
    const reference = new ReferenceOptimizer({ optimizer: spec, ema });
    const ways = names.map((name) => [...weightsOf(name)].map((w) => paper(w)));
    const mean = names.map((name) => new Float64Array(sizes[name]));
    for (const [t, rate] of rates.entries()) {
      await runSteps(execution, t, t + 1);
      const gradients = names.map((name) => gradientOf(name, t));
      reference.step(
        weights,
        Object.fromEntries(names.map((name, k) => [name, { shape: shapes[name], data: gradients[k] }])),
        Math.fround(rate),
      );
      names.forEach((_, k) => {
        ways[k].forEach((way, i) => {
          const w = way(gradients[k][i], Math.fround(rate));
          mean[k][i] = t === 0 ? w : ema * mean[k][i] + (1 - ema) * w;
        });
      });
      if (t > 0) continue;
      const [state, now] = [await execution.readOptimizer(), await execution.readTensors()];
      expect(state.tensors.get('average of kernel')).toEqual(now.get('kernel'));
    }
    const state = await execution.readOptimizer();
    names.forEach((name, k) => {
      expect(relativeError(state.tensors.get(`average of ${name}`)!, mean[k])).toBeLessThan(5e-6);
      expect(relativeError(reference.read().tensors.get(`average of ${name}`)!, mean[k])).toBeLessThan(2e-6);
    });
    const padding = await paddingOf(execution);
    expect(padding.every((value) => value === 0)).toBe(true);
    expect(execution.plan.programs['train'].map(labelOf).slice(-2)).toEqual([spec.name, 'average']);
    execution.destroy();
  });

  it('is told from what is none', () => {
    expect(isOptimizerSpec(spec)).toBe(true);
    expect(isOptimizerSpec({ ...spec, lr: 0 })).toBe(false);
    expect(isOptimizerSpec({ ...spec, lr: Infinity })).toBe(false);
    expect(isOptimizerSpec({ ...spec, weightDecay: undefined })).toBe(false);
    expect(isOptimizerSpec({ ...spec, name: 'lion' })).toBe(false);
  });
});

describe('the global norm', () => {
  const sgd = { name: 'sgd', lr: 1, momentum: 0, nesterov: false, weightDecay: 0 } as const;

  /** Weights of zero after one step of rate 1: the clipped gradients, negated. */
  async function clipped(size: number, gradient: Float32Array, clip: number): Promise<Float32Array> {
    const { profile } = device();
    const plan = verifyPlan(planTraining(fedGradients({ w: [size] }), { profile, optimizer: sgd, clip }));
    const execution = await prepare(device(), plan);
    poison(execution);
    execution.writeTensors(new Map([['w', new Float32Array(size)]]));
    execution.writeInput('gradient of w', gradient);
    await execution.run('train', [{ learningRate: 1 }]);
    const [, w] = [...(await execution.readTensors())][0];
    execution.destroy();
    return w.map((value) => 0 - value);
  }

  it('worked examples: (3, 4) has the norm 5', async () => {
    const g = Float32Array.of(3, 4);
    expect(clipFactor([{ data: [3] }, { data: [4] }], 10)).toBe(1);
    expect(clipFactor([{ data: [3] }, { data: [4] }], 1)).toBeCloseTo(0.2, 6);
    expect([...(await clipped(2, g, 10))]).toEqual([3, 4]);
    const small = await clipped(2, g, 1);
    // 1 / (5 + 1e-6), and the roundings of a root, a quotient and a product.
    expect(relativeError(small, [3 / 5.000001, 4 / 5.000001])).toBeLessThan(4e-7);
    expect([...(await clipped(2, new Float32Array(2), 1))]).toEqual([0, 0]);
  });

  it('counts every place of an arena without padding', async () => {
    for (let place = 0; place < 64; place += 7) {
      const g = new Float32Array(64);
      g[place] = 5;
      const found = await clipped(64, g, 1);
      expect(found[place]).toBeCloseTo(5 / 5.000001, 6);
      expect(found.filter((value) => value !== 0)).toHaveLength(1);
    }
  });

  it('of more numbers than there are partial sums', async () => {
    const size = 4 * 64 * 1024 + 4 * 133 + 1;
    const g = noise(size, 5);
    const norm = Math.sqrt(g.reduce((sum, value) => sum + value * value, 0));
    const found = await clipped(size, g, 3);
    // Partial sums of up to 64 squares in f32.
    expect(
      relativeError(
        found,
        g.map((value) => (value * 3) / (norm + 1e-6)),
      ),
    ).toBeLessThan(2e-6);
    expect(bits(new Map([['g', await clipped(size, g, 3)]]))).toEqual(bits(new Map([['g', found]])));
  });

  it.each([NaN, Infinity, -Infinity, 1e30])('a gradient of %s shows in every weight', async (bad) => {
    const g = noise(1000, 9);
    g[777] = bad;
    const found = await clipped(1000, g, 3);
    expect(found.every((value) => Number.isNaN(value))).toBe(true);
    // 1e60 is a number in float64: only f32 cannot hold the square.
    const factor = clipFactor([{ data: g }], 3);
    if (bad === 1e30) expect(factor).toBeCloseTo(0, 20);
    else expect(factor).toBeNaN();
  });
});
