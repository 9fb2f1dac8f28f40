/** Builds a Graph node by node, in topological order, with each op's shape rule applied on the way. */
import { InvariantError, present } from '../../util/invariant.ts';
import type { OpAttributes, OpName } from '../ops/attributes.ts';
import { takesInputs, type ShapeProblem } from '../ops/op.ts';
import { opTable } from '../ops/table.ts';
import type {
  DType,
  Graph,
  GraphNode,
  Initializer,
  NodeId,
  OpNode,
  ParameterGradient,
  Shape,
  StateUpdate,
} from './graph.ts';

/** Thrown by {@link GraphBuilder.op} when shapes do not fit; whoever builds from user input catches it. */
export class ShapeError extends Error {
  readonly op: OpName;
  readonly shapes: readonly Shape[];
  readonly problem: ShapeProblem;
  constructor(op: OpName, shapes: readonly Shape[], problem: ShapeProblem) {
    super(`${op}: ${problem.problem}; expected ${problem.expected}`);
    this.name = 'ShapeError';
    this.op = op;
    this.shapes = shapes;
    this.problem = problem;
  }
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A growing graph. */
export class GraphBuilder {
  readonly nodes: GraphNode[];
  readonly updates: StateUpdate[] = [];
  readonly gradients: ParameterGradient[] = [];
  readonly outputs: Record<string, NodeId> = {};
  /** Where in the space the next ops stand. */
  site = '';
  readonly #names = new Set<string>();

  /** Starts empty, or with the nodes of `graph`, whose ids stay valid. */
  constructor(graph?: Graph) {
    this.nodes = graph ? [...graph.nodes] : [];
    if (!graph) return;
    this.updates.push(...graph.updates);
    this.gradients.push(...graph.gradients);
    Object.assign(this.outputs, graph.outputs);
    for (const node of graph.nodes) {
      if (node.kind === 'input' || node.kind === 'parameter' || node.kind === 'state') {
        this.#names.add(node.name);
      }
    }
  }

  #push(node: Unnumbered<GraphNode>): NodeId {
    const id: NodeId = this.nodes.length;
    this.nodes.push({ ...node, id });
    return id;
  }

  #claim(name: string): string {
    if (this.#names.has(name)) throw new InvariantError(`two tensors of one graph are called ${name}`);
    this.#names.add(name);
    return name;
  }

  input(name: string, shape: Shape, dtype: DType = 'f32'): NodeId {
    return this.#push({ kind: 'input', name: this.#claim(name), shape, dtype });
  }

  parameter(name: string, shape: Shape, init: Initializer): NodeId {
    return this.#push({ kind: 'parameter', name: this.#claim(name), shape, dtype: 'f32', init });
  }

  state(name: string, shape: Shape, init: Initializer): NodeId {
    return this.#push({ kind: 'state', name: this.#claim(name), shape, dtype: 'f32', init });
  }

  constant(value: number, shape: Shape): NodeId {
    return this.#push({ kind: 'constant', value, shape, dtype: 'f32' });
  }

  /** Applies an op. Throws a {@link ShapeError} when the inputs do not fit. */
  op<K extends OpName>(op: K, inputs: readonly NodeId[], attributes: OpAttributes[K]): NodeId {
    const record = opTable[op];
    if (!takesInputs(record.arity, inputs.length)) {
      throw new InvariantError(`${op} takes ${record.arity} inputs, not ${inputs.length}`);
    }
    const types = inputs.map((id) => this.node(id));
    const type = record.shape(types, attributes);
    if ('problem' in type) {
      throw new ShapeError(
        op,
        types.map((t) => t.shape),
        type,
      );
    }
    const node = {
      kind: 'op',
      op,
      attributes,
      inputs,
      site: this.site,
      shape: type.shape,
      dtype: type.dtype,
      id: this.nodes.length,
    } as unknown as OpNode; // correlated union: op and attributes agree by this method's type
    return this.nodes.push(node) - 1;
  }

  node(id: NodeId): GraphNode {
    return present(this.nodes[id], 'node', id);
  }

  shape(id: NodeId): Shape {
    return this.node(id).shape;
  }

  update(state: NodeId, value: NodeId): void {
    if (this.node(state).kind !== 'state') throw new InvariantError(`node ${state} is no state`);
    this.updates.push({ state, value });
  }

  finish(): Graph {
    return {
      nodes: this.nodes,
      outputs: this.outputs,
      gradients: this.gradients,
      updates: this.updates,
    };
  }
}
