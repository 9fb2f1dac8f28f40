/**
 * The network of one architecture as a small graph in which what makes no difference is gone: dead parts are dropped,
 * `identity` is contracted, zeros are followed as far as they stay zero and left out of sums, sums and products are
 * flattened, and what is computed twice without weights of its own is one node.
 *
 * Sharing is kept: a tensor that is read twice is one node with one set of weights. Two convolutions of one tensor are two
 * nodes, since they learn different weights.
 */
import type { Shape } from '../../graph/graph.ts';
import { dependenciesFirst } from '../../../util/dependenciesFirst.ts';
import { present } from '../../../util/invariant.ts';
import { withDerived } from '../derived.ts';
import { evaluateOpen } from '../open.ts';
import { operations, type OperationName } from '../../ops/operations.ts';
import type { Apply, Open, Space, SpaceNodeId, StaticValue } from '../space.ts';

/** One tensor of a network. */
export interface NetworkNode {
  /** The operation with its attributes and the shape of its result. */
  readonly label: string;
  /** Places of its inputs among the nodes, all before it; -1 for zeros, whose shapes the label tells. */
  readonly inputs: readonly number[];
  /** Whether the order of the inputs makes a difference. */
  readonly ordered: boolean;
  /** The weights that it owns or shares; undefined for none. */
  readonly site: string | undefined;
  /** Whether no input of the network is before it: what a convolution makes of zeros. */
  readonly constant: boolean;
  /** The scan that feeds it, for an element or a state of one: no place is before it. */
  readonly scan: SpaceNodeId | undefined;
}

export interface Network {
  readonly nodes: readonly NetworkNode[];
  /** The results, by name; undefined where there is no tensor, or only zeros, as the name then tells. */
  readonly outputs: readonly (readonly [name: string, node: number | undefined])[];
}

/**
 * Whether an operation gives zeros for zeros, and has no weights. What has weights is never taken for zeros: a batch
 * normalisation gives its shift, and a convolution of zeros, although it gives zeros, still owns what it learns.
 */
const keepsZero: Readonly<Record<OperationName, boolean>> = {
  conv: false,
  depthwise: false,
  dense: false,
  embedding: false,
  attention: false,
  batch_norm: false,
  layer_norm: false,
  dropout: true,
  relu: true,
  relu6: true,
  leaky_relu: true,
  elu: true,
  selu: true,
  gelu: true,
  sigmoid: false,
  tanh: true,
  swish: true,
  hard_swish: true,
  softplus: false,
  softmax: false,
  identity: true,
  zero: true,
  max_pool: true,
  avg_pool: true,
  global_avg_pool: true,
  global_max_pool: true,
  flatten: true,
  first_channels: true,
  split_part: true,
  shift: true,
  add: true,
  mul: true,
  mean: true,
  concat: true,
  sub: true,
  scale: true,
};

/** Operations with randomness of their own: two of them differ although all else is the same. */
const random: ReadonlySet<OperationName> = new Set(['dropout']);

/** The network of the architecture with these answers. */
export function networkOf(space: Space, choices: readonly number[]): Network {
  const builder = new Builder(space, withDerived(space, choices));
  const outputs = [
    builder.output('output', space.output),
    ...space.auxiliary.map(({ name, node }) => builder.output(`head ${name}`, node)),
  ];
  return sweep(builder.nodes, outputs);
}

/** A place among the nodes; below 0 for zeros of a shape (see {@link Builder}); undefined is `none`. */
type Tensor = number | undefined;

type Draft = Omit<NetworkNode, 'constant'>;

class Builder {
  readonly nodes: Draft[] = [];
  readonly #space: Space;
  readonly #choices: readonly number[];
  readonly #sites: ReadonlyMap<string, readonly Apply[]>;
  readonly #tensors = new Map<SpaceNodeId, Tensor>();
  readonly #known = new Map<string, number>();
  /** Zeros of shape `i` are tensor -1 - i. */
  readonly #shapes: string[] = [];

  constructor(space: Space, choices: readonly number[]) {
    this.#space = space;
    this.#choices = choices;
    this.#sites = sitesOf(space);
  }

  /** The tensor of a node, worked out when it is first asked for. */
  tensor(id: SpaceNodeId): Tensor {
    dependenciesFirst(
      id,
      (other) => this.#tensors.has(other),
      (other) => this.#reads(other),
      (other) => this.#tensors.set(other, this.#build(other)),
    );
    return this.#tensors.get(id);
  }

  /** What a node reads under the answers. */
  #reads(id: SpaceNodeId): readonly SpaceNodeId[] {
    const node = present(this.#space.nodes[id], 'a node');
    switch (node.kind) {
      case 'select': {
        const input = node.inputs[this.#value(node.on) ?? -1];
        return input === undefined ? [] : [input];
      }
      case 'apply':
        return node.inputs.filter((_, i) => {
          const when = node.when[i];
          return when === undefined || this.#value(when) === true;
        });
      case 'scan':
        return [node.sequence, ...node.results];
      case 'input':
      case 'scanInput':
        return [];
      default:
        return node satisfies never;
    }
  }

  /** Of several uses of one set of weights, only the first is counted with them. */
  #isWeighted({ site }: Apply): boolean {
    return present(this.#sites.get(site), 'the uses of a site').some(
      ({ exists, cost }) => this.#value(exists) === true && (this.#value(cost)?.params ?? 0) > 0,
    );
  }

  output(name: string, id: SpaceNodeId): readonly [name: string, node: number | undefined] {
    const tensor = this.tensor(id);
    if (tensor === undefined) return [`${name} none`, undefined];
    return tensor < 0 ? [`${name} ${this.#zeroText(tensor)}`, undefined] : [name, tensor];
  }

  #zeroText(tensor: number): string {
    return `zero ${this.#shapes[-1 - tensor] ?? ''}`;
  }

  #value<T>(open: Open<T>): T | undefined {
    return open.kind === 'fixed' ? open.value : evaluateOpen(open, this.#choices);
  }

  #build(id: SpaceNodeId): Tensor {
    const node = present(this.#space.nodes[id], 'a node');
    const shape = shapeText(this.#value(node.shape));
    switch (node.kind) {
      case 'input':
        return this.#add({
          label: `input ${node.name} ${shape}`,
          inputs: [],
          ordered: true,
          site: undefined,
          scan: undefined,
        });
      case 'select': {
        const [input] = this.#reads(id);
        return input === undefined ? undefined : this.tensor(input);
      }
      case 'scanInput': {
        const scan = this.#space.nodes.find((n) => n.kind === 'scan' && n.inputs.includes(id))?.id;
        const label = `element ${node.index} ${shape}`;
        return this.#add({ label, inputs: [], ordered: true, site: undefined, scan }, `${id}`);
      }
      case 'scan': {
        const inputs = this.#reads(id).map((input) => this.tensor(input));
        if (!inputs.every((input) => input !== undefined)) return undefined;
        return this.#add(
          { label: `scan ${shape}`, inputs, ordered: true, site: undefined, scan: id },
          `${id}`,
        );
      }
      case 'apply':
        return this.#apply(node, shape);
      default:
        return node satisfies never;
    }
  }

  #apply(node: Apply, shape: string): Tensor {
    const { operation, site } = node;
    const merges = operations[operation].tensors === 'list';
    const inputs = this.#reads(node.id)
      .map((input) => this.tensor(input))
      .filter((input) => input !== undefined);
    if (merges ? inputs.length === 0 : inputs.length < node.inputs.length) return undefined;
    const attributes = this.#attributes(node);
    if (operation === 'zero') return this.#zero(shape);
    if (operation === 'identity' || (operation === 'scale' && attributes === 'factor=1')) return inputs[0];
    if (inputs.length === 1 && merges) return inputs[0];
    if (operation === 'add') return this.#sum(inputs, shape);
    if (operation === 'mul') return this.#product(inputs, shape);
    const zeros = inputs.filter((input) => input < 0).length;
    if (operation === 'sub' && zeros === 1 && inputs[1] !== undefined && inputs[1] < 0) return inputs[0];
    if (zeros > 0 && zeros === inputs.length && keepsZero[operation]) return this.#zero(shape);
    const ordered = operation !== 'mean';
    return this.#add(
      {
        label: `${operation} ${attributes} ${shape}`,
        inputs: ordered ? inputs : inputs.toSorted((a, b) => a - b),
        ordered,
        site: this.#isWeighted(node) ? site : undefined,
        scan: undefined,
      },
      random.has(operation) ? `${node.id}` : '',
    );
  }

  #attributes(node: Apply): string {
    const known = fixedAttributes.get(node);
    if (known !== undefined) return known;
    const text = this.#attributeText(node);
    if (Object.values(node.attributes).every((value) => value.kind === 'fixed'))
      fixedAttributes.set(node, text);
    return text;
  }

  #attributeText({ attributes }: Apply): string {
    const names = Object.keys(attributes).sort();
    return names
      .map((name) => `${name}=${written(this.#value(attributes[name] ?? { kind: 'fixed', value: '' }))}`)
      .join(' ');
  }

  #zero(shape: string): number {
    const known = this.#shapes.indexOf(shape);
    return known >= 0 ? -1 - known : -this.#shapes.push(shape);
  }

  /** Adds a merge whose operands may stand in any order, its nested ones taken apart. */
  #flat(operation: 'add' | 'mul', inputs: readonly number[], shape: string): number {
    const label = `${operation}  ${shape}`;
    const terms = inputs.flatMap((input) => {
      const node = present(this.nodes[input], 'an input');
      return node.label === label ? node.inputs : [input];
    });
    const sorted = terms.sort((a, b) => a - b);
    return this.#add({ label, inputs: sorted, ordered: false, site: undefined, scan: undefined });
  }

  #sum(inputs: readonly number[], shape: string): number {
    const terms = inputs.filter((input) => input >= 0);
    const [first] = terms;
    if (first === undefined) return this.#zero(shape);
    return terms.length === 1 ? first : this.#flat('add', terms, shape);
  }

  #product(inputs: readonly number[], shape: string): number {
    return inputs.some((input) => input < 0) ? this.#zero(shape) : this.#flat('mul', inputs, shape);
  }

  /** The node, or the equal one that is there already. `own` tells apart what is not the same although it looks it. */
  #add(node: Draft, own: string = ''): number {
    const zeros = node.inputs.map((input, i) =>
      input < 0 ? `${node.ordered ? i : ''} ${this.#zeroText(input)}` : '',
    );
    const label = [node.label, ...zeros.filter((zero) => zero !== '')].join(', ');
    const inputs = node.inputs.map((input) => Math.max(input, -1));
    const key = `${label}|${inputs.join()}|${node.site ?? ''}|${own}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.nodes.length);
    this.nodes.push({ ...node, label, inputs });
    return this.nodes.length - 1;
  }
}

const sites = new WeakMap<Space, ReadonlyMap<string, readonly Apply[]>>();

/** The uses of each site. */
function sitesOf(space: Space): ReadonlyMap<string, readonly Apply[]> {
  let uses = sites.get(space);
  if (!uses) {
    const applied = space.nodes.filter((node): node is Apply => node.kind === 'apply');
    const found = new Map<string, Apply[]>();
    for (const node of applied) {
      const list = found.get(node.site);
      if (list) list.push(node);
      else found.set(node.site, [node]);
    }
    uses = found;
    sites.set(space, uses);
  }
  return uses;
}

/** Texts of what is the same in every architecture. */
const fixedAttributes = new WeakMap<Apply, string>();
const shapeTexts = new WeakMap<Shape, string>();

function shapeText(shape: Shape | undefined): string {
  if (shape === undefined) return '';
  const known = shapeTexts.get(shape);
  if (known !== undefined) return known;
  const text = shape.join('x');
  shapeTexts.set(shape, text);
  return text;
}

function written(value: StaticValue | undefined): string {
  return typeof value === 'object' ? `(${value.map(written).join()})` : String(value);
}

/**
 * Keeps what the outputs need, and renumbers it. What reads no input of the network comes right before its first reader, so
 * that the order tells what stands between what.
 */
function sweep(nodes: readonly Draft[], outputs: Network['outputs']): Network {
  const needed = new Set<number>();
  for (const [, node] of outputs) if (node !== undefined) needed.add(node);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (needed.has(i)) for (const input of nodes[i]?.inputs ?? []) needed.add(input);
  }
  const constant: boolean[] = [];
  for (const { inputs, label } of nodes) {
    constant.push(
      !label.startsWith('input ') && inputs.every((input) => input < 0 || constant[input] === true),
    );
  }
  const places = new Map<number, number>([[-1, -1]]);
  const kept: NetworkNode[] = [];
  const emit = (i: number): void => {
    dependenciesFirst(
      i,
      (other) => places.has(other),
      (other) => nodes[other]?.inputs ?? [],
      place,
    );
  };
  const place = (i: number): void => {
    const node = present(nodes[i], 'a node');
    places.set(i, kept.length);
    const inputs = node.inputs.map((input) => present(places.get(input), 'an input'));
    kept.push({
      ...node,
      inputs: node.ordered ? inputs : inputs.sort((a, b) => a - b),
      constant: constant[i] === true,
    });
  };
  nodes.forEach((_, i) => {
    if (needed.has(i) && constant[i] === false) emit(i);
  });
  for (const [, node] of outputs) if (node !== undefined && !places.has(node)) emit(node);
  return {
    nodes: kept,
    outputs: outputs.map(
      ([name, node]) => [name, node === undefined ? undefined : places.get(node)] as const,
    ),
  };
}
