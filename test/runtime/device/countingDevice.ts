/** A device that counts what is asked of WebGPU itself, whatever our own counters say. */
import type { Device } from '../../../runtime/device/device.ts';
import { PipelineCache } from '../../../runtime/device/pipelines.ts';

export interface Counts {
  /** Bytes of buffers that were made and not destroyed. */
  bytes: number;
  /** Pipelines that were compiled. */
  pipelines: number;
  /** Dispatches that were encoded. */
  dispatches: number;
}

/** The same device with a pipeline cache of its own, and what happens on it from now on. */
export function countingDevice(device: Device): { readonly device: Device; readonly counts: Counts } {
  const counts: Counts = { bytes: 0, pipelines: 0, dispatches: 0 };
  const pass = (inner: GPUComputePassEncoder): GPUComputePassEncoder =>
    override(inner, {
      dispatchWorkgroups: (...workgroups: Parameters<GPUComputePassEncoder['dispatchWorkgroups']>) => {
        counts.dispatches += 1;
        inner.dispatchWorkgroups(...workgroups);
      },
    });
  const gpu = override(device.gpu, {
    createBuffer: (descriptor: GPUBufferDescriptor) => {
      const buffer = device.gpu.createBuffer(descriptor);
      const mapped = (descriptor.usage & GPUBufferUsage.MAP_READ) !== 0;
      // What is read back passes through host memory for a moment and is no part of a plan.
      if (mapped) return buffer;
      counts.bytes += buffer.size;
      const destroy = buffer.destroy.bind(buffer);
      let there = true;
      buffer.destroy = () => {
        if (there) counts.bytes -= buffer.size;
        there = false;
        return destroy();
      };
      return buffer;
    },
    createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) => {
      counts.pipelines += 1;
      return device.gpu.createComputePipelineAsync(descriptor);
    },
    createCommandEncoder: () => {
      const encoder = device.gpu.createCommandEncoder();
      return override(encoder, { beginComputePass: () => pass(encoder.beginComputePass()) });
    },
  });
  return { device: { ...device, gpu, pipelines: new PipelineCache(gpu) }, counts };
}

/** An object with some methods of its own. Methods of native objects work only on these themselves. */
function override<T extends object>(target: T, own: Partial<Record<keyof T, unknown>>): T {
  return new Proxy(target, {
    get: (_, name) => {
      if (Object.hasOwn(own, name)) return own[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
