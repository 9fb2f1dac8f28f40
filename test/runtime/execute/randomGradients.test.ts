/**
 * Random graphs over the whole op table, trained for a step on the device: every gradient, output and state is that
 * of the float64 reference, however the graph is planned. (That the reference is right is tested in
 * `test/compiler/graph/randomGradients.test.ts`, on the same graphs.)
 */
import { expect, it } from 'vitest';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { elementFunctions } from '../../../compiler/ops/activations.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { GRAPHS, judgeGraphs, type Case } from '../../arbitraries/differentiable/suite.ts';
import { long, patience } from '../../long.ts';
import { wrongTensors } from './nearReference.ts';
import { useDevice } from './onDevice.ts';
import { planVariants } from './planVariants.ts';
import { runTraining, type Results } from './runTraining.ts';

const device = useDevice();

/** Ops that these graphs do not hold, and why. */
const left: Partial<Record<OpName, string>> = {
  batch_norm_inference: 'reads kept statistics, with which nothing is trained',
  correct: 'counts rows: no loss is made of it',
};

const reductions = ['sum', 'max', 'min', 'product'].map((kind) => `reduce ${kind}`);

/** What the ops of a graph are, functions of elements told apart. */
function kindsOf({ drawn }: Case): string[] {
  return drawn.graph.nodes.flatMap((node) => {
    if (node.kind !== 'op') return [];
    if (node.op === 'activation') return [node.op, node.attributes.name];
    return node.op === 'reduce' ? [node.op, `reduce ${node.attributes.kind}`] : [node.op];
  });
}

/** The first element of which two results have other bits, or undefined. */
function otherBits(a: Results, b: Results): string | undefined {
  for (const part of ['outputs', 'gradients', 'states'] as const) {
    for (const [name, values] of a[part]) {
      const others = b[part].get(name)!;
      const place = values.findIndex((value, i) => !Object.is(value, others[i]));
      if (place >= 0) return `${part} ${name} [${place}]: ${values[place]} and ${others[place]}`;
    }
  }
  return undefined;
}

/** Dispatches that each way of planning saved against its opposite, over all graphs. */
const saved = { 'not fused': 0, 'not merged': 0 };

/** Questions of kernels that were answered otherwise than guessed. */
let answered = 0;

async function expectNearReference(one: Case): Promise<void> {
  const { graph, feeds, expected } = one.drawn;
  const parameters = graph.nodes.filter((node) => node.kind === 'parameter').map(({ name }) => name);
  expect(Object.keys(expected.gradients)).toEqual(parameters);
  const results = new Map<string, Results>();
  for (const { name, options, bitsOf } of planVariants(device())) {
    const found = await runTraining(device(), graph, feeds, options);
    expect(wrongTensors(one.drawn, found), name).toEqual([]);
    results.set(name, found);
    const like = bitsOf === undefined ? undefined : results.get(bitsOf)!;
    if (like) expect(otherBits(found, like), `${name} and ${bitsOf}`).toBe(undefined);
    if (like && (name === 'not fused' || name === 'not merged')) {
      saved[name] += found.dispatches - like.dispatches;
    }
  }
  for (const place of [1, -1]) {
    const { choices } = results.values().next().value!;
    const tuning = Object.fromEntries(choices.map((c) => [c.question, c.candidates.at(place)!]));
    const otherwise = { profile: { ...device().profile, tuning } };
    const found = await runTraining(device(), graph, feeds, otherwise);
    expect(wrongTensors(one.drawn, found), `tuned: ${JSON.stringify(tuning)}`).toEqual([]);
    answered += choices.length;
  }
  const passed = runGraphPasses(one.graph, { loss: 'loss' });
  const simplified = await runTraining(device(), passed, feeds, { profile: device().profile });
  expect(wrongTensors(one.drawn, simplified), 'after all passes').toEqual([]);
}

it(
  'have the gradients of the float64 reference, however they are planned',
  async () => {
    const seen = new Set<string>();
    await judgeGraphs(async (one) => {
      await expectNearReference(one);
      for (const kind of kindsOf(one)) seen.add(kind);
    });
    // Equal bits would say little if the plans were equal.
    for (const dispatches of Object.values(saved)) expect(dispatches).toBeGreaterThan(GRAPHS / 2);
    expect(answered).toBeGreaterThan(GRAPHS / 2);
    const functions = [...Object.keys(elementFunctions), ...reductions];
    // A hundred graphs hold all ops, but not every function of elements.
    const kinds = [...Object.keys(opTable), ...(long ? functions : [])];
    expect(kinds.filter((kind) => !seen.has(kind)).sort()).toEqual(Object.keys(left).sort());
  },
  patience,
);

it(
  'have them where tensors are larger than the tiles of kernels',
  async () => {
    await judgeGraphs(expectNearReference, { size: 'large', count: GRAPHS / 5 });
  },
  patience,
);
