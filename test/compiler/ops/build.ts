/** Builds operations of the language on a graph of their own, as a space would, and tells what they cost. */
import { GraphBuilder, ShapeError } from '../../../compiler/graph/builder.ts';
import { costOf, type GraphCost } from '../../../compiler/graph/cost.ts';
import type { DType, NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { checkAttribute, type AttributeValue } from '../../../compiler/ops/attributeKinds.ts';
import { operations, type Mode, type OperationName } from '../../../compiler/ops/operations.ts';
import { elementsTaken } from '../../../compiler/ops/takes.ts';

/** Static arguments by name; those with a default may be left out. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A network under construction: every call of an operation is a site of its own. */
export class Network {
  readonly builder: GraphBuilder = new GraphBuilder();
  readonly mode: Mode;
  readonly batch: number;
  #sites = 0;

  constructor(mode: Mode = 'training', batch = 1) {
    this.mode = mode;
    this.batch = batch;
  }

  input(shape: Shape, dtype: DType = 'f32'): NodeId {
    return this.builder.input(`x${this.builder.nodes.length}`, [this.batch, ...shape], dtype);
  }

  apply(name: OperationName, inputs: NodeId | readonly NodeId[], given: Arguments = {}): NodeId {
    const { params, build } = operations[name];
    const { builder, mode } = this;
    const attributes: Record<string, AttributeValue> = {};
    for (const param of params) {
      const checked = checkAttribute(param.kind, given[param.name] ?? param.default);
      if (!('value' in checked)) throw new Error(`${name}: ${param.name} should be ${checked.wanted}`);
      attributes[param.name] = checked.value;
    }
    const site = `${name}${this.#sites++}`;
    builder.site = site;
    return build(
      {
        builder,
        mode,
        site,
        parameter: (tensor, shape, init) => builder.parameter(`${site}.${tensor}`, shape, init),
        state: (tensor, shape, init) => builder.state(`${site}.${tensor}`, shape, init),
      },
      typeof inputs === 'number' ? [inputs] : inputs,
      attributes,
    );
  }

  /** The shape of one example. */
  shape(x: NodeId): Shape {
    return this.builder.shape(x).slice(1);
  }

  cost(): GraphCost {
    return costOf(this.builder.finish());
  }
}

/** Shape, parameters and multiply-accumulates of one operation on tensors of these shapes, or its refusal. */
export function describeOperation(
  name: OperationName,
  shapes: readonly Shape[],
  given: Arguments = {},
): (GraphCost & { readonly shape: Shape }) | string {
  const network = new Network();
  const dtype = elementsTaken(operations[name]);
  try {
    const y = network.apply(
      name,
      shapes.map((shape) => network.input(shape, dtype)),
      given,
    );
    return { shape: network.shape(y), ...network.cost() };
  } catch (error) {
    if (error instanceof ShapeError) return `${error.problem.problem}; expected ${error.problem.expected}`;
    throw error;
  }
}
