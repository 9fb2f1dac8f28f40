/** The tensors of a model by name, as they are made: nodes of the graph, or elements that are known at the import. */
import { refuse } from '../../grammar/diagnostics.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeId, Shape } from '../graph/graph.ts';
import { elementsOf, shapeText } from '../ops/shapes.ts';
import { graphShape, type Tensor } from './compose.ts';
import {
  knownDType,
  type OnnxDType,
  type OnnxInitializer,
  type OnnxInput,
  type OnnxTensor,
} from './model.ts';

/** A tensor of the model. Without a node and without data it has no elements, or is not in the graph yet. */
export interface Value {
  readonly shape: Shape;
  readonly dtype: OnnxDType;
  readonly id?: NodeId;
  /** The elements, where they are known. */
  readonly data?: readonly number[];
  /** What it is called when it is put into the graph as a weight. */
  readonly weight?: string;
}

const zeros = { kind: 'constant', value: 0 } as const;

export class Values {
  readonly builder: GraphBuilder;
  /** Elements of the graph's parameters and states, by name. */
  readonly tensors: Map<string, Float32Array> = new Map();
  readonly #values = new Map<string, Value>();
  readonly #nodes = new Map<Value, NodeId>();
  readonly #taken: ReadonlySet<string>;
  #constants = 0;

  /** `taken` are names of the model, which constants of the graph must not have. */
  constructor(builder: GraphBuilder, taken: ReadonlySet<string>) {
    this.builder = builder;
    this.#taken = taken;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: Value): void {
    this.#claim(name);
    this.#values.set(name, value);
  }

  #claim(name: string): void {
    if (this.#values.has(name)) refuse('onnxTensor', { name, problem: 'is made twice' });
    if (name === '') refuse('onnxTensor', { name, problem: 'has no name' });
  }

  /** The name of the next constant. */
  #constantName(): string {
    const name = `constant ${this.#constants++}`;
    return this.#taken.has(name) ? this.#constantName() : name;
  }

  /** A tensor that is fed, or known. */
  input({ name, shape, dtype: written, data }: OnnxInput): Value {
    this.#claim(name);
    checkShape(name, shape);
    const dtype = checkDType(name, written);
    if (data !== undefined) return known(name, { dtype, shape, data });
    if (elementsOf(shape) === 0) return { shape, dtype };
    if (dtype === 'int64' || dtype === 'int32') {
      return { shape, dtype, id: this.builder.input(name, graphShape(shape), 'i32') };
    }
    return { shape, dtype, id: this.builder.input(name, graphShape(shape)) };
  }

  /** A weight: becomes a parameter when it is first read as a tensor. */
  initializer({ name, dtype, shape, data }: OnnxInitializer): Value {
    checkShape(name, shape);
    const value = known(name, { dtype: checkDType(name, dtype), shape, data });
    return value.dtype === 'float32' ? { ...value, weight: name } : value;
  }

  /** A tensor that stands in the model itself. */
  constant(name: string, { dtype, shape, data }: OnnxTensor): Value {
    checkShape(name, shape);
    return known(name, { dtype: checkDType(name, dtype), shape, data });
  }

  /**
   * The value as float32 in the graph: whole numbers that are known become numbers, weights parameters, or states
   * where they are kept and not trained. Undefined: it has no elements.
   */
  tensor(value: Value, role: 'trained' | 'kept' = 'trained'): Tensor | undefined {
    const { shape, data } = value;
    if (elementsOf(shape) === 0) return undefined;
    const id = value.id ?? this.#nodes.get(value);
    if (id !== undefined) return { shape, id };
    const made = this.#place(data ?? [], graphShape(shape), value.weight, role);
    this.#nodes.set(value, made);
    return { shape, id: made };
  }

  #place(
    data: readonly number[],
    shape: Shape,
    weight: string | undefined,
    role: 'trained' | 'kept',
  ): NodeId {
    const [first = 0] = data;
    if (weight === undefined && data.every((n) => Object.is(n, first)))
      return this.builder.constant(first, shape);
    const name = weight ?? this.#constantName();
    this.tensors.set(name, Float32Array.from(data));
    if (weight === undefined || role === 'kept') return this.builder.state(name, shape, zeros);
    return this.builder.parameter(name, shape, zeros);
  }
}

function checkDType(name: string, dtype: string): OnnxDType {
  const found = knownDType(dtype);
  if (found !== undefined) return found;
  return refuse(
    'onnxTensor',
    { name, problem: `has elements of type ${dtype}` },
    { expected: 'float32, int32, int64 or bool' },
  );
}

function checkShape(name: string, shape: Shape): void {
  if (shape.every((n) => Number.isInteger(n) && n >= 0)) return;
  refuse(
    'onnxTensor',
    { name, problem: `has the shape ${shapeText(shape)}` },
    { expected: 'sizes that are whole numbers' },
  );
}

function known(
  name: string,
  { dtype, shape, data }: { dtype: OnnxDType; shape: Shape; data: OnnxTensor['data'] },
): Value {
  if (data.length === elementsOf(shape)) return { shape, dtype, data: Array.from(data) };
  return refuse(
    'onnxTensor',
    { name, problem: `has ${data.length} elements` },
    { expected: `${elementsOf(shape)}, for its shape ${shapeText(shape)}` },
  );
}
