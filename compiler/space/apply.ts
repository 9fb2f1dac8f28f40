/**
 * Applies an operation to tensors of the space. Its shape rule and cost are those of the ops that it builds,
 * asked for in every case that can occur: where one case fails, the space is refused.
 */
import type { Location } from '../../grammar/source.ts';
import { GraphBuilder, ShapeError } from '../graph/builder.ts';
import { costOf } from '../graph/cost.ts';
import type { DType, NodeId, Shape } from '../graph/graph.ts';
import {
  operations,
  type AttributeKind,
  type AttributeKinds,
  type Mode,
  type OperationName,
} from '../ops/operations.ts';
import { describeShape, elementsTaken, inputsProblem } from '../ops/takes.ts';
import { present } from '../../util/invariant.ts';
import { listWords } from '../../util/words.ts';
import { checkAttribute } from './attributes.ts';
import { labelsOfUses, type Context, type Elaboration, type Fit, type Misfit } from './elaboration.ts';
import {
  always,
  both,
  caseLimit,
  either,
  fixed,
  holds,
  identityOf,
  mapLeaves,
  mapOpen,
  never,
  restrict,
  sameValue,
  select,
  TooManyCases,
  valuesOf,
} from './open.ts';
import { noteOf, valueUnder } from './settle.ts';
import type { Cost, Open, SpaceNodeId, StaticValue } from './space.ts';
import {
  errorVal,
  formatStatic,
  noneVal,
  type Identity,
  type NoneVal,
  type TensorVal,
  type Value,
} from './values.ts';

/** An operation with its static arguments, ready for tensors. */
export interface OperationUse {
  readonly operation: OperationName;
  readonly attributes: Readonly<Record<string, Open<StaticValue>>>;
  readonly site: string;
  readonly at: Location;
  /** Where the static arguments that were given stand. */
  readonly argsAt: Readonly<Record<string, Location>>;
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
  const wrong = inputsProblem(operations[operation], shapes);
  if (wrong) return wrong;
  const builder = new GraphBuilder();
  const dtype = operations[operation].takes === 'tokens' ? 'i32' : 'f32';
  const inputs = shapes.map((shape, i) => builder.input(`x${i}`, [scratchBatch, ...shape], dtype));
  try {
    const use = { operation, attributes, site: 'site', mode: 'training' } as const;
    const y = buildOperation(builder, new Map(), use, inputs);
    return { shape: builder.shape(y).slice(1), cost: costOf(builder.finish()) };
  } catch (error) {
    if (error instanceof ShapeError) return error.problem;
    throw error;
  }
}

/** A tensor, or the lack of one. */
export type Operand = TensorVal | NoneVal;

/** A tensor that is always there. */
export function tensorVal(node: SpaceNodeId, there: Open<boolean> = always): TensorVal {
  return { kind: 'tensor', node, present: there, identity: { kind: 'node', node } };
}

/** Where an operand is a tensor. */
export function presenceOf(operand: Operand): Open<boolean> {
  return operand.kind === 'none' ? never : operand.present;
}

/** A condition that is settled where it is asked for; otherwise it stays as it is, the same at every place that asks. */
function simpler(condition: Open<boolean>, where: Open<boolean>): Open<boolean> {
  const inside = restrict(condition, where) ?? never;
  return inside.kind === 'fixed' ? inside : condition;
}

/** Applies `use` to tensors where `exists` holds; where one of them is `none`, so is the result. */
export function applyOperation(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly Operand[],
  exists: Open<boolean>,
): Value {
  const tensors = inputs.flatMap((input) => (input.kind === 'tensor' ? [input] : []));
  if (tensors.length < inputs.length) return noneVal;
  const [first] = tensors;
  if (use.operation === 'identity' && first) return first;
  const there = tensors.map((t) => t.present).reduce(both, always);
  if (there === never) return noneVal;
  const shapes = tensors.map((t) => e.node(t.node).shape);
  if (!checkSharing(e, use, shapes)) return errorVal;
  const where = both(exists, there);
  if (!tensors.every((t) => checkElements(e, use, t.node))) return errorVal;
  if (!checkAttributes(e, use, where)) return errorVal;
  const fit = fitInAllCases(e, use, shapes, where);
  if (!fit) return errorVal;
  const inputIds = tensors.map((t) => t.node);
  const known = e.named(simpler(there, exists));
  return tensorVal(addApply(e, use, inputIds, [], fit, exists, known), known);
}

/** Tokens are whole numbers, which only an embedding reads; it reads nothing else. */
function checkElements(e: Elaboration, use: OperationUse, input: SpaceNodeId): boolean {
  const wanted = elementsTaken(operations[use.operation]);
  const stranger = elementsOf(e, input).find((dtype) => dtype !== wanted);
  if (stranger === undefined) return true;
  const [shape] = valuesOf(e.node(input).shape);
  const length = shape?.join(' x ') ?? 'no size';
  const name = operations[use.operation].operator ?? use.operation;
  const [problem, expected] =
    stranger === 'i32'
      ? [`it gets ${length} tokens (whole numbers)`, 'numbers; `embedding` makes features of tokens']
      : [
          `it gets ${shape ? describeShape(shape) : 'numbers'}`,
          'tokens (whole numbers): `input x: tokens[...]`',
        ];
  e.report('shapeMismatch', { name, problem }, use.at, { expected, labels: labelsOfUses(use.uses) });
  return false;
}

/** The types that the elements of a node may have: only inputs are tokens. */
function elementsOf(e: Elaboration, id: SpaceNodeId): readonly DType[] {
  const node = e.node(id);
  if (node.kind === 'input') return [node.dtype];
  if (node.kind !== 'select') return ['f32'];
  return [...new Set(node.inputs.flatMap((input) => (input === undefined ? [] : elementsOf(e, input))))];
}

/** Static arguments must be what the operation takes wherever it is applied. */
function checkAttributes(e: Elaboration, use: OperationUse, where: Open<boolean>): boolean {
  let good = true;
  for (const { name, kind } of operations[use.operation].params) {
    const open = use.attributes[name];
    if (open === undefined) continue;
    const isWrong = (value: StaticValue): boolean => !('value' in checkAttribute(kind, value));
    const wrong = holds(open, isWrong);
    if (wrong === never) continue;
    const reachable = e.feasible(both(where, wrong));
    if (reachable === never) continue;
    good = false;
    const value = valueUnder(open, e.tell(reachable).choices, isWrong) ?? '';
    const checked = checkAttribute(kind, value);
    const values = { callee: use.operation, name, found: formatStatic(value) };
    e.report('badArgument', values, use.argsAt[name] ?? use.at, () => {
      return {
        expected: 'wanted' in checked ? checked.wanted : undefined,
        notes: noteOf(e, reachable),
        labels: labelsOfUses(use.uses),
      };
    });
  }
  return good;
}

/** One of the tensors that a merge joins, for where it is in the list. */
export interface Part {
  readonly operand: Operand;
  readonly exists: Open<boolean>;
}

/**
 * Joins the tensors of a list; what is not in the list, or `none`, is left out, and joining nothing gives `none`. `within`
 * says what can be in the list together. The shapes are joined one after another, so the work grows with the distinct
 * results, not with the subsets.
 */
export function mergeTensors(
  e: Elaboration,
  use: OperationUse,
  parts: readonly Part[],
  within: Open<boolean>,
  exists: Open<boolean>,
): Value {
  e.step(use.at, 1 + (parts.length >> 2));
  const inputs: SpaceNodeId[] = [];
  const when: (Open<boolean> | undefined)[] = [];
  const where = both(exists, within);
  let there: Open<boolean> = never;
  const given: GivenShape[] = [];
  for (const { operand, exists: listed } of parts) {
    if (operand.kind === 'none' || both(where, listed) === never) continue;
    if (!checkElements(e, use, operand.node)) return errorVal;
    inputs.push(operand.node);
    const listedHere = restrict(listed, where) ?? never;
    when.push(listedHere === always ? undefined : listedHere);
    const isGiven = both(listed, operand.present);
    there = either(there, isGiven);
    given.push({ shape: e.node(operand.node).shape, isGiven });
  }
  const is = e.named(simpler(there, where));
  if (is === never) return noneVal;
  const alike = operations[use.operation].alike === true;
  const found = (alike ? commonShape(given, where) : undefined) ?? joinAll(e, use, given, where, is);
  if (found === undefined) return errorVal;
  const cost = { params: 0, macs: 0 };
  const fit: Open<Fit> = present(
    mapLeaves(found, (s) => ({ shape: s, cost })),
    'a shape',
  );
  return tensorVal(addApply(e, use, inputs, when, fit, exists, is), is);
}

/** The shape of a tensor of a list, and where the tensor is given. */
interface GivenShape {
  readonly shape: Open<Shape>;
  readonly isGiven: Open<boolean>;
}

/** The shape that all of them have wherever they are given, if one of them states it everywhere. */
function commonShape(given: readonly GivenShape[], where: Open<boolean>): Open<Shape> | undefined {
  const total = given.find(({ shape }) => holds(shape, () => true) === always)?.shape;
  if (total === undefined) return undefined;
  const agrees = given.every(({ shape, isGiven }) => {
    if (shape === total) return true;
    const same = mapOpen([total, shape], both(where, isGiven), ([a, b]) => sameValue(a, b));
    return same === undefined || holds(same, (v) => !v) === never;
  });
  return agrees ? total : undefined;
}

/** What the operation makes of the shapes that are given, joined one after another. */
function joinAll(
  e: Elaboration,
  use: OperationUse,
  given: readonly GivenShape[],
  where: Open<boolean>,
  is: Open<boolean>,
): Open<Shape> | undefined {
  let joined: Open<Shape | null> = fixed(null);
  for (const { shape, isGiven } of given) {
    const own = mapOpen([isGiven, shape], always, ([g, s]) => (g ? s : null));
    const next = joinShapes(e, use, joined, nullOutside(own ?? fixed(null), isGiven), where);
    if (!next) return undefined;
    joined = next;
  }
  return mapOpen([joined], both(where, is), ([s]) => s ?? undefined);
}

/** A shape that is null, rather than missing, where its tensor is not given. */
function nullOutside(shape: Open<Shape | null>, given: Open<boolean>): Open<Shape | null> {
  const on = present(
    mapLeaves(given, (is) => (is ? 0 : 1)),
    'a truth value',
  );
  return select<Shape | null>(on, [shape, fixed(null)]) ?? fixed(null);
}

function joinShapes(
  e: Elaboration,
  use: OperationUse,
  before: Open<Shape | null>,
  next: Open<Shape | null>,
  where: Open<boolean>,
): Open<Shape | null> | undefined {
  const { operation } = use;
  const names = Object.keys(use.attributes);
  const rule = (values: readonly unknown[]): { readonly shape: Shape | null } | Misfit => {
    const shapes = (values.slice(names.length) as (Shape | null)[]).filter((s) => s !== null);
    if (shapes.length === 0) return { shape: null };
    return tryOnce(e, operation, names, [...values.slice(0, names.length), ...shapes]);
  };
  const result = prove(e, use, [...Object.values(use.attributes), before, next], where, rule);
  return result && mapLeaves(result, (fit) => fit.shape);
}

/** One of several values: the tensor that `on` points at, or none. */
export function selectTensor(
  e: Elaboration,
  on: Open<number>,
  operands: readonly (Operand | undefined)[],
  exists: Open<boolean>,
  at: Location,
): Operand {
  if (on.kind === 'fixed') return present(operands[on.value], 'the selected tensor');
  const tensors = operands.flatMap((o) => (o?.kind === 'tensor' ? [o] : []));
  const [first] = tensors;
  const chosen = select(
    on,
    operands.map((o) => o && presenceOf(o)),
  );
  const there = chosen && e.named(simpler(chosen, exists));
  if (!first || there === undefined || there === never) return noneVal;
  const parts = operands.map((o) => (o?.kind === 'tensor' ? o.identity : undefined));
  const identity: Identity = { kind: 'select', on, parts };
  const possible = operands.filter((o) => o !== undefined);
  if (possible.every((o) => o.kind === 'tensor' && o.node === first.node)) {
    return { ...first, present: there };
  }
  const inputs = operands.map((o) => (o?.kind === 'tensor' ? o.node : undefined));
  const shape = present(
    select(
      on,
      operands.map((o) => (o?.kind === 'tensor' ? e.node(o.node).shape : undefined)),
    ),
    'the shape of the selected tensor',
  );
  const node = e.addNode({ kind: 'select', on, inputs, exists, shape }, at, there);
  return { kind: 'tensor', node, present: there, identity };
}

const parts = new WeakMap<Open<Fit>, { readonly shape: Open<Shape>; readonly cost: Open<Cost> }>();

/** Shape and cost apart. */
function partsOf(fit: Open<Fit>): { readonly shape: Open<Shape>; readonly cost: Open<Cost> } {
  const known = parts.get(fit);
  if (known) return known;
  const shape = mapLeaves(fit, (f) => f.shape);
  const cost = mapLeaves(fit, (f) => f.cost);
  const apart = { shape: present(shape, 'a shape'), cost: present(cost, 'a cost') };
  parts.set(fit, apart);
  return apart;
}

function addApply(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly SpaceNodeId[],
  when: readonly (Open<boolean> | undefined)[],
  fit: Open<Fit>,
  exists: Open<boolean>,
  there: Open<boolean>,
): SpaceNodeId {
  const { operation, attributes, site, at } = use;
  const { shape, cost } = partsOf(fit);
  return e.addNode(
    { kind: 'apply', operation, inputs, when, attributes, site, exists, shape, cost, location: at },
    at,
    there,
  );
}

/**
 * Shape and cost in every case that exists `where`; a case that does not fit is reported. Where the operation fits in all
 * cases that its inputs have, the answer is the same wherever it stands, and is remembered.
 */
function fitInAllCases(
  e: Elaboration,
  use: OperationUse,
  shapes: readonly Open<Shape>[],
  where: Open<boolean>,
): Open<Fit> | undefined {
  const names = Object.keys(use.attributes);
  const inputs = [...Object.values(use.attributes), ...shapes];
  const rule = (values: readonly unknown[]): Fit | Misfit => tryOnce(e, use.operation, names, values);
  if (inputs.every((input) => input.kind === 'fixed')) return prove(e, use, inputs, where, rule);
  const key = `${use.operation} ${names.join()} ${inputs.map(identityOf).join()}`;
  let anywhere = e.openFits.get(key);
  if (anywhere === undefined && !e.openFits.has(key)) {
    anywhere = fitsAnywhere(inputs, rule);
    e.openFits.set(key, anywhere);
  }
  return anywhere ?? prove(e, use, inputs, where, rule);
}

/** The fits where there is no case that does not fit; undefined otherwise, or where there are too many. */
function fitsAnywhere(
  inputs: readonly Open<unknown>[],
  rule: (values: readonly unknown[]) => Fit | Misfit,
): Open<Fit> | undefined {
  let good = true;
  try {
    const result = mapOpen(inputs, always, (values) => {
      const fit = rule(values);
      if (!('problem' in fit)) return fit;
      good = false;
      throw new TooManyCases();
    });
    return good ? result : undefined;
  } catch (error) {
    if (!(error instanceof TooManyCases)) throw error;
    return undefined;
  }
}

/** Applies a rule that may fail in every case; where one case that can occur fails, it is reported with the way there. */
function prove<R extends object>(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly Open<unknown>[],
  where: Open<boolean>,
  rule: (values: readonly unknown[]) => R | Misfit,
): Open<R> | undefined {
  const isMisfit = (fit: R | Misfit): fit is Misfit => 'problem' in fit;
  try {
    const result = mapOpen(inputs, where, rule);
    if (result === undefined) return undefined;
    if (result.kind === 'fixed' && !isMisfit(result.value)) return result as Open<R>;
    const failing = holds(result, isMisfit);
    if (failing !== never) {
      // Only what can be answered counts: a subset of two never holds three.
      const reachable = e.feasible(both(where, failing));
      if (reachable !== never) {
        reportMisfit(e, use, inputs, result, reachable);
        return undefined;
      }
    }
    return mapLeaves(result, (fit) => (isMisfit(fit) ? undefined : fit));
  } catch (error) {
    if (!(error instanceof TooManyCases)) throw error;
    e.report('tooManyCases', { name: use.operation, limit: caseLimit }, use.at);
    return undefined;
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
  const found =
    badArgument(operation, given) ??
    tryCase(operation, attributesOf(operation, Object.fromEntries(given)), shapes);
  e.fits.set(key, found);
  return found;
}

/** An argument that the operation does not take. Where it can occur it was reported; this keeps other cases out. */
function badArgument(
  operation: OperationName,
  given: readonly (readonly [string, StaticValue])[],
): Misfit | undefined {
  for (const [name, value] of given) {
    const kind = operations[operation].params.find((p) => p.name === name)?.kind;
    const checked = kind && checkAttribute(kind, value);
    if (checked && 'wanted' in checked) {
      return { problem: `\`${name}\` cannot be ${formatStatic(value)}`, expected: checked.wanted };
    }
  }
  return undefined;
}

/** One site is one set of weights: every use of it must bring the same input shapes. */
function checkSharing(e: Elaboration, use: OperationUse, shapes: readonly Open<Shape>[]): boolean {
  const before = e.siteShapes.get(use.site);
  if (before === undefined) {
    e.siteShapes.set(use.site, shapes);
    return true;
  }
  if (before.length === shapes.length && before.every((shape, i) => shape === shapes[i])) return true;
  const tell = (open: Open<Shape> | undefined): string =>
    open === undefined ? 'nothing' : listWords(valuesOf(open).slice(0, 4).map(describeShape), 'or');
  const odd = Math.max(
    0,
    before.findIndex((shape, i) => shape !== shapes[i]),
  );
  e.report(
    'sharedShape',
    { name: use.operation, first: tell(before[odd]), second: tell(shapes[odd]) },
    use.at,
    {
      hint: 'a stage that is bound once has one set of weights: write it out at each use, or bring one shape to all',
      labels: labelsOfUses(use.uses),
    },
  );
  return false;
}

/** Says what does not fit, under the fewest answers that lead there. */
function reportMisfit(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly Open<unknown>[],
  result: Open<object>,
  reachable: Open<boolean>,
): void {
  const { choices } = e.tell(reachable);
  const found = valueUnder(result, choices, (fit) => 'problem' in fit) as Misfit;
  const { operator, params } = operations[use.operation];
  // By position as long as none is left out, then by name.
  let isNext = true;
  const given = params.flatMap((param, i) => {
    const value = (valueUnder(present(inputs[i], 'an argument'), choices) ?? '') as StaticValue;
    if (param.default === value) {
      isNext = false;
      return [];
    }
    return [isNext ? formatStatic(value) : `${param.name}: ${formatStatic(value)}`];
  });
  const call = given.length > 0 ? `${use.operation}(${given.join(', ')})` : use.operation;
  e.report('shapeMismatch', { name: operator ?? call, problem: found.problem }, use.at, () => {
    const { told } = e.tell(reachable);
    return {
      expected: found.expected,
      notes: told === '' ? ['this happens in every architecture'] : [`this happens when ${told}`],
      labels: labelsOfUses(use.uses),
    };
  });
}
