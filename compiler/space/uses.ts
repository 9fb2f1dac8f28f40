/** Uses of motifs and cells. A motif decides afresh at each use; a cell decides once for the whole space. */
import type { CellNode, Expr, MotifNode, ParamNode } from '../../grammar/ast.ts';
import type { Location, Source } from '../../grammar/source.ts';
import { bind, partial, type Argument, type Bound } from './binding.ts';
import { Body } from './bodies.ts';
import { checkContract } from './contracts.ts';
import {
  bodyWeight,
  fixedValue,
  limits,
  locate,
  type CellDeclaration,
  type Context,
  type Elaboration,
  type MotifDeclaration,
} from './elaboration.ts';
import { always, never } from './diagrams.ts';
import { Names } from './names.ts';
import { Site } from './sites.ts';
import { errorVal, listVal, named, noneVal, type ListItem, type StageVal, type Value } from './values.ts';

/** A use of a motif: a stage, or its result where the tensors are given. */
export function motifStage(
  e: Elaboration,
  { node, source }: MotifDeclaration,
  args: readonly Argument[],
  context: Context,
  at: Location,
): Value {
  const name = node.name.text;
  const bound = bindTo(e, node, args, at);
  if (!bound) return errorVal;
  const body = context.body.open({ kind: 'use', motif: name });
  const place = { body, decided: context.decided, cell: context.cell, path: context.site.claim(name) };
  return useStage(e, node, source, bound, place, context, at);
}

/** A use of a cell, or the list of all of an array's. */
export function cellStages(
  e: Elaboration,
  cell: CellDeclaration,
  args: readonly Argument[],
  context: Context,
  at: Location,
): Value {
  const { node } = cell;
  if (!node.count) return cellStage(e, cell, undefined, args, context, at);
  const count = cellCount(e, cell, context, at);
  if (count === undefined) return errorVal;
  const items: ListItem[] = [];
  for (let index = 0; index < count; index++) {
    const value = cellStage(e, cell, index, args, context, at);
    if (value.kind === 'error') return errorVal;
    items.push({ value, exists: always, label: `${node.name.text}[${index}]` });
  }
  return listVal(items);
}

function cellCount(
  e: Elaboration,
  { node, source }: CellDeclaration,
  context: Context,
  at: Location,
): number | undefined {
  if (!node.count) return undefined;
  const value = e.evaluate(node.count, { ...context, names: Names.none, source });
  if (value.kind === 'error') return undefined;
  const count = fixedValue(value);
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= limits.depth)
    return count;
  const wanted = `a fixed number of cells, from 1 to ${limits.depth}`;
  e.report('wrongKind', { found: 'another value', wanted }, { source, span: node.count.span });
  e.report('wrongKind', { found: 'an array of cells', wanted }, at);
  return undefined;
}

/** A use of one cell; `index` is its place in an array. */
export function cellStage(
  e: Elaboration,
  cell: CellDeclaration,
  index: number | undefined,
  args: readonly Argument[],
  context: Context,
  at: Location,
): Value {
  const { node, source } = cell;
  const bound = bindTo(e, node, args, at);
  if (!bound) return errorVal;
  const plain = node.name.text;
  if (index !== undefined) {
    const count = cellCount(e, cell, context, at);
    if (count === undefined) return errorVal;
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      e.report('indexOutside', { index, length: count }, at);
      return errorVal;
    }
  }
  const name = index === undefined ? plain : `${plain}[${index}]`;
  if (context.uses.some((use) => use.name === name)) {
    e.report('recursiveCell', { name }, at);
    return errorVal;
  }
  context.body.open({ kind: 'cell', name });
  let body = e.cellBodies.get(name);
  if (!body) e.cellBodies.set(name, (body = new Body()));
  const place = { body, decided: always, cell: name, path: context.site.claim(name) };
  return useStage(e, node, source, bound, place, context, at, name);
}

function bindTo(
  e: Elaboration,
  node: MotifNode | CellNode,
  args: readonly Argument[],
  at: Location,
): Bound | undefined {
  const params = node.params.map((p) => ({ name: p.name.text, optional: p.value !== undefined }));
  const tensors = node.tensors.map((t) => t.text);
  return bind(e, { name: node.name.text, tensors, params }, args, at);
}

/** Where the inside of a use stands. */
interface Place {
  readonly body: Body;
  readonly decided: Context['decided'];
  readonly cell: string | undefined;
  readonly path: string;
}

function useStage(
  e: Elaboration,
  node: MotifNode | CellNode,
  source: Source,
  bound: Bound,
  place: Place,
  context: Context,
  at: Location,
  name = node.name.text,
): Value {
  const statics = new Map([...bound.statics].map(([param, arg]) => [param, arg.value]));
  const before = context.uses.findLast((use) => use.name === name);
  if (before && !falls(before.statics, statics)) {
    e.report('recursiveMotif', { name }, at, {
      labels:
        before.at.span.start === at.span.start ? [] : [{ location: before.at, text: 'first used here' }],
      hint: 'it may, while one of its whole numbers falls at each use and a `when` or `if` stops it before it is below 0',
    });
    return errorVal;
  }
  if (context.uses.length >= limits.depth) e.stop('motifs inside of each other', limits.depth, at);
  e.step(at, bodyWeight);
  const uses = [...context.uses, { name, at, statics }];
  const { decided, cell, path } = place;
  const stage: StageVal = {
    kind: 'stage',
    arity: node.tensors.length,
    name,
    apply: (tensors, exists) => {
      if (exists === never) return noneVal;
      e.step(at, bodyWeight);
      place.body.restart(); // bound once, so it decides once and owns one set of weights
      const inside: Context = {
        names: withTensors(node, tensors),
        source,
        body: place.body,
        site: new Site(path),
        exists,
        decided,
        uses,
        cell,
      };
      const value = e.evaluateBlock(node.body, withParams(e, node.params, statics, inside));
      if (node.kind === 'cell') checkContract(e, node, tensors, value, exists, at);
      return value;
    },
  };
  return stage.arity === 0 ? stage.apply([], context.exists, at) : partial(stage, bound.tensors, context, at);
}

function withTensors(node: MotifNode | CellNode, tensors: readonly Value[]): Names {
  return node.tensors.reduce(
    (all, t, i) => all.with(t.text, named(tensors[i] ?? errorVal, t.text)),
    Names.none,
  );
}

/** Static parameters in order; a default may read those before it, and the tensors. */
function withParams(
  e: Elaboration,
  params: readonly ParamNode[],
  given: ReadonlyMap<string, Value>,
  context: Context,
): Context {
  let inside = context;
  for (const param of params) {
    const name = param.name.text;
    e.step(locate(context, param));
    const value = given.get(name) ?? evaluateDefault(e, param.value, inside, name);
    inside = { ...inside, names: inside.names.with(name, named(value, name)) };
  }
  return inside;
}

function evaluateDefault(e: Elaboration, value: Expr | undefined, context: Context, name: string): Value {
  return value ? e.evaluate(value, context, name) : errorVal;
}

/** Whether a whole number among the static values fell, so that a motif that uses itself comes to an end. */
function falls(before: ReadonlyMap<string, Value>, now: ReadonlyMap<string, Value>): boolean {
  return [...now].some(([name, value]) => {
    const [old, next] = [before.get(name), value].map((v) => v && fixedValue(v));
    return typeof old === 'number' && typeof next === 'number' && next < old && next >= 0;
  });
}
