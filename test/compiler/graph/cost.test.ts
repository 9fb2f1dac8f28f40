import { expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import { costOf, costsByNode } from '../../../compiler/graph/cost.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';

const conv1 = 16 * 16 * 16 * 27;
const conv2 = 8 * 8 * 32 * 9 * 16;
const conv3 = 8 * 8 * 32 * 9 * 32;
const dense = 32 * 10;

test('parameters, and multiply-accumulates of one image', () => {
  expect(costOf(checkNetwork())).toEqual({
    params: 27 * 16 + 2 * 16 + 9 * 16 * 32 + 2 * 32 + 9 * 32 * 32 + 32 * 10 + 10,
    macs: conv1 + conv2 + conv3 + dense,
  });
});

test('node by node', () => {
  const costs = costsByNode(checkNetwork()).filter(({ macs }) => macs > 0);
  expect(costs.map(({ op, site, macs }) => [op, site, macs])).toEqual([
    ['conv', 'conv1', conv1],
    ['conv', 'conv2', conv2],
    ['conv', 'conv3', conv3],
    ['matmul', 'head', dense],
  ]);
});

test('a backward pass counts twice the forward pass, less the gradient of the images', () => {
  const { macs } = costOf(differentiate(checkNetwork(), 'loss'));
  expect(macs).toBe(3 * (conv1 + conv2 + conv3 + dense) - conv1);
});

test('a graph without inputs is one image', () => {
  const b = new GraphBuilder();
  const [a, c] = [
    b.parameter('a', [2, 3], { kind: 'he', fanIn: 3 }),
    b.parameter('b', [3, 5], { kind: 'he', fanIn: 3 }),
  ];
  b.op('matmul', [a, c], { transposeA: false, transposeB: false });
  expect(costOf(b.finish())).toEqual({ params: 21, macs: 30 });
});

test('inputs of different batches are an internal error', () => {
  const b = new GraphBuilder();
  b.input('x', [2, 3]);
  b.input('y', [3, 3]);
  expect(() => costOf(b.finish())).toThrow(/different batches, 2 and 3/);
});
