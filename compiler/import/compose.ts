/**
 * Builds what ONNX operators mean out of the Graph's ops: tensors of any rank, shapes that stretch to each other, axes
 * anywhere. A tensor without axes lies in the graph with one axis of size 1.
 */
import { ShapeError, type GraphBuilder } from '../graph/builder.ts';
import type { NodeId, Shape } from '../graph/graph.ts';
import type { ActivationAttributes, ReduceKind } from '../ops/attributes.ts';
import { elementsOf, sameShape, shapeText } from '../ops/shapes.ts';

/** A float32 tensor of a shape as ONNX sees it, and the node that holds it. */
export interface Tensor {
  readonly shape: Shape;
  readonly id: NodeId;
}

type Pair = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum' | 'greater';

/** The shape that a tensor has in the graph. */
export const graphShape = (shape: Shape): Shape => (shape.length === 0 ? [1] : shape);

/** The shape to which several stretch, aligned at their last axes. */
export function commonShape(shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((n) => n !== 1) ?? 1;
    if (sizes.every((n) => n === 1 || n === size)) return size;
    throw new ShapeError('broadcast', shapes, {
      problem: `shapes ${shapes.map(shapeText).join(' and ')} do not stretch to each other`,
      expected: 'sizes that are equal or 1 at each axis, aligned at the last',
    });
  });
}

export class Composer {
  readonly builder: GraphBuilder;

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }

  /** The same number everywhere. */
  constant(value: number, shape: Shape): Tensor {
    return { shape, id: this.builder.constant(value, graphShape(shape)) };
  }

  reshape(x: Tensor, shape: Shape): Tensor {
    const target = graphShape(shape);
    if (sameShape(this.builder.shape(x.id), target)) return { shape, id: x.id };
    return { shape, id: this.builder.op('reshape', [x.id], { shape: target }) };
  }

  /** A function of each element. */
  map({ shape, id }: Tensor, name: ActivationAttributes['name'], parameter?: number): Tensor {
    const attributes = parameter === undefined ? { name } : { name, parameter };
    return { shape, id: this.builder.op('activation', [id], attributes) };
  }

  relu({ shape, id }: Tensor): Tensor {
    return { shape, id: this.builder.op('relu', [id], {}) };
  }

  scale(x: Tensor, factor: number): Tensor {
    if (factor === 1) return x;
    return { shape: x.shape, id: this.builder.op('scale', [x.id], { factor }) };
  }

  /** x plus the same number everywhere. */
  shift(x: Tensor, amount: number): Tensor {
    return amount === 0 ? x : this.pair('add', x, this.constant(amount, x.shape));
  }

  /** x repeated to a shape that it stretches to. */
  spread(x: Tensor, shape: Shape): Tensor {
    if (elementsOf(x.shape) === elementsOf(shape)) return this.reshape(x, shape);
    return { shape, id: this.builder.op('broadcast', [x.id], { shape }) };
  }

  /** Element by element, stretched to each other. */
  pair(op: Pair, a: Tensor, b: Tensor): Tensor {
    const shape = commonShape([a.shape, b.shape]);
    return { shape, id: this.builder.op(op, [this.spread(a, shape).id, this.spread(b, shape).id], {}) };
  }

  where(c: Tensor, a: Tensor, b: Tensor): Tensor {
    const shape = commonShape([c.shape, a.shape, b.shape]);
    const ids = [c, a, b].map((x) => this.spread(x, shape).id);
    return { shape, id: this.builder.op('where', ids, {}) };
  }

  square(x: Tensor): Tensor {
    return this.pair('mul', x, x);
  }

  /** Some axes to size 1. */
  reduce(kind: ReduceKind, x: Tensor, axes: readonly number[]): Tensor {
    const shape = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
    // Neighbouring axes of which all or none are reduced are one, so few remain.
    const runs: { size: number; reduced: boolean }[] = [];
    x.shape.forEach((size, axis) => {
      const reduced = axes.includes(axis);
      const last = runs.at(-1);
      if (last?.reduced === reduced) last.size *= size;
      else runs.push({ size, reduced });
    });
    const merged = this.reshape(
      x,
      runs.map(({ size }) => size),
    );
    const along = runs.flatMap(({ reduced }, axis) => (reduced ? [axis] : []));
    if (along.length === 0) return x;
    const id = this.builder.op('reduce', [merged.id], { kind, axes: along });
    return this.reshape({ shape: this.builder.shape(id), id }, shape);
  }

  mean(x: Tensor, axes: readonly number[]): Tensor {
    const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
    return this.scale(this.reduce('sum', x, axes), 1 / count);
  }

  /** Axis i of the result is axis `order[i]` of x. */
  transpose(x: Tensor, order: readonly number[]): Tensor {
    const shape = order.map((axis) => x.shape[axis] ?? NaN);
    // Axes of size 1 carry nothing, and axes that stay neighbours are one.
    const runs: number[][] = [];
    for (const axis of order.filter((a) => x.shape[a] !== 1)) {
      const last = runs.at(-1);
      const between = last ? x.shape.slice((last.at(-1) ?? 0) + 1, axis) : [];
      if (last && axis > (last.at(-1) ?? 0) && between.every((n) => n === 1)) last.push(axis);
      else runs.push([axis]);
    }
    const inInput = [...runs].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
    const axes = runs.map((run) => inInput.indexOf(run));
    if (axes.every((axis, i) => axis === i)) return this.reshape(x, shape);
    const sizes = inInput.map((run) => run.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1));
    const id = this.builder.op('transpose', [this.reshape(x, sizes).id], { axes });
    return this.reshape({ shape: this.builder.shape(id), id }, shape);
  }

  /** What `make` does along the last axis, done along another. */
  alongAxis(x: Tensor, axis: number, make: (id: NodeId) => NodeId): Tensor {
    const order = x.shape.map((_, i) => i).filter((i) => i !== axis);
    const there = this.transpose(x, [...order, axis]);
    const done = { shape: there.shape, id: make(there.id) };
    const back = [...order, axis];
    return this.transpose(
      done,
      x.shape.map((_, i) => back.indexOf(i)),
    );
  }

  /** x seen as three axes: those before one, itself, and those behind it. */
  around(x: Tensor, axis: number): { readonly seen: Tensor; readonly back: (y: Tensor) => Tensor } {
    const outer = elementsOf(x.shape.slice(0, axis));
    const inner = elementsOf(x.shape.slice(axis + 1));
    const seen = this.reshape(x, [outer, x.shape[axis] ?? 1, inner]);
    const back = (y: Tensor): Tensor => this.reshape(y, x.shape.with(axis, y.shape[1] ?? 1));
    return { seen, back };
  }

  /** `size` elements along an axis, from `begin` on. */
  slice(x: Tensor, axis: number, begin: number, size: number): Tensor {
    if (begin === 0 && size === x.shape[axis]) return x;
    const { seen, back } = this.around(x, axis);
    const [outer = 1, , inner = 1] = seen.shape;
    const part: Shape = [outer, size, inner];
    return back({
      shape: part,
      id: this.builder.op('slice', [seen.id], { begin: [0, begin, 0], size: part }),
    });
  }

  /** Every `step`-th element along an axis, from `begin` on, `count` of them; backwards where `step` is negative. */
  stride(x: Tensor, axis: number, begin: number, step: number, count: number): Tensor {
    if (step < 0) {
      const turned = this.reverse(this.slice(x, axis, 0, begin + 1), axis);
      return this.stride(turned, axis, 0, -step, count);
    }
    const whole = Math.min(count * step, (x.shape[axis] ?? 0) - begin);
    const part = this.slice(x, axis, begin, whole);
    if (step === 1) return part;
    const { seen, back } = this.around(this.pad(part, axis, 0, count * step - whole), axis);
    const [outer = 1, , inner = 1] = seen.shape;
    const steps = this.reshape(seen, [outer * count, step, inner]);
    return back(this.reshape(this.slice(steps, 1, 0, 1), [outer, count, inner]));
  }

  /** Zeros before and after along an axis. */
  pad(x: Tensor, axis: number, before: number, after: number): Tensor {
    if (before === 0 && after === 0) return x;
    const { seen, back } = this.around(x, axis);
    const id = this.builder.op('pad', [seen.id], { before: [0, before, 0], after: [0, after, 0] });
    return back({ shape: this.builder.shape(id), id });
  }

  reverse(x: Tensor, axis: number): Tensor {
    const { seen, back } = this.around(x, axis);
    return back({ shape: seen.shape, id: this.builder.op('reverse', [seen.id], { axes: [1] }) });
  }

  concat(parts: readonly Tensor[], axis: number): Tensor {
    const [first, ...others] = parts;
    if (first === undefined || others.length === 0) return first ?? this.constant(0, []);
    const elsewhere = (x: Tensor): Shape => x.shape.toSpliced(axis, 1);
    const other = others.find((x) => !sameShape(elsewhere(x), elsewhere(first)));
    if (other !== undefined) {
      throw new ShapeError('concat', [first.shape, other.shape], {
        problem: `${shapeText(first.shape)} and ${shapeText(other.shape)} cannot be joined along axis ${axis}`,
        expected: 'sizes that are equal along all other axes',
      });
    }
    const outer = elementsOf(first.shape.slice(0, axis));
    const rows = parts.map((x) => this.reshape(x, [outer, elementsOf(x.shape) / outer]).id);
    const id = this.builder.op('concat', rows, {});
    const size = parts.reduce((sum, x) => sum + (x.shape[axis] ?? 0), 0);
    return this.reshape({ shape: this.builder.shape(id), id }, first.shape.with(axis, size));
  }

  /** x so often along an axis, one after the other. */
  repeat(x: Tensor, axis: number, times: number): Tensor {
    if (times === 1) return x;
    const { seen, back } = this.around(x, axis);
    const [outer = 1, size = 1, inner = 1] = seen.shape;
    const spread = this.spread(this.reshape(seen, [outer, 1, size * inner]), [outer, times, size * inner]);
    return back(this.reshape(spread, [outer, times * size, inner]));
  }

  /** The matrix product over the last two axes, those before stretched to each other. */
  matmul(a: Tensor, b: Tensor): Tensor {
    if (a.shape.length === 1) {
      const y = this.matmul(this.reshape(a, [1, ...a.shape]), b);
      return this.reshape(y, y.shape.toSpliced(y.shape.length - 2, 1));
    }
    if (b.shape.length === 1) {
      const y = this.matmul(a, this.reshape(b, [...b.shape, 1]));
      return this.reshape(y, y.shape.slice(0, -1));
    }
    const plain = { transposeA: false, transposeB: false };
    const [rows = 1, inner = 1] = a.shape.slice(-2);
    const [read = 1, columns = 1] = b.shape.slice(-2);
    const batch = commonShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
    if (b.shape.length === 2) {
      const flat = this.reshape(a, [elementsOf(a.shape) / inner, inner]);
      const id = this.builder.op('matmul', [flat.id, b.id], plain);
      return this.reshape({ shape: this.builder.shape(id), id }, [...batch, rows, columns]);
    }
    const count = elementsOf(batch);
    const many = (x: Tensor, high: number, wide: number): NodeId =>
      this.reshape(this.spread(x, [...batch, high, wide]), [count, high, wide]).id;
    const id = this.builder.op('batch_matmul', [many(a, rows, inner), many(b, read, columns)], plain);
    return this.reshape({ shape: this.builder.shape(id), id }, [...batch, rows, columns]);
  }
}
