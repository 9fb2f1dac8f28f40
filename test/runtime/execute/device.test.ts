/** The device: what goes wrong on it reaches whoever waits; pipelines are compiled once. */
import { describe, expect, it } from 'vitest';
import { kernel, Lines } from '../../../compiler/wgsl/source.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import { useDevice } from './onDevice.ts';

const device = useDevice();

describe('a device', () => {
  it('hands a validation error to whoever waits next, as an internal error', async () => {
    const own = await openDevice();
    own.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
    await expect(own.finish()).rejects.toThrow('internal error: WebGPU refuses');
    own.destroy();
  });

  it('waits for submitted work without an error', async () => {
    device().gpu.queue.submit([]);
    await expect(device().finish()).resolves.toBeUndefined();
  });
});

describe('the pipeline cache', () => {
  it('compiles equal sources once and counts', async () => {
    const { pipelines } = device();
    const source = kernel({
      name: 'counted',
      storage: [{ name: 'y', type: 'f32', access: 'read_write' }],
      fields: { count: 'i32' },
      workgroupSize: 8,
      body: new Lines().add('if (local < u.count) {', 'y[local] = 1;', '}'),
    });
    const before = pipelines.counters;
    const [a, b] = await Promise.all([pipelines.get(source), pipelines.get({ ...source })]);
    expect(a).toBe(b);
    expect(pipelines.counters).toEqual({ ...before, compiled: before.compiled + 1, hits: before.hits + 1 });
  });
});
