/** Calls: binds arguments to the parameters of operations, motifs and static functions. */
import type { ArgNode, CallNode, Expr } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { isCallable, operations, type OperationName } from '../ops/operations.ts';
import { applyOperation } from './apply.ts';
import { checkAttribute } from './attributes.ts';
import {
  bodyWeight,
  limits,
  locate,
  type Context,
  type Elaboration,
  type MotifDeclaration,
  labelsOfUses,
} from './elaboration.ts';
import { evaluateFunction, isStaticFunction } from './functions.ts';
import { fixed, mapOpen } from './open.ts';
import { feed, reportUnknown } from './stages.ts';
import type { Open, SpaceNodeId, StaticValue } from './space.ts';
import { describe, errorVal, formatStatic, tensorVal, type StageVal, type Value } from './values.ts';

/** An argument after evaluation. */
export interface Argument {
  readonly name: string | undefined;
  readonly value: Value;
  readonly at: Location;
}

/** Evaluates `f(...)`. */
export function evaluateCall(e: Elaboration, node: CallNode, context: Context): Value {
  const { callee } = node;
  const at = locate(context, node);
  if (callee.kind === 'reference' && !context.names.has(callee.name)) {
    const { name } = callee;
    const motif = e.motifs.get(name);
    if (motif) return motifStage(e, motif, evaluateArgs(e, node, context), context, at);
    if (isCallable(name)) return operationStage(e, name, evaluateArgs(e, node, context), context, at);
    if (isStaticFunction(name)) return evaluateFunction(e, name, node, context);
    reportUnknown(e, name, context, callee);
    evaluateArgs(e, node, context); // what is wrong in them is worth knowing too
    return errorVal;
  }
  const called = e.evaluate(callee, context);
  const args = evaluateArgs(e, node, context);
  if (called.kind === 'error') return errorVal;
  if (called.kind !== 'stage') {
    e.report(
      'wrongKind',
      { found: describe(called), wanted: 'something that can be called' },
      locate(context, callee),
    );
    return errorVal;
  }
  const tensors: SpaceNodeId[] = [];
  for (const arg of args) {
    if (arg.value.kind === 'error') return errorVal;
    if (arg.value.kind === 'tensor' && arg.name === undefined) tensors.push(arg.value.node);
    else {
      e.report(
        'wrongKind',
        { found: describe(arg.value), wanted: `a tensor for \`${called.name}\`` },
        arg.at,
      );
      return errorVal;
    }
  }
  return feed(e, called, tensors, context, at);
}

function evaluateArgs(e: Elaboration, node: CallNode, context: Context): readonly Argument[] {
  return [...node.args, ...node.statics].map((arg: ArgNode) => ({
    name: arg.name?.text,
    value: e.evaluate(arg.value, context, arg.name?.text),
    at: locate(context, arg),
  }));
}

interface ParamShape {
  readonly name: string;
  readonly optional: boolean;
}

interface Bound {
  readonly tensors: readonly SpaceNodeId[];
  readonly statics: ReadonlyMap<string, Argument>;
}

/** Sorts arguments into tensors and static parameters; reports what does not fit. */
function bind(
  e: Elaboration,
  callee: string,
  tensorNames: readonly string[],
  params: readonly ParamShape[],
  args: readonly Argument[],
  at: Location,
): Bound | undefined {
  const tensors: SpaceNodeId[] = [];
  const statics = new Map<string, Argument>();
  let position = 0;
  let good = true;
  const complain = (...report: Parameters<Elaboration['report']>): void => {
    good = false;
    e.report(...report);
  };
  for (const arg of args) {
    if (arg.value.kind === 'error') good = false;
    if (arg.name !== undefined) {
      const known = params.some((p) => p.name === arg.name);
      if (!known) {
        const names = params.map((p) => p.name);
        const takes = names.length > 0 ? `\`${callee}\` takes ${names.join(', ')}` : undefined;
        complain('unknownArgument', { callee, name: arg.name }, arg.at, {
          hint: didYouMean(arg.name, names) ?? takes,
        });
      } else if (statics.has(arg.name)) complain('repeatedArgument', { name: arg.name }, arg.at);
      else statics.set(arg.name, arg);
    } else if (arg.value.kind === 'tensor') {
      tensors.push(arg.value.node);
    } else {
      const param = params[position++];
      if (param === undefined) {
        complain('tooManyArguments', { callee, count: params.length }, arg.at);
      } else if (statics.has(param.name)) complain('repeatedArgument', { name: param.name }, arg.at);
      else statics.set(param.name, arg);
    }
  }
  if (tensors.length > tensorNames.length) {
    const found = `${tensors.length} tensors`;
    complain('wrongTensors', { name: callee, wanted: tensorNames.length, found }, at);
  }
  for (const param of params) {
    if (!param.optional && !statics.has(param.name) && good) {
      complain('missingArgument', { callee, name: param.name }, at, {
        hint: `write ${callee}(${params.map((p) => (p.optional ? `${p.name}: ...` : p.name)).join(', ')})`,
      });
    }
  }
  return good ? { tensors, statics } : undefined;
}

/** A stage of `arity` tensors of which the last ones are given: applied at once where none is missing. */
function partial(stage: StageVal, given: readonly SpaceNodeId[], context: Context, at: Location): Value {
  if (given.length === 0) return stage;
  if (given.length === stage.arity) return stage.apply(given, context.exists, at);
  return {
    ...stage,
    arity: stage.arity - given.length,
    apply: (tensors, exists, where) => stage.apply([...tensors, ...given], exists, where),
  };
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
  const bound = bind(e, operation, tensors, shapes, args, at);
  if (!bound) return errorVal;
  const attributes: Record<string, Open<StaticValue>> = {};
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
    let wrong = false;
    mapOpen([arg.value.value], context.exists, ([value]) => {
      const checked = checkAttribute(param.kind, value);
      if ('value' in checked || wrong) return true;
      wrong = true;
      const values = { callee: operation, name: param.name, found: formatStatic(value) };
      e.report('badArgument', values, arg.at, {
        expected: checked.wanted,
        labels: labelsOfUses(context.uses),
      });
      return true;
    });
    if (wrong) return errorVal;
    attributes[param.name] = arg.value.value;
  }
  const use = { operation, attributes, site: context.body.claimSite(operation), at, uses: context.uses };
  const stage: StageVal = {
    kind: 'stage',
    arity: tensors.length,
    name: operation,
    apply: (inputs, exists) => applyOperation(e, use, inputs, exists),
  };
  return partial(stage, bound.tensors, context, at);
}

/** A use of a motif: a stage, or its result where the tensors are given. */
export function motifStage(
  e: Elaboration,
  motif: MotifDeclaration,
  args: readonly Argument[],
  context: Context,
  at: Location,
): Value {
  const { node, source } = motif;
  const name = node.name.text;
  const params = node.params.map((p) => ({ name: p.name.text, optional: p.value !== undefined }));
  const bound = bind(
    e,
    name,
    node.tensors.map((t) => t.text),
    params,
    args,
    at,
  );
  if (!bound) return errorVal;
  if (context.uses.some((use) => use.motif === name)) {
    e.report('recursiveMotif', { name }, at);
    return errorVal;
  }
  if (context.uses.length >= limits.depth) e.stop('motifs inside of each other', limits.depth, at);
  e.step(at, bodyWeight);
  const body = context.body.open({ kind: 'use', motif: name });
  const { decided } = context;
  const uses = [...context.uses, { motif: name, at }];
  let used = false;
  const stage: StageVal = {
    kind: 'stage',
    arity: node.tensors.length,
    name,
    apply: (tensors, exists) => {
      if (used) body.restart(); // bound once, so it decides once and owns one set of weights
      used = true;
      const names = new Map<string, Value>();
      let inner: Context = { names, source, body, exists, decided, uses };
      node.tensors.forEach((t, i) => {
        const tensor = tensors[i];
        if (tensor !== undefined) names.set(t.text, tensorVal(tensor));
      });
      for (const param of node.params) {
        const given = bound.statics.get(param.name.text)?.value;
        const value = given ?? evaluateDefault(e, param.value, inner, param.name.text);
        inner = { ...inner, names: new Map(inner.names).set(param.name.text, value) };
      }
      return e.evaluateBlock(node.body, inner);
    },
  };
  return stage.arity === 0 ? stage.apply([], context.exists, at) : partial(stage, bound.tensors, context, at);
}

function evaluateDefault(e: Elaboration, value: Expr | undefined, context: Context, name: string): Value {
  return value ? e.evaluate(value, context, name) : errorVal;
}
