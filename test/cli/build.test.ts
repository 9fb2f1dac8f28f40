/** `nas build`, and `nas search --kernels`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { files, nas, temporaryFolder } from './runNas.ts';

afterEach(() => vi.unstubAllEnvs());

const shipped = join(files, '..', '..', '..', 'spaces');

interface Built {
  readonly kernels: number;
  readonly written: number;
  readonly removed: number;
  readonly compiled?: { readonly pipelines: number; readonly adapter: string };
}

async function built(words: string, cwd?: string): Promise<Built> {
  const { code, out, err } = await nas(`build ${words} --json`, cwd === undefined ? {} : { cwd });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Built;
}

describe('nas build', () => {
  test(
    'writes the shaders and compiles all of them; a second time nothing is left to do',
    { timeout: 120_000 },
    async () => {
      const out = join(temporaryFolder(), 'set');
      const first = await nas(`build tiny.nas --batch 8 --out ${out}`);
      expect(first).toMatchObject({ code: 0, err: '' });
      const kernels = readdirSync(join(out, 'kernels'));
      expect(kernels.length).toBeGreaterThan(20);
      expect(first.out).toContain(
        `${kernels.length} kernels of tiny in ${out}: ${kernels.length + 2} files written, 0 unchanged, 0 removed\n`,
      );
      expect(first.out).toMatch(new RegExp(`^${kernels.length} pipelines compiled on .* in .* s$`, 'm'));
      const second = await nas(`build tiny.nas --batch 8 --out ${out}`);
      expect(second).toEqual({
        code: 0,
        out: `nothing is left to do: ${kernels.length} kernels of tiny in ${out}\n`,
        err: '',
      });
      // Another batch is another set in the same place; shaders that both have stay.
      const other = await built(`tiny.nas --batch 512 --out ${out}`);
      expect(other.written).toBeLessThan(other.kernels);
      expect(other.compiled?.pipelines).toBe(other.kernels);
    },
  );

  test('--fresh compiles again', { timeout: 120_000 }, async () => {
    const out = join(temporaryFolder(), 'set');
    const first = await built(`tiny.nas --out ${out}`);
    expect(await built(`tiny.nas --out ${out}`)).toMatchObject({ written: 0 });
    expect((await built(`tiny.nas --out ${out}`)).compiled).toBeUndefined();
    expect((await built(`tiny.nas --out ${out} --fresh`)).compiled?.pipelines).toBe(first.kernels);
  });

  test('without an adapter the files are written all the same', async () => {
    vi.stubEnv('NASLANG_DRIVER', 'none');
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'tiny.nas'), readFileSync(join(files, 'tiny.nas')));
    const { code, out } = await nas('build tiny.nas', { cwd });
    expect(code).toBe(0);
    expect(out).toContain('nothing was compiled: there is no adapter here\n');
    expect(existsSync(join(cwd, '.nas', 'kernels', 'tiny', 'manifest.json'))).toBe(true);
    const manifest = JSON.parse(readFileSync(join(cwd, '.nas', 'kernels', 'tiny', 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      space: 'tiny',
      profile: { kind: 'gpu', subgroupSize: null },
      batches: [64],
    });
  });

  test('for another kind of device nothing is compiled', async () => {
    const out = join(temporaryFolder(), 'set');
    const { out: text } = await nas(`build tiny.nas --profile gpu --out ${out}`);
    expect(text).toContain('nothing was compiled: they are for a GPU with subgroups of 32, and here is ');
  });

  test(
    'a search brings the batches of its trials and of its winner, and the supernet more kernels',
    { timeout: 120_000 },
    async () => {
      const out = join(temporaryFolder(), 'set');
      await built(`tiny.nas --search brief --out ${out} --profile gpu`);
      expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')).batches).toEqual([32, 128]);
      const words = `nasbench201.nas --set c=4 --set n=1 --batch 2 --profile gpu --out ${out}`;
      const [children, all] = [await built(words, shipped), await built(`${words} --supernet`, shipped)];
      expect(all.kernels).toBeGreaterThan(children.kernels);
    },
  );

  test.each([
    ['build transformer.nas', 1, 'error[NAS2014]: '],
    ['build enas_rnn.nas', 1, 'error[NAS2014]: '],
    ['build tiny.nas --supernet --profile gpu', 1, 'error[NAS3014]: '],
    ['build nowhere.nas', 2, 'error[NAS5001]: '],
    ['build tiny.nas --out ./tiny.nas/below', 2, 'error[NAS5005]: '],
  ])('%s is refused', async (words, code, start) => {
    const ran = await nas(words, { cwd: shipped });
    expect({ code: ran.code, out: ran.out, err: ran.err.slice(0, start.length) }).toEqual({
      code,
      out: '',
      err: start,
    });
  });
});

describe('nas search --kernels', () => {
  test(
    'a search runs with its set, and not with a damaged or a foreign one',
    { timeout: 240_000 },
    async () => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, 'tiny.nas'), readFileSync(join(files, 'tiny.nas')));
      const quick = '--set evaluate.epochs=1 --set retrain.epochs=1 --trials 1';
      const none = await nas(`search tiny.nas --kernels set ${quick}`, { cwd });
      expect(none).toMatchObject({ code: 1, out: '' });
      expect(none.err).toMatch(/^error\[NAS4701\]: there is no kernel set in .*set\n/);
      await built('tiny.nas --search brief --out set', cwd);
      const ran = await nas(`search tiny.nas --kernels set ${quick}`, { cwd });
      expect(ran).toMatchObject({ code: 0, err: '' });
      const foreign = await nas(`search tiny.nas --kernels set --set evaluate.batch=64 ${quick}`, { cwd });
      expect(foreign).toMatchObject({ code: 1, out: '' });
      expect(foreign.err).toContain('error[NAS4703]');
      writeFileSync(join(cwd, 'set', 'plan.json'), '{');
      const damaged = await nas(`search tiny.nas --kernels set --fresh ${quick}`, { cwd });
      expect(damaged).toMatchObject({ code: 1, out: '' });
      expect(damaged.err).toContain('error[NAS4702]');
    },
  );
});
