/**
 * The safetensors format (https://huggingface.co/docs/safetensors): the length of the header as a 64-bit
 * little-endian number, a JSON header with type, shape and byte range of each tensor, then the tensors'
 * bytes without gaps. Written and read for 32-bit floats, which is what this package trains.
 */
import { z } from 'zod';
import { refuse } from '../../grammar/diagnostics.ts';
import { invariant, present } from '../../util/invariant.ts';

export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

export type Tensors = ReadonlyMap<string, Tensor>;

/** A file's content: tensors by name, and texts about them. */
export interface TensorFile {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
const FLOAT_BYTES = 4;
/** The format's own limit on the header, against files made to exhaust memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** The bytes of a file. Tensors stand in the order of their names, so that equal content gives equal bytes. */
export function encodeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...tensors.keys()].sort();
  const fields = [`${JSON.stringify(METADATA)}:${JSON.stringify(metadata)}`];
  let end = 0;
  for (const name of names) {
    invariant(name !== METADATA, 'safetensors: a tensor has the name of the metadata');
    const { shape, data } = present(tensors.get(name), name);
    invariant(elements(shape) === data.length, `safetensors: ${name} has ${data.length} elements`);
    const begin = end;
    end += data.length * FLOAT_BYTES;
    const field = { dtype: 'F32', shape, data_offsets: [begin, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(field)}`);
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  // Spaces up to a multiple of 8 let readers map the tensors without copying.
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end).fill(
    0x20,
    LENGTH_BYTES,
    LENGTH_BYTES + headerBytes,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const name of names) {
    const { data } = present(tensors.get(name), name);
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

const count = z.number().int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.object({ dtype: z.string(), shape: z.array(count), data_offsets: z.tuple([count, count]) }),
);

/** Reads a file's bytes; `path` is for messages. Refuses what the format does not allow, gaps included. */
export function decodeSafetensors(bytes: Uint8Array, path: string): TensorFile {
  const broken = (problem: string): never => refuse('tensorFileBroken', { path, problem });
  if (bytes.length < LENGTH_BYTES) return broken('it is shorter than 8 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) return broken(`its header would have ${headerBytes} bytes`);
  const start = LENGTH_BYTES + headerBytes;
  if (start > bytes.length) return broken('it ends within its header');
  const { metadata, fields } = readHeader(bytes.subarray(LENGTH_BYTES, start), broken);

  const tensors = new Map<string, Tensor>();
  let end = 0;
  const inOrder = [...fields].sort(
    (a, b) => a[1].data_offsets[0] - b[1].data_offsets[0] || a[1].data_offsets[1] - b[1].data_offsets[1],
  );
  for (const [name, { dtype, shape, data_offsets: range }] of inOrder) {
    if (dtype !== 'F32') return broken(`the tensor ${name} has type ${dtype}, not F32`);
    if (range[0] !== end) return broken(`the tensor ${name} does not begin where the one before it ends`);
    const length = elements(shape);
    end = range[0] + length * FLOAT_BYTES;
    if (range[1] !== end)
      return broken(`the tensor ${name} has ${range[1] - range[0]} bytes, not ${end - range[0]}`);
    if (start + end > bytes.length) return broken('it ends within its tensors');
    // A copy: the bytes need not be aligned to four.
    const data = new Float32Array(length);
    new Uint8Array(data.buffer).set(bytes.subarray(start + range[0], start + end));
    tensors.set(name, { shape, data });
  }
  if (start + end !== bytes.length) return broken('bytes follow its last tensor');
  return { tensors, metadata };
}

type Fields = readonly (readonly [string, z.infer<typeof headerSchema>[string]])[];

function readHeader(
  bytes: Uint8Array,
  broken: (problem: string) => never,
): { metadata: Readonly<Record<string, string>>; fields: Fields } {
  // The format wants the brace first, so that the header can be told from anything else.
  if (bytes[0] !== 0x7b) return broken('its header is no JSON object');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return broken('its header is no JSON object');
  }
  const entries = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  const metadata = textsOf(entries.find(([name]) => name === METADATA)?.[1] ?? {});
  const fields = entries
    .filter(([name]) => name !== METADATA)
    .map(([name, field]) => [name, headerSchema.valueType.safeParse(field)] as const);
  const bad = fields.find(([, field]) => !field.success)?.[0];
  if (metadata === undefined) return broken('its metadata are not texts');
  if (bad !== undefined) return broken(`its header says nothing useful of the tensor ${bad}`);
  return {
    metadata,
    fields: fields.flatMap(([name, field]) => (field.success ? [[name, field.data] as const] : [])),
  };
}

/** An object of texts; undefined where it is something else. A schema of records would lose the name `__proto__`. */
function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const texts = entries.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : []));
  return texts.length === entries.length ? Object.fromEntries(texts) : undefined;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
