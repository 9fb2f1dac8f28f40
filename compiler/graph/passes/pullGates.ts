/**
 * Takes the weights of gates out of the gradients of batch normalisation. Behind a relaxed choice (`mix`), the gradient
 * that reaches an alternative is that of the mixture times a weight. What follows is linear in it:
 *
 *   sums(w dy, x) = w sums(dy, x)
 *   input_gradient(w dy, x, scale) = input_gradient(dy, x, w scale)
 *
 * so the product with every element becomes one with every channel, and alternatives read one gradient instead of a
 * scaled copy each. And what the weight itself gets, the inner product of dy and the alternative, is in those sums:
 *
 *   <dy, scale xhat + shift> = <scale, sum of dy xhat> + <shift, sum of dy>
 *
 * so dy need not be read again. Results agree up to rounding.
 */
import { present } from '../../../util/invariant.ts';
import type { OpName } from '../../ops/attributes.ts';
import { GraphBuilder } from '../builder.ts';
import type { Graph, GraphNode, NodeId, OpNodeOf } from '../graph.ts';
import { followed } from './rewrite.ts';

/** The graph with the weights of gates where they cost least. */
export function pullGates(graph: Graph): Graph {
  return new Pulling(graph).run();
}

type Sums = OpNodeOf<'batch_norm_gradient_sums'>;
type Mix = OpNodeOf<'mix'>;
type Epsilon = Sums['attributes'];

/** What sums are made of; of one tensor there may be normalisations by different epsilons. */
function keyOf(dy: NodeId, x: NodeId | undefined, moments: NodeId | undefined, { epsilon }: Epsilon): string {
  return [dy, x, moments, epsilon].join();
}

/** The gradient that a normalisation gets as a weight times that of a mixture. */
interface Scaled {
  readonly gate: Mix;
  readonly weights: NodeId;
  readonly dy: NodeId;
}

class Pulling {
  readonly #graph: Graph;
  readonly #builder = new GraphBuilder();
  /** Where the nodes of the old graph are in the new one. */
  readonly #places = new Map<NodeId, NodeId>();
  /** The sums that some normalisation needs, by the old nodes of dy, x and moments, and epsilon. */
  readonly #needed = new Set<string>();
  readonly #sums = new Map<string, NodeId>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      if (!isOp(node, 'batch_norm_gradient_sums')) continue;
      const scaled = this.#scaled(node.inputs[0]);
      const [, x, moments] = node.inputs;
      if (scaled) this.#needed.add(keyOf(scaled.dy, x, moments, node.attributes));
    }
  }

  run(): Graph {
    const { nodes } = this.#graph;
    if (this.#needed.size === 0) return this.#graph;
    for (const node of nodes) this.#places.set(node.id, this.#node(node));
    return { nodes: this.#builder.nodes, ...followed(this.#graph, (id) => this.#place(id)) };
  }

  #place(id: NodeId | undefined): NodeId {
    return present(id === undefined ? undefined : this.#places.get(id), `pullGates: node ${id}`);
  }

  #old(id: NodeId | undefined): GraphNode | undefined {
    return id === undefined ? undefined : this.#graph.nodes[id];
  }

  /** Whether a node is one tensor times a weight. */
  #scaled(id: NodeId | undefined): Scaled | undefined {
    const gate = this.#old(id);
    if (!isOp(gate, 'mix')) return undefined;
    const [weights, dy, ...others] = gate.inputs;
    if (weights === undefined || dy === undefined || others.length > 0) return undefined;
    return { gate, weights, dy };
  }

  #node(node: GraphNode): NodeId {
    const builder = this.#builder;
    switch (node.kind) {
      case 'input':
        return builder.input(node.name, node.shape, node.dtype);
      case 'parameter':
        return builder.parameter(node.name, node.shape, node.init);
      case 'state':
        return builder.state(node.name, node.shape, node.init);
      case 'constant':
        return builder.constant(node.value, node.shape);
      case 'op':
        builder.site = node.site;
        return this.#pulled(node) ?? this.#copy(node);
    }
  }

  #copy<K extends OpName>(node: OpNodeOf<K>): NodeId {
    const inputs = node.inputs.map((id) => this.#place(id));
    return this.#builder.op(node.op, inputs, node.attributes);
  }

  #pulled(node: GraphNode): NodeId | undefined {
    if (isOp(node, 'batch_norm_gradient_sums')) return this.#pulledSums(node);
    if (isOp(node, 'batch_norm_input_gradient')) return this.#pulledGradient(node);
    return isOp(node, 'mix_weight_gradient') ? this.#fromSums(node) : undefined;
  }

  #pulledSums(node: Sums): NodeId | undefined {
    const [gradient, x, moments] = node.inputs;
    const scaled = this.#scaled(gradient);
    return scaled && this.#times(scaled, this.#sumsOf(scaled.dy, x, moments, node.attributes));
  }

  #pulledGradient(node: OpNodeOf<'batch_norm_input_gradient'>): NodeId | undefined {
    const [gradient, x, moments, scale, sums] = node.inputs;
    const scaled = this.#scaled(gradient);
    const summed = this.#old(sums);
    const fits =
      isOp(summed, 'batch_norm_gradient_sums') &&
      summed.attributes.epsilon === node.attributes.epsilon &&
      [gradient, x, moments].every((id, i) => summed.inputs[i] === id);
    if (!scaled || !fits) return undefined;
    const inputs = [
      this.#place(scaled.dy),
      this.#place(x),
      this.#place(moments),
      this.#times(scaled, this.#place(scale)),
      this.#sumsOf(scaled.dy, x, moments, node.attributes),
    ];
    return this.#builder.op('batch_norm_input_gradient', inputs, node.attributes);
  }

  /** A small tensor times the weight. */
  #times({ gate, weights }: Scaled, tensor: NodeId): NodeId {
    return this.#builder.op('mix', [this.#place(weights), tensor], gate.attributes);
  }

  /** The sums for the gradient of the mixture itself, made once. */
  #sumsOf(dy: NodeId, x: NodeId | undefined, moments: NodeId | undefined, attributes: Epsilon): NodeId {
    const key = keyOf(dy, x, moments, attributes);
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const inputs = [dy, x, moments].map((id) => this.#place(id));
    const made = this.#builder.op('batch_norm_gradient_sums', inputs, attributes);
    this.#sums.set(key, made);
    return made;
  }

  /** The gradient for the weights: of alternatives whose sums are needed anyway, from these. */
  #fromSums(node: OpNodeOf<'mix_weight_gradient'>): NodeId | undefined {
    const [dy, ...alternatives] = node.inputs;
    if (dy === undefined) return undefined;
    const plain: Alternative[] = [];
    const normalized = new Map<
      string,
      (Alternative & { readonly norm: OpNodeOf<'batch_norm_training'> })[]
    >();
    alternatives.forEach((id, k) => {
      const column = present(node.attributes.columns[k], 'the column of an alternative');
      const norm = this.#old(id);
      if (isOp(norm, 'batch_norm_training')) {
        const [x, scale, shift, moments] = norm.inputs;
        if (this.#needed.has(keyOf(dy, x, moments, norm.attributes))) {
          const key = [scale, shift].join();
          normalized.set(key, [...(normalized.get(key) ?? []), { id, column, norm }]);
          return;
        }
      }
      plain.push({ id, column });
    });
    // Where every alternative has a scale of its own, that would be more dispatches than it saves.
    if (normalized.size !== 1) return undefined;
    const [found = []] = normalized.values();
    const builder = this.#builder;
    const { row, weights } = node.attributes;
    const parts = [
      builder.op(
        'mix_weight_gradient',
        [
          this.#rows(present(found[0], 'an alternative').norm),
          ...found.map(({ norm: { inputs, attributes } }) =>
            this.#sumsOf(dy, inputs[0], inputs[3], attributes),
          ),
        ],
        { row, weights, columns: found.map(({ column }) => column) },
      ),
    ];
    if (plain.length > 0) {
      const inputs = [this.#place(dy), ...plain.map(({ id }) => this.#place(id))];
      const columns = plain.map(({ column }) => column);
      parts.push(builder.op('mix_weight_gradient', inputs, { row, weights, columns }));
    }
    return parts.reduce((a, b) => builder.op('add', [a, b], {}));
  }

  /** Shift and scale of a normalisation as the rows of a matrix, as the sums stand in theirs. */
  #rows({ inputs: [, scale, shift] }: OpNodeOf<'batch_norm_training'>): NodeId {
    const builder = this.#builder;
    const [first, second] = [shift, scale].map((id, row) => {
      const place = this.#place(id);
      const flat = builder.op('reshape', [place], { shape: [1, ...builder.shape(place)] });
      return builder.op('pad', [flat], { before: [row, 0], after: [1 - row, 0] });
    });
    return builder.op('add', [present(first, 'the shift'), present(second, 'the scale')], {});
  }
}

/** An alternative of a mixture and its column in the matrix of weights. */
interface Alternative {
  readonly id: NodeId;
  readonly column: number;
}

function isOp<K extends OpName>(node: GraphNode | undefined, op: K): node is OpNodeOf<K> & GraphNode {
  return node?.kind === 'op' && node.op === op;
}
