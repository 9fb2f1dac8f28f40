// An adapter's description as plain data: from adapters made up here, and from the one of this machine.
import { expect, test } from 'vitest';
import { describeAdapter, openAdapter } from '../../../runtime/device/adapter.ts';
import { openGpu } from '../../../runtime/device/driver.ts';

/** An adapter that says this of itself. */
function adapterOf(info: Partial<GPUAdapterInfo>, features: string[] = []) {
  class Limits {
    get maxBufferSize() {
      return 268_435_456;
    }
  }
  // As in Dawn, the limits are enumerable getters of the prototype.
  Object.defineProperty(Limits.prototype, 'maxBufferSize', { enumerable: true });
  const words = {
    vendor: '',
    architecture: '',
    device: '',
    description: '',
    isFallbackAdapter: false,
    ...info,
  };
  return { info: words, features: new Set(features), limits: new Limits() } as unknown as GPUAdapter;
}

test.each([
  [{ vendor: 'nvidia', architecture: 'ampere', description: 'NVIDIA RTX' }, 'gpu'],
  [{ vendor: 'mesa', description: 'llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)' }, 'cpu'],
  [{ vendor: 'google', architecture: 'swiftshader' }, 'cpu'],
  [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, 'cpu'],
  [{ vendor: 'someone', isFallbackAdapter: true }, 'cpu'],
  [{}, 'unknown'],
] as const)('%j is of type %s', (info, type) => {
  expect(describeAdapter(adapterOf(info), 'system driver').type).toBe(type);
});

test('a subgroup has a size only where it is one number and subgroups are there', () => {
  const size = (info: Partial<GPUAdapterInfo>, features = ['subgroups']) =>
    describeAdapter(adapterOf(info, features), 'system driver').subgroupSize;
  expect(size({ subgroupMinSize: 8, subgroupMaxSize: 8 })).toBe(8);
  expect(size({ subgroupMinSize: 4, subgroupMaxSize: 128 })).toBeUndefined();
  expect(size({ subgroupMinSize: 8, subgroupMaxSize: 8 }, [])).toBeUndefined();
});

test('limits are copied from the prototype, features sorted', () => {
  const info = describeAdapter(adapterOf({}, ['b', 'a']), 'system driver');
  expect(info.limits).toEqual({ maxBufferSize: 268_435_456 });
  expect(info.features).toEqual(['a', 'b']);
});

test("this machine's adapter opens, gives a device, and the GPU object is one per process", async (context) => {
  const opened = await openAdapter();
  if (opened === undefined) {
    console.log('skipped: no adapter here');
    return context.skip('no adapter here');
  }
  expect(structuredClone(opened.info)).toEqual(opened.info);
  expect(opened.info.limits['maxStorageBuffersPerShaderStage']).toBeGreaterThanOrEqual(8);
  expect(await openGpu()).toBe(opened.gpu);
  const device = await opened.adapter.requestDevice();
  expect(device.limits.maxStorageBufferBindingSize).toBe(134_217_728);
  device.destroy();
});
