/** Calls of operations, motifs, cells and functions. */
import type { CallNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { isCallable, operations, type OperationName } from '../ops/operations.ts';
import { applyOperation } from './apply.ts';
import type { OperationUse } from './fits.ts';
import { mergeTensors, type Part } from './merge.ts';
import { bind, evaluateArgs, partial, type Argument } from './binding.ts';
import { cellStage, cellStages, motifStage } from './uses.ts';
import { fixedValue, locate, type Context, type Elaboration } from './elaboration.ts';
import { evaluateFunction, isStaticFunction } from './functions.ts';
import { always, fixed } from './diagrams.ts';
import { feed, reportUnknown } from './stages.ts';
import type { Open, StaticValue } from './space.ts';
import { describe, errorVal, type ListItem, type Operand, type StageVal, type Value } from './values.ts';

/** Evaluates `f(...)`. */
export function evaluateCall(e: Elaboration, node: CallNode, context: Context): Value {
  const { callee } = node;
  const at = locate(context, node);
  if (callee.kind === 'reference' && !context.names.has(callee.name)) {
    const { name } = callee;
    const motif = e.motifs.get(name);
    if (motif) return motifStage(e, motif, evaluateArgs(e, node, context), context, at);
    const cell = e.cells.get(name);
    if (cell) return cellStages(e, cell, evaluateArgs(e, node, context), context, at);
    if (isCallable(name)) return operationStage(e, name, evaluateArgs(e, node, context), context, at);
    if (isStaticFunction(name)) return evaluateFunction(e, name, node, context);
    reportUnknown(e, name, context, callee);
    evaluateArgs(e, node, context); // what is wrong in them is worth knowing too
    return errorVal;
  }
  if (
    callee.kind === 'index' &&
    callee.object.kind === 'reference' &&
    !context.names.has(callee.object.name)
  ) {
    const cell = e.cells.get(callee.object.name);
    if (cell?.node.count) {
      const index = e.evaluate(callee.index, context);
      const args = evaluateArgs(e, node, context);
      if (index.kind === 'error') return errorVal;
      const fixedIndex = fixedValue(index);
      if (typeof fixedIndex === 'number') return cellStage(e, cell, fixedIndex, args, context, at);
      const where = locate(context, callee.index);
      e.report('wrongKind', { found: describe(index), wanted: 'a fixed number of a cell' }, where);
      return errorVal;
    }
  }
  const called = e.evaluate(callee, context);
  const args = evaluateArgs(e, node, context);
  if (called.kind === 'error') return errorVal;
  if (called.kind !== 'stage') {
    const wanted = 'something that can be called';
    e.report('wrongKind', { found: describe(called), wanted }, locate(context, callee));
    return errorVal;
  }
  const given: Value[] = [];
  for (const arg of args) {
    if (arg.value.kind === 'error') return errorVal;
    if (arg.value.kind !== 'static' && arg.name === undefined) given.push(arg.value);
    else {
      const wanted = `a tensor for \`${called.name}\``;
      e.report('wrongKind', { found: describe(arg.value), wanted }, arg.at);
      return errorVal;
    }
  }
  return feed(e, called, given, context, at);
}

/** A call of an operation: a stage, or its result where the tensors are given. */
export function operationStage(
  e: Elaboration,
  operation: OperationName,
  args: readonly Argument[],
  context: Context,
  at: Location,
): Value {
  const { tensors, params } = operations[operation];
  const shapes = params.map(({ name, default: value }) => ({ name, optional: value !== undefined }));
  const bound = bind(e, { name: operation, tensors, params: shapes }, args, at);
  if (!bound) return errorVal;
  const attributes: Record<string, Open<StaticValue>> = {};
  const argsAt: Record<string, Location> = {};
  for (const param of params) {
    const arg = bound.statics.get(param.name);
    if (arg === undefined) {
      if (param.default !== undefined) attributes[param.name] = fixed(param.default);
      continue;
    }
    if (arg.value.kind !== 'static') {
      const wanted = `a value for \`${param.name}\` of \`${operation}\``;
      e.report('wrongKind', { found: describe(arg.value), wanted }, arg.at);
      return errorVal;
    }
    attributes[param.name] = arg.value.value;
    argsAt[param.name] = arg.at;
  }
  const site = context.site.claim(operation);
  const use: OperationUse = { operation, attributes, site, at, argsAt, uses: context.uses };
  if (tensors === 'list') {
    const stage = mergeStage(e, use);
    const [only] = bound.tensors;
    if (bound.tensors.length === 0) return stage;
    if (bound.tensors.length === 1 && only) return stage.apply([only], context.exists, at);
    const items = bound.tensors.map((value): ListItem => ({ value, exists: always, label: undefined }));
    return stage.apply([{ kind: 'list', items, within: always }], context.exists, at);
  }
  const stage: StageVal = {
    kind: 'stage',
    arity: tensors.length,
    name: operation,
    apply: (inputs, exists) => {
      const operands = operandsOf(e, inputs, operation, at);
      return operands ? applyOperation(e, use, operands, exists) : errorVal;
    },
  };
  return partial(stage, bound.tensors, context, at);
}

/** `add`, `mean`, `concat`: a stage of one list. */
function mergeStage(e: Elaboration, use: OperationUse): StageVal {
  return {
    kind: 'stage',
    arity: 1,
    name: use.operation,
    apply: ([list], exists) => {
      if (list === undefined || list.kind === 'error') return errorVal;
      if (list.kind !== 'list' && list.kind !== 'tuple') {
        const wanted = `a list of tensors for \`${use.operation}\``;
        e.report('wrongKind', { found: describe(list), wanted }, use.at);
        return errorVal;
      }
      const items: readonly ListItem[] =
        list.kind === 'list'
          ? list.items
          : list.items.map((value) => ({ value, exists: always, label: undefined }));
      const parts: Part[] = [];
      for (const { value, exists: listed } of items) {
        if (value.kind === 'error') return errorVal;
        if (value.kind === 'tensor' || value.kind === 'none') parts.push({ operand: value, exists: listed });
        else {
          const wanted = `tensors in the list for \`${use.operation}\``;
          e.report('wrongKind', { found: describe(value), wanted }, use.at);
          return errorVal;
        }
      }
      return mergeTensors(e, use, parts, list.kind === 'list' ? list.within : always, exists);
    },
  };
}

function operandsOf(
  e: Elaboration,
  values: readonly Value[],
  name: string,
  at: Location,
): readonly Operand[] | undefined {
  const operands: Operand[] = [];
  for (const value of values) {
    if (value.kind === 'tensor' || value.kind === 'none') operands.push(value);
    else {
      if (value.kind !== 'error') {
        e.report('wrongKind', { found: describe(value), wanted: `a tensor for \`${name}\`` }, at);
      }
      return undefined;
    }
  }
  return operands;
}
