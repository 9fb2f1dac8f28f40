/** How latencies are taken: which runs count, and what they are run on. */
import { expect, it } from 'vitest';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { loadData } from '../../../runtime/data/table.ts';
import { measureLatency } from '../../../runtime/evaluate/latency.ts';
import type { Executor } from '../../../runtime/train/executor.ts';

const digits = await loadData({ name: 'digits', args: {} });
const empty: Graph = { nodes: [], outputs: {}, gradients: [], updates: [] };

it('is the median of the runs behind the first three', async () => {
  const took = [900, 900, 900, 5, 1, 40, 2, 3];
  const orders: number[][] = [];
  let released = 0;
  let [time, run] = [0, 0];
  const executor = {
    prepareEvaluation: () =>
      Promise.resolve({
        measure: (order: Int32Array) => {
          orders.push([...order]);
          time += took[run++];
          return Promise.resolve({ loss: 0, correct: 0, fault: undefined });
        },
        release: () => (released += 1),
      }),
  } as unknown as Executor;
  const asked = { evaluation: empty, batch: 400, runs: 5, seed: 1 };
  expect(await measureLatency(executor, asked, digits, () => time)).toBe(3);
  expect({ run, released }).toEqual({ run: 8, released: 1 });
  // 360 validation images, and nothing in the places behind them.
  expect(new Set(orders.map((order) => order.join())).size).toBe(1);
  expect(orders[0]?.filter((row) => row === -1).length).toBe(40);
});
