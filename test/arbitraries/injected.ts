/** Random networks in which a division by 0 comes up at a known step, at a random place. */
import * as fc from 'fast-check';
import { differentiate } from '../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../compiler/graph/builder.ts';
import type { Graph, NodeId, OpNode } from '../../compiler/graph/graph.ts';
import { randomGraph, type RandomGraph } from './graphs.ts';

export interface Injected extends Omit<RandomGraph, 'graph'> {
  /** Differentiated. */
  readonly graph: Graph;
  /** The step, from 0, at which 1 is divided by 0 at the site `injected`. */
  readonly step: number;
  /** Whether NaN comes to one number alone, and else to a whole tensor, into the gradients of which it goes, too. */
  readonly single: boolean;
}

/**
 * A network in which some op that is not dead has 0 / (step - t), t counting steps, added to one number of its result,
 * or its whole result multiplied by 1 + 0 / (step - t).
 */
export function injected(): fc.Arbitrary<Injected> {
  return fc
    .record({
      random: randomGraph(),
      place: fc.nat(1000),
      step: fc.integer({ min: 0, max: 70 }),
      single: fc.boolean(),
    })
    .map(({ random, place, step, single }) => ({
      ...random,
      graph: inject(random.graph, place, step, single),
      step,
      single,
    }));
}

function inject(graph: Graph, place: number, step: number, single: boolean): Graph {
  const live = liveOps(graph);
  const target = live[place % live.length];
  const b = new GraphBuilder();
  const map: NodeId[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      b.site = node.site;
      const copy = b.op(
        node.op,
        node.inputs.map((id) => map[id]),
        node.attributes,
      );
      map.push(node.id === target.id ? withFault(b, copy, step, single) : copy);
    } else if (node.kind === 'input') map.push(b.input(node.name, node.shape, node.dtype));
    else if (node.kind === 'parameter') map.push(b.parameter(node.name, node.shape, node.init));
    else if (node.kind === 'state') map.push(b.state(node.name, node.shape, node.init));
    else map.push(b.constant(node.value, node.shape));
  }
  for (const { state, value } of graph.updates) b.update(map[state], map[value]);
  for (const [name, id] of Object.entries(graph.outputs)) b.outputs[name] = map[id];
  return differentiate(b.finish(), 'loss');
}

function withFault(b: GraphBuilder, x: NodeId, step: number, single: boolean): NodeId {
  b.site = 'injected';
  const t = b.state('counter', [1], { kind: 'constant', value: 0 });
  b.update(t, b.op('add', [t, b.constant(1, [1])], {}));
  const left = b.op('sub', [b.constant(step, [1]), t], {});
  const none = b.op('scale', [b.op('div', [b.constant(1, [1]), left], {})], { factor: 0 });
  const shape = b.shape(x);
  const ones = shape.map(() => 1);
  if (single) {
    const before = shape.map((n) => Math.floor(n / 2));
    const after = shape.map((n, axis) => n - 1 - before[axis]);
    const alone = b.op('pad', [b.op('reshape', [none], { shape: ones })], { before, after });
    return b.op('add', [x, alone], {});
  }
  const one = b.op('reshape', [b.op('add', [none, b.constant(1, [1])], {})], { shape: ones });
  return b.op('mul', [x, b.op('broadcast', [one], { shape })], {});
}

/** The ops that the loss is computed from, those of the loss itself aside. */
function liveOps({ nodes, outputs }: Graph): readonly OpNode[] {
  const needed = new Set<NodeId>([outputs['logits']]);
  const live: OpNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (node.kind !== 'op' || !needed.has(node.id)) continue;
    for (const id of node.inputs) needed.add(id);
    // The gradient of a batch norm insists on the moments themselves.
    if (node.op !== 'moments') live.push(node);
  }
  return live.reverse();
}
