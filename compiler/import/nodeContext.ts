/** What a rule sees of its node: inputs by place, each checked when it is asked for. */
import { refuse } from '../../grammar/diagnostics.ts';
import { elementsOf } from '../ops/shapes.ts';
import type { Composer, Tensor } from './compose.ts';
import { isWhole, type OnnxNode } from './model.ts';
import type { OnnxRule, RuleContext } from './rule.ts';
import type { Value, Values } from './values.ts';

interface InputNames {
  readonly names: readonly string[];
  /** How many must be given at least. */
  readonly least: number;
  readonly most: number;
}

/** `X, W, B?` taken apart; the last may be repeated (`X...`). */
function inputNames(text: string): InputNames {
  const names = text === '' ? [] : text.split(', ');
  const repeated = names.some((name) => name.endsWith('...'));
  return {
    names: names.map((name) => name.replace(/\?|\.\.\.$/, '')),
    least: names.filter((name) => !name.endsWith('?')).length,
    most: repeated ? Infinity : names.length,
  };
}

/** The context of one node; refuses a node with too many inputs or too few. */
export function contextOf(
  rule: OnnxRule,
  { inputs, outputs }: OnnxNode,
  node: string,
  opset: number,
  values: Values,
  compose: Composer,
): RuleContext {
  const { names, least, most } = inputNames(rule.inputs);
  const nameOf = (index: number): string => names[Math.min(index, names.length - 1)] ?? `${index}`;
  const has = (index: number): boolean => (inputs[index] ?? '') !== '';
  for (let i = 0; i < least; i++) {
    if (!has(i))
      refuse('onnxInput', { node, input: nameOf(i), problem: 'is missing' }, { expected: rule.inputs });
  }
  if (inputs.length > most) {
    const problem = `it has ${inputs.length} inputs`;
    refuse('onnxShapes', { node, problem }, { expected: rule.inputs || 'none' });
  }

  const value = (index: number): Value => {
    const name = inputs[index] ?? '';
    return (
      values.get(name) ??
      refuse('onnxTensor', { name, problem: `is read by ${node}, and nothing before makes it` })
    );
  };
  const wrong = (index: number, problem: string, expected: string): never =>
    refuse('onnxInput', { node, input: nameOf(index), problem }, { expected });
  const asTensor = (found: Value, index: number, role?: 'kept'): Tensor => {
    if (isWhole(found.dtype) && found.dtype !== 'bool' && found.data === undefined) {
      wrong(
        index,
        `has elements of type ${found.dtype}, which are fed`,
        'float32, or whole numbers that are known',
      );
    }
    return (
      values.tensor(found, role) ??
      wrong(index, `has the shape ${found.shape.join(' x ')}, so no elements`, 'elements')
    );
  };
  const tensor = (index: number): Tensor => asTensor(value(index), index);

  return {
    compose,
    node,
    opset,
    inputCount: inputs.length,
    outputCount: outputs.length,
    has,
    value,
    tensor,
    kept: (index) => asTensor(value(index), index, 'kept'),
    optional: (index) => (has(index) ? tensor(index) : undefined),
    known: (index) => {
      if (!has(index)) return undefined;
      return value(index).data ?? wrong(index, 'is fed', 'numbers that are known when the model is read');
    },
    fed: (index) => {
      const { id, dtype, shape } = value(index);
      if (id !== undefined && (dtype === 'int64' || dtype === 'int32')) return id;
      const problem = id === undefined ? 'is known when the model is read' : `has elements of type ${dtype}`;
      return wrong(
        index,
        elementsOf(shape) === 0 ? 'has no elements' : problem,
        'whole numbers that are fed',
      );
    },
    numbers: (data, shape) => asTensor({ shape, dtype: 'float32', data }, 0),
    constant: (made) => values.constant(outputs[0] ?? '', made),
    named: (name) => {
      const found = values.get(name);
      const made = found && !isWhole(found.dtype) ? values.tensor(found) : undefined;
      return (
        made ??
        refuse('onnxTensor', { name, problem: `is named by ${node}, and is no tensor of numbers before it` })
      );
    },
  };
}
