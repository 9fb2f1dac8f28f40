/**
 * The Plan: a Graph made ready for a device. WGSL kernels, buffers with their sizes, and programs, which
 * are lists of dispatches. Plain, immutable, serialisable data: nothing here has touched a device.
 *
 * Memory layout on the device: f32 tensors are row-major with the last axis padded to a multiple of four
 * (weights of rank two and more have their last two axes padded); padding holds zeros and stays zero.
 */
import type { Initializer, Shape } from '../graph/graph.ts';

/** What a kernel may count on. Two adapters with equal profiles get equal WGSL. */
export interface Profile {
  /** `cpu`: a software adapter such as lavapipe, where loads dominate; `gpu`: hardware. */
  readonly kind: 'cpu' | 'gpu';
  /** Lanes of a subgroup where the adapter has subgroups of one fixed size, else undefined. */
  readonly subgroupSize: number | undefined;
}

/** A range of one buffer, in bytes. */
export interface BufferRange {
  readonly buffer: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface PlanBuffer {
  readonly name: string;
  readonly bytes: number;
  /** `kept` buffers hold values between runs (parameters, statistics, velocity); `scratch` ones do not. */
  readonly role: 'kept' | 'scratch' | 'input' | 'output';
}

/** A compute shader with entry point `main`; equal sources are one kernel, compiled once. */
export interface PlanKernel {
  /** For people: the template and its tuning, `conv_sg3_16`. */
  readonly name: string;
  readonly wgsl: string;
  /** Access of each binding of group 0, in order. Shapes come in the last one, a uniform block. */
  readonly bindings: readonly ('read' | 'read_write' | 'uniform')[];
}

export interface PlanDispatch {
  readonly kernel: number;
  /** One range for each binding but the uniform block. */
  readonly ranges: readonly BufferRange[];
  /** Where this dispatch's block of constants lies in `Plan.uniforms`, in bytes (a multiple of 256). */
  readonly uniformOffset: number;
  readonly uniformBytes: number;
  readonly workgroups: readonly [number, number, number];
  /** The op or step that this dispatch serves, for traces: `conv early.residual[0].conv`. */
  readonly label: string;
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

export interface Plan {
  readonly profile: Profile;
  readonly buffers: readonly PlanBuffer[];
  readonly kernels: readonly PlanKernel[];
  /** All constants of all dispatches, as 32-bit words. */
  readonly uniforms: readonly number[];
  /** Programs by name: `train` (forward, backward, optimiser) or `evaluate`. */
  readonly programs: Readonly<Record<string, readonly PlanDispatch[]>>;
  readonly parameters: readonly ParameterSlot[];
  readonly states: readonly ParameterSlot[];
  readonly inputs: readonly TensorSlot[];
  readonly outputs: readonly TensorSlot[];
  /** Gradients by parameter name, where the plan keeps them readable. */
  readonly gradients: readonly TensorSlot[];
}
