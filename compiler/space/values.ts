/** What an expression evaluates to while a space is elaborated. */
import type { Location } from '../../grammar/source.ts';
import type { Open, SpaceNodeId, StaticValue } from './space.ts';

/** Known before any tensor is computed; may depend on decisions. */
export interface StaticVal {
  readonly kind: 'static';
  readonly value: Open<StaticValue>;
}

export interface TensorVal {
  readonly kind: 'tensor';
  readonly node: SpaceNodeId;
}

/** A function of tensors: what a call that lacks its tensors is. */
export interface StageVal {
  readonly kind: 'stage';
  /** Tensors that it still wants. */
  readonly arity: number;
  /** How it is written, for messages: `conv(...)`. */
  readonly name: string;
  /** Applies it to tensors, for where `exists` holds. */
  readonly apply: (tensors: readonly SpaceNodeId[], exists: Open<boolean>, at: Location) => Value;
}

/** Several values of which not all are static. */
export interface TupleVal {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
}

/** Something was wrong and has been reported; whatever uses it says nothing more. */
export interface ErrorVal {
  readonly kind: 'error';
}

export type Value = StaticVal | TensorVal | StageVal | TupleVal | ErrorVal;

export const errorVal: ErrorVal = { kind: 'error' };

export function staticVal(value: Open<StaticValue>): StaticVal {
  return { kind: 'static', value };
}

export function tensorVal(node: SpaceNodeId): TensorVal {
  return { kind: 'tensor', node };
}

/** A few words for messages: "a tensor". */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'static':
      return describeStatic(value.value.kind === 'fixed' ? value.value.value : undefined);
    case 'tensor':
      return 'a tensor';
    case 'stage':
      return `the stage \`${value.name}\`, which still wants ${value.arity === 1 ? 'a tensor' : `${value.arity} tensors`}`;
    case 'tuple':
      return 'a tuple';
    case 'error':
      return 'an error';
  }
}

function describeStatic(value: StaticValue | undefined): string {
  if (value === undefined) return 'a chosen value';
  if (typeof value === 'string') return `the word \`${value}\``;
  return `the value ${formatStatic(value)}`;
}

/** As it is written in a `.nas` file: `(5, 3)`, `0.5`, `valid`. */
export function formatStatic(value: StaticValue): string {
  if (typeof value === 'object') return `(${value.map(formatStatic).join(', ')})`;
  return String(value);
}
