// What `npm run bench:nasbench201` finds on the table of NAS-Bench-201 (100 seeds, 300 queries), where the table is there.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../bench/nasbench201/arena.ts';
import { contestants } from '../../bench/nasbench201/contestants.ts';
import { readNasBench201, tablePath } from '../../bench/nasbench201/table.ts';
import { checkStrategyFit } from '../../runtime/search/strategies/table.ts';
import { meanOf } from '../../util/statistics/summary.ts';
import { compileShipped, shippedSpaces } from '../spaces/shipped.ts';

const present = existsSync(tablePath);
if (!present) console.log('skipped: ../shared/data/nasbench201 is not there');

it('asks no strategy that cannot search the space', () => {
  const shipped = shippedSpaces.find(({ name }) => name === 'nasbench201')!;
  const space = compileShipped(shipped);
  for (const { strategy, args } of contestants) {
    expect(checkStrategyFit({ name: strategy, args }, space)).toEqual([]);
  }
});

describe.runIf(present)('on NAS-Bench-201', () => {
  const bench = present ? readNasBench201() : undefined!;
  const arena = new Arena(bench);
  const found = (name: string): number =>
    meanOf(
      arena.run(
        contestants.find((c) => c.name === name)!,
        100,
        300,
      ).found,
    );

  it('the table holds the space', () => {
    expect(bench.table.size).toBe(15_625);
    const rows = [...bench.members.enumerate()].map((architecture) => bench.table.row(architecture));
    expect(new Set(rows).size).toBe(15_625);
    // Dong & Yang 2020, table 4: the best test accuracy on CIFAR-10.
    expect(Math.max(...bench.table.column('c10_test_200ep'))).toBeCloseTo(94.37, 2);
  });
  it('random search', () => {
    expect(Math.abs(found('random') - 93.97)).toBeLessThan(0.08);
  });
  it('aging evolution', () => {
    expect(Math.abs(found('evolution') - 94.31)).toBeLessThan(0.07);
  });
  it('local search', () => {
    expect(found('local_search')).toBeGreaterThanOrEqual(94.25);
  });
});
