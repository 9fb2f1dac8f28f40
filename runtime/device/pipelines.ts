/** Compute pipelines by their WGSL: compiled once per device, shared by every network that needs them. */
import type { PlanKernel } from '../../compiler/wgsl/plan.ts';
import { BLOCK_BYTES, TABLE_BYTES } from '../../compiler/wgsl/uniforms.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { InvariantError } from '../../util/invariant.ts';

/** What a pipeline is made of. */
export type Shader = Pick<PlanKernel, 'name' | 'wgsl' | 'bindings'>;

/** A pipeline, and the layout that its bind groups need. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** How often a pipeline was compiled, and how often it was there already. */
export interface PipelineCounters {
  readonly compiled: number;
  readonly hits: number;
  /** Pipelines that were compiled because no loaded set has them; 0 where none was loaded. */
  readonly outside: number;
}

/** What is done about kernels that a loaded set does not have: they are compiled and counted, or refused. */
export type Outside = 'compile' | 'refuse';

/** The pipelines of one device. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<Pipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  #hits = 0;
  #outside = 0;
  #set: Outside | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** What has happened so far. */
  get counters(): PipelineCounters {
    return { compiled: this.#pipelines.size, hits: this.#hits, outside: this.#outside };
  }

  /** Compiles a set of kernels ahead of time, and says what is done about others from now on. */
  async load(kernels: readonly Shader[], outside: Outside = 'compile'): Promise<void> {
    this.#set = undefined;
    await Promise.all(kernels.map((kernel) => this.get(kernel)));
    this.#set = outside;
  }

  /** The pipeline of a kernel. Equal sources give one pipeline. Refuses what is outside of a set that is to be kept to. */
  get(kernel: Shader): Promise<Pipeline> {
    const known = this.#pipelines.get(kernel.wgsl);
    if (known) {
      this.#hits += 1;
      return known;
    }
    if (this.#set === 'refuse') refuse('kernelOutside', { kernel: kernel.name });
    if (this.#set === 'compile') this.#outside += 1;
    const pipeline = this.#compile(kernel);
    this.#pipelines.set(kernel.wgsl, pipeline);
    return pipeline;
  }

  /** Layouts are shared by all kernels with the same bindings. */
  #layout(bindings: PlanKernel['bindings']): GPUBindGroupLayout {
    const key = bindings.join();
    const types = { read: 'read-only-storage', read_write: 'storage' } as const;
    const buffers: GPUBufferBindingLayout[] = [
      ...bindings.map((access) => ({ type: types[access] })),
      { type: 'uniform', hasDynamicOffset: true, minBindingSize: BLOCK_BYTES },
      { type: 'uniform', hasDynamicOffset: true, minBindingSize: TABLE_BYTES },
    ];
    const layout =
      this.#layouts.get(key) ??
      this.#device.createBindGroupLayout({
        entries: buffers.map((buffer, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer })),
      });
    this.#layouts.set(key, layout);
    return layout;
  }

  async #compile({ name, wgsl, bindings }: Shader): Promise<Pipeline> {
    const device = this.#device;
    const layout = this.#layout(bindings);
    // The scope keeps a faulty module from being reported a second time as an uncaptured error.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code: wgsl, label: name });
    const faulty = device.popErrorScope();
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: name,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      });
      return { pipeline, layout };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const found = messages.map((m) => `  ${m.lineNum}:${m.linePos} ${m.type}: ${m.message}`);
      const reason = found.length > 0 ? found.join('\n') : String(error);
      throw new InvariantError(`the kernel ${name} does not compile:\n${reason}\n${numbered(wgsl)}`);
    } finally {
      await faulty;
    }
  }
}

function numbered(text: string): string {
  return text
    .split('\n')
    .map((line, i) => `${String(i + 1).padStart(4)}  ${line}`)
    .join('\n');
}
