/** Runs one op on given tensors, in float64. */
import { GraphBuilder, ShapeError } from '../../../compiler/graph/builder.ts';
import type { DType, Shape } from '../../../compiler/graph/graph.ts';
import type { OpAttributes, OpName } from '../../../compiler/ops/attributes.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { runReference } from '../../../runtime/execute/reference.ts';

export function tensor(shape: Shape, values: readonly number[]): CpuTensor {
  return { shape, data: new Float64Array(values) };
}

export function labels(...values: number[]): CpuTensor {
  return { shape: [values.length], data: new Int32Array(values) };
}

const dtypeOf = (t: CpuTensor): DType => (t.data instanceof Int32Array ? 'i32' : 'f32');

export function runOp<K extends OpName>(
  op: K,
  inputs: readonly CpuTensor[],
  attributes: OpAttributes[K],
): CpuTensor {
  const builder = new GraphBuilder();
  const ids = inputs.map((t, i) => builder.input(`in${i}`, t.shape, dtypeOf(t)));
  builder.outputs.y = builder.op(op, ids, attributes);
  const feeds = Object.fromEntries(inputs.map((t, i) => [`in${i}`, t]));
  return runReference(builder.finish(), { inputs: feeds }, { precision: 'f64' }).outputs.y;
}

/** The message of the ShapeError that an op on inputs of these shapes throws. */
export function refusal<K extends OpName>(
  op: K,
  shapes: readonly (Shape | { readonly i32: Shape })[],
  attributes: OpAttributes[K],
): string {
  const builder = new GraphBuilder();
  const ids = shapes.map((s, i) =>
    'i32' in s ? builder.input(`in${i}`, s.i32, 'i32') : builder.input(`in${i}`, s),
  );
  try {
    builder.op(op, ids, attributes);
  } catch (error) {
    if (error instanceof ShapeError) return error.message;
    throw error;
  }
  throw new Error(`${op} accepts ${JSON.stringify(shapes)}`);
}

/** Largest difference of two tensors, relative to the largest element (at least 1). */
export function distance(a: CpuTensor, b: CpuTensor): number {
  if (a.shape.join() !== b.shape.join() || a.data.length !== b.data.length) return Infinity;
  let most = 0;
  let scale = 1;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i] - b.data[i]);
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference;
    scale = Math.max(scale, Math.abs(b.data[i]));
  }
  return most / scale;
}
