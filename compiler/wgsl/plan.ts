/**
 * The Plan: a Graph made ready for a device. WGSL kernels, buffers with their sizes, and programs, which
 * are lists of dispatches. Plain, immutable, serialisable data: nothing here has touched a device.
 *
 * Memory layout on the device: f32 tensors are row-major with the last axis padded to a multiple of four
 * (weights of rank two and more have their last two axes padded); padding holds zeros and stays zero.
 */
import type { OptimizerRule } from '../optimizers/optimizer.ts';
import type { OpenChoice, Tuning } from './tuning.ts';
import type { Initializer, Shape } from '../graph/graph.ts';

/** What a kernel may count on, and what was measured. Two adapters with equal profiles get equal WGSL. */
export interface Profile {
  /** `cpu`: a software adapter such as lavapipe, where loads dominate; `gpu`: hardware. */
  readonly kind: 'cpu' | 'gpu';
  /** Lanes of a subgroup where the adapter has subgroups of one fixed size, else undefined. */
  readonly subgroupSize: number | undefined;
  /** What was found to be fastest, by question; guesses where nothing was (`tuning.ts`). */
  readonly tuning?: Tuning;
}

/** A range of one buffer, in bytes. Of a `resident` buffer it is the whole, written as 0 bytes. */
export interface BufferRange {
  readonly buffer: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface PlanBuffer {
  readonly name: string;
  /** 0 for `resident` buffers, whose size the data decides. */
  readonly bytes: number;
  /**
   * `kept` buffers begin as zeros and hold values between runs (parameters, statistics, gradients,
   * what the optimiser keeps); `scratch` ones hold nothing. `resident` buffers are the caller's: data sets, which several
   * executions share. So are `shared` ones: weights of a supernet, and what the optimiser keeps of them (`shared.ts`).
   */
  readonly role: 'kept' | 'scratch' | 'input' | 'output' | 'resident' | 'shared';
}

/** A compute shader with entry point `main`; equal sources are one kernel, compiled once. */
export interface PlanKernel {
  /** For people: the template and its tuning, `conv_sg3_16`. */
  readonly name: string;
  readonly wgsl: string;
  /**
   * Access of each storage binding of group 0, in order; buffers are bound whole. Two uniform bindings follow, both with
   * dynamic offsets: the block of shapes, and the table of where the tensors of each instance begin.
   */
  readonly bindings: readonly ('read' | 'read_write')[];
  /** Bytes of an element of each storage binding. */
  readonly units: readonly (4 | 16)[];
}

/** What one instance of a dispatch works on. */
export interface PlanInstance {
  /** The op or step that it serves, for traces: `conv early.residual[0].conv`. */
  readonly label: string;
  /** One range for each storage binding. All instances of a dispatch have theirs in the same buffers. */
  readonly ranges: readonly BufferRange[];
}

export interface PlanDispatch {
  readonly kernel: number;
  readonly instances: readonly PlanInstance[];
  /** Where this dispatch's block of constants lies in `Plan.uniforms`, in bytes (a multiple of 256). */
  readonly blockOffset: number;
  /** Where its table lies there: for each instance one `vec4i` for every four bindings, of where its ranges begin, in elements. */
  readonly tableOffset: number;
  /** Of all instances, which share z. */
  readonly workgroups: readonly [number, number, number];
}

/** Where a named tensor lies and how it is laid out there. */
export interface TensorSlot {
  readonly name: string;
  readonly shape: Shape;
  /** The padded shape in memory. */
  readonly physicalShape: Shape;
  readonly dtype: 'f32' | 'i32';
  readonly range: BufferRange;
}

export interface ParameterSlot extends TensorSlot {
  readonly init: Initializer;
}

/** Where the recorded scalars of a step lie: `records[slot * names.length + k]` is scalar `names[k]`, f32. */
export interface RecordSlot {
  readonly names: readonly string[];
  readonly slots: number;
  readonly range: BufferRange;
}

/** A plan whose inputs are rows of resident data: the buffer of row numbers, and each input's data. */
export interface Feed {
  /** Row numbers (i32), a batch after the other; one that names no row gives zeros and the label -1. */
  readonly indices: BufferRange;
  readonly capacity: number;
  /** What becomes of the image of each row number, four i32 to each (`kernels/augment.ts`), where images are changed. */
  readonly augmentation?: BufferRange;
  /** The resident buffer behind each input, by the input's name, and what a row of it is. */
  readonly data: Readonly<Record<string, { readonly buffer: number; readonly rowElements: number }>>;
}

/** What a plan that trains keeps for its optimiser. */
export interface OptimizerSlot {
  readonly rule: OptimizerRule;
  /** How much of the average of weights stays at each step; undefined where none is kept. */
  readonly ema: number | undefined;
  /** The optimiser's states, the average among them: that of a parameter lies where the parameter lies in its own buffer. */
  readonly states: readonly { readonly name: string; readonly range: BufferRange }[];
}

/** A buffer that is kept, and the one that it is copied to. */
export interface SavedBuffer {
  readonly buffer: number;
  readonly copy: number;
  readonly bytes: number;
}

/** What is needed to find numbers that are none (`watch.ts`). */
export interface WatchSlot {
  /** One u32, which the program `check` sets to 1 where something kept is no number. */
  readonly alarm: BufferRange;
  /** What a repetition of a step begins with: parameters, statistics, what the optimiser keeps. */
  readonly saved: readonly SavedBuffer[];
}

export interface Plan {
  readonly profile: Profile;
  /** What measurements could decide here. */
  readonly choices: readonly OpenChoice[];
  readonly buffers: readonly PlanBuffer[];
  readonly kernels: readonly PlanKernel[];
  /** All constants and tables of all dispatches, and zeros up to the end of the last one's bindings. Nobody writes to them. */
  readonly uniforms: Uint32Array;
  /** Programs by name: `train` (forward, backward, optimiser) or `evaluate`. */
  readonly programs: Readonly<Record<string, readonly PlanDispatch[]>>;
  readonly parameters: readonly ParameterSlot[];
  readonly states: readonly ParameterSlot[];
  readonly inputs: readonly TensorSlot[];
  readonly outputs: readonly TensorSlot[];
  /** Gradients by parameter name. They stay readable until the next run. */
  readonly gradients: readonly TensorSlot[];
  /** Tensors of one value, filled once. */
  readonly constants: readonly ParameterSlot[];
  /** What each step leaves on the device for the host to read later; undefined without scalar outputs. */
  readonly records: RecordSlot | undefined;
  /** The small buffer of what changes from step to step (`kernels/step.ts`: STEP_WORDS). */
  readonly step: BufferRange;
  readonly feed: Feed | undefined;
  /** Undefined where nothing is trained. */
  readonly optimizer: OptimizerSlot | undefined;
  /** Absent where the plan has no program `check`. */
  readonly watch?: WatchSlot;
}
