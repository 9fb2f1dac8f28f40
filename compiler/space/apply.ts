/** Applies operations to tensors of the space, and selects among tensors. */
import type { Location } from '../../grammar/source.ts';
import { present } from '../../util/invariant.ts';
import { listWords } from '../../util/words.ts';
import type { Shape } from '../graph/graph.ts';
import { checkAttribute } from '../ops/attributeKinds.ts';
import { operations } from '../ops/operations.ts';
import { describeShape, elementsTaken } from '../ops/takes.ts';
import { labelsOfUses, type Elaboration, type Fit } from './elaboration.ts';
import { fitInAllCases, partsOf, type OperationUse } from './fits.ts';
import { always, never } from './diagrams.ts';
import { both, holds, restrict, select, valuesOf } from './open.ts';
import { noteOf, valueUnder } from './settle.ts';
import type { Open, SpaceNodeId, StaticValue } from './space.ts';
import {
  errorVal,
  formatStatic,
  noneVal,
  presenceOf,
  tensorVal,
  type Identity,
  type Operand,
  type Value,
} from './values.ts';

/** A condition that is settled where it is asked for; otherwise it stays as it is, the same at every place that asks. */
export function simpler(condition: Open<boolean>, where: Open<boolean>): Open<boolean> {
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
export function checkElements(e: Elaboration, use: OperationUse, input: SpaceNodeId): boolean {
  const wanted = elementsTaken(operations[use.operation]);
  const stranger = present(e.elements[input], 'a node').find((dtype) => dtype !== wanted);
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

export function addApply(
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
