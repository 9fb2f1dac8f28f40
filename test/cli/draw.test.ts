/** The command that draws: printed or written, whole or in part; and the pictures of the documentation. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { elementsOf } from '../compiler/export/xml.ts';
import { nas, temporaryFolder } from './runNas.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const titleIn = (svg: string): string | undefined => /<title id="title">(.*)<\/title>/.exec(svg)?.[1];

describe('nas draw', () => {
  test('prints a space', async () => {
    const { code, out, err } = await nas('draw tiny.nas');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(titleIn(out)).toBe('tiny');
    expect(elementsOf(out)[0]).toBe('svg');
    expect(out).toContain('class="box choice"');
  });

  test('prints an architecture, which has nothing open', async () => {
    const { code, out, err } = await nas('draw tiny.nas rank:0');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain('class="box choice"');
  });

  test('the cells of DARTS_V2, with the operations that it takes', async () => {
    const { out } = await nas(['draw', join(root, 'spaces/darts.nas'), 'DARTS_V2']);
    const count = (label: string): number => out.split(`>${label}</text>`).length - 1;
    // normal: five sep_conv_3, two skip_connect, one dil_conv_3; reduce: five max_pool_3, three skip_connect.
    expect(['sep_conv_3', 'dil_conv_3', 'max_pool_3', 'skip_connect'].map(count)).toEqual([5, 1, 5, 5]);
  });

  test('what is no architecture is refused', async () => {
    expect((await nas('draw tiny.nas rank:1000')).code).toBe(1);
  });

  test('writes a file, in the folder where it runs', async () => {
    const cwd = temporaryFolder();
    const draw = ['draw', join(root, 'spaces/tiny.nas'), '-o', 'tiny.svg'];
    expect(await nas(draw, { cwd })).toEqual({ code: 0, out: 'wrote tiny.svg\n', err: '' });
    expect(elementsOf(readFileSync(join(cwd, 'tiny.svg'), 'utf8'))[0]).toBe('svg');
  });

  test('writes a file, over one that is there', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'tiny.svg');
    writeFileSync(file, 'something else');
    expect(await nas(['draw', 'tiny.nas', '-o', file])).toEqual({ code: 0, out: `wrote ${file}\n`, err: '' });
    expect(readFileSync(file, 'utf8')).toBe((await nas('draw tiny.nas')).out);
  });

  test('a file that cannot be written', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken.svg'));
    const { code, out, err } = await nas(['draw', 'tiny.nas', '-o', join(folder, 'taken.svg')]);
    expect({ code: code > 0, out }).toEqual({ code: true, out: '' });
    expect(err).toContain('taken.svg');
    expect(err).toMatch(/^error\[NAS\d+\]/);
  });

  test('one cell, or the network around the cells', async () => {
    const file = join(root, 'spaces/nasbench201.nas');
    const cell = await nas(['draw', file, 'NATS_cell', '--of', 'searched']);
    expect(titleIn(cell.out)).toBe('NATS_cell');
    expect(cell.out.match(/class="title"/g)).toHaveLength(1);
    expect(cell.out).toContain('>nor_conv_3x3</text>');
    const network = await nas(['draw', file, '--of', 'nasbench201']);
    expect(network.out).not.toContain('>nor_conv_3x3</text>');
    expect(network.out).toContain('>× 5</text>');
  });

  test('a cell that there is not', async () => {
    const file = join(root, 'spaces/nasbench201.nas');
    const near = await nas(['draw', file, '--of', 'serched']);
    expect(near.code).toBe(1);
    expect(near.err).toContain('hint: did you mean `searched`?');
    const { err } = await nas('draw tiny.nas --of normal');
    expect(err).toContain('`--of tiny` draws the network around them');
  });
});

test.each([
  ['darts_v2', ['spaces/darts.nas', 'DARTS_V2']],
  ['digits', ['spaces/digits.nas']],
])('docs/pictures/%s.svg is what the command draws', async (name, words) => {
  const { out, err } = await nas(['draw', ...words], { cwd: root });
  expect(err).toBe('');
  expect(out).toBe(readFileSync(join(root, `docs/pictures/${name}.svg`), 'utf8'));
});
