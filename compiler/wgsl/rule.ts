/** What a kernel rule gets and gives: the dispatches that compute one op. */
import type { DType, OpNodeOf, Shape } from '../graph/graph.ts';
import type { OpName } from '../ops/attributes.ts';
import type { Profile } from './plan.ts';
import type { Question } from './tuning.ts';
import { blockWords, type KernelSource } from './source.ts';

/** A tensor as a rule sees it. */
export interface Operand {
  readonly shape: Shape;
  readonly physical: Shape;
  readonly dtype: DType;
}

/** What a binding of a dispatch is bound to. */
export type Binding =
  /** `skip`: bytes of the input that lie before what the kernel sees. */
  | { readonly kind: 'input'; readonly index: number; readonly skip?: number }
  | { readonly kind: 'output' }
  /** Memory that lives from its first to its last dispatch of this op. */
  | { readonly kind: 'scratch'; readonly key: string; readonly bytes: number };

/** Number of workgroups in x, y, z, of one instance. */
export type Workgroups = readonly [number, number, number];

/** One dispatch of an op, before memory is assigned. */
export interface Dispatch {
  readonly kernel: KernelSource;
  readonly bindings: readonly Binding[];
  readonly words: readonly number[];
  readonly workgroups: Workgroups;
  /** What was asked before this kernel was taken. */
  readonly asked?: Question;
}

/** What a pass has fused into an op: its extra inputs follow the op's own. */
export interface Fusion {
  /** relu is applied to the output. */
  readonly relu?: boolean;
  /** The gradient that comes in passes only where the batch norm's output is positive. */
  readonly gate?: boolean;
  /** The output takes the place of the first input, which is not bound. */
  readonly inPlace?: boolean;
}

export interface RuleContext<K extends OpName> {
  readonly node: OpNodeOf<K>;
  readonly inputs: readonly Operand[];
  readonly output: Operand;
  readonly profile: Profile;
  readonly fusion: Fusion;
}

/** The dispatches of one op. */
export type KernelRule<K extends OpName> = (context: RuleContext<K>) => readonly Dispatch[];

/** Binds input `index`. */
export function input(index: number): Binding {
  return { kind: 'input', index };
}

/** Binds input `index` from byte `skip` on. */
export function inputFrom(index: number, skip: number): Binding {
  return { kind: 'input', index, skip };
}

/** Binds the output. */
export const output: Binding = { kind: 'output' };

/** Binds scratch memory; equal keys of one op are one range. */
export function scratch(key: string, bytes: number): Binding {
  return { kind: 'scratch', key, bytes };
}

/** Makes a dispatch; every field of the kernel's block must have its value. */
export function dispatch<F extends string>(
  kernel: KernelSource<F>,
  bindings: readonly Binding[],
  values: Readonly<Record<F, number>>,
  workgroups: Workgroups,
): Dispatch {
  return { kernel, bindings, words: blockWords(kernel, values, workgroups[2]), workgroups };
}
