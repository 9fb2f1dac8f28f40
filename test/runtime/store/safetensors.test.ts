/** The safetensors format: its layout to the byte, round trips, and what must be refused. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { decodeSafetensors, encodeSafetensors, type Tensors } from '../../../runtime/store/safetensors.ts';

const two: Tensors = new Map([
  ['b', { shape: [2], data: Float32Array.of(1, -2) }],
  ['a', { shape: [1, 1], data: Float32Array.of(0.5) }],
]);

/** A file with this header, as another program might write it. */
function file(header: string, dataBytes: number, length: number = Buffer.byteLength(header)): Uint8Array {
  const bytes = Buffer.alloc(8 + Buffer.byteLength(header) + dataBytes);
  bytes.writeBigUInt64LE(BigInt(length));
  bytes.write(header, 8);
  return bytes;
}

describe('the layout', () => {
  it('is a length, a header and the tensors in the order of their names', () => {
    const bytes = Buffer.from(encodeSafetensors(two, { made: 'today' }));
    const headerBytes = Number(bytes.readBigUInt64LE(0));
    const header = bytes.toString('utf8', 8, 8 + headerBytes);
    expect(headerBytes % 8).toBe(0);
    expect(header.startsWith('{')).toBe(true);
    expect(header.trimEnd()).toBe(
      '{"__metadata__":{"made":"today"},' +
        '"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},' +
        '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
    );
    expect(bytes.subarray(8 + headerBytes).toString('hex')).toBe('0000003f0000803f000000c0');
  });
  it('depends on the content alone', () => {
    expect(encodeSafetensors(new Map([...two].reverse()))).toEqual(encodeSafetensors(two));
  });
});

it('reads what it wrote', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((n) => n !== '__metadata__');
  const shape = fc.array(fc.nat({ max: 3 }), { maxLength: 4 });
  const content = fc.dictionary(fc.oneof(name, fc.constantFrom('__proto__', '1', '0')), shape, {
    maxKeys: 5,
  });
  const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 });
  fc.assert(
    fc.property(content, metadata, fc.float(), (shapes, about, value) => {
      const tensors: Tensors = new Map(
        Object.entries(shapes).map(([n, s]) => {
          const data = new Float32Array(s.reduce((a, b) => a * b, 1)).map((_, i) => value + i);
          return [n, { shape: s, data }];
        }),
      );
      // An odd start: the bytes of a file need not be aligned.
      const bytes = encodeSafetensors(tensors, about);
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      const read = decodeSafetensors(shifted.subarray(1), 'x');
      expect(new Map(read.tensors)).toEqual(tensors);
      expect({ ...read.metadata }).toEqual({ ...about });
    }),
  );
});

it('keeps texts of every name', () => {
  const about = Object.fromEntries([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['', 'c'],
  ]);
  const { metadata } = decodeSafetensors(encodeSafetensors(two, about), 'x');
  expect(Object.entries(metadata)).toEqual(Object.entries(about));
});

it('reads tensors in any order, a scalar, and an empty tensor', () => {
  const header =
    '{"z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},' +
    '"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}  ';
  const { tensors } = decodeSafetensors(file(header, 8), 'x');
  expect([...tensors.keys()]).toEqual(['z', 'e', 'a']);
});

describe('a broken file', () => {
  const field = (shape: string, range: string, type: string = 'F32'): string =>
    `{"a":{"dtype":"${type}","shape":${shape},"data_offsets":${range}}}`;
  it.each([
    ['too short', new Uint8Array(7), 'it is shorter than 8 bytes'],
    ['a giant header', file('{}', 0, 2 ** 40), 'its header would have 1099511627776 bytes'],
    ['a cut header', file('{}', 0, 3), 'it ends within its header'],
    ['another file', file('PK\x03\x04', 0), 'its header is no JSON object'],
    ['an array', file('[1]', 0), 'its header is no JSON object'],
    ['broken JSON', file('{"a":', 0), 'its header is no JSON object'],
    ['broken text', file('{"\xff', 0), 'its header is no JSON object'],
    ['an odd field', file('{"a":3}', 0), 'its header says nothing useful of the tensor a'],
    ['a negative size', file(field('[-1]', '[0,4]'), 4), 'its header says nothing useful of the tensor a'],
    ['odd metadata', file('{"__metadata__":{"a":1}}', 0), 'its metadata are not texts'],
    ['another type', file(field('[1]', '[0,4]', 'I32'), 4), 'the tensor a has type I32, not F32'],
    ['a gap', file(field('[1]', '[4,8]'), 8), 'the tensor a does not begin where the one before it ends'],
    ['a wrong size', file(field('[2]', '[0,4]'), 4), 'the tensor a has 4 bytes, not 8'],
    ['missing bytes', file(field('[2]', '[0,8]'), 4), 'it ends within its tensors'],
    ['more bytes', file(field('[1]', '[0,4]'), 5), 'bytes follow its last tensor'],
  ])('with %s is refused', (_, bytes, problem) => {
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(Refusal);
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(
      `w.safetensors is no valid safetensors file: ${problem}`,
    );
  });
  it('is noticed wherever it is cut', () => {
    const bytes = encodeSafetensors(two);
    for (let n = 0; n < bytes.length; n++)
      expect(() => decodeSafetensors(bytes.subarray(0, n), 'x')).toThrow(Refusal);
  });
});

it('does not write what could not be read again', () => {
  expect(() =>
    encodeSafetensors(new Map([['__metadata__', { shape: [0], data: new Float32Array() }]])),
  ).toThrow('internal');
  expect(() => encodeSafetensors(new Map([['a', { shape: [2], data: new Float32Array(3) }]]))).toThrow(
    'internal',
  );
});
