import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { runReference } from '../../../runtime/execute/reference.ts';

const f32 = (...values: number[]): CpuTensor => ({ shape: [values.length], data: new Float32Array(values) });
const he = { kind: 'he', fanIn: 1 } as const;

describe('precision', () => {
  const b = new GraphBuilder();
  const third = b.op('scale', [b.input('x', [1])], { factor: 1 / 3 });
  b.outputs.y = b.op('scale', [third], { factor: 3 });
  b.outputs.third = third;
  const graph = b.finish();
  const run = (precision: 'f32' | 'f64'): Record<string, CpuTensor> =>
    runReference(graph, { inputs: { x: f32(1) } }, { precision }).outputs;

  test('f32 rounds the result of every node', () => {
    expect(run('f32').third).toEqual({ shape: [1], data: new Float32Array([1 / 3]) });
    expect(run('f32').y.data[0]).toBe(Math.fround(Math.fround(1 / 3) * 3));
  });

  test('f64 does not', () => {
    expect(run('f64').third).toEqual({ shape: [1], data: new Float64Array([1 / 3]) });
    expect(run('f64').y.data[0]).toBe((1 / 3) * 3);
  });
});

test('states take their updates after the run; others keep their value', () => {
  const b = new GraphBuilder();
  const [a, c] = [
    b.state('a', [1], { kind: 'constant', value: 0 }),
    b.state('b', [1], { kind: 'constant', value: 0 }),
  ];
  b.state('kept', [1], { kind: 'constant', value: 0 });
  b.update(a, c); // exchanged: both are read before either is written
  b.update(c, a);
  const states = { a: f32(1), b: f32(2), kept: f32(3) };
  const result = runReference(b.finish(), { states }, { precision: 'f32' });
  expect(Object.entries(result.states).map(([name, { data }]) => [name, data[0]])).toEqual([
    ['a', 2],
    ['b', 1],
    ['kept', 3],
  ]);
});

test('what is fed is not written to', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [2]);
  b.outputs.y = b.op('add', [b.op('relu', [x], {}), x], {});
  const fed = f32(-1, 2);
  runReference(b.finish(), { inputs: { x: fed } }, { precision: 'f32' });
  runReference(b.finish(), { inputs: { x: fed } }, { precision: 'f64' });
  expect(fed).toEqual(f32(-1, 2));
});

test('feeds that are missing or do not fit are internal errors', () => {
  const b = new GraphBuilder();
  b.input('x', [2]);
  b.parameter('w', [1], he);
  const graph = b.finish();
  const options = { precision: 'f32' } as const;
  expect(() => runReference(graph, {}, options)).toThrow(/no value was given for the input x/);
  expect(() => runReference(graph, { inputs: { x: f32(1, 2) } }, options)).toThrow(
    /no value was given for the parameter w/,
  );
  expect(() => runReference(graph, { inputs: { x: f32(1, 2, 3) } }, options)).toThrow(
    /the input x is 2, not 3 with 3 elements/,
  );
  const short: CpuTensor = { shape: [2], data: new Float32Array(1) };
  expect(() => runReference(graph, { inputs: { x: short } }, options)).toThrow(/not 2 with 1 elements/);
});
