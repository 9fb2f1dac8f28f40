/** The kinds of attributes of ONNX nodes, and how each is read. */
import type { OnnxAttribute, OnnxTensor } from './model.ts';

/** What was read, or what was wanted, in words. */
export type ReadAttribute<T> = { readonly value: T } | { readonly wanted: string };

export interface AttributeKind<T = unknown> {
  /** For the generated table. */
  readonly doc: string;
  readonly read: (value: OnnxAttribute | undefined) => ReadAttribute<T>;
}

/** The type of what a kind reads. */
export type ValueOf<K> = K extends AttributeKind<infer T> ? T : never;

const isWhole = (value: OnnxAttribute | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value);

/** A number. */
export function float(fallback: number): AttributeKind<number> {
  return {
    doc: `number, ${fallback}`,
    read: (value = fallback) =>
      typeof value === 'number' && !Number.isNaN(value) ? { value } : { wanted: 'a number' },
  };
}

/** A number that has no default. */
export const optionalFloat: AttributeKind<number | undefined> = {
  doc: 'number',
  read: (value) => (value === undefined || typeof value === 'number' ? { value } : { wanted: 'a number' }),
};

/** A whole number. */
export function int(fallback: number): AttributeKind<number> {
  return {
    doc: `whole number, ${fallback}`,
    read: (value = fallback) => (isWhole(value) ? { value } : { wanted: 'a whole number' }),
  };
}

/** A whole number that has no default. */
export const optionalInt: AttributeKind<number | undefined> = {
  doc: 'whole number',
  read: (value) => (value === undefined || isWhole(value) ? { value } : { wanted: 'a whole number' }),
};

/** A whole number that must be given. */
export const requiredInt: AttributeKind<number> = {
  doc: 'whole number, needed',
  read: (value) => (isWhole(value) ? { value } : { wanted: 'a whole number' }),
};

/** 0 or 1. */
export function flag(fallback: boolean): AttributeKind<boolean> {
  return {
    doc: `0 or 1, ${fallback ? 1 : 0}`,
    read: (value = fallback ? 1 : 0) =>
      value === 0 || value === 1 ? { value: value === 1 } : { wanted: '0 or 1' },
  };
}

/** Whole numbers, where given. */
export const ints: AttributeKind<readonly number[] | undefined> = {
  doc: 'whole numbers',
  read: (value) => {
    if (value === undefined) return { value };
    if (Array.isArray(value) && value.every((n) => isWhole(n))) return { value: value };
    return { wanted: 'a list of whole numbers' };
  },
};

/** Numbers, where given. */
export const floats: AttributeKind<readonly number[] | undefined> = {
  doc: 'numbers',
  read: (value) => {
    if (value === undefined) return { value };
    const all = Array.isArray(value) && value.every((n) => typeof n === 'number');
    return all ? { value: value } : { wanted: 'a list of numbers' };
  },
};

/** Words, where given. */
export const strings: AttributeKind<readonly string[] | undefined> = {
  doc: 'words',
  read: (value) => {
    if (value === undefined) return { value };
    const all = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return all ? { value: value } : { wanted: 'a list of words' };
  },
};

/** A word. */
export const string: AttributeKind<string> = {
  doc: 'word, needed',
  read: (value) => (typeof value === 'string' ? { value } : { wanted: 'a word' }),
};

/** One of some words, the first where left out. */
export function word<const W extends string>(...words: readonly [W, ...W[]]): AttributeKind<W> {
  return {
    doc: words.join(' or '),
    read: (value = words[0]) => {
      const known = words.find((one) => one === value);
      return known === undefined
        ? { wanted: words.map((one) => `\`${one}\``).join(' or ') }
        : { value: known };
    },
  };
}

/** A tensor, where given. */
export const tensor: AttributeKind<OnnxTensor | undefined> = {
  doc: 'tensor',
  read: (value) => {
    if (value === undefined) return { value };
    if (typeof value === 'object' && !Array.isArray(value)) return { value: value as OnnxTensor };
    return { wanted: 'a tensor' };
  },
};

/** What older versions had, or what only trainers read: any value, without effect. */
export const ignored: AttributeKind<undefined> = {
  doc: 'without effect',
  read: () => ({ value: undefined }),
};
