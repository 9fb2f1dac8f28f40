import { expect, test } from 'vitest';
import { assembledBlocks, MOST_BLOCKS, type MakeBlocks } from '../../util/philoxBlocks.ts';
import { philox, plainBlocks } from '../../util/random.ts';
import { present } from '../../util/invariant.ts';

const keys = [
  [0, 0, 0, 0],
  [0x85a308d3, 0x13198a2e, 0xa4093822, 0x299f31d0],
  [0xffffffff, 0x7fffffff, 0x80000000, 0xffffffff],
] as const;

test.each<[string, MakeBlocks]>([
  ['in WebAssembly', present(assembledBlocks(), 'WebAssembly with lanes')],
  ['in plain JavaScript', plainBlocks()],
])('%s the blocks of neighbouring counters are those of the block function', (_, make) => {
  for (const [c, d, k, l] of keys) {
    for (const [first, count] of [
      [0, 1],
      [2 ** 31 - 2, 7],
      [2 ** 32 - MOST_BLOCKS, MOST_BLOCKS],
    ] as const) {
      const words = make(first, count, c, d, k, l);
      const found = Array.from({ length: count }, (__, n) =>
        [0, 1, 2, 3].map((w) => words[16 * (n >> 2) + 4 * w + (n & 3)]),
      );
      expect(found).toEqual(Array.from({ length: count }, (__, n) => philox([first + n, 0, c, d], [k, l])));
    }
  }
});
