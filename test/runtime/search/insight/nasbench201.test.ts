// What insight finds on the table of NAS-Bench-201, where the table is there, and does not find on a shuffled one.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readNasBench201, tablePath } from '../../../../bench/nasbench201/table.ts';
import { insightOfTable, type Insight } from '../../../../runtime/search/insight/insight.ts';
import { transferOf } from '../../../../runtime/search/insight/transfer.ts';
import { Random } from '../../../../util/random.ts';
import { meanOf } from '../../../../util/statistics/summary.ts';
import { long, patience } from '../../../long.ts';

const present = existsSync(tablePath);
if (!present) console.log('skipped: ../shared/data/nasbench201 is not there');

describe.runIf(present)('on NAS-Bench-201', () => {
  // Not run without the table, but read.
  const { space, table } = present ? readNasBench201() : ({} as ReturnType<typeof readNasBench201>);
  const options = { best: 0.05, permutations: 199, seed: 1 };
  const ask = (rows: readonly number[], columns: Record<string, ArrayLike<number>>): Insight => {
    const named = Object.entries(columns).map(([name, values]) => ({
      name,
      values: rows.map((row) => values[row]),
    }));
    const architectures = rows.map((row) => table.architectures[row]);
    const compiled = { space } as Parameters<typeof insightOfTable>[0];
    return insightOfTable(compiled, architectures, named, 'maximize', options);
  };
  const every = Array.from({ length: table?.size ?? 0 }, (_, row) => row);
  const accuracy = present ? table.column('c10_test_200ep') : new Float64Array();

  test('convolutions of 3x3 help, and none hurts most', { timeout: patience }, () => {
    const { samples } = ask(every, { accuracy });
    const { effects, motifs } = samples[0];
    const { shared } = effects;
    expect(shared.map(({ option }) => option)).toEqual([
      'nor_conv_3x3',
      'nor_conv_1x1',
      'skip_connect',
      'avg_pool_3x3',
      'none',
    ]);
    expect(shared[0].effect).toBeGreaterThan(0);
    expect(shared[0].p).toBeLessThanOrEqual(0.01);
    expect(shared.at(-1)!.effect).toBe(Math.min(...shared.map(({ effect }) => effect)));
    expect(shared.at(-1)!.p).toBeLessThanOrEqual(0.01);
    // Means of the whole table, which is balanced.
    const mean = meanOf([...accuracy]);
    for (const { option, effect } of shared) {
      const means = space.decisions.map(({ id, options: labels }) => {
        const at = labels.findIndex(({ label }) => label === option);
        return meanOf(
          every.filter((row) => table.architectures[row].choices[id] === at).map((r) => accuracy[r]),
        );
      });
      expect(effect).toBeCloseTo(meanOf(means) - mean, 8);
    }
    expect(motifs!.motifs[0]).toMatchObject({ kind: 'count', option: 'nor_conv_3x3', bound: 'at least' });
  });

  test('rank correlations between data sets', () => {
    // SciPy's spearmanr and kendalltau on the whole table.
    const expected = [
      ['c10_test_200ep', 'c100_test_200ep', 0.9801721634332403, 0.8819568821873827],
      ['c10_test_200ep', 'in16_test_200ep', 0.959274333716084, 0.8395990050096594],
      ['c100_test_200ep', 'in16_test_200ep', 0.9635988735792811, 0.8465133676911061],
    ] as const;
    const { table: read } = readNasBench201(['c100_test_200ep', 'in16_test_200ep']);
    for (const [first, second, spearman, kendall] of expected) {
      const found = transferOf([...read.column(first)], [...read.column(second)], 20, 1);
      expect(found.spearman.value).toBeCloseTo(spearman, 12);
      expect(found.kendall.value).toBeCloseTo(kendall, 12);
      expect(found.kendall.low).toBeLessThan(kendall);
      expect(found.kendall.high).toBeGreaterThan(kendall);
      expect(found.kendall.high - found.kendall.low).toBeLessThan(0.02);
    }
  });

  test('of shuffled tables something is claimed as seldom as it should be', { timeout: patience }, () => {
    const random = new Random(201);
    let claimed = 0;
    for (let round = 0; round < (long ? 40 : 4); round++) {
      const rows = long ? every : random.shuffled(every).slice(0, 1500);
      const shuffled = Float64Array.from(random.shuffled(every), (row) => accuracy[row]);
      const { samples, similarity } = ask(rows, { shuffled });
      const { effects, motifs } = samples[0];
      const tests = [
        ...effects.decisions,
        ...effects.options,
        ...effects.shared,
        ...motifs!.motifs,
        similarity!,
      ];
      if (tests.some(({ p }) => p <= 0.01)) claimed++;
    }
    // Three questions of one in a hundred each: of forty tables 1.2 are expected, and more than four once in 200 times.
    expect(claimed).toBeLessThanOrEqual(long ? 4 : 0);
  });
});
