/** Opens a WebGPU device, and brings what goes wrong on it to whoever waits for its work. */
import type { Profile } from '../../compiler/wgsl/plan.ts';
import { diagnose, refuse, Refusal } from '../../grammar/diagnostics.ts';
import { InvariantError } from '../../util/invariant.ts';
import { openAdapter, type AdapterInfo, type OpenedAdapter } from './adapter.ts';
import { PipelineCache } from './pipelines.ts';
import { sleepUntil } from './wait.ts';

/** An open device. */
export interface Device {
  readonly gpu: GPUDevice;
  readonly info: AdapterInfo;
  readonly profile: Profile;
  readonly pipelines: PipelineCache;
  /** The value of a promise of the device, waited for in the way that suits the adapter. */
  readonly settle: <T>(pending: Promise<T>) => Promise<T>;
  /** Waits for all submitted work; throws what the device reported meanwhile. */
  readonly finish: () => Promise<void>;
  /** Throws what the device has reported: a loss, an error. */
  readonly check: () => void;
  /** Frees the device; a process does not end while one is open. */
  readonly destroy: () => void;
}

/** What kernels may count on, on an adapter. */
export function profileOf(info: Pick<AdapterInfo, 'type' | 'subgroupSize'>): Profile {
  return { kind: info.type === 'cpu' ? 'cpu' : 'gpu', subgroupSize: info.subgroupSize };
}

/** The lost device's words: "destroyed" is our own doing and no error. */
function watch(gpu: GPUDevice): () => void {
  let failure: Error | undefined;
  gpu.addEventListener('uncapturederror', ({ error }) => {
    failure ??=
      error instanceof GPUValidationError
        ? new InvariantError(`WebGPU refuses: ${error.message}`)
        : new Refusal(diagnose('deviceError', { message: error.message }));
  });
  void gpu.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') failure = new Refusal(diagnose('deviceLost', { reason: message || reason }));
  });
  return () => {
    if (failure) throw failure;
  };
}

/**
 * Opens a device with default limits (plans keep to them) and subgroups where there are any. Refuses when
 * there is no adapter.
 */
export async function openDevice(): Promise<Device> {
  const opened = await openAdapter();
  if (!opened) refuse('noAdapter', { reason: 'no driver offers one' });
  return deviceOf(opened);
}

/** The device of an adapter, with the features that the adapter says it has and kernels know to use. */
export async function deviceOf({ adapter, info, gpu: instance }: OpenedAdapter): Promise<Device> {
  const requiredFeatures: GPUFeatureName[] = adapter.features.has('subgroups') ? ['subgroups'] : [];
  const gpu = await adapter.requestDevice({ requiredFeatures });
  const check = watch(gpu);
  const settle = info.type === 'cpu' ? sleepUntil : <T>(pending: Promise<T>): Promise<T> => pending;
  return {
    gpu,
    info,
    profile: profileOf(info),
    pipelines: new PipelineCache(gpu),
    settle,
    finish: async () => {
      try {
        await settle(gpu.queue.onSubmittedWorkDone());
      } catch (error) {
        check();
        throw error;
      }
      check();
    },
    check,
    destroy: () => {
      // Dawn's devices do not outlive their instance: hold it until the device goes.
      void instance;
      gpu.destroy();
    },
  };
}
