/** Path-level transformation of the shipped trees of paths (Cai, Yang, Zhang, Han & Yu 2018, section 3.1). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileText } from '../../../compiler/space/helpers.ts';
import { answered, family, measuredForm, type Family } from './helpers.ts';

const text = readFileSync(new URL('../../../../spaces/path_tree.nas', import.meta.url), 'utf8');
const compiled = (depth: number): ReturnType<typeof compileText> =>
  compileText(
    text,
    Object.entries({ size: 4, colors: 1, k: 8, n: 1, depth }).map(([path, value]) => ({
      path,
      value: String(value),
    })),
  );
const { space } = compiled(2);

type Answers = Readonly<Record<string, string>>;

/** What happens when some answers are put in place of others or added to them. */
const grown = (from: Answers, to: Answers): Promise<Family> =>
  family(space, answered(space, from), answered(space, to));

const rounding = 1e-5;
const one = { 'tree.merge': 'one' };
const node = 'tree.merge.one.trunk.after';
const merge = `${node}.node.node.merge`;
const edge = `${merge}.one.path.edge`;
const bare = { ...one, [node]: 'node', [merge]: 'one' };
const cells = (kind: string): Answers => ({ ...one, [node]: 'node', [merge]: kind });

describe('path-level transformation preserves the function', () => {
  it.each<[string, Answers, Answers]>([
    ['the root to the mean of 2', one, { 'tree.merge': 'add_2' }],
    ['the root to the mean of 3', one, { 'tree.merge': 'add_3' }],
    ['the root to 2 halves of its filters', one, { 'tree.merge': 'cat_2' }],
    ['a node put in', one, bare],
    [
      'a node put in behind one of 2',
      { 'tree.merge': 'add_2' },
      { 'tree.merge': 'add_2', 'tree.merge.add_2.branch[1].after': 'node' },
    ],
    ['a node to the mean of 2', bare, cells('add_2')],
    ['a node to the mean of 3', bare, cells('add_3')],
    ['a node to 2 halves of its channels', bare, cells('cat_2')],
    ...['conv_1', 'sep_3', 'sep_5', 'sep_7'].map((kind): [string, Answers, Answers] => [
      `an identity to ${kind}`,
      bare,
      { ...bare, [edge]: kind },
    ]),
    [
      'an identity of a half to sep_3',
      cells('cat_2'),
      { ...cells('cat_2'), [`${merge}.cat_2.part[1].edge`]: 'sep_3' },
    ],
    [
      'an identity of a mean to conv_1',
      cells('add_2'),
      { ...cells('add_2'), [`${merge}.add_2.branch[0].edge`]: 'conv_1' },
    ],
    [
      'an identity beside a pool',
      { ...cells('add_2'), [`${merge}.add_2.branch[0].edge`]: 'max_3' },
      {
        ...cells('add_2'),
        [`${merge}.add_2.branch[0].edge`]: 'max_3',
        [`${merge}.add_2.branch[1].edge`]: 'sep_5',
      },
    ],
  ])('%s', async (_, from, to) => {
    const { difference, departures } = await grown(from, to);
    expect(departures).toEqual([]);
    expect(difference).toBeLessThan(rounding);
  });

  it("not with a pool: it is named, in each of the tree's uses, and the rest is inherited", async () => {
    const { departures, tensors, child } = await grown(bare, { ...bare, [edge]: 'avg_3' });
    expect(departures.map(({ code }) => code)).toEqual(['NAS4541', 'NAS4541', 'NAS4541']);
    expect(departures[0].message).toContain('avg_pool that was not there before');
    const weights = child.nodes.filter(({ kind }) => kind === 'parameter' || kind === 'state');
    expect(tensors.size).toBe(weights.length);
  });

  it('shares out the filters of the root, and copies its input', async () => {
    const { tensors, trained } = await grown(one, { 'tree.merge': 'cat_2' });
    const shapes = (all: ReadonlyMap<string, { readonly shape: readonly number[] }>): (readonly number[])[] =>
      [...all].flatMap(([name, { shape }]) =>
        /^repeat\[0\]\.dense_layer\.tree\..*conv\.kernel$/.test(name) ? [shape] : [],
      );
    const [parts, whole] = [shapes(tensors), shapes(trained)];
    expect(whole).toHaveLength(1);
    expect(parts).toHaveLength(2);
    expect(parts.reduce((sum, [, , , out]) => sum + out, 0)).toBe(whole[0][3]);
    for (const [, , read] of parts) expect(read).toBe(whole[0][2]);
  });

  it('parts the channels of a node', () => {
    const graph = measuredForm(
      space,
      answered(space, {
        ...cells('cat_2'),
        [`${merge}.cat_2.part[0].edge`]: 'sep_3',
        [`${merge}.cat_2.part[1].edge`]: 'sep_5',
      }),
    );
    const read = graph.nodes.flatMap((n) =>
      n.kind === 'op' && n.op === 'depthwise' && n.site.startsWith('repeat[0]') ? [n.shape[3]] : [],
    );
    expect(read).toEqual([4, 4]);
  });

  it('has 4 cells of depth 1 (the recurrence of section 3.2)', () => {
    expect(compiled(1).members.allowed).toBe(4n);
  });
});

describe('parts of layers that read each channel by itself', () => {
  it.each([
    ['depthwise', 'depthwise(3)'],
    ['grouped', 'conv(8, 3, groups: 4)', 'conv(4, 3, groups: 2)'],
    ['pooled', 'avg_pool(3)'],
  ])('%s', async (_, whole, part = whole) => {
    const s = compileText(`nas 1
space s {
  input x: image[6, 6, 2]
  output x |> conv(8, 3) |> batch_norm |> choose {
    whole: ${whole}
    parts: halves
  } |> relu |> classifier(2)
}
motif halves(x) = concat([y |> ${part} for y in split(x, 2)])`).space;
    const [{ path }] = s.decisions;
    const { difference, departures } = await family(
      s,
      answered(s, { [path]: 'whole' }),
      answered(s, { [path]: 'parts' }),
    );
    expect(departures).toEqual([]);
    expect(difference).toBeLessThan(rounding);
  });
});
