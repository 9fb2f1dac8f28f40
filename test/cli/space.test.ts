/** The commands that look at one space: count, params, sample, show. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, nas, temporaryFolder } from './runNas.ts';

describe('nas count', () => {
  test('plain digits', async () => {
    expect(await nas('count tiny.nas')).toEqual({ code: 0, out: 'free 9\nallowed 7\ndistinct 7\n', err: '' });
  });

  test('as JSON, counts are texts', async () => {
    const { out } = await nas('count tiny.nas --json');
    expect(JSON.parse(out)).toEqual({
      space: 'tiny',
      decisions: 3,
      free: '9',
      allowed: '7',
      distinct: '7',
    });
  });

  test('exact far above 2^53', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'deep.nas'),
      'nas 1\nspace deep {\n  input x: image[8, 8, 1]\n' +
        '  output x |> conv(4, 3) |> repeat 70 { conv(4, choose k {1, 3}) } |> classifier(10)\n}\n',
    );
    const { out } = await nas('count deep.nas', { cwd: folder });
    expect(out).toBe(`free ${2n ** 70n}\nallowed ${2n ** 70n}\ndistinct not computed\n`);
  });

  test('a space of a name, or none of it', async () => {
    expect((await nas('count tiny.nas --space tiny')).out).toBe('free 9\nallowed 7\ndistinct 7\n');
    expect(await nas('count tiny.nas --space tny')).toEqual({
      code: 1,
      out: '',
      err: 'error[NAS2016]: this file has no space `tny`\n  hint: did you mean `tiny`?\n',
    });
  });

  test('a cell alone', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'cells.nas'),
      'nas 1\nspace cells {\n  input x: image[8, 8, 1]\n' +
        '  output x |> conv(4, choose k {1, 3}) |> block(4) |> block(4) |> classifier(10)\n}\n' +
        'cell block(x; c) = x |> conv(c, choose k {1, 3, 5})\n',
    );
    const words = 'count cells.nas --of block';
    expect(await nas(words, { cwd: folder })).toEqual({ code: 0, out: 'free 3\nallowed 3\n', err: '' });
    expect(JSON.parse((await nas(`${words} --json`, { cwd: folder })).out)).toEqual({
      space: 'cells',
      cell: 'block',
      free: '3',
      allowed: '3',
    });
    expect(await nas('count cells.nas --of blok', { cwd: folder })).toEqual({
      code: 1,
      out: '',
      err:
        'error[NAS3013]: the space `cells` has no cell `blok` that decides anything\n' +
        '  hint: did you mean `block`?\n',
    });
  });
});

describe('nas enumerate', () => {
  test('in order of rank, from a rank on', async () => {
    const all = await nas('enumerate tiny.nas');
    expect(all.out.split('\n')[4]).toBe('tiny:1.0.1 rank=4 params=178 macs=1232');
    expect(all.err).toBe('note[NAS5201]: the space has only these 7 architectures\n');
    const some = await nas('enumerate tiny.nas --from 4 -n 2');
    expect(some).toEqual({ code: 0, out: `${all.out.split('\n').slice(4, 6).join('\n')}\n`, err: '' });
    const { architecture, rank, decisions } = JSON.parse((await nas('enumerate tiny.nas -n 1 --json')).out);
    expect({ architecture, rank, space: decisions.space }).toEqual({
      architecture: 'tiny:0.0.0',
      rank: '0',
      space: 'tiny',
    });
  });

  test('from no rank of the space', async () => {
    expect(await nas('enumerate tiny.nas --from 7')).toEqual({
      code: 1,
      out: '',
      err: 'error[NAS3010]: there is no architecture 7: ranks go from 0 to 6\n',
    });
    expect((await nas('enumerate tiny.nas --from x')).code).toBe(2);
  });
});

describe('nas diff', () => {
  test('the answers that differ', async () => {
    const out =
      'down         pool  ->  stride\ndown.pool.k  3     ->  -\n2 differences; the networks differ\n';
    const [a, b] = ['tiny:1.0.1', 'tiny:1.1'];
    expect(await nas(['diff', 'tiny.nas', a, b])).toEqual({ code: 0, out, err: '' });
    expect(JSON.parse((await nas(['diff', 'tiny.nas', a, b, '--json'])).out)).toEqual({
      left: a,
      right: b,
      sameNetwork: false,
      differences: [
        { path: 'down', left: 'pool', right: 'stride' },
        { path: 'down.pool.k', left: '3', right: null },
      ],
    });
    expect((await nas(['diff', 'tiny.nas', a, 'rank:4'])).out).toBe('no difference\n');
  });
});

describe('nas params', () => {
  const text = 'architecture  tiny:1.0.1\nrank          4\nparams        178\nMACs          1,232\n';

  test('of an architecture by rank, as compact text and as JSON', async () => {
    const folder = temporaryFolder();
    const shown = await nas('show tiny.nas rank:4 --json');
    writeFileSync(join(folder, 'best.json'), shown.out);
    for (const arch of ['rank:4', 'tiny:1.0.1', join(folder, 'best.json')]) {
      expect(await nas(['params', 'tiny.nas', arch])).toEqual({ code: 0, out: text, err: '' });
    }
  });

  test('of what another command printed as JSON', async () => {
    const folder = temporaryFolder();
    for (const words of ['params tiny.nas rank:4 --json', 'sample tiny.nas -n 1 --json']) {
      const { out } = await nas(words);
      writeFileSync(join(folder, 'one.json'), out);
      const shown = await nas(['params', 'tiny.nas', join(folder, 'one.json')]);
      expect(shown.out).toContain(`architecture  ${JSON.parse(out).architecture}\n`);
    }
  });

  test('as JSON', async () => {
    const { out } = await nas('params tiny.nas rank:4 --json');
    expect(JSON.parse(out)).toEqual({
      architecture: 'tiny:1.0.1',
      rank: '4',
      params: 178,
      macs: 1232,
      decisions: { space: 'tiny', answers: { filters: 8, down: 'pool', 'down.pool.k': 3 } },
    });
  });

  test('of a space with another parameter', async () => {
    const { out } = await nas('params tiny.nas rank:4 --set classes=5 --json');
    expect(JSON.parse(out)).toMatchObject({ params: 133 });
  });
});

test('a space as a search sets it', async () => {
  const cwd = temporaryFolder();
  const text = readFileSync(join(files, 'tiny.nas'), 'utf8').replace('space tiny(', 'space tiny(width = 1, ');
  const wide = text.replace('{4, 8, 12}', '{width, 8, 12}').replace('of tiny {', 'of tiny(width: 6) {');
  writeFileSync(join(cwd, 'wide.nas'), wide);
  const params = async (words: string): Promise<unknown> =>
    JSON.parse((await nas(`params wide.nas rank:0 --json ${words}`, { cwd })).out).params;
  expect(await params('')).toBe(23);
  expect(await params('--search brief')).toBe(88);
  expect(await params('--search brief --set width=4')).toBe(62);
  expect(await nas('params wide.nas rank:0 --search brief --space tiny', { cwd })).toEqual({
    code: 2,
    out: '',
    err: 'error[NAS5107]: `--space` and `--search` cannot stand together\n',
  });
});

describe('nas sample', () => {
  test('the same for the same seed, in the order of random search', async () => {
    const first = await nas('sample tiny.nas -n 3');
    expect(first).toEqual({
      code: 0,
      out:
        'tiny:0.0.1 rank=1 params=94 macs=616\n' +
        'tiny:1.0.0 rank=3 params=114 macs=208\n' +
        'tiny:2.0.0 rank=6 params=166 macs=312\n',
      err: '',
    });
    expect(await nas('sample tiny.nas -n 3 --seed 1')).toEqual(first);
    expect(await nas('sample tiny.nas -n 3 --seed 2')).not.toEqual(first);
  });

  test('each architecture once, and then it says so', async () => {
    const { code, out, err } = await nas('sample tiny.nas -n 100 --json');
    const drawn = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(new Set(drawn.map(({ rank }) => rank))).toEqual(new Set(['0', '1', '2', '3', '4', '5', '6']));
    expect(drawn).toHaveLength(7);
    expect(drawn[0]).toMatchObject({ architecture: 'tiny:0.0.1', params: 94, macs: 616 });
    expect(err).toBe('note[NAS5201]: the space has only these 7 architectures\n');
  });
});

describe('nas show', () => {
  test.each([
    ['ast', 'show tiny.nas --ast'],
    ['space', 'show tiny.nas --space'],
    ['graph', 'show tiny.nas rank:0 --graph'],
    ['graph-inference', 'show tiny.nas rank:0 --graph --inference --batch 1'],
  ])('%s', async (name, words) => {
    const { code, out, err } = await nas(words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot(`golden/show-${name}.txt`);
  });

  test('the plan of a training step', async () => {
    const { code, out } = await nas('show tiny.nas rank:0 --plan --profile cpu');
    expect(code).toBe(0);
    expect(out).toMatch(/^plan for cpu, subgroups of 8\n\nbuffers\n/);
    expect(out).toContain('\nprogram train\n');
    expect(out).toMatch(/\n +\d+ +sgd +sgd /);
  });

  test('the answers of an architecture', async () => {
    const out = 'filters     = 8\ndown        = pool\ndown.pool.k = 3\n';
    expect(await nas('show tiny.nas rank:4')).toEqual({ code: 0, out, err: '' });
  });

  test('the space is what is shown where nothing is asked for', async () => {
    expect(await nas('show tiny.nas')).toEqual(await nas('show tiny.nas --space'));
    expect(await nas('show --space tiny.nas')).toEqual(await nas('show tiny.nas --space tiny'));
  });

  test.each(['cpu', 'portable', 'gpu'])('shaders for the profile %s, without a device', async (profile) => {
    const { code, out } = await nas(`show tiny.nas rank:0 --wgsl --profile ${profile}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^\/\/ kernel 0: /);
    expect(out.match(/@compute/g)?.length).toBeGreaterThan(5);
    expect(out.includes('enable subgroups')).toBe(profile !== 'portable');
  });

  test.each(['--ast', '--space', 'rank:0 --graph', 'rank:0 --plan', 'rank:0 --wgsl'])(
    '%s as JSON',
    async (view) => {
      const { code, out } = await nas(`show tiny.nas ${view} --json`);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toBeTypeOf('object');
    },
  );

  test('one view at a time, and a network needs an architecture', async () => {
    expect(await nas('show tiny.nas rank:0 --graph --plan')).toEqual({
      code: 2,
      out: '',
      err: 'error[NAS5107]: `--graph` and `--plan` cannot stand together\n',
    });
    expect(await nas('show tiny.nas --plan')).toEqual({
      code: 2,
      out: '',
      err:
        'error[NAS5109]: `--plan` shows one network, and no architecture is named\n' +
        '  hint: `nas show tiny.nas rank:0 --plan` shows the first one\n',
    });
  });
});

describe('an ARCH that is none', () => {
  const hint = '  hint: an architecture is a JSON file, a compact text such as `digits:1.0.2`, or `rank:N`\n';
  const broken =
    'error[NAS3011]: the architecture breaks `require params <= 200` (it has 262 params)\n' +
    '  --> tiny.nas:12:11\n   |\n12 |   require params <= 200\n   |           ^^^^^^^^^^^^^ required here\n   |\n';

  test.each([
    ['rank:7', 1, 'error[NAS3010]: there is no architecture 7: ranks go from 0 to 6\n'],
    [
      'rank:x',
      1,
      'error[NAS3009]: `rank:x` is no place in the space\n  expected: a whole number after `rank:`, such as `rank:0`\n',
    ],
    ['tiny:1', 1, 'error[NAS3009]: it ends before `down`, after 1 answers\n'],
    ['tiny:1.0.1.1', 1, 'error[NAS3009]: it has 4 answers, and 3 decisions exist under them\n'],
    [
      'tiny:1.7.0',
      1,
      'error[NAS3009]: answer 2, for `down`, cannot be `7`\n  expected: a number from 0 to 1 (pool, stride)\n',
    ],
    [
      'tiny:1.x.0',
      1,
      'error[NAS3009]: answer 2, for `down`, cannot be `x`\n  expected: a number from 0 to 1 (pool, stride)\n',
    ],
    ['tini:1.1', 1, 'error[NAS3009]: it is an architecture of `tini`\n  expected: one of `tiny`\n'],
    ['tiny:2.1', 1, broken],
    ['best.json', 2, `error[NAS5001]: there is no file best.json\n${hint}`],
    ['../files', 2, 'error[NAS5002]: ../files is not a file\n  hint: name a file inside of this folder\n'],
  ])('%s', async (arch, code, err) => {
    expect(await nas(['params', 'tiny.nas', arch])).toEqual({ code, out: '', err });
  });

  test.each([
    ['{"space": "tiny"', 'is not JSON'],
    ['[]', 'this JSON has no object `answers`'],
    ['{"answers": {"filters": 8, "down": "pool"}}', '`down.pool.k` has no answer'],
    ['{"answers": {"filters": 9, "down": "stride"}}', '`filters` cannot be 9'],
    ['{"answers": {"filters": 8, "down": "stride", "way": 1}}', '`way` is no decision of this space'],
    [
      '{"answers": {"filters": 8, "down": "stride", "down.pool.k": 1}}',
      'does not exist under the other answers',
    ],
    ['{"space": "big", "answers": {}}', 'it is an architecture of `big`'],
  ])('JSON %s', async (text, problem) => {
    const path = join(temporaryFolder(), 'arch.json');
    writeFileSync(path, text);
    const { code, out, err } = await nas(['params', join(files, 'tiny.nas'), path]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('error[NAS3009]');
    expect(err).toContain(problem);
    expect(err).toContain(path);
  });
});
