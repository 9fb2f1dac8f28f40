/**
 * Random graphs over the whole op table: the gradients of the float64 reference are what central differences measure.
 * (The device is held against the reference in `test/runtime/execute/randomGradients.test.ts`, on the same graphs.)
 */
import { expect, test } from 'vitest';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { difference } from '../../arbitraries/differentiable/draws.ts';
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

test(
  'have the same gradients, outputs and states when all passes have run',
  async () => {
    const shorter = { before: 0, after: 0 };
    await judgeGraphs(({ graph, drawn }) => {
      const passed = runGraphPasses(graph, { loss: 'loss', verify: true });
      const { expected, feeds, floor } = drawn;
      const found = runReference(passed, feeds, { precision: 'f64' });
      for (const part of ['gradients', 'outputs', 'states'] as const) {
        expect(Object.keys(found[part])).toEqual(Object.keys(expected[part]));
        for (const [name, { data }] of Object.entries(expected[part])) {
          const least = part === 'gradients' ? floor : 1;
          // Roundings of float64: passes may add in another order.
          expect(difference(found[part][name].data, data, least), `${part} ${name}`).toBeLessThan(1e-10);
        }
      }
      shorter.before += drawn.graph.nodes.length;
      shorter.after += passed.nodes.length;
    });
    expect(shorter.after).toBeLessThan(shorter.before);
  },
  patience,
);
