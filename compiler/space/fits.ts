/**
 * What operations come to, case by case: shapes and costs are those of the ops that an operation builds, asked for in every
 * case that can occur. Where one of them fails, the space is refused.
 */
import type { Location } from '../../grammar/source.ts';
import { present } from '../../util/invariant.ts';
import { GraphBuilder, ShapeError } from '../graph/builder.ts';
import { costOf } from '../graph/cost.ts';
import type { Shape } from '../graph/graph.ts';
import { checkAttribute } from '../ops/attributeKinds.ts';
import { operations, type OperationName } from '../ops/operations.ts';
import { elementsTaken, inputsProblem } from '../ops/takes.ts';
import { attributesOf, buildOperation, type Attributes } from './build.ts';
import { labelsOfUses, type Context, type Elaboration, type Fit, type Misfit } from './elaboration.ts';
import { always } from './diagrams.ts';
import { identityOf } from './memory.ts';
import { caseLimit, mapLeaves, mapOpen, TooManyCases } from './open.ts';
import { inEveryCase, noteOf, valueUnder } from './settle.ts';
import type { Cost, Open, StaticValue } from './space.ts';
import { formatStatic } from './values.ts';

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

/**
 * Shape and cost in every case that exists `where`; a case that does not fit is reported. Where the operation fits in all
 * cases that its inputs have, the answer is the same wherever it stands, and is remembered.
 */
export function fitInAllCases(
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
export function prove<R extends object>(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly Open<unknown>[],
  where: Open<boolean>,
  rule: (values: readonly unknown[]) => R | Misfit,
): Open<R> | undefined {
  const isMisfit = (found: R | Misfit): found is Misfit => 'problem' in found;
  try {
    return inEveryCase<unknown, R, Misfit>(e, inputs, where, rule, isMisfit, (misfit, reachable) => {
      reportMisfit(e, use, inputs, misfit, reachable);
    });
  } catch (error) {
    if (!(error instanceof TooManyCases)) throw error;
    e.report('tooManyCases', { name: use.operation, limit: caseLimit }, use.at);
    return undefined;
  }
}

/** {@link tryCase}, remembered: the same operation on the same shapes is met many times over. */
export function tryOnce(
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

/** Batch used to ask for shapes; everything that is kept is stated for one example. */
const scratchBatch = 2;

/** Shape and cost of one case, or why it does not fit. Shapes are without the batch axis. */
function tryCase(operation: OperationName, attributes: Attributes, shapes: readonly Shape[]): Fit | Misfit {
  const wrong = inputsProblem(operations[operation], shapes);
  if (wrong) return wrong;
  const builder = new GraphBuilder();
  const dtype = elementsTaken(operations[operation]);
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

const parts = new WeakMap<Open<Fit>, { readonly shape: Open<Shape>; readonly cost: Open<Cost> }>();

/** Shape and cost apart. */
export function partsOf(fit: Open<Fit>): { readonly shape: Open<Shape>; readonly cost: Open<Cost> } {
  const known = parts.get(fit);
  if (known) return known;
  const shape = mapLeaves(fit, (f) => f.shape);
  const cost = mapLeaves(fit, (f) => f.cost);
  const apart = { shape: present(shape, 'a shape'), cost: present(cost, 'a cost') };
  parts.set(fit, apart);
  return apart;
}

/** Says what does not fit, under the fewest answers that lead there. */
function reportMisfit(
  e: Elaboration,
  use: OperationUse,
  inputs: readonly Open<unknown>[],
  found: Misfit,
  reachable: Open<boolean>,
): void {
  const { choices } = e.tell(reachable);
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
  e.report('shapeMismatch', { name: operator ?? call, problem: found.problem }, use.at, () => ({
    expected: found.expected,
    notes: noteOf(e, reachable, 'this happens in every architecture'),
    labels: labelsOfUses(use.uses),
  }));
}
