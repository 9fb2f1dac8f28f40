/** What the space says of an architecture before anything is built, held against the network that is built. */
import { expect } from 'vitest';
import { costOf } from '../../compiler/graph/cost.ts';
import { verify } from '../../compiler/graph/passes/verify.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { withDerived } from '../../compiler/space/derived.ts';
import { instantiate, Taken } from '../../compiler/space/instantiate.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { evaluateOpen } from '../../compiler/space/open.ts';
import type { Mode } from '../../compiler/ops/operations.ts';
import type { Space } from '../../compiler/space/space.ts';

const batch = 2;

/** Builds the network of an architecture and compares shapes and costs. While it trains, it has its auxiliary heads. */
export function checkMember(
  space: Space,
  architecture: Architecture,
  modes: readonly Mode[] = ['training', 'inference'],
): void {
  const choices = withDerived(space, architecture.choices);
  const cost = costOfArchitecture(space, architecture);
  const heads = space.auxiliary.map((a) => a.node);
  const taken = new Taken(space, architecture.choices);
  const nodes = taken.nodes([space.output, ...heads]);
  const shapes = nodes.map((node) => ({ node, shape: evaluateOpen(node.shape, choices) }));
  for (const { node, shape } of shapes) {
    expect(shape, `the shape of node ${String(node.id)}`).toBeDefined();
    if (!heads.length)
      expect(evaluateOpen(node.exists, choices), `node ${String(node.id)} exists`).toBe(true);
  }
  for (const mode of modes) {
    const graph = verify(instantiate(space, architecture, { batch, mode, auxiliary: mode === 'training' }));
    if (mode === 'inference' || heads.length === 0) expect(costOf(graph)).toEqual(cost);
    const made = new Map<string, Set<string>>();
    for (const node of graph.nodes) {
      if (node.kind !== 'op') continue;
      const there = made.get(node.site) ?? new Set();
      made.set(node.site, there.add(node.shape.join()));
    }
    for (const { node, shape } of shapes) {
      if (node.kind !== 'apply') continue;
      if (mode === 'inference' && evaluateOpen(node.exists, choices) !== true) continue;
      // An operation that does nothing here (a dropout, a sum of one) builds nothing.
      const there = made.get(node.site);
      if (there) expect([...there], `what ${node.site} makes`).toContain([batch, ...(shape ?? [])].join());
    }
    const output = graph.nodes[graph.outputs['logits'] ?? -1];
    const told = space.nodes[space.output];
    expect(output?.shape).toEqual([batch, ...((told && evaluateOpen(told.shape, choices)) ?? [])]);
  }
}
