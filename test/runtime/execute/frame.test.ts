/** What every kernel is made of, on the device: division of counts, and loops, whose lanes end at different turns. */
import { expect, it } from 'vitest';
import { divideHelper, kernel, Lines, type StorageBinding } from '../../../compiler/wgsl/source.ts';
import { BLOCK_BYTES, TABLE_BYTES } from '../../../compiler/wgsl/uniforms.ts';
import { useDevice } from './onDevice.ts';

const device = useDevice();

const LANES = 64;

const given: StorageBinding = { name: 'given', type: 'i32', access: 'read' };
const found: StorageBinding = { name: 'found', type: 'i32', access: 'read_write' };

/** What each thread makes of three numbers, with the block's `three`, which is 3. */
async function run(numbers: readonly (readonly [number, number, number])[], body: Lines): Promise<number[]> {
  const { gpu, pipelines, settle } = device();
  const source = kernel({
    name: 'frame',
    storage: [given, found],
    fields: { three: 'i32' },
    workgroupSize: LANES,
    helpers: [divideHelper],
    body,
  });
  const { pipeline, layout } = await pipelines.get(source);
  const [STORAGE, UNIFORM] = [GPUBufferUsage.STORAGE, GPUBufferUsage.UNIFORM];
  const [FROM, TO] = [GPUBufferUsage.COPY_SRC, GPUBufferUsage.COPY_DST];
  const threads = Math.ceil(numbers.length / LANES) * LANES;
  const read = gpu.createBuffer({ size: threads * 12, usage: STORAGE | TO });
  const made = gpu.createBuffer({ size: threads * 4, usage: STORAGE | FROM });
  const back = gpu.createBuffer({ size: threads * 4, usage: GPUBufferUsage.MAP_READ | TO });
  const uniform = gpu.createBuffer({ size: BLOCK_BYTES + TABLE_BYTES, usage: UNIFORM | TO });
  gpu.queue.writeBuffer(uniform, 0, new Int32Array([3]));
  gpu.queue.writeBuffer(read, 0, Int32Array.from(numbers.flat()));
  const entries = [
    { buffer: read },
    { buffer: made },
    { buffer: uniform, size: BLOCK_BYTES },
    { buffer: uniform, size: TABLE_BYTES },
  ].map((resource, binding) => ({ binding, resource }));
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, gpu.createBindGroup({ layout, entries }), [0, BLOCK_BYTES]);
  pass.dispatchWorkgroups(threads / LANES);
  pass.end();
  encoder.copyBufferToBuffer(made, 0, back, 0, threads * 4);
  gpu.queue.submit([encoder.finish()]);
  await settle(back.mapAsync(GPUMapMode.READ));
  const result = [...new Int32Array(back.getMappedRange())].slice(0, numbers.length);
  for (const buffer of [read, made, back, uniform]) buffer.destroy();
  return result;
}

const thread = [
  `let i = i32(group.x) * ${LANES} + local;`,
  'let a = given[3 * i];',
  'let b = given[3 * i + 1];',
  'let c = given[3 * i + 2];',
];

it('division is exact around multiples, for counts below 2^23', async () => {
  const most = 2 ** 23 - 1;
  const sizes = [1, 2, 3, 5, 7, 8, 10, 49, 100, 127, 255, 1000, 4095, 65_537, 1_234_567, most];
  const numbers = sizes.flatMap((b) =>
    [1, 2, 3, 17, 1000, 123_457, Math.floor(most / b)]
      .flatMap((k) => [k * b - 1, k * b, k * b + 1])
      .concat(0, most)
      .filter((a) => a <= most)
      .map((a) => [a, b, 0] as const),
  );
  const body = new Lines().add(...thread, 'found[i] = divide(a, b, 1 / f32(b));');
  expect(await run(numbers, body)).toEqual(numbers.map(([a, b]) => Math.floor(a / b)));
});

it('loops turn as often as they say, in every lane', async () => {
  const numbers = Array.from({ length: 500 }, (_, n) => [(n * 7) % 11, (n * 5) % 13, n % 4] as const);
  const body = new Lines().add(
    ...thread,
    'var sum = 0;',
    'for (var row = a; row < b; row++) {',
    'for (var k = 0; k < u.three; k++) {',
    'for (var column = c; column < b - 1; column += 2) {',
    'sum += row * 100 + k * 10 + column;',
    '}',
    'sum += 7;',
    '}',
    '}',
    'found[i] = sum;',
  );
  const expected = numbers.map(([a, b, c]) => {
    let sum = 0;
    for (let row = a; row < b; row += 1) {
      for (let k = 0; k < 3; k += 1) {
        for (let column = c; column < b - 1; column += 2) sum += row * 100 + k * 10 + column;
        sum += 7;
      }
    }
    return sum;
  });
  expect(await run(numbers, body)).toEqual(expected);
});
