// Finds the WebGPU adapter and describes it as plain data, which travels between processes and into caches' keys.
import { describeDriver, loadDriver, openGpu } from './driver.ts';

/** What is known of an adapter, as plain data. */
export type AdapterInfo = {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Where shaders run: `cpu` for software adapters (lavapipe, SwiftShader, WARP), whose kernels want another profile. */
  readonly type: 'cpu' | 'gpu' | 'unknown';
  /** The interface under WebGPU: `vulkan`, `metal` or `d3d12`. */
  readonly backend: string;
  /** Which driver was loaded, in words. */
  readonly driver: string;
  /** The number of lanes in a subgroup, where it is one number; undefined where it varies or subgroups are missing. */
  readonly subgroupSize: number | undefined;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
};

/** An adapter that is ready to be asked for a device. */
export type OpenedAdapter = {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly info: AdapterInfo;
};

// Dawn's Node package has one back end per platform.
const BACKENDS: Readonly<Record<string, string>> = { darwin: 'metal', win32: 'd3d12' };
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|microsoft basic render|\bwarp\b/i;

/**
 * Loads the chosen driver and asks for its adapter; undefined where there is none. A broken driver can end the process
 * instead: where that matters, call it in a child.
 */
export async function openAdapter(): Promise<OpenedAdapter | undefined> {
  const gpu = await openGpu();
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (gpu === undefined || adapter === null || adapter === undefined) return undefined;
  return { gpu, adapter, info: describeAdapter(adapter, describeDriver(loadDriver())) };
}

/** Copies what an adapter says of itself into plain data. */
export function describeAdapter(
  adapter: Pick<GPUAdapter, 'info' | 'features' | 'limits'>,
  driver: string,
): AdapterInfo {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
  return {
    vendor,
    architecture,
    device,
    description,
    type: adapterType(adapter.info),
    backend: BACKENDS[process.platform] ?? 'vulkan',
    driver,
    subgroupSize:
      adapter.features.has('subgroups') && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : undefined,
    features: [...adapter.features].sort(),
    limits: copyLimits(adapter.limits),
  };
}

function adapterType(info: GPUAdapterInfo): AdapterInfo['type'] {
  const words = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  if (info.isFallbackAdapter || SOFTWARE.test(words)) return 'cpu';
  return words.trim() === '' ? 'unknown' : 'gpu';
}

function copyLimits(limits: GPUSupportedLimits): Record<string, number> {
  const copy: Record<string, number> = {};
  // The limits are getters of the prototype: `for in` reaches them, Object.keys would not.
  for (const name in limits) {
    const value: unknown = Reflect.get(limits, name);
    if (typeof value === 'number') copy[name] = value;
  }
  return copy;
}
