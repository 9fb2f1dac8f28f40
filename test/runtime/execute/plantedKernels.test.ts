/** Whether the random graphs would notice a wrong kernel: the device is given results that are a little too large. */
import { beforeAll, expect, test } from 'vitest';
import type { Graph, GraphNode, NodeId } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { present } from '../../../util/invariant.ts';
import { judgeGraphs, type Case } from '../../arbitraries/differentiable/suite.ts';
import { wrongTensors } from './nearReference.ts';
import { useDevice } from './onDevice.ts';
import { runTraining } from './runTraining.ts';

const device = useDevice();

/** The graph in which every result of an op is one part in a hundred too large. */
function enlarged(graph: Graph, op: OpName): Graph {
  const nodes: GraphNode[] = [];
  const places = new Map<NodeId, NodeId>();
  const placeOf = (id: NodeId): NodeId => present(places.get(id), `node ${id}`);
  for (const node of graph.nodes) {
    const id = nodes.length;
    nodes.push(node.kind === 'op' ? { ...node, id, inputs: node.inputs.map(placeOf) } : { ...node, id });
    places.set(node.id, id);
    if (node.kind !== 'op' || node.op !== op) continue;
    const { shape, dtype, site } = node;
    const [attributes, larger] = [{ factor: 1.01 }, id + 1];
    nodes.push({ kind: 'op', op: 'scale', attributes, inputs: [id], site, shape, dtype, id: larger });
    places.set(node.id, larger);
  }
  return {
    nodes,
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [name, placeOf(id)])),
    gradients: graph.gradients.map(({ parameter, gradient }) => ({
      parameter: placeOf(parameter),
      gradient: placeOf(gradient),
    })),
    updates: graph.updates.map(({ state, value }) => ({ state: placeOf(state), value: placeOf(value) })),
  };
}

const opsOf = (graph: Graph): OpName[] =>
  graph.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));

const cases: Case[] = [];
beforeAll(async () => {
  await judgeGraphs((one) => void cases.push(one), { count: 100 });
});

/** Ops that no such graph holds. */
const left: readonly OpName[] = ['batch_norm_inference', 'correct'];
const ops = (Object.keys(opTable) as OpName[]).filter((op) => !left.includes(op));

test.each(ops)('a wrong result of %s', async (op) => {
  const holding = cases.filter(({ drawn }) => opsOf(drawn.graph).includes(op));
  expect(holding).not.toEqual([]);
  const wrong: string[] = [];
  for (const { drawn } of holding) {
    const { graph, feeds } = drawn;
    const found = await runTraining(device(), enlarged(graph, op), feeds, { profile: device().profile });
    wrong.push(...wrongTensors(drawn, found));
    if (wrong.length > 0) break;
  }
  expect(wrong).not.toEqual([]);
});
