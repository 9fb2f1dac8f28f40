/** What the space says of an architecture before anything is built, against the network that is built. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf } from '../../../compiler/graph/cost.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { broken, costOfArchitecture } from '../../../compiler/space/members.ts';
import { evaluateOpen } from '../../../compiler/space/open.ts';
import { compileText } from './helpers.ts';

const digits = readFileSync(new URL('../../../spaces/digits.nas', import.meta.url), 'utf8');

test('digits.nas: 300 random architectures cost what their graphs cost, in both modes', () => {
  const { space, members } = compileText(digits);
  expect(members.allowed).toBeGreaterThanOrEqual(10_000n);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: members.places - 1n }), (rank) => {
      const architecture = members.unrank(rank);
      const cost = costOfArchitecture(space, architecture);
      for (const mode of ['training', 'inference'] as const) {
        const graph = instantiate(space, architecture, { batch: 3, mode });
        verify(graph);
        expect(costOf(graph)).toEqual(cost);
        const output = graph.nodes[graph.outputs['logits']];
        expect(output.shape).toEqual([
          3,
          ...evaluateOpen(space.nodes[space.output].shape, architecture.choices)!,
        ]);
      }
      expect(cost.params).toBeLessThanOrEqual(100_000);
      expect(broken(space, architecture)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('shared weights are counted once, dead branches not at all', () => {
  const { space, members } = compileText(`nas 1
space shared {
  input x: image[4, 4, 2]
  let f = conv(2, 3)
  let unused = x |> conv(64, 3)
  let take = choose {1, 2}
  let deep = x |> conv(8, 1) |> conv(2, 1)
  let y = if take == 1 then x |> f |> f else deep
  output y |> global_avg_pool |> dense(2)
}`);
  const dense = 2 * 2 + 2;
  const costs = [0n, 1n].map((rank) => costOfArchitecture(space, members.unrank(rank)));
  expect(costs.map((c) => c.params)).toEqual([36 + dense, 16 + 16 + dense]);
  expect(costs.map((c) => c.macs)).toEqual([2 * 36 * 16 + 4, (16 + 16) * 16 + 4]);
  for (const rank of [0n, 1n]) {
    const graph = instantiate(space, members.unrank(rank), { batch: 1, mode: 'training' });
    expect(costOf(graph)).toEqual(costs[Number(rank)]);
  }
});
