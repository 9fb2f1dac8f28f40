/** Takes an op's inputs apart: arity is checked by the builder, so a missing one is an internal error. */
import { invariant } from '../../util/invariant.ts';

const missing = 'an op has fewer inputs than its arity';

/** The only item. */
export function one<T>(items: readonly T[]): T {
  const [a] = items;
  invariant(a !== undefined, missing);
  return a;
}

/** The first two items. */
export function two<T>(items: readonly T[]): readonly [T, T] {
  const [a, b] = items;
  invariant(a !== undefined && b !== undefined, missing);
  return [a, b];
}

/** The first three items. */
export function three<T>(items: readonly T[]): readonly [T, T, T] {
  const [a, b, c] = items;
  invariant(a !== undefined && b !== undefined && c !== undefined, missing);
  return [a, b, c];
}

/** The first four items. */
export function four<T>(items: readonly T[]): readonly [T, T, T, T] {
  const [a, b, c, d] = items;
  invariant(a !== undefined && b !== undefined && c !== undefined && d !== undefined, missing);
  return [a, b, c, d];
}

/** The first five items. */
export function five<T>(items: readonly T[]): readonly [T, T, T, T, T] {
  const e = items[4];
  invariant(e !== undefined, missing);
  const [a, b, c, d] = four(items);
  return [a, b, c, d, e];
}
