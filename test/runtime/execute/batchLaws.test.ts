/**
 * Laws of batches, on random graphs, for the reference and for the device: the order of the rows does not matter, and
 * the mean over a batch is that of the means over its halves. What one executor gets wrong in itself breaks them,
 * whatever the other thinks.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { runReference, type Feeds, type NamedTensors } from '../../../runtime/execute/reference.ts';
import { permutation } from '../../../util/random.ts';
import { difference } from '../../arbitraries/differentiable/draws.ts';
import { graphOf } from '../../arbitraries/differentiable/graph.ts';
import { judgeGraphs, type Case } from '../../arbitraries/differentiable/suite.ts';
import { long, patience } from '../../long.ts';
import { useDevice } from './onDevice.ts';
import { runTraining } from './runTraining.ts';

const device = useDevice();

const COUNT = long ? 1000 : 40;

/** What a run of a differentiated graph gives, by name. */
type Values = ReadonlyMap<string, ArrayLike<number>>;

interface Run {
  readonly outputs: Values;
  readonly gradients: Values;
}

interface Executor {
  readonly name: string;
  /** How far results may be apart, relative to the largest of their tensor. */
  readonly tolerance: number;
  readonly run: (graph: Graph, feeds: Required<Feeds>) => Promise<Run>;
}

const byName = (tensors: NamedTensors): Values =>
  new Map(Object.entries(tensors).map(([name, { data }]) => [name, data]));

/** Roundings of float64 and of float32: sums are taken in another order. */
const executors: readonly Executor[] = [
  {
    name: 'reference',
    tolerance: 1e-9,
    run: async (graph, feeds) => {
      const { outputs, gradients } = runReference(graph, feeds, { precision: 'f64' });
      return { outputs: byName(outputs), gradients: byName(gradients) };
    },
  },
  {
    name: 'device',
    tolerance: 2e-4,
    run: (graph, feeds) => runTraining(device(), graph, feeds, { profile: device().profile }),
  },
];

/** Feeds whose rows are chosen anew, in those tensors that have a row for each of the batch. */
function chooseRows({ batched, recipe, drawn }: Case, chosen: readonly number[]): Required<Feeds> {
  const choose = (tensors: NamedTensors): Record<string, CpuTensor> =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => {
        if (!batched.has(name)) return [name, tensor];
        const shape = [chosen.length, ...tensor.shape.slice(1)];
        const values = rowsOf(tensor.data, recipe.rows, chosen);
        const whole = tensor.data instanceof Int32Array;
        return [name, { shape, data: whole ? Int32Array.from(values) : Float32Array.from(values) }];
      }),
    );
  const { inputs, parameters, states } = drawn.feeds;
  return { inputs: choose(inputs), parameters: choose(parameters), states };
}

/** Some of the equal parts that values consist of. */
function rowsOf(values: ArrayLike<number>, rows: number, chosen: readonly number[]): number[] {
  const length = values.length / rows;
  return chosen.flatMap((row) => Array.from(values).slice(row * length, (row + 1) * length));
}

/** That results are as expected; outputs are measured by 1 where they are smaller. */
function expectSame(found: Run, expected: Run, floor: number, tolerance: number): void {
  for (const [name, values] of expected.outputs) {
    expect(difference(found.outputs.get(name)!, values, 1), `output ${name}`).toBeLessThan(tolerance);
  }
  for (const [name, values] of expected.gradients) {
    expect(difference(found.gradients.get(name)!, values, floor), `gradient of ${name}`).toBeLessThan(
      tolerance,
    );
  }
  expect([...found.gradients.keys()]).toEqual([...expected.gradients.keys()]);
}

const mapValues = (values: Values, f: (values: ArrayLike<number>, name: string) => number[]): Values =>
  new Map([...values].map(([name, of]) => [name, f(of, name)]));

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test.each(executors.map((one) => [one.name, one] as const))(
  'the %s does not mind the order of rows',
  async (_, { run, tolerance }) => {
    await judgeGraphs(
      async (one) => {
        const { batched, drawn, recipe } = one;
        const order = [...permutation(recipe.rows, recipe.seed, 0)];
        const before = await run(drawn.graph, drawn.feeds);
        const after = await run(drawn.graph, chooseRows(one, order));
        const reordered = (values: ArrayLike<number>, name: string): number[] =>
          batched.has(name) ? rowsOf(values, recipe.rows, order) : Array.from(values);
        const expected = {
          outputs: mapValues(before.outputs, reordered),
          gradients: mapValues(before.gradients, reordered),
        };
        expectSame(after, expected, drawn.floor, tolerance);
      },
      { count: COUNT, reach: 'batch', rows: fc.integer({ min: 2, max: 5 }) },
    );
  },
  patience,
);

test.each(executors.map((one) => [one.name, one] as const))(
  'the %s has as the mean of a batch that of its halves',
  async (_, { run, tolerance }) => {
    await judgeGraphs(
      async (one) => {
        const { batched, drawn, recipe } = one;
        const rows = recipe.rows / 2;
        const half = differentiate(graphOf({ ...recipe, rows }).graph, 'loss');
        const whole = await run(drawn.graph, drawn.feeds);
        const first = await run(half, chooseRows(one, range(0, rows)));
        const second = await run(half, chooseRows(one, range(rows, recipe.rows)));
        // A row's share in the mean over half of a batch is twice that in the mean over the whole.
        const together = (part: 'outputs' | 'gradients'): Values =>
          mapValues(first[part], (values, name) => {
            const [a, b] = [Array.from(values), Array.from(second[part].get(name)!)];
            const share = part === 'outputs' && batched.has(name) ? 1 : 0.5;
            return batched.has(name)
              ? [...a, ...b].map((v) => share * v)
              : a.map((v, i) => share * (v + b[i]));
          });
        const halves = { outputs: together('outputs'), gradients: together('gradients') };
        expectSame(halves, whole, drawn.floor, tolerance);
      },
      { count: COUNT, reach: 'rows', rows: fc.constantFrom(2, 4, 6) },
    );
  },
  patience,
);
