/** Paths and answers as they are written in an expression: `a.n[0].op`, `conv_3`, `(5, 3)`. */
import type { Expr } from '../../grammar/ast.ts';
import type { StaticValue } from '../space/space.ts';
import { formatStatic } from '../space/values.ts';

/** The name with which a path begins. */
export function rootOf(node: Expr): string | undefined {
  let current = node;
  while (current.kind === 'member' || current.kind === 'index') current = current.object;
  return current.kind === 'reference' ? current.name : undefined;
}

/** A path as it is written: `n[0]`, `h[s[1]]`, `level2[0].op`. */
export function textOf(node: Expr): string | undefined {
  switch (node.kind) {
    case 'reference':
      return node.name;
    case 'number':
      return formatStatic(node.value);
    case 'member': {
      const object = textOf(node.object);
      return object === undefined ? undefined : `${object}.${node.name.text}`;
    }
    case 'index': {
      const [object, index] = [textOf(node.object), textOf(node.index)];
      return object === undefined || index === undefined ? undefined : `${object}[${index}]`;
    }
    default:
      return undefined;
  }
}

/** What stands for an option: its label, and its value where that is written out. */
export interface Answer {
  readonly label: string;
  readonly value?: StaticValue;
}

/** What an expression says as an answer; undefined where it is none. */
export function answerOf(node: Expr): Answer | undefined {
  switch (node.kind) {
    case 'none':
      return { label: 'none' };
    case 'reference':
    case 'index': {
      const label = textOf(node);
      return label === undefined ? undefined : { label };
    }
    default: {
      const value = valueOf(node);
      return value === undefined ? undefined : { label: formatStatic(value), value };
    }
  }
}

/** A value that is written out. */
function valueOf(node: Expr): StaticValue | undefined {
  switch (node.kind) {
    case 'number':
    case 'bool':
    case 'string':
      return node.value;
    case 'unary': {
      const operand = valueOf(node.operand);
      return node.operator === '-' && typeof operand === 'number' ? -operand : undefined;
    }
    case 'tuple': {
      const items = node.items.map(valueOf);
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    default:
      return undefined;
  }
}
