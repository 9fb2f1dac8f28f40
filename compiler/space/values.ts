/** What an expression evaluates to while a space is elaborated. */
import type { Location } from '../../grammar/source.ts';
import { always, never } from './diagrams.ts';
import type { Open, SpaceNodeId, StaticValue } from './space.ts';

/** Known before any tensor is computed; may depend on decisions. */
export interface StaticVal {
  readonly kind: 'static';
  readonly value: Open<StaticValue>;
}

/** A tensor, or `none` where `present` does not hold. */
export interface TensorVal {
  readonly kind: 'tensor';
  readonly node: SpaceNodeId;
  readonly present: Open<boolean>;
  readonly identity: Identity;
}

/** Which tensor it is, which is what `a in xs` asks: a node, or one of several. */
export type Identity =
  | { readonly kind: 'node'; readonly node: SpaceNodeId }
  | { readonly kind: 'select'; readonly on: Open<number>; readonly parts: readonly (Identity | undefined)[] };

/** The absent tensor. */
export interface NoneVal {
  readonly kind: 'none';
}

/** A function of tensors: what a call that lacks its tensors is. */
export interface StageVal {
  readonly kind: 'stage';
  /** Tensors that it still wants. */
  readonly arity: number;
  /** How it is written, for messages: `conv(...)`. */
  readonly name: string;
  /** Applies it to `arity` values, for where `exists` holds. */
  readonly apply: (args: readonly Value[], exists: Open<boolean>, at: Location) => Value;
}

/** Several values of which not all are static. */
export interface TupleVal {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
}

/** An element of a list, for where it is in the list. */
export interface ListItem {
  readonly value: Value;
  readonly exists: Open<boolean>;
  /** The variable or node that it is, `s0` or `n[2]`, if it is one. */
  readonly label: string | undefined;
}

export interface ListVal {
  readonly kind: 'list';
  readonly items: readonly ListItem[];
  /** Which items can be in it together: exactly two of three, say. */
  readonly within: Open<boolean>;
}

/** Something was wrong and has been reported; whatever uses it says nothing more. */
export interface ErrorVal {
  readonly kind: 'error';
}

export type Value = StaticVal | TensorVal | NoneVal | StageVal | TupleVal | ListVal | ErrorVal;

/** A tensor, or the lack of one. */
export type Operand = TensorVal | NoneVal;

/** A tensor that is always there. */
export function tensorVal(node: SpaceNodeId, there: Open<boolean> = always): TensorVal {
  return { kind: 'tensor', node, present: there, identity: { kind: 'node', node } };
}

/** Where an operand is a tensor. */
export function presenceOf(operand: Operand): Open<boolean> {
  return operand.kind === 'none' ? never : operand.present;
}

export const errorVal: ErrorVal = { kind: 'error' };
export const noneVal: NoneVal = { kind: 'none' };

export function staticVal(value: Open<StaticValue>): StaticVal {
  return { kind: 'static', value };
}

export function listVal(items: readonly ListItem[], within: Open<boolean> = always): ListVal {
  return { kind: 'list', items, within };
}

/** A list under a name: what is no variable or node itself is known by its position, `m[0]`. */
export function named(value: Value, name: string): Value {
  if (value.kind !== 'list' || value.items.every((item) => item.label !== undefined)) return value;
  const items = value.items.map((item, i) => ({ ...item, label: item.label ?? `${name}[${i}]` }));
  return { ...value, items };
}

/** An item that is always in its list. */
export function listItem(value: Value, label?: string, exists: Open<boolean> = always): ListItem {
  return { value, exists, label };
}

/** A few words for messages: "a tensor". */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'static':
      return describeStatic(value.value.kind === 'fixed' ? value.value.value : undefined);
    case 'tensor':
      return 'a tensor';
    case 'none':
      return '`none`';
    case 'stage':
      return `the stage \`${value.name}\` (it still wants ${value.arity === 1 ? 'a tensor' : `${value.arity} tensors`})`;
    case 'tuple':
      return `a tuple of ${value.items.length}`;
    case 'list':
      return 'a list';
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
