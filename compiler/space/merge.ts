/** Merges: one tensor of a list, of which some may not be there. */
import { present } from '../../util/invariant.ts';
import type { Shape } from '../graph/graph.ts';
import { operations } from '../ops/operations.ts';
import { addApply, checkElements, simpler } from './apply.ts';
import type { Elaboration, Fit, Misfit } from './elaboration.ts';
import { prove, tryOnce, type OperationUse } from './fits.ts';
import { always, fixed, never, sameValue } from './diagrams.ts';
import { both, either, holds, mapLeaves, mapOpen, restrict, select } from './open.ts';
import type { Open, SpaceNodeId } from './space.ts';
import { errorVal, noneVal, tensorVal, type Operand, type Value } from './values.ts';

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
