/** Ways to part the rows of a data set into training, validation and test rows. */
import { subsetSize } from '../../compiler/search/search.ts';
import { invariant } from '../../util/invariant.ts';
import { permutation } from '../../util/random.ts';
import type { Split } from './dataset.ts';

/** One label for each row. */
interface Labels {
  readonly labels: ArrayLike<number>;
}

/** Rows in each part. */
export type SplitSizes = { readonly [K in keyof Split]: number };

/** In file order: the first rows train, the last ones test, those between validate. */
export function splitInOrder(rows: number, sizes: SplitSizes): Split {
  checkSizes(rows, sizes);
  const range = (from: number, count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => from + i);
  return {
    train: range(0, sizes.train),
    validation: range(sizes.train, sizes.validation),
    test: range(sizes.train + sizes.validation, sizes.test),
  };
}

/**
 * Shuffled within each class by `seed`, so that every part holds the classes in the proportions of the whole, to
 * within one image.
 */
export function splitStratified(labels: Int32Array, classes: number, sizes: SplitSizes, seed: number): Split {
  checkSizes(labels.length, sizes);
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, row) => byClass[label]?.push(row));
  const shuffled = byClass.map((rows, label) =>
    Array.from(permutation(rows.length, seed, label), (i) => rows[i] ?? 0),
  );
  const counts = shuffled.map((rows) => rows.length);
  const test = apportion(counts, sizes.test);
  const left = counts.map((count, label) => count - (test[label] ?? 0));
  const validation = apportion(left, sizes.validation);
  const part = (from: (label: number) => number, to: (label: number) => number): Int32Array =>
    Int32Array.from(shuffled.flatMap((rows, label) => rows.slice(from(label), to(label)))).sort();
  const testEnd = (label: number): number => test[label] ?? 0;
  const validationEnd = (label: number): number => testEnd(label) + (validation[label] ?? 0);
  return {
    test: part(() => 0, testEnd),
    validation: part(testEnd, validationEnd),
    train: part(validationEnd, (label) => counts[label] ?? 0),
  };
}

/**
 * A share of some rows, with the classes in the proportions of all of them, ascending. A function of the data alone, so
 * that every network of a search sees the same images.
 */
export function stratifiedShare({ labels }: Labels, rows: Int32Array, share: number): Int32Array {
  const byClass = new Map<number, number[]>();
  for (const row of rows) {
    const label = labels[row] ?? 0;
    const same = byClass.get(label) ?? [];
    byClass.set(label, same);
    same.push(row);
  }
  const classes = [...byClass].sort(([a], [b]) => a - b);
  const counts = classes.map(([, all]) => all.length);
  const wanted = apportion(counts, subsetSize(rows.length, share));
  const taken = classes.flatMap(([label, all], i) =>
    Array.from(permutation(all.length, SHARE_SEED, label), (place) => all[place] ?? 0).slice(0, wanted[i]),
  );
  return Int32Array.from(taken).sort();
}

/** So many of some rows to validate on, with the classes in the proportions of all of them; the others train. */
export function holdOut(data: Labels, rows: Int32Array, count: number): Pick<Split, 'train' | 'validation'> {
  const validation = stratifiedShare(data, rows, count / rows.length);
  const held = new Set(validation);
  return { train: rows.filter((row) => !held.has(row)), validation };
}

/** Independent of the seed of any search, as splits are. */
const SHARE_SEED = 2;

/** Shares out `total` in proportion to `counts` by largest remainders (Hamilton); ties go to the earlier. */
function apportion(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => Math.floor((count * total) / all));
  const remainders = counts.map((count) => (count * total) % all);
  const order = counts.map((_, i) => i).sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
  const missing = total - shares.reduce((sum, share) => sum + share, 0);
  for (const i of order.slice(0, missing)) shares[i] = (shares[i] ?? 0) + 1;
  return shares;
}

function checkSizes(rows: number, { train, validation, test }: SplitSizes): void {
  invariant(train + validation + test === rows, 'split: the parts do not add up to the whole');
}
