/** The times that are taken, by a made-up clock; and on the device: every network of a space has all of its rows. */
import { describe, expect, it } from 'vitest';
import { latencyModel } from '../../../compiler/latency/model.ts';
import { latencyCases } from '../../../compiler/latency/units.ts';
import { diagnose, Refusal } from '../../../grammar/diagnostics.ts';
import { leastTimes, timeNetworks, timeUnits, type Timed } from '../../../runtime/latency/measure.ts';
import { evaluationGraph } from '../../../runtime/search/evaluation/graphs.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { useDevice } from '../execute/onDevice.ts';

describe('leastTimes', () => {
  /** Things that take so long, one of several times in turn, on a clock that only they move. */
  function machine(times: readonly (readonly number[])[]) {
    let now = 0;
    const log: { readonly index: number; readonly times: number }[] = [];
    const held = new Set<number>();
    let most = 0;
    const taken = times.map(() => 0);
    const make = (index: number): Promise<Timed> => {
      const own = times[index];
      if (own.length === 0) return Promise.reject(new Refusal(diagnose('deviceError', { message: 'no' })));
      held.add(index);
      most = Math.max(most, held.size);
      return Promise.resolve({
        run: (runs) => {
          log.push({ index, times: runs });
          now += runs * own[taken[index]++ % own.length];
          return Promise.resolve();
        },
        release: () => void held.delete(index),
        bytes: 100 * 1024 * 1024,
      });
    };
    return { make, clock: () => now, log, held, most: () => most };
  }

  it('takes the least of all turns, the first of each sweep left out', async () => {
    const { make, clock, held } = machine([[1, 9, 8, 7, 6, 5, 4]]);
    expect(await leastTimes(1, make, { clock, sweeps: 1, rounds: 6, turn: 0 })).toEqual([4]);
    expect(held.size).toBe(0);
  });

  it('takes turns, and repeats what is quick', async () => {
    const { make, clock, log } = machine([[2], [0.25]]);
    const found = await leastTimes(2, make, { clock, sweeps: 1, rounds: 3, turn: 4 });
    expect(found).toEqual([2, 0.25]);
    expect(log.map(({ index }) => index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(log.map(({ times }) => times)).toEqual([1, 1, 2, 16, 2, 16, 2, 16]);
  });

  it('gives what is slow fewer turns, and goes through all of them several times', async () => {
    const { make, clock, log } = machine([[400], [10]]);
    await leastTimes(2, make, { clock, sweeps: 2, rounds: 5, turn: 4 });
    const turns = (index: number): number => log.filter((one) => one.index === index).length;
    expect([turns(0), turns(1)]).toEqual([4, 12]);
  });

  it('goes on as long as times are lowered', async () => {
    const sweepsOf = async (times: readonly number[]): Promise<number> => {
      const { make, clock, log } = machine([times]);
      await leastTimes(1, make, { clock, sweeps: 10, rounds: 1, turn: 0 });
      return log.length / 2;
    };
    expect(await sweepsOf([5])).toBe(3);
    expect(await sweepsOf([9, 9, 8, 8, 7, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6])).toBe(5);
    expect(await sweepsOf(Array.from({ length: 20 }, (_, i) => 100 - i))).toBe(10);
  });

  it('holds no more at once than fits, and leaves out what is refused', async () => {
    const { make, clock, most, held } = machine([[1], [], [2], [3], [4]]);
    const found = await leastTimes(5, make, { clock, sweeps: 2, rounds: 2 });
    expect(found).toEqual([1, undefined, 2, 3, 4]);
    expect(most()).toBe(3);
    expect(held.size).toBe(0);
  });

  it('gives everything back when something breaks', async () => {
    const { make, clock, held } = machine([[1], [2]]);
    const broken = async (index: number): Promise<Timed> => {
      const timed = await make(index);
      return index === 0 ? timed : { ...timed, run: () => Promise.reject(new Error('lost')) };
    };
    await expect(leastTimes(2, broken, { clock })).rejects.toThrow('lost');
    expect(held.size).toBe(0);
  });
});

describe('on the device', () => {
  const device = useDevice();
  const quick = { sweeps: 1, rounds: 1 };
  const { space, members } = compileText(`nas 1
space small {
  input x: image[6, 6, 3]
  let y = x |> conv(choose {4, 6}, k: choose {1, 3}) |> batch_norm |> relu
  let z = y |> choose op { pool: avg_pool(3), conv: conv(4, 3), skip: identity, none }
  output concat(y, z, x) |> choose tail { mean: global_avg_pool, flat: flatten } |> dense(4)
}`);

  it('every architecture has all of its rows, and a time above 0', async () => {
    const units = latencyCases(space, 3).flatMap((one) => one.units);
    const times = await timeUnits(device(), units, quick);
    expect(times.filter((ms) => ms === undefined || !(ms > 0))).toEqual([]);
    const rows = Object.fromEntries(units.map(({ key }, i) => [key, times[i] ?? NaN]));
    const model = latencyModel(space, { batch: 3, rows, calibration: { intercept: 0, factor: 1 } });
    expect(members.places).toBe(32n);
    const drawn = [...members.enumerate()];
    for (const architecture of drawn) expect(model.milliseconds(architecture)).toBeGreaterThan(0);
    const networks = drawn.slice(0, 3).map((a) => ({ graph: evaluationGraph(space, a, 3), batch: 3 }));
    const whole = await timeNetworks(device(), networks, quick);
    expect(whole.filter((ms) => ms === undefined || !(ms > 0))).toEqual([]);
  });
});
