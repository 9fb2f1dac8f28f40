/** Operations as parts of a Graph: static arguments become attributes, sites become weights. */
import { invariant, present } from '../../util/invariant.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeId } from '../graph/graph.ts';
import { checkAttribute } from '../ops/attributeKinds.ts';
import {
  operations,
  type AttributeKind,
  type AttributeKinds,
  type Mode,
  type OperationName,
} from '../ops/operations.ts';
import type { StaticValue } from './space.ts';

/** Static arguments as the builders want them. */
export type Attributes = Readonly<Record<string, AttributeKinds[AttributeKind]>>;

/** Static arguments by name as the operation's builder wants them. */
export function attributesOf(
  operation: OperationName,
  values: Readonly<Record<string, StaticValue>>,
): Attributes {
  const attributes: Record<string, AttributeKinds[AttributeKind]> = {};
  for (const param of operations[operation].params) {
    const checked = checkAttribute(param.kind, present(values[param.name], `argument ${param.name}`));
    invariant('value' in checked, `${param.name} of ${operation} was checked before`);
    attributes[param.name] = checked.value;
  }
  return attributes;
}

/** Adds an operation to a graph. Weights that the site has already are used again. */
export function buildOperation(
  builder: GraphBuilder,
  sites: Map<string, NodeId>,
  use: {
    readonly operation: OperationName;
    readonly attributes: Attributes;
    readonly site: string;
    readonly mode: Mode;
  },
  inputs: readonly NodeId[],
): NodeId {
  builder.site = use.site;
  const once =
    (make: GraphBuilder['parameter']): GraphBuilder['parameter'] =>
    (name, shape, init) => {
      const full = `${use.site}.${name}`;
      const id = sites.get(full) ?? make(full, shape, init);
      sites.set(full, id);
      return id;
    };
  return operations[use.operation].build(
    {
      builder,
      mode: use.mode,
      site: use.site,
      parameter: once((name, shape, init) => builder.parameter(name, shape, init)),
      state: once((name, shape, init) => builder.state(name, shape, init)),
    },
    inputs,
    use.attributes,
  );
}
