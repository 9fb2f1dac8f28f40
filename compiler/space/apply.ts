/**
 * Applies an operation to tensors of the space. Its shape rule and cost are those of the ops that it builds,
 * asked for in every case that can occur: where one case fails, the space is refused.
 */
import type { Location } from '../../grammar/source.ts';
import { GraphBuilder, ShapeError } from '../graph/builder.ts';
import { costOf } from '../graph/cost.ts';
import type { NodeId, Shape } from '../graph/graph.ts';
import {
  operations,
  type AttributeKind,
  type AttributeKinds,
  type Mode,
  type OperationName,
} from '../ops/operations.ts';
import { present } from '../../util/invariant.ts';
import { checkAttribute } from './attributes.ts';
import { labelsOfUses, type Context, type Elaboration, type Fit, type Misfit } from './elaboration.ts';
import { caseLimit, mapOpen, sameValue, TooManyCases, type Answer } from './open.ts';
import type { Open, SpaceNodeId, StaticValue } from './space.ts';
import { errorVal, formatStatic, tensorVal, type Value } from './values.ts';

/** An operation with its static arguments, ready for tensors. */
export interface OperationUse {
  readonly operation: OperationName;
  readonly attributes: Readonly<Record<string, Open<StaticValue>>>;
  readonly site: string;
  readonly at: Location;
  readonly uses: Context['uses'];
}

type Attributes = Readonly<Record<string, AttributeKinds[AttributeKind]>>;

/** Batch used to ask for shapes; everything that is kept is stated for one example. */
const scratchBatch = 2;

/** Static arguments by name as the operation's builder wants them. */
export function attributesOf(
  operation: OperationName,
  values: Readonly<Record<string, StaticValue>>,
): Attributes {
  const attributes: Record<string, AttributeKinds[AttributeKind]> = {};
  for (const param of operations[operation].params) {
    const checked = checkAttribute(param.kind, present(values[param.name], `argument ${param.name}`));
    if ('value' in checked) attributes[param.name] = checked.value;
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

/** Shape and cost of one case, or why it does not fit. Shapes are without the batch axis. */
function tryCase(operation: OperationName, attributes: Attributes, shapes: readonly Shape[]): Fit | Misfit {
  const wrong = checkInputs(operation, shapes);
  if (wrong) return wrong;
  const builder = new GraphBuilder();
  const inputs = shapes.map((shape, i) => builder.input(`x${i}`, [scratchBatch, ...shape]));
  try {
    const use = { operation, attributes, site: 'site', mode: 'training' } as const;
    const y = buildOperation(builder, new Map(), use, inputs);
    return { shape: builder.shape(y).slice(1), cost: costOf(builder.finish()) };
  } catch (error) {
    if (error instanceof ShapeError) return error.problem;
    throw error;
  }
}

function checkInputs(operation: OperationName, shapes: readonly Shape[]): Misfit | undefined {
  const { takes } = operations[operation];
  const [first, second] = shapes;
  if (first === undefined) return undefined;
  if (takes === 'image' && first.length !== 3) {
    return { problem: `it gets ${describeShape(first)}`, expected: 'an image (height x width x channels)' };
  }
  if (takes === 'vector' && first.length !== 1) {
    return {
      problem: `it gets ${describeShape(first)}`,
      expected: 'a vector; `global_avg_pool` makes one of an image',
    };
  }
  if (second !== undefined && !sameValue(first, second)) {
    return {
      problem: `its left side is ${describeShape(first)} and its right side ${describeShape(second)}`,
      expected: 'two tensors of one shape',
    };
  }
  return undefined;
}

/** A shape in words: `an image of 8 x 8 x 16`. */
export function describeShape(shape: Shape): string {
  if (shape.length === 3) return `an image of ${shape.join(' x ')}`;
  if (shape.length === 1) return `a vector of ${String(shape[0])}`;
  return `a tensor of ${shape.join(' x ')}`;
}

/** Applies `use` to tensors where `exists` holds; the result is a tensor, or an error that has been reported. */
export function applyOperation(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly SpaceNodeId[],
  exists: Open<boolean>,
): Value {
  if (use.operation === 'identity') return tensorVal(present(inputs[0], 'the tensor of identity'));
  const shapes = inputs.map((id) => e.node(id).shape);
  if (!checkSharing(e, use, shapes)) return errorVal;
  const names = Object.keys(use.attributes);
  let failed = false;
  const rule = (values: readonly unknown[], path: readonly Answer[]): Fit | undefined => {
    const found = tryOnce(e, use.operation, names, values);
    if (!('problem' in found)) return found;
    if (!failed) {
      failed = true;
      reportMisfit(e, use, found, values.slice(0, names.length) as StaticValue[], [...path], exists);
    }
    return undefined;
  };
  try {
    const open = mapOpen([...Object.values(use.attributes), ...shapes], exists, rule);
    if (failed || open === undefined) return errorVal;
    const shape = present(
      mapOpen([open], exists, ([fit]) => fit.shape),
      'a shape',
    );
    const cost = present(
      mapOpen([open], exists, ([fit]) => fit.cost),
      'a cost',
    );
    const { operation, attributes, site, at } = use;
    return tensorVal(
      e.addNode(
        { kind: 'apply', operation, inputs, attributes, site, exists, shape, cost, location: at },
        at,
      ),
    );
  } catch (error) {
    if (!(error instanceof TooManyCases)) throw error;
    e.report('tooManyCases', { name: use.operation, limit: caseLimit }, use.at);
    return errorVal;
  }
}

/** {@link tryCase}, remembered: the same operation on the same shapes is met many times over. */
function tryOnce(
  e: Elaboration,
  operation: OperationName,
  names: readonly string[],
  values: readonly unknown[],
): Fit | Misfit {
  const key = `${operation} ${JSON.stringify(values)}`;
  const known = e.fits.get(key);
  if (known) return known;
  // The values are the arguments in the order of `names`, then the shapes of the inputs.
  const given = names.map((name, i) => [name, values[i] as StaticValue] as const);
  const shapes = values.slice(names.length) as Shape[];
  const found = tryCase(operation, attributesOf(operation, Object.fromEntries(given)), shapes);
  e.fits.set(key, found);
  return found;
}

/** One site is one set of weights: every use of it must bring the same input shapes. */
function checkSharing(e: Elaboration, use: OperationUse, shapes: readonly Open<Shape>[]): boolean {
  const before = e.siteShapes.get(use.site);
  if (before === undefined) {
    e.siteShapes.set(use.site, shapes);
    return true;
  }
  if (sameValue(before, shapes)) return true;
  const tell = (open: Open<Shape> | undefined): string =>
    open?.kind === 'fixed' ? describeShape(open.value) : 'an input whose shape is open';
  e.report('sharedShape', { name: use.operation, first: tell(before[0]), second: tell(shapes[0]) }, use.at);
  return false;
}

function reportMisfit(
  e: Elaboration,
  use: OperationUse,
  misfit: Misfit,
  values: readonly StaticValue[],
  path: readonly Answer[],
  exists: Open<boolean>,
): void {
  const { operator, params } = operations[use.operation];
  const given = params.flatMap((param, i) =>
    param.default === values[i] ? [] : [formatStatic(values[i] ?? '')],
  );
  const call = given.length > 0 ? `${use.operation}(${given.join(', ')})` : use.operation;
  const name = operator ?? call;
  e.report('shapeMismatch', { name, problem: misfit.problem }, use.at, () => {
    const told = e.tellAnswers(path, exists);
    return {
      expected: misfit.expected,
      notes: told === '' ? ['this happens in every architecture'] : [`this happens when ${told}`],
      labels: labelsOfUses(use.uses),
    };
  });
}
