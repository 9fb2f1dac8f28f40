/**
 * An ONNX model as plain data: what a reader of `.onnx` files makes of one, before anything is understood. Names of
 * tensors connect nodes; an empty name stands for an optional input or output that is left out.
 */
import type { Shape } from '../graph/graph.ts';

/** Types of elements. Others exist in ONNX and are refused. */
export type OnnxDType = 'float32' | 'int32' | 'int64' | 'bool';

export interface OnnxTensor {
  readonly dtype: string;
  readonly shape: Shape;
  /** Row-major; bool is 0 or 1. */
  readonly data: readonly number[] | Float32Array | Int32Array;
}

export interface OnnxInput {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  /**
   * Its elements, where they are known when the model is read. Whole numbers that decide about shapes (axes,
   * repeats, padding) must be; what is known is not fed at a run.
   */
  readonly data?: OnnxTensor['data'];
}

export interface OnnxInitializer extends OnnxTensor {
  readonly name: string;
}

export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor;

export interface OnnxNode {
  readonly operator: string;
  /** The operator set that it is from; empty for ONNX's own. */
  readonly domain: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxModel {
  /** Version of each operator set, by domain. */
  readonly opset: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxInput[];
  /** Weights, which are stored in the model. */
  readonly initializers: readonly OnnxInitializer[];
  /** In an order in which each tensor is made before it is read. */
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly string[];
}

const dtypes: readonly OnnxDType[] = ['float32', 'int32', 'int64', 'bool'];

/** The type by its name, if this importer knows it. */
export function knownDType(name: string): OnnxDType | undefined {
  return dtypes.find((dtype) => dtype === name);
}

/** Whether a type counts: whole numbers and truth values. */
export function isWhole(dtype: OnnxDType): boolean {
  return dtype !== 'float32';
}
