/** Binds the arguments of a call to tensors and static parameters. */
import type { CallNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import type { StageVal, Value } from './values.ts';

/** An argument after evaluation. */
export interface Argument {
  readonly name: string | undefined;
  readonly value: Value;
  readonly at: Location;
  /** On which side of the `;` it stands, if there is one. */
  readonly side: 'tensors' | 'statics' | undefined;
}

/** Evaluates the arguments of a call in order. */
export function evaluateArgs(e: Elaboration, node: CallNode, context: Context): readonly Argument[] {
  const parted = node.statics.length > 0;
  return [...node.args, ...node.statics].map((arg, i): Argument => ({
    name: arg.name?.text,
    value: e.evaluate(arg.value, context, arg.name?.text),
    at: locate(context, arg),
    side: parted ? (i < node.args.length ? 'tensors' : 'statics') : undefined,
  }));
}

export interface ParamShape {
  readonly name: string;
  readonly optional: boolean;
}

export interface Bound {
  readonly tensors: readonly Value[];
  readonly statics: ReadonlyMap<string, Argument>;
}

/** What is called: its name, the tensors that it takes (`list`: one list), its static parameters. */
export interface Callee {
  readonly name: string;
  readonly tensors: readonly string[] | 'list';
  readonly params: readonly ParamShape[];
}

/**
 * Sorts arguments into tensors and static parameters; reports what does not fit. Without a `;`, what is given by position is a
 * static parameter if it is static, and a tensor otherwise.
 */
export function bind(
  e: Elaboration,
  { name: callee, tensors: wanted, params }: Callee,
  args: readonly Argument[],
  at: Location,
): Bound | undefined {
  const tensors: Value[] = [];
  const statics = new Map<string, Argument>();
  const most = wanted === 'list' ? Infinity : wanted.length;
  let position = 0;
  let good = true;
  const complain = (...report: Parameters<Elaboration['report']>): void => {
    good = false;
    e.report(...report);
  };
  for (const arg of args) {
    if (arg.value.kind === 'error') good = false;
    if (arg.value.kind === 'error' && arg.name === undefined) continue; // whichever it was meant to be
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
    } else if (
      arg.side === 'tensors' ||
      (arg.side === undefined && isTensorLike(arg.value, tensors.length < most))
    ) {
      tensors.push(arg.value);
    } else {
      const param = params[position++];
      if (param === undefined) {
        complain('tooManyArguments', { callee, count: params.length }, arg.at);
      } else if (statics.has(param.name)) complain('repeatedArgument', { name: param.name }, arg.at);
      else statics.set(param.name, arg);
    }
  }
  if (tensors.length > most) {
    complain('wrongTensors', { name: callee, wanted: most, found: `${tensors.length} tensors` }, at);
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

/** Stages and lists go where there is room for a tensor; else they are static parameters. */
function isTensorLike(value: Value, room: boolean): boolean {
  if (value.kind === 'tensor' || value.kind === 'none') return true;
  return value.kind !== 'static' && value.kind !== 'error' && room;
}

/** A stage of `arity` tensors of which the last ones are given: applied at once where none is missing. */
export function partial(stage: StageVal, given: readonly Value[], context: Context, at: Location): Value {
  if (given.length === 0) return stage;
  if (given.length === stage.arity) return stage.apply(given, context.exists, at);
  return {
    ...stage,
    arity: stage.arity - given.length,
    apply: (tensors, exists, where) => stage.apply([...tensors, ...given], exists, where),
  };
}
