/** A random graph under construction: what the steps of a recipe see and add to. */
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId, Shape } from '../../../compiler/graph/graph.ts';
import type { ActivationAttributes, OpAttributes, OpName } from '../../../compiler/ops/attributes.ts';
import { elementsOf, sameShape } from '../../../compiler/ops/shapes.ts';

/**
 * Whether ops may do anything, or each row of the first axis stays by itself (`rows`), but for the statistics of a
 * batch (`batch`).
 */
export type Reach = 'any' | 'batch' | 'rows';

/** How large tensors are: small ones take every way through a graph, large ones every way through a kernel. */
export type Size = 'small' | 'large';

interface Sizes {
  /** No tensor grows beyond this many elements; where rows stay by themselves, no row beyond a third of it. */
  readonly elements: number;
  /** Channels: first those which shrinking tends to; some beyond the tiles of kernels. */
  readonly channels: readonly number[];
  /** Most rows of an image, and the most columns. */
  readonly images: readonly [number, number];
  /** Most places of a sequence. */
  readonly places: number;
  /** Most taps of a window along each axis. */
  readonly taps: number;
}

const sizesOf: Readonly<Record<Size, Sizes>> = {
  small: {
    elements: 500,
    channels: [3, 1, 2, 4, 5, 6, 7, 8, 9, 17, 33],
    images: [6, 5],
    places: 5,
    taps: 4,
  },
  large: {
    elements: 20_000,
    channels: [3, 12, 16, 31, 32, 33, 36, 48, 70],
    images: [21, 18],
    places: 37,
    taps: 7,
  },
};

export class Sketch {
  readonly builder: GraphBuilder = new GraphBuilder();
  readonly reach: Reach;
  readonly rows: number;
  readonly sizes: Sizes;
  /** Tensors that later steps may read: with rows of the batch in front, where these stay apart. */
  readonly results: NodeId[] = [];
  /** Numbers of shape [1] whose sum is the loss. */
  readonly losses: NodeId[] = [];
  /** Names of the tensors that have a row for each of the batch. */
  readonly batched: Set<string> = new Set();
  /** Inputs of whole numbers: below how much, and above what. */
  readonly whole: Map<string, { readonly from: number; readonly below: number }> = new Map();
  readonly #weights: NodeId[] = [];
  #choices: readonly number[] = [];
  #next = 0;

  constructor(reach: Reach, rows: number, size: Size) {
    this.reach = reach;
    this.rows = rows;
    this.sizes = sizesOf[size];
  }

  /** Begins a step, whose choices are made by these numbers, one after the other. */
  begin(site: string, choices: readonly number[]): void {
    this.builder.site = site;
    this.#choices = choices;
    this.#next = 0;
  }

  /** A number from 0 to `count - 1`. */
  choose(count: number): number {
    const choice = this.#choices[this.#next++ % this.#choices.length] ?? 0;
    return choice % count;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.choose(list.length)];
  }

  /** Some of a list. */
  some<T>(list: readonly T[]): T[] {
    return list.filter(() => this.choose(2) === 1);
  }

  /** The first axis that a step may take apart: rows of the batch may have to stay by themselves. */
  get firstAxis(): number {
    return this.reach === 'any' ? 0 : 1;
  }

  /** The axes of a shape that a step may take apart. */
  axesOf(shape: Shape): number[] {
    return shape.map((_, axis) => axis).slice(this.firstAxis);
  }

  shape(id: NodeId): Shape {
    return this.builder.shape(id);
  }

  op<K extends OpName>(op: K, inputs: readonly NodeId[], attributes: OpAttributes[K]): NodeId {
    return this.builder.op(op, inputs, attributes);
  }

  apply(name: ActivationAttributes['name'], x: NodeId): NodeId {
    return this.op('activation', [x], { name });
  }

  constant(value: number, shape: Shape): NodeId {
    return this.builder.constant(value, shape);
  }

  add(id: NodeId): void {
    this.results.push(id);
  }

  fits(shape: Shape): boolean {
    const { elements } = this.sizes;
    if (this.reach === 'any') return elementsOf(shape) <= elements;
    return elementsOf(shape.slice(1)) <= elements / 3;
  }

  width(): number {
    return this.pick(this.sizes.channels);
  }

  images(): Shape {
    const [high, wide] = this.sizes.images;
    return [this.rows, 1 + this.choose(high), 1 + this.choose(wide), this.width()];
  }

  sequences(): Shape {
    return [this.rows, 1 + this.choose(this.sizes.places), this.width()];
  }

  matrix(): Shape {
    return [this.rows, this.width()];
  }

  #anyShape(): Shape {
    const shape = this.pick([() => this.matrix(), () => this.sequences(), () => this.images()])();
    return this.reach === 'any' && this.choose(6) === 5 ? [this.width()] : shape;
  }

  /** A new tensor whose gradient is asked for, with rows of the batch in front. */
  leaf(shape: Shape): NodeId {
    const name = `x${this.builder.nodes.length}`;
    const id = this.builder.parameter(name, shape, { kind: 'he', fanIn: 1 });
    this.batched.add(name);
    this.add(id);
    return id;
  }

  /** A tensor that fits: mostly the last result that does, sometimes another, else a new one. */
  take(fits: (shape: Shape) => boolean, otherwise: () => Shape): NodeId {
    const fitting = this.results.filter((id) => fits(this.shape(id))).reverse();
    const place = this.choose(2) === 0 ? 0 : this.choose(fitting.length + 1);
    return fitting[place] ?? this.leaf(otherwise());
  }

  any(least = 1): NodeId {
    return this.take(
      (shape) => shape.length >= least && shape.length <= 4,
      () => {
        const shape = this.#anyShape();
        return shape.length >= least ? shape : this.matrix();
      },
    );
  }

  /** Another tensor of this shape, or the same. */
  like(shape: Shape): NodeId {
    const alike = this.results.filter((id) => sameShape(this.shape(id), shape));
    return alike[this.choose(alike.length + 1)] ?? this.leaf(shape);
  }

  /** A new weight; its values are about as large as a sum over `fanIn` of them keeps activations. */
  #newWeight(shape: Shape, fanIn: number): NodeId {
    const name = `w${this.builder.nodes.length}`;
    const id = this.builder.parameter(name, shape, { kind: 'he', fanIn });
    this.#weights.push(id);
    return id;
  }

  /** A weight: new, or one that others use too, or computed from others. */
  weight(shape: Shape, fanIn: number): NodeId {
    const shared = this.#weights.filter((id) => sameShape(this.shape(id), shape));
    const found = this.reach === 'any' ? this.results.filter((id) => sameShape(this.shape(id), shape)) : [];
    switch (this.choose(6)) {
      case 3:
        return shared.at(-1) ?? this.#newWeight(shape, fanIn);
      case 4:
        return found.at(-1) ?? shared[0] ?? this.#newWeight(shape, fanIn);
      case 5:
        return this.#computedWeight(shape, fanIn);
      default:
        return this.#newWeight(shape, fanIn);
    }
  }

  #computedWeight(shape: Shape, fanIn: number): NodeId {
    const made = (): NodeId => this.#newWeight(shape, fanIn);
    switch (this.choose(5)) {
      case 0:
        return this.op('add', [made(), made()], {});
      case 1:
        return this.apply('tanh', made());
      case 2: {
        const whole = this.#newWeight(
          shape.map((n) => n + 1),
          fanIn,
        );
        return this.op('slice', [whole], { begin: shape.map(() => 1), size: shape });
      }
      case 3:
        return this.op('reshape', [this.#newWeight([elementsOf(shape)], fanIn)], { shape });
      default:
        return this.op('div', [made(), this.positive(made())], {});
    }
  }

  /** Numbers of at least one half, made of any. */
  positive(x: NodeId): NodeId {
    const half = this.constant(0.5, this.shape(x));
    const name = this.pick(['square', 'softplus', 'abs', 'sigmoid'] as const);
    return this.op('add', [half, name === 'square' ? this.op('mul', [x, x], {}) : this.apply(name, x)], {});
  }

  /** An input of whole numbers. */
  wholes(kind: string, shape: Shape, from: number, below: number): NodeId {
    const name = `${kind}${this.builder.nodes.length}`;
    this.whole.set(name, { from, below });
    this.batched.add(name);
    return this.builder.input(name, shape, 'i32');
  }

  /** Adds a sum over all elements, each with a weight of its own that is fed. */
  project(id: NodeId): void {
    const shape = this.shape(id);
    const elements = elementsOf(shape);
    const name = `r${this.builder.nodes.length}`;
    this.batched.add(name);
    const products = this.op('mul', [id, this.builder.input(name, shape)], {});
    const flat = this.op('reshape', [products], { shape: [elements] });
    const sum = this.op('reduce', [flat], { kind: 'sum', axes: [0] });
    this.losses.push(this.op('scale', [sum], { factor: 1 / Math.sqrt(elements / (shape[0] ?? 1)) }));
  }
}
