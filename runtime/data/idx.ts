/**
 * Reads IDX files, the form of MNIST (LeCun, Cortes & Burges 1998): two zero bytes, one byte for the type of elements (8 is
 * unsigned bytes), one for the number of axes, the length of each axis as 32 bits with the highest byte first, then the
 * elements. The file is not trusted: what the header says is held against what there is before anything is taken from it.
 */
import { refuse } from '../../grammar/diagnostics.ts';

/** What the file must be. */
export interface IdxForm {
  /** Lengths of the axes after the first, which counts items: none for labels, rows and columns for images. */
  readonly item: readonly number[];
  /** The largest number of items. */
  readonly most: number;
  /** What the items are, as in "images". */
  readonly what: string;
  /** What to do about a file that is something else. */
  readonly hint: string;
}

/** The items of a file. */
export interface IdxItems {
  readonly count: number;
  /** `count` items, one after the other. */
  readonly elements: Buffer;
}

const UNSIGNED_BYTES = 8;
const MAGIC_BYTES = 4;
const LENGTH_BYTES = 4;

/** Bytes of a file with so many items. */
export function idxBytes({ item, most }: Pick<IdxForm, 'item' | 'most'>): number {
  return headerBytes(item) + most * elementsOf(item);
}

/** The items of a file. Refuses when the bytes are no IDX file of this form, or not as many as its header says. */
export function readIdx(bytes: Buffer, path: string, form: IdxForm): IdxItems {
  const { item, most, what, hint } = form;
  const wrong = (problem: string, expected?: string): never =>
    refuse('dataFileForm', { path, problem }, { expected, hint });
  const header = headerBytes(item);
  if (bytes.length < header) {
    wrong(`${bytes.length} bytes are too few`, `a header of ${header} bytes`);
  }
  const magic = bytes.readUInt32BE(0);
  const right = UNSIGNED_BYTES * 256 + item.length + 1;
  if (magic !== right) {
    wrong(`it begins with the number ${magic}`, `${right}, with which an IDX file of ${what} begins`);
  }
  const lengths = item.map((_, axis) => bytes.readUInt32BE(MAGIC_BYTES + (axis + 1) * LENGTH_BYTES));
  if (lengths.some((length, axis) => length !== item[axis])) {
    wrong(`its ${what} are ${lengths.join(' x ')}`, `${what} of ${item.join(' x ')}`);
  }
  const count = bytes.readUInt32BE(MAGIC_BYTES);
  if (count > most) wrong(`it says that it holds ${count} ${what}`, `at most ${most}`);
  const wanted = header + count * elementsOf(item);
  if (bytes.length !== wanted) {
    wrong(`${count} ${what} take ${wanted} bytes, and there are ${bytes.length}`);
  }
  return { count, elements: bytes.subarray(header) };
}

function headerBytes(item: readonly number[]): number {
  return MAGIC_BYTES + LENGTH_BYTES * (item.length + 1);
}

function elementsOf(item: readonly number[]): number {
  return item.reduce((product, length) => product * length, 1);
}
