/** Data sets on the device: uploaded once, read by every execution that is given them. */
import { limits } from '../../compiler/wgsl/limits.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import type { Device } from '../device/device.ts';

/** The rows of a data set by the name of the input that they feed (`x`, `labels`), in logical layout. */
export type Rows = Readonly<Record<string, Float32Array | Int32Array>>;

/** Rows on the device. */
export interface ResidentData {
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly bytes: number;
  readonly destroy: () => void;
}

/** Copies a data set to the device. Refuses what does not fit a binding. */
export function uploadData(device: Device, rows: Rows): ResidentData {
  for (const [name, { byteLength }] of Object.entries(rows)) {
    const limit = 'maxStorageBufferBindingSize';
    if (byteLength > limits[limit]) {
      refuse('deviceLimit', {
        what: `the data of ${name}`,
        needed: byteLength,
        limit,
        allowed: limits[limit],
      });
    }
  }
  const buffers: Record<string, GPUBuffer> = {};
  let bytes = 0;
  for (const [name, values] of Object.entries(rows)) {
    const size = Math.max(16, values.byteLength);
    const buffer = device.gpu.createBuffer({
      label: `data of ${name}`,
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    device.gpu.queue.writeBuffer(buffer, 0, values);
    buffers[name] = buffer;
    bytes += size;
  }
  return {
    buffers,
    bytes,
    destroy: () => {
      for (const buffer of Object.values(buffers)) buffer.destroy();
    },
  };
}
