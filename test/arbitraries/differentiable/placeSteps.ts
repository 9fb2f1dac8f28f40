/** Steps that move elements: parts, joins, orders, other shapes; and reductions along axes. */
import type { Shape } from '../../../compiler/graph/graph.ts';
import type { ReduceKind } from '../../../compiler/ops/attributes.ts';
import { elementsOf, sameShape } from '../../../compiler/ops/shapes.ts';
import type { Sketch } from './sketch.ts';
import type { StepRules } from './step.ts';

const kinds: readonly ReduceKind[] = ['sum', 'max', 'min', 'product'];

/** A shape of as many elements; the first axis stays where rows stay by themselves. */
function reshaped(s: Sketch, shape: Shape): Shape {
  const kept = shape.slice(0, s.firstAxis);
  let left = elementsOf(shape.slice(s.firstAxis));
  const sizes: number[] = [];
  for (let axis = s.choose(4 - kept.length); axis > 0; axis--) {
    const divisors = Array.from({ length: left }, (_, i) => i + 1).filter((n) => left % n === 0);
    const size = s.pick(divisors);
    sizes.push(size);
    left /= size;
  }
  return [...kept, ...sizes, left];
}

export const placeSteps: StepRules = {
  reduce: {
    ops: ['reduce'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const axes = s.some(s.axesOf(s.shape(x)));
      s.add(s.op('reduce', [x], { kind: s.pick(kinds), axes }));
    },
  },
  product: {
    ops: ['reduce'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const axes = s.axesOf(s.shape(x));
      const along = axes.length > 0 ? [s.pick(axes)] : [];
      s.add(s.op('reduce', [x], { kind: 'product', axes: along }));
    },
  },
  broadcast: {
    ops: ['broadcast'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const from = s.shape(x);
      const wide = from.map((n, axis) => (n === 1 && axis >= s.firstAxis ? 1 + s.choose(3) : n));
      const front = s.reach === 'any' && from.length < 4 ? [[], [2], [1]][s.choose(3)] : [];
      const shape = [...front, ...wide];
      if (s.fits(shape)) s.add(s.op('broadcast', [x], { shape }));
    },
  },
  repeat: {
    ops: ['reduce', 'broadcast'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const shape = s.shape(x);
      const part = s.op('reduce', [x], { kind: s.pick(kinds), axes: s.some(s.axesOf(shape)) });
      s.add(s.op('sub', [x, s.op('broadcast', [part], { shape })], {}));
    },
  },
  reverse: {
    ops: ['reverse'],
    rows: 'always',
    build(s) {
      const x = s.any();
      s.add(s.op('reverse', [x], { axes: s.some(s.axesOf(s.shape(x))) }));
    },
  },
  concat: {
    ops: ['concat'],
    rows: 'always',
    build(s) {
      const x = s.any(s.firstAxis + 1);
      const outer = s.shape(x).slice(0, -1);
      const parts = Array.from({ length: 1 + s.choose(3) }, (_, i) =>
        i === 0
          ? x
          : s.take(
              (shape) => shape.length <= 4 && sameShape(shape.slice(0, -1), outer),
              () => [...outer, 1 + s.choose(5)],
            ),
      );
      const channels = parts.reduce((sum, id) => sum + (s.shape(id).at(-1) ?? 0), 0);
      if (s.fits([...outer, channels])) s.add(s.op('concat', parts, {}));
    },
  },
  slice: {
    ops: ['slice'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const shape = s.shape(x);
      const begin = shape.map((n, axis) => (axis < s.firstAxis ? 0 : s.choose(n)));
      const size = shape.map((n, axis) => (axis < s.firstAxis ? n : 1 + s.choose(n - begin[axis])));
      s.add(s.op('slice', [x], { begin, size }));
    },
  },
  pad: {
    ops: ['pad'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const width = (_: number, axis: number): number => (axis < s.firstAxis ? 0 : s.choose(3));
      const [before, after] = [s.shape(x).map(width), s.shape(x).map(width)];
      if (s.fits(s.shape(x).map((n, i) => n + before[i] + after[i])))
        s.add(s.op('pad', [x], { before, after }));
    },
  },
  reshape: {
    ops: ['reshape'],
    rows: 'always',
    build(s) {
      const x = s.any();
      s.add(s.op('reshape', [x], { shape: reshaped(s, s.shape(x)) }));
    },
  },
  transpose: {
    ops: ['transpose'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const left = s.axesOf(s.shape(x));
      const axes = s
        .shape(x)
        .map((_, axis) => axis)
        .slice(0, s.firstAxis);
      while (left.length > 0) axes.push(...left.splice(s.choose(left.length), 1));
      s.add(s.op('transpose', [x], { axes }));
    },
  },
};
