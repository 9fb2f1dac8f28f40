/** Values for tensors: functions of a seed, so that a failing case can be named. All in float64. */
import type { Shape } from '../../compiler/graph/graph.ts';
import type { CpuTensor } from '../../compiler/ops/op.ts';
import { elementsOf } from '../../compiler/ops/shapes.ts';
import { hashString, normalAt, permutation, uniformAt } from '../../util/random.ts';

/** How values are drawn. */
export type Spread =
  /** Standard normal. */
  | 'normal'
  /** Standard normal, but at least 0.1 away from 0: where relu has a kink. */
  | 'awayFromZero'
  /** Normal in looks, but any two elements differ by more than 1 / elements: no ties, no near-ties. */
  | 'distinct';

/** A tensor of `shape` for this seed and name. */
export function tensorFor(name: string, shape: Shape, seed: number, spread: Spread = 'normal'): CpuTensor {
  const elements = elementsOf(shape);
  const stream = hashString(name);
  const normal = (i: number): number => normalAt(seed, stream, i);
  const order = spread === 'distinct' ? permutation(elements, seed, stream) : undefined;
  const data = Float64Array.from({ length: elements }, (_, i) => {
    if (order) return (3 * (order[i] - elements / 2)) / elements;
    const value = normal(i);
    return spread === 'awayFromZero' ? value + 0.1 * Math.sign(value) : value;
  });
  return { shape, data };
}

/** Labels below `classes`, about one in six of them -1: a row that takes no part. */
export function labelsFor(rows: number, classes: number, seed: number): CpuTensor {
  const data = Int32Array.from({ length: rows }, (_, i) => {
    const part = uniformAt(seed, hashString('labels'), i);
    return part < 1 / 6 ? -1 : Math.floor(uniformAt(seed, hashString('classes'), i) * classes);
  });
  return { shape: [rows], data };
}
