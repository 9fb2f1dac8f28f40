/** `nas plan`: the table, the JSON, and what it refuses. What it predicts is tried in test/runtime/search/predict.test.ts. */
import { describe, expect, test } from 'vitest';
import { files, nas } from './runNas.ts';

interface Told {
  readonly [name: string]: unknown;
  readonly params: number;
  readonly macs: number;
  readonly batch: number;
  readonly peakBytes: number;
  readonly pipelines: number;
  readonly residentBytes: number;
  readonly training: {
    readonly [name: string]: unknown;
    readonly bytes: number;
    readonly dispatches: number;
  };
  readonly evaluation: { readonly [name: string]: unknown; readonly bytes: number };
}

async function planned(words: string): Promise<Told> {
  const { code, out, err } = await nas(`plan ${words} --json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Told;
}

/** The numbers of the rows of a table by their first words. */
function rowsOf(out: string): Map<string, readonly string[]> {
  const rows = out.split('\n').map((line) => line.split(/ {2,}/));
  return new Map(rows.map(([name = '', ...cells]) => [name, cells]));
}

describe('nas plan', () => {
  test('the table says what the JSON says', async () => {
    const told = await planned('tiny.nas rank:0 --batch 4');
    const { code, out, err } = await nas('plan tiny.nas rank:0 --batch 4');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const rows = rowsOf(out);
    const number = (value: number): string => value.toLocaleString('en-US');
    expect(rows.get('network')).toEqual(['tiny:0.0.0']);
    expect(rows.get('batch')).toEqual(['4']);
    expect(rows.get('params')).toEqual([number(told.params)]);
    expect(rows.get('MACs')).toEqual([number(told.macs)]);
    expect(rows.get('most bytes at once')).toEqual([number(told.peakBytes)]);
    expect(rows.get('bytes')).toEqual([told.training.bytes, told.evaluation.bytes].map(number));
    expect(told.peakBytes).toBe(Math.max(told.training.bytes, told.evaluation.bytes));
    const parts = [...rows].filter(([name]) => name.startsWith('bytes of '));
    expect(parts).toHaveLength(5);
    const sum = parts.reduce((total, [, [cell = '']]) => total + Number(cell.replaceAll(',', '')), 0);
    expect(sum).toBe(told.training.bytes);
  });

  test('params and MACs are those of `nas params`', async () => {
    const told = await planned('tiny.nas rank:5');
    const { params, macs } = JSON.parse((await nas('params tiny.nas rank:5 --json')).out);
    expect({ params: told.params, macs: told.macs }).toEqual({ params, macs });
    expect(told.batch).toBe(64);
  });

  test('a larger batch takes more memory, a search brings its batch and its data', async () => {
    const [small, large] = [
      await planned('tiny.nas rank:0 --batch 8'),
      await planned('tiny.nas rank:0 --batch 128'),
    ];
    expect(large.peakBytes).toBeGreaterThan(4 * small.peakBytes);
    const searched = await planned('tiny.nas rank:0 --search brief');
    expect(searched.batch).toBe(128);
    // 1797 images of 64 pixels, with their labels.
    expect(searched.residentBytes).toBe(1797 * 65 * 4);
    expect(searched.peakBytes).toBe(searched.residentBytes + searched.training.bytes);
    expect((await planned('tiny.nas rank:0 --search brief --set evaluate.batch=32')).batch).toBe(32);
  });

  test('what the optimiser keeps is counted', async () => {
    const [sgd, adam] = [
      await planned('tiny.nas rank:0 --search brief'),
      await planned('tiny.nas rank:0 --search brief --set evaluate.optimizer=adam'),
    ];
    expect(adam.training.bytes).toBeGreaterThan(sgd.training.bytes);
  });

  test('the supernet', async () => {
    const cwd = `${files}/../../../spaces`;
    const { code, out } = await nas('plan nasbench201.nas --supernet --batch 2 --set c=4 --set n=1 --json', {
      cwd,
    });
    expect(code).toBe(0);
    const told = JSON.parse(out) as Told & { readonly network: string };
    expect(told.network).toBe('supernet of nasbench201');
    const one = JSON.parse(
      (await nas('plan nasbench201.nas rank:0 --batch 2 --set c=4 --set n=1 --json', { cwd })).out,
    ) as Told;
    expect(told.params).toBeGreaterThan(one.params);
    expect(told.training.dispatches).toBeGreaterThan(one.training.dispatches);
  });

  test.each([
    ['plan tiny.nas', 2, 'error[NAS5103]: `nas plan` needs ARCH'],
    ['plan tiny.nas rank:0 --supernet', 2, 'error[NAS5107]: `rank:0` and `--supernet` cannot stand together'],
    ['plan tiny.nas --supernet', 1, 'error[NAS3014]: '],
    [
      'plan tiny.nas rank:0 --search brief --batch 3',
      2,
      'error[NAS5107]: `--batch` and `--search` cannot stand together',
    ],
    ['plan tiny.nas rank:0 --batch 0', 2, 'error[NAS5106]: `--batch` cannot be `0`'],
    ['plan tiny.nas rank:99', 1, 'error[NAS3'],
    ['plan ../../../spaces/nasbench201.nas rank:0 --batch 65536', 1, 'error[NAS4601]: '],
  ])('%s is refused', async (words, code, start) => {
    const ran = await nas(words);
    expect({ code: ran.code, out: ran.out, err: ran.err.slice(0, start.length) }).toEqual({
      code,
      out: '',
      err: start,
    });
  });
});
