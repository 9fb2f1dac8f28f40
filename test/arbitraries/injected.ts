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
  /** What is multiplied by 1 until then. */
  readonly op: string;
}

/** A network whose op `place` (of those that are not dead) has its result multiplied by 1 + 0 / (step - t). */
export function injected(): fc.Arbitrary<Injected> {
  return fc
    .record({
      random: randomGraph(),
      place: fc.nat(1000),
      step: fc.integer({ min: 0, max: 70 }),
    })
    .map(({ random, place, step }) => ({ ...random, ...inject(random.graph, place, step), step }));
}

function inject(graph: Graph, place: number, step: number): { readonly graph: Graph; readonly op: string } {
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
      map.push(node.id === target.id ? withFault(b, copy, step) : copy);
    } else if (node.kind === 'input') map.push(b.input(node.name, node.shape, node.dtype));
    else if (node.kind === 'parameter') map.push(b.parameter(node.name, node.shape, node.init));
    else if (node.kind === 'state') map.push(b.state(node.name, node.shape, node.init));
    else map.push(b.constant(node.value, node.shape));
  }
  for (const { state, value } of graph.updates) b.update(map[state], map[value]);
  for (const [name, id] of Object.entries(graph.outputs)) b.outputs[name] = map[id];
  return { graph: differentiate(b.finish(), 'loss'), op: target.op };
}

/** `x` times 1 + 0 / (step - t), where t counts steps. */
function withFault(b: GraphBuilder, x: NodeId, step: number): NodeId {
  b.site = 'injected';
  const t = b.state('counter', [1], { kind: 'constant', value: 0 });
  b.update(t, b.op('add', [t, b.constant(1, [1])], {}));
  const left = b.op('sub', [b.constant(step, [1]), t], {});
  const quotient = b.op('div', [b.constant(1, [1]), left], {});
  const one = b.op('add', [b.op('scale', [quotient], { factor: 0 }), b.constant(1, [1])], {});
  const shape = b.shape(x);
  const many = b.op('broadcast', [b.op('reshape', [one], { shape: shape.map(() => 1) })], { shape });
  return b.op('mul', [x, many], {});
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
