/** The kernels of elementary functions, pairs, reductions, repetition and reversal against the reference. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementaryName, ReduceKind } from '../../../compiler/ops/attributes.ts';
import { elementary } from '../../../compiler/ops/elementary.ts';
import {
  agrees,
  channels,
  coarse,
  EXACT,
  FEW,
  images,
  seed,
  size,
  SUMS,
  tensor,
  type Input,
} from './kernelCases.ts';
import { profilesOf, runOp, useDevice } from './onDevice.ts';

const device = useDevice();

const shape = fc.oneof(
  fc.tuple(channels),
  fc.tuple(images, channels),
  fc.tuple(images, size, channels),
  fc.tuple(images, size, size, channels),
) as fc.Arbitrary<number[]>;

/** Numbers of at least 0.2. */
const positive = (of: number[], from: number): Input => tensor(of, from, 2.2, 2);

describe('elementary functions agree with the reference', () => {
  const names = Object.keys(elementary) as ElementaryName[];
  const cases = fc.record({ shape, name: fc.constantFrom(...names), seed });
  const argument = (name: ElementaryName, of: number[], from: number): Input =>
    ['log', 'sqrt', 'reciprocal'].includes(name) ? positive(of, from) : tensor(of, from, 0, 4);
  agrees(
    device,
    'activation',
    FEW,
    cases.map(({ shape: of, name, seed: from }) => ({
      attributes: { name },
      inputs: [argument(name, of, from)],
    })),
    1,
  );
  agrees(
    device,
    'activation_gradient',
    FEW,
    cases.map(({ shape: of, name, seed: from }) => ({
      attributes: { name },
      inputs: [tensor(of, from), argument(name, of, from + 1)],
    })),
    1,
  );
});

it('sines and cosines of many turns keep their digits', async () => {
  const data = new Float32Array(4096);
  for (let i = 0; i < data.length; i++) data[i] = (i - 2048) * 4 + Math.sin(i);
  for (const profile of profilesOf(device())) {
    for (const name of ['sin', 'cos'] as const) {
      const one = { op: 'activation', attributes: { name }, inputs: [{ shape: [4096], data }] } as const;
      const { found } = await runOp(device(), profile, one);
      const worst = data.reduce((most, x, i) => Math.max(most, Math.abs(found[i] - Math[name](x))), 0);
      expect(worst, name).toBeLessThan(2e-7);
    }
  }
});

describe('pairs agree with the reference', () => {
  const cases = fc.record({ shape, seed });
  const inputs = (of: number[], from: number): [Input, Input] => [coarse(of, from), coarse(of, from + 1)];
  agrees(
    device,
    'div',
    FEW,
    cases.map(({ shape: of, seed: from }) => ({
      attributes: {},
      inputs: [tensor(of, from), positive(of, from + 1)],
    })),
  );
  agrees(
    device,
    'pow',
    FEW,
    cases.map(({ shape: of, seed: from }) => ({
      attributes: {},
      inputs:
        from % 2 === 0
          ? [positive(of, from), tensor(of, from + 1, 0, 3)]
          : [
              tensor(of, from, 0, 3),
              { ...coarse(of, from + 1), data: coarse(of, from + 1).data.map(Math.abs) },
            ],
    })),
    1,
  );
  for (const op of ['maximum', 'minimum', 'greater'] as const) {
    agrees(
      device,
      op,
      EXACT,
      cases.map(({ shape: of, seed: from }) => ({ attributes: {}, inputs: inputs(of, from) })),
    );
  }
  agrees(
    device,
    'where',
    EXACT,
    cases.map(({ shape: of, seed: from }) => ({
      attributes: {},
      inputs: [...inputs(of, from), tensor(of, from + 2)],
    })),
  );
});

describe('kernels along axes agree with the reference', () => {
  const kinds: readonly ReduceKind[] = ['sum', 'max', 'min', 'product'];
  const along = fc.record({ shape, seed, bits: fc.integer({ min: 0, max: 15 }) });
  const chosen = (of: number[], bits: number): number[] =>
    of.flatMap((_, axis) => ((bits >> axis) & 1 ? [axis] : []));
  const reduced = (of: number[], bits: number): number[] => of.map((n, axis) => ((bits >> axis) & 1 ? 1 : n));
  for (const kind of kinds) {
    describe(kind, () =>
      agrees(
        device,
        'reduce',
        SUMS,
        along.map(({ shape: of, seed: from, bits }) => ({
          attributes: { kind, axes: chosen(of, bits) },
          // Products of many numbers stay near 1.
          inputs: [kind === 'product' ? tensor(of, from, 1, 0.01) : tensor(of, from)],
        })),
        1,
      ),
    );
  }
  agrees(
    device,
    'product_gradient',
    SUMS,
    along.map(({ shape: of, seed: from, bits }) => ({
      attributes: { axes: chosen(of, bits) },
      inputs: [tensor(reduced(of, bits), from), tensor(of, from + 1, 1, 0.01)],
    })),
    1,
  );
  agrees(
    device,
    'broadcast',
    EXACT,
    along.map(({ shape: of, seed: from, bits }) => ({
      attributes: { shape: of },
      inputs: [tensor(reduced(of, bits).slice(from % of.length), from)],
    })),
  );
  agrees(
    device,
    'reverse',
    EXACT,
    along.map(({ shape: of, seed: from, bits }) => ({
      attributes: { axes: chosen(of, bits) },
      inputs: [tensor(of, from)],
    })),
  );
  agrees(
    device,
    'log_softmax',
    FEW,
    along.map(({ shape: of, seed: from }) => ({
      attributes: {},
      inputs: [tensor(of, from, 0, from % 3 === 0 ? 100 : 3)],
    })),
    1,
  );
  agrees(
    device,
    'log_softmax_gradient',
    SUMS,
    along.map(({ shape: of, seed: from }) => ({
      attributes: {},
      inputs: [tensor(of, from), tensor(of, from + 1, -2)],
    })),
    1,
  );
});
