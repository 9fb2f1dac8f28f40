/** Elementary functions, quotients, powers, extremes and choices: values and derivatives. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId } from '../../../compiler/graph/graph.ts';
import type { ElementaryName } from '../../../compiler/ops/attributes.ts';
import { elementary } from '../../../compiler/ops/elementary.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { refusal, runOp, tensor } from './runOp.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const names = Object.keys(elementary) as ElementaryName[];

test.each([
  ['abs', [-2, 0, 3], [2, 0, 3]],
  ['exp', [-1, 0, 2], [0.367879441, 1, 7.389056099]],
  ['log', [0.2, 1, 12], [-1.609437912, 0, 2.48490665]],
  ['sqrt', [0, 3, 9], [0, 1.732050808, 3]],
  ['reciprocal', [-4, 0.5, 8], [-0.25, 2, 0.125]],
  ['sin', [-1, 0, 2], [-0.841470985, 0, 0.909297427]],
  ['cos', [-1, 0, 2], [0.540302306, 1, -0.416146837]],
  ['floor', [-1.5, 0.9, 2], [-2, 0, 2]],
  ['ceil', [-1.5, 0.1, 2], [-1, 1, 2]],
  ['round', [-2.5, -1.5, -0.6, 0.5, 1.5, 2.4], [-2, -2, -1, 0, 2, 2]],
  ['sign', [-3, 0, 0.2], [-1, 0, 1]],
  // Abramowitz & Stegun 1964, table 7.1.
  ['erf', [-0.5, 0.02, 1, 2], [-0.520499878, 0.022564575, 0.842700793, 0.995322265]],
] as const)('%s', (name, points, expected) => {
  const { data } = runOp('activation', [tensor([points.length], points)], { name });
  expected.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 8));
});

/** Functions of positive numbers get exp(x) to work on. */
const positive: readonly ElementaryName[] = ['log', 'sqrt'];

test.each(names)('%s against central differences', (name) => {
  const build = (g: GraphBuilder): NodeId => {
    const x = g.parameter('x', [3, 5], he);
    return g.op('activation', [positive.includes(name) ? g.op('activation', [x], { name: 'exp' }) : x], {
      name,
    });
  };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      expect(opGradientErrors(build, seed, 'awayFromZero')).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('quotients, powers, extremes, comparisons and choices', () => {
  const a = tensor([4], [-2, 0, 3, 4]);
  const b = tensor([4], [3, 2, -1, 4]);
  expect([...runOp('div', [a, b], {}).data]).toEqual([-2 / 3, 0, -3, 1]);
  expect([...runOp('pow', [a, b], {}).data]).toEqual([-8, 0, 1 / 3, 256]);
  expect([...runOp('maximum', [a, b], {}).data]).toEqual([3, 2, 3, 4]);
  expect([...runOp('minimum', [a, b], {}).data]).toEqual([-2, 0, -1, 4]);
  expect([...runOp('greater', [a, b], {}).data]).toEqual([0, 0, 1, 0]);
  expect([...runOp('where', [a, b, a], {}).data]).toEqual([3, 0, -1, 4]);
});

test.each(['div', 'maximum', 'minimum', 'greater'] as const)('%s against central differences', (op) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const build = (g: GraphBuilder): NodeId =>
        g.op(op, [g.parameter('a', [3, 5], he), g.parameter('b', [3, 5], he)], {});
      expect(opGradientErrors(build, seed, 'awayFromZero')).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('pow against central differences, for positive bases', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const build = (g: GraphBuilder): NodeId => {
        const base = g.op('activation', [g.parameter('a', [3, 5], he)], { name: 'exp' });
        return g.op('pow', [base, g.parameter('b', [3, 5], he)], {});
      };
      expect(opGradientErrors(build, seed)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('pow against central differences, for a whole exponent', () => {
  const build = (g: GraphBuilder): NodeId =>
    g.op('pow', [g.parameter('a', [3, 5], he), g.constant(3, [3, 5])], {});
  expect(opGradientErrors(build, 1)).toEqual([]);
});

test('where against central differences', () => {
  const build = (g: GraphBuilder): NodeId => {
    const c = g.op('greater', [g.parameter('c', [3, 5], he), g.constant(0, [3, 5])], {});
    return g.op('where', [c, g.parameter('a', [3, 5], he), g.parameter('b', [3, 5], he)], {});
  };
  expect(opGradientErrors(build, 1, 'awayFromZero')).toEqual([]);
});

test('a tie gives half of the gradient to each side', () => {
  const build = (g: GraphBuilder): NodeId => {
    const x = g.parameter('x', [2, 3], he);
    return g.op('maximum', [x, x], {});
  };
  expect(opGradientErrors(build, 1)).toEqual([]);
});

test('shapes that differ are refused', () => {
  expect(refusal('div', [[2, 3], [3]], {})).toContain('one input is 2 x 3 and the other is 3');
  expect(refusal('where', [[2], [2, 3], [2, 3]], {})).toContain('the shape of the condition is 2');
});
