/**
 * The Philox4x32-10 block function (see `random.ts`) of many counters that follow each other, four at a time, in
 * WebAssembly: it has lanes, and the whole product of two 32-bit words, which JavaScript puts together of four. It works on
 * whole numbers alone, so every machine agrees.
 */

/** The most blocks that are made at once. */
export const MOST_BLOCKS = 1024;

/**
 * Makes the blocks of the counters (first, 0, c, d) to (first + count - 1, 0, c, d) under the key (k, l), and gives their
 * words, which stay until the next call: word `w` of block `n` is at `16 * (n >> 2) + 4 * w + (n & 3)`.
 */
export type MakeBlocks = (
  first: number,
  count: number,
  c: number,
  d: number,
  k: number,
  l: number,
) => Uint32Array;

/** WebAssembly, as far as it is used here. */
interface Assembly {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly make: (first: number, groups: number, c: number, d: number, k: number, l: number) => void;
}

/** {@link MakeBlocks} in WebAssembly; undefined where there is none, or none with lanes. */
export function assembledBlocks(): MakeBlocks | undefined {
  const { WebAssembly: assembly } = globalThis as { readonly WebAssembly?: Assembly };
  const bytes = Uint8Array.from(module());
  if (!assembly?.validate(bytes)) return undefined;
  const { memory, make } = new assembly.Instance(new assembly.Module(bytes)).exports as Exports;
  const words = new Uint32Array(memory.buffer, 0, MOST_BLOCKS * 4);
  return (first, count, c, d, k, l) => {
    make(first, (count + 3) >> 2, c, d, k, l);
    return words;
  };
}

// The encoding is that of the WebAssembly core specification 2.0, chapter 5.

/** A number that is not negative in LEB128: seven bits a byte, the lowest first. */
function leb(n: number): number[] {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...leb(n >>> 7)];
}

/** A 32-bit number in signed LEB128. */
function signedLeb(n: number): number[] {
  return n >= -0x40 && n < 0x40 ? [n & 0x7f] : [(n & 0x7f) | 0x80, ...signedLeb(n >> 7)];
}

const sized = (...bytes: readonly number[]): number[] => [...leb(bytes.length), ...bytes];
const section = (id: number, ...bytes: readonly number[]): number[] => [id, ...sized(...bytes)];
const text = (name: string): number[] => sized(...new TextEncoder().encode(name));

const I32 = 0x7f;
const V128 = 0x7b;
const END = 0x0b;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const word = (n: number): number[] => [0x41, ...signedLeb(n | 0)];
const code = (...parts: readonly (readonly number[])[]): number[] => parts.flat();
const block = (...parts: readonly (readonly number[])[]): number[] => [0x02, 0x40, ...code(...parts), END];
const loop = (...parts: readonly (readonly number[])[]): number[] => [0x03, 0x40, ...code(...parts), END];
const branch = (depth: number): number[] => [0x0c, depth];
const branchIf = (depth: number): number[] => [0x0d, depth];
const isZero = [0x45];
const plus = [0x6a];

const lanes = (opcode: number, ...rest: readonly number[]): number[] => [0xfd, ...leb(opcode), ...rest];
const constantLanes = (...four: readonly number[]): number[] =>
  lanes(0x0c, ...four.flatMap((n) => [n, 0, 0, 0]));
const splat = lanes(0x11);
const addLanes = lanes(0xae);
const xorLanes = lanes(0x51);
/** Products of the first two lanes of two vectors, and of the last two: 64 bits each. */
const firstProducts = lanes(0xde);
const lastProducts = lanes(0xdf);
/** Of two vectors the lanes 0 and 2 (`odd` = 0), or 1 and 3: the low words of four products, or the high ones. */
const everyOther = (odd: number): number[] =>
  lanes(0x0d, ...[0, 2, 4, 6].flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * (lane + odd) + byte)));
/** Stores lanes, 16 bytes for each word of a block behind the place on the stack. */
const store = (w: number): number[] => lanes(0x0b, 4, 16 * w);

// Parameters and variables of the function by their numbers.
const [first, groups, c0, d0, k0, l0, at, round, k, l] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const [a, b, c, d, some, others, low] = [10, 11, 12, 13, 14, 15, 16] as const;

/** Multiplies lanes: the low words go to `low`, the high ones to the stack. */
const multiply = (factor: number, multiplier: number): number[] =>
  code(
    code(get(factor), word(multiplier), splat, firstProducts, set(some)),
    code(get(factor), word(multiplier), splat, lastProducts, set(others)),
    code(get(some), get(others), everyOther(0), set(low)),
    code(get(some), get(others), everyOther(1)),
  );
const add = (local: number, n: number): number[] => code(get(local), word(n), plus, set(local));

/** One round; its constants are those of the paper's table 2. */
const oneRound = code(
  // The new c stays on the stack until the old one has been used.
  code(multiply(a, 0xd2511f53), get(d), xorLanes, get(l), splat, xorLanes),
  code(get(low), set(d)),
  code(multiply(c, 0xcd9e8d57), get(b), xorLanes, get(k), splat, xorLanes, set(a)),
  code(get(low), set(b), set(c)),
  code(add(k, 0x9e3779b9), add(l, 0xbb67ae85)),
);

/** Four blocks, which begin at the byte `at`. */
const fourBlocks = code(
  code(get(first), splat, constantLanes(0, 1, 2, 3), addLanes, set(a)),
  code(constantLanes(0, 0, 0, 0), set(b)),
  code(get(c0), splat, set(c), get(d0), splat, set(d)),
  code(get(k0), set(k), get(l0), set(l), word(10), set(round)),
  loop(oneRound, get(round), word(-1), plus, tee(round), branchIf(0)),
  ...[a, b, c, d].map((lane, w) => code(get(at), get(lane), store(w))),
);

function module(): number[] {
  const body = block(
    loop(
      code(get(groups), isZero, branchIf(1)),
      fourBlocks,
      code(add(at, 64), add(first, 4), add(groups, -1), branch(0)),
    ),
  );
  const variables = [2, 4, I32, 7, V128];
  return code(
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, 1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0),
    section(3, 1, 0),
    section(5, 1, 0, 1), // a memory of one page, 64 KiB
    section(7, 2, ...text('memory'), 2, 0, ...text('make'), 0, 0),
    section(10, 1, ...sized(...variables, ...body, END)),
  );
}
