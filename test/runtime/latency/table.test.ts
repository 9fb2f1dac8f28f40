/** Tables that are made of made-up times, kept, and read again; and files that are no tables. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrated } from '../../../compiler/latency/calibration.ts';
import { latencyModel } from '../../../compiler/latency/model.ts';
import { toCompact } from '../../../compiler/space/encode.ts';
import { diagnose, Refusal } from '../../../grammar/diagnostics.ts';
import { latencyCache } from '../../../runtime/latency/cache.ts';
import { refuseForeign, type LatencyTable } from '../../../runtime/latency/form.ts';
import { readLatencyTable, writeLatencyTable } from '../../../runtime/latency/kept.ts';
import type { LatencyJob, MeasureLatencies } from '../../../runtime/latency/measureApart.ts';
import { latencyIdentity, makeLatencyTable, type TableOptions } from '../../../runtime/latency/table.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { temporaryFolder } from '../store/folder.ts';

const text = (filters: string): string => `nas 1
space small {
  input x: image[6, 6, 3]
  output x |> conv(choose {${filters}}, k: choose {1, 3, 5}) |> batch_norm |> relu |> classifier(4)
}`;
const compiled = compileText(text('4, 6, 8'));
const { space, members } = compiled;

/** A device on which a row takes a millisecond for each letter of its name, and a network 5 ms and 2 ms for each of its ops. */
function fakeDevice(): { readonly measure: MeasureLatencies; readonly jobs: LatencyJob[] } {
  const jobs: LatencyJob[] = [];
  return {
    jobs,
    measure: (job) => {
      jobs.push(job);
      return Promise.resolve({
        units: job.units.map(({ key }) => key.length),
        networks: job.networks.map(({ graph }) => 5 + 2 * graph.nodes.length),
      });
    },
  };
}

function options(more: Partial<TableOptions> = {}): TableOptions {
  return {
    batch: 2,
    networks: 6,
    adapter: 'fake',
    version: '1.0.0',
    cache: latencyCache(temporaryFolder(), 'fake', '1.0.0'),
    measure: fakeDevice().measure,
    ...more,
  };
}

async function code(work: Promise<unknown> | (() => unknown)): Promise<string | undefined> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof Refusal) return `${error.diagnostics[0]?.code} ${error.diagnostics[0]?.message}`;
    throw error;
  }
  return undefined;
}

describe('a table', () => {
  it('holds the rows of all networks, and a line through half of those that were run', async () => {
    const { table, measured } = await makeLatencyTable(space, members, options());
    const { networks, calibration } = table;
    expect(networks.map(({ held }) => held)).toEqual([false, true, false, true, false, true]);
    expect(new Set(networks.map(({ architecture }) => architecture)).size).toBe(6);
    expect(measured).toEqual({ units: Object.keys(table.rows).length, networks: 6 });
    const model = latencyModel(space, table);
    for (const architecture of members.enumerate()) {
      expect(model.milliseconds(architecture)).toBe(calibrated(calibration, model.sum(architecture)));
      const run = networks.find((one) => one.architecture === toCompact(space, architecture));
      if (run) expect(model.sum(architecture)).toBe(run.sum);
    }
  });

  it('is the same when it was kept, and nothing is measured again', async () => {
    const { measure, jobs } = fakeDevice();
    const cache = latencyCache(temporaryFolder(), 'fake', '1.0.0');
    const first = await makeLatencyTable(space, members, options({ cache, measure }));
    const again = await makeLatencyTable(space, members, options({ cache, measure }));
    expect(jobs).toHaveLength(1);
    expect(again).toEqual({ table: first.table, measured: { units: 0, networks: 0 } });
    const path = join(temporaryFolder(), 'some', 'latency.json');
    await writeLatencyTable(path, first.table);
    expect(await readLatencyTable(path)).toEqual(first.table);
    const anew = await makeLatencyTable(space, members, options({ cache, measure, fresh: true }));
    expect(anew).toEqual(first);
    expect(jobs).toHaveLength(2);
    expect(jobs[1]).toEqual(jobs[0]);
  });

  it('shares rows with other spaces, and measures only what they lack', async () => {
    const { measure, jobs } = fakeDevice();
    const cache = latencyCache(temporaryFolder(), 'fake', '1.0.0');
    await makeLatencyTable(space, members, options({ cache, measure }));
    const other = compileText(text('8, 10'));
    await makeLatencyTable(other.space, other.members, options({ cache, measure }));
    expect(jobs[1]?.units.length).toBeGreaterThan(0);
    for (const { key } of jobs[1]?.units ?? []) expect(key).toMatch(/10/);
  });

  it('runs all networks of a small space', async () => {
    const { table } = await makeLatencyTable(space, members, options({ networks: 100 }));
    expect(table.networks).toHaveLength(9);
    const none = await makeLatencyTable(space, members, options({ networks: 0 }));
    expect(none.table.calibration).toEqual({ intercept: 0, factor: 1 });
  });

  it('has no row of what the device refuses', async () => {
    const measure: MeasureLatencies = ({ units, networks }) =>
      Promise.resolve({
        units: units.map(({ key }) => (key.includes('5x5') ? null : 1)),
        networks: networks.map(({ graph }) => (JSON.stringify(graph).includes('[5,5,') ? null : 3)),
      });
    const { table } = await makeLatencyTable(space, members, options({ measure, networks: 100 }));
    expect(table.networks).toHaveLength(6);
    const model = latencyModel(space, table);
    const codes = await Promise.all([...members.enumerate()].map((a) => code(() => model.milliseconds(a))));
    expect(codes.filter((found) => found?.startsWith('NAS4823'))).toHaveLength(3);
    expect(codes.filter((found) => found === undefined)).toHaveLength(6);
  });

  it('is not made where nothing can be measured', async () => {
    const refused = diagnose('noAdapter', { reason: 'none' });
    const made = makeLatencyTable(space, members, options({ measure: () => Promise.resolve({ refused }) }));
    expect(await code(made)).toMatch(/^NAS4001/);
  });
});

describe('the cache', () => {
  const found = { units: { a: 1, b: null }, networks: { c: 3 } };

  it('adds to what is there, for one adapter, one version and one set of kernels', async () => {
    const folder = temporaryFolder();
    const cache = latencyCache(folder, 'fake', '1.0.0');
    expect(await cache.read()).toEqual({ units: {}, networks: {} });
    await cache.add(found);
    await cache.add({ units: { a: 2 }, networks: {} });
    expect(await cache.read()).toMatchObject({ units: { a: 2, b: null }, networks: { c: 3 } });
    for (const other of [
      latencyCache(folder, 'another', '1.0.0'),
      latencyCache(folder, 'fake', '1.0.1'),
      latencyCache(folder, 'fake', '1.0.0', { question: 'answer' }),
    ]) {
      expect(await other.read()).toEqual({ units: {}, networks: {} });
    }
  });

  it.each([
    ['no JSON', '{"format": 1,'],
    ['another form', '{"format": 1, "adapter": "fake", "version": "1.0.0", "units": {"a": "1"}}'],
    [
      'a negative time',
      '{"format": 1, "adapter": "fake", "version": "1.0.0", "units": {"a": -1}, "networks": {}}',
    ],
    ['a huge file', ' '.repeat(33 * 1024 * 1024)],
  ])('a damaged file (%s) is worth nothing, and is written anew', async (_, damaged) => {
    const folder = temporaryFolder();
    const cache = latencyCache(folder, 'fake', '1.0.0');
    await cache.add(found);
    const [name = ''] = readdirSync(folder);
    const whole = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { adapter: string };
    writeFileSync(join(folder, name), damaged.replace('"fake"', JSON.stringify(whole.adapter)));
    expect(await cache.read()).toEqual({ units: {}, networks: {} });
    await cache.add(found);
    expect(await cache.read()).toMatchObject(found);
  });
});

describe('a file that is no table of this', () => {
  const made = (): Promise<LatencyTable> =>
    makeLatencyTable(space, members, options()).then(({ table }) => table);

  it('is damaged', async () => {
    const table = await made();
    const path = join(temporaryFolder(), 'latency.json');
    const problem = async (content: string): Promise<string | undefined> => {
      writeFileSync(path, content);
      return (await code(readLatencyTable(path)))?.replace(path, 'FILE');
    };
    const changed = (change: object): Promise<string | undefined> =>
      problem(JSON.stringify({ ...table, ...change }));
    expect(await problem(JSON.stringify(table).slice(0, -1))).toBe(
      'NAS4821 FILE cannot be used: it is no JSON',
    );
    expect(await changed({ format: 2 })).toBe(
      'NAS4821 FILE cannot be used: it has not the form of a latency table, at `format`',
    );
    expect(await changed({ rows: { relu: -1 } })).toContain('at `rows.relu`');
    expect(await changed({ rows: { relu: null } })).toContain('at `rows.relu`');
    expect(await changed({ calibration: { intercept: -1, factor: 1 } })).toContain(
      'at `calibration.intercept`',
    );
    expect(await changed({ batch: 0 })).toContain('at `batch`');
    expect(await problem('[]')).toContain('NAS4821');
    expect(await problem(' '.repeat(17 * 1024 * 1024))).toContain('holds more than');
    expect(await readLatencyTable(`${path}.none`)).toBeUndefined();
    mkdirSync(`${path}.d`);
    expect(await code(readLatencyTable(`${path}.d`))).toContain('NAS4821');
  });

  it('is of something else', async () => {
    const table = await made();
    const wanted = { identity: latencyIdentity(space, 2), space: 'small', batch: 2 };
    expect(await code(() => refuseForeign(table, wanted, 'FILE'))).toBeUndefined();
    const against = (change: Partial<typeof wanted>): Promise<string | undefined> =>
      code(() => refuseForeign(table, { ...wanted, identity: 'another', ...change }, 'FILE'));
    expect(await against({ space: 'large' })).toBe(
      'NAS4822 the latency table FILE is not for this: it is of the space small, not of large',
    );
    expect(await against({ batch: 1 })).toContain('it is of batches of 2, not of 1');
    expect(await against({})).toContain('small has changed since, or has other parameters');
    expect(latencyIdentity(space, 1)).not.toBe(wanted.identity);
    expect(latencyIdentity(compileText(text('4, 6')).space, 2)).not.toBe(wanted.identity);
  });
});
