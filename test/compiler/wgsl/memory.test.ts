import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeScratch, type ScratchUse } from '../../../compiler/wgsl/memory.ts';

/** Programs whose dispatches, of one instance or two, write new tensors and read some of the last few. */
const programs = fc
  .array(
    fc.record({
      writes: fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 2 }),
      reads: fc.array(fc.nat(6), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((steps) => {
    const tensors: { id: number; bytes: number }[] = [];
    const uses: ScratchUse[] = steps.map(({ writes, reads }) => {
      const known = tensors.length;
      const read = new Set(reads.map((back) => known - 1 - back).filter((id) => id >= 0));
      const written = writes.map((quads) => {
        tensors.push({ id: tensors.length, bytes: quads * 16 });
        return tensors.length - 1;
      });
      return { reads: [...read], writes: written };
    });
    return { tensors, uses: uses.map((use) => [use]) };
  });

describe('placeScratch', () => {
  it('never lets two tensors that live at once share bytes, nor one dispatch read and write an arena', () => {
    fc.assert(
      fc.property(programs, fc.constantFrom(70_000, 1 << 28), ({ tensors, uses }, limit) => {
        const { places, arenas } = placeScratch(tensors, uses, limit);
        const spans = tensors.map(({ id, bytes }) => {
          const at = uses.flatMap((instances, i) =>
            instances.some(({ reads, writes }) => [...reads, ...writes].includes(id)) ? [i] : [],
          );
          return { ...places.get(id)!, bytes, first: Math.min(...at), last: Math.max(...at) };
        });
        for (const span of spans) {
          expect(span.offset % 256).toBe(0);
          expect(span.offset + span.bytes).toBeLessThanOrEqual(arenas[span.arena]);
        }
        for (const [i, a] of spans.entries()) {
          for (const b of spans.slice(i + 1)) {
            const together = a.arena === b.arena && a.first <= b.last && b.first <= a.last;
            if (together) expect(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset).toBe(true);
          }
        }
        for (const { reads, writes } of uses.flat()) {
          const readArenas = new Set(reads.map((id) => places.get(id)!.arena));
          for (const id of writes) expect(readArenas.has(places.get(id)!.arena)).toBe(false);
        }
        for (const bytes of arenas) expect(bytes).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('reuses the memory of a chain: two tensors, however long it is', () => {
    const bytes = 1024;
    const tensors = Array.from({ length: 20 }, (_, id) => ({ id, bytes }));
    const uses = tensors.map(({ id }) => [{ reads: id > 0 ? [id - 1] : [], writes: [id] }]);
    const { arenas } = placeScratch(tensors, uses, 1 << 28);
    expect(arenas).toEqual([bytes, bytes]);
  });

  it('calls scratch memory that is read before it is written an internal error', () => {
    const uses = [[{ reads: [0], writes: [] }]];
    expect(() => placeScratch([{ id: 0, bytes: 16 }], uses, 1024)).toThrow('read before it is written');
  });
});
