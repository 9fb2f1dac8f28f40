/**
 * Random graphs over the whole op table: the gradients of the float64 reference are what central differences measure.
 * (The device is held against the reference in `test/runtime/execute/randomGradients.test.ts`, on the same graphs.)
 */
import { expect, test } from 'vitest';
import { judgeGraphs } from '../../arbitraries/differentiable/suite.ts';
import { patience } from '../../long.ts';
import { wrongSlopes } from './centralDifferences.ts';

test(
  'have gradients that central differences confirm',
  async () => {
    await judgeGraphs(({ graph, drawn: { feeds, expected, floor } }) => {
      expect(wrongSlopes(graph, feeds, expected.gradients, floor)).toEqual([]);
    });
  },
  patience,
);
