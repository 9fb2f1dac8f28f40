/** The rows of a latency table: whatever network a space has, its ops are among them. */
import { describe, expect, it } from 'vitest';
import { latencyCases, networkUnits, timesOf, unitGraph } from '../../../compiler/latency/units.ts';
import { hasScan } from '../../../compiler/space/scans.ts';
import { planInference } from '../../../compiler/wgsl/lower.ts';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { long, patience } from '../../long.ts';
import { compileShipped, drawMembers, shippedSpaces } from '../../spaces/shipped.ts';
import { compileText } from '../space/helpers.ts';
import { Random } from '../../../util/random.ts';

const space = (body: string): ReturnType<typeof compileText> =>
  compileText(`nas 1\nspace s {\n  input x: image[4, 4, 2]\n${body}\n}`);

const keys = (compiled: ReturnType<typeof compileText>, batch = 2): Set<string> =>
  new Set(latencyCases(compiled.space, batch).flatMap(({ units }) => units.map(({ key }) => key)));

describe('rows', () => {
  it('are ops with their shapes, the batch included', () => {
    const { space: one } = space('  output x |> conv(4, 3) |> batch_norm |> relu |> classifier(3)');
    const cases = latencyCases(one, 8);
    expect(
      cases.map(({ operation, units }) => [operation, units.map(({ key }) => key.split(' {')[0])]),
    ).toEqual([
      ['conv', ['conv 8x4x4x2 3x3x2x4w']],
      ['batch_norm', ['batch_norm_inference 8x4x4x4 4 4 2x4']],
      ['relu', ['relu 8x4x4x4']],
      ['global_avg_pool', ['global_avg_pool 8x4x4x4']],
      ['dense', ['matmul 8x4 4x3w', 'bias_add 8x3 3']],
    ]);
  });

  it('of a network leave out what is fused, dropped and shared', () => {
    const { space: one, members } = space(`
  let y = x |> conv(4, 3) |> batch_norm |> relu
  let a = y |> choose op { none, pool: max_pool(3), same: identity }
  let b = y |> max_pool(3)
  output a + b |> classifier(3)`);
    const ops = (rank: bigint): string[] =>
      networkUnits(one, members.unrank(rank), 2).map(({ sample }) => sample.op);
    const head = ['global_avg_pool', 'matmul', 'bias_add'];
    // The relu is the batch norm's; with nothing to be added there is no sum; the pool is one op, read twice.
    expect(ops(0n)).toEqual(['conv', 'batch_norm_inference', 'max_pool', ...head]);
    expect(ops(1n)).toEqual(['conv', 'batch_norm_inference', 'max_pool', 'add', ...head]);
    expect(ops(2n)).toEqual(['conv', 'batch_norm_inference', 'max_pool', 'add', ...head]);
  });

  it('of a join are those of its parts, and of a sum one for each number of terms', () => {
    const joined = space(`
  let y = x |> conv(choose {4, 6}, 3)
  output concat(x, y, x) |> classifier(3)`);
    const parts = [...keys(joined)].filter((key) => key.startsWith('concat'));
    expect(parts.sort()).toEqual([2, 4, 6].map((c) => `concat 2x4x4x${c} 2x4x4x${c}`));
    const added = space('  output x + x + x |> classifier(3)');
    const sums = [...keys(added)].filter((key) => key.startsWith('add'));
    expect(sums.map((key) => key.split(' ').length - 1)).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('are graphs of one op, which can be planned alone', () => {
    const joined = space(
      `
  let y = x |> conv(4, 3) |> batch_norm
  output concat(y, y + x |> conv(4, 1), y) |> flatten |> dense(3)`.replace(
        'y + x |> conv(4, 1)',
        'x |> conv(4, 1)',
      ),
    );
    for (const { units } of latencyCases(joined.space, 4)) {
      for (const unit of units) {
        const plan = planInference(unitGraph(unit), { profile: { kind: 'cpu', subgroupSize: 4 } });
        expect(plan.programs['evaluate']?.length, unit.key).toBeGreaterThanOrEqual(timesOf(unit));
        expect(JSON.parse(JSON.stringify(unit))).toEqual(unit);
      }
    }
  });

  it('are refused of spaces with `scan`', () => {
    const found = shippedSpaces.find(({ name }) => name === 'rnn_cell');
    if (!found) throw new Error('no rnn_cell');
    expect(() => latencyCases(compileShipped(found).space, 2)).toThrow(Refusal);
  });
});

describe('every network of a shipped space is a sum of rows', () => {
  it.each(shippedSpaces.map((one) => [`${one.name} of ${one.file}`, one] as const))(
    '%s',
    (_, one) => {
      const compiled = compileShipped(one);
      if (hasScan(compiled.space)) return;
      const rows = keys(compiled);
      for (const architecture of drawMembers(compiled, long ? 500 : 8, new Random(7, 0))) {
        const missing = networkUnits(compiled.space, architecture, 2).filter(({ key }) => !rows.has(key));
        expect(missing.map(({ key }) => key)).toEqual([]);
      }
    },
    patience,
  );
});
