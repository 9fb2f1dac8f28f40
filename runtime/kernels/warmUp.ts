/**
 * Has the driver compile kernels to the end. Many drivers translate a pipeline only when it first runs, and keep what they
 * made on disk: one run over nothing, every count being zero, fills that cache.
 */
import type { Shader } from '../device/pipelines.ts';
import { BLOCK_BYTES, TABLE_BYTES } from '../../compiler/wgsl/uniforms.ts';
import type { Device } from '../device/device.ts';

/** Bytes of the buffers that stand for all tensors. */
const SCRAP_BYTES = 4096;

/** Compiles the kernels and runs each of them once over nothing. */
export async function warmUp(device: Device, kernels: readonly Shader[]): Promise<void> {
  const { gpu, pipelines, settle, finish } = device;
  await settle(pipelines.load(kernels));
  const most = Math.max(0, ...kernels.map(({ bindings }) => bindings.length));
  const scraps = Array.from({ length: most }, () =>
    gpu.createBuffer({ size: SCRAP_BYTES, usage: GPUBufferUsage.STORAGE }),
  );
  // Buffers begin as zeros, and so does this one: no shape has any extent.
  const zeros = gpu.createBuffer({ size: Math.max(BLOCK_BYTES, TABLE_BYTES), usage: GPUBufferUsage.UNIFORM });
  try {
    for (const kernel of kernels) {
      // oxlint-disable-next-line no-await-in-loop -- it is there already
      const { pipeline, layout } = await pipelines.get(kernel);
      const bound: GPUBufferBinding[] = [
        ...scraps.slice(0, kernel.bindings.length).map((buffer) => ({ buffer })),
        { buffer: zeros, size: BLOCK_BYTES },
        { buffer: zeros, size: TABLE_BYTES },
      ];
      const group = gpu.createBindGroup({
        layout,
        entries: bound.map((resource, binding) => ({ binding, resource })),
      });
      const encoder = gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group, [0, 0]);
      pass.dispatchWorkgroups(1);
      pass.end();
      gpu.queue.submit([encoder.finish()]);
    }
    await finish();
  } finally {
    for (const buffer of [...scraps, zeros]) buffer.destroy();
  }
}
