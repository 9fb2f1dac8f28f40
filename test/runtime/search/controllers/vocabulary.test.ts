import { describe, expect, it } from 'vitest';
import { kindOf, vocabularyOf } from '../../../../runtime/search/controllers/vocabulary.ts';
import { shipped } from './helpers.ts';

describe('the kind of a path', () => {
  it.each([
    ['depth', 'depth'],
    ['stage[0].layer[12].f', 'stage.layer.f'],
    ['searched.n[2].h[n[1]]', 'searched.n.h'],
    ['normal.n[3].h{n[0]}', 'normal.n.h'],
  ])('of %s is %s', (path, kind) => {
    expect(kindOf(path)).toBe(kind);
  });
});

describe('the tokens of a space', () => {
  it('are shared by decisions of one kind: five for six edges of NAS-Bench-201', () => {
    const { tokens, inputs, start, options } = vocabularyOf(shipped('nasbench201').space);
    expect({ tokens, inputs, start }).toEqual({ tokens: 5, inputs: 6, start: 5 });
    expect(options).toEqual(Array.from({ length: 6 }, () => [0, 1, 2, 3, 4]));
  });

  it('are the union of the labels where decisions of one kind differ', () => {
    // a and b of PNAS choose among s0, s1 and up to four blocks; left and right among eight operations.
    const { tokens, options } = vocabularyOf(shipped('pnas').space);
    expect(tokens).toBe(2 * 6 + 2 * 8);
    expect(options[0]).toEqual(options[4]?.slice(0, 2));
  });

  it('leave out what has one option', () => {
    const { options, tokens } = vocabularyOf(shipped('sequential', { layers: 2 }).space);
    // Filters, height and width of the kernel; strides are fixed.
    expect(tokens).toBe(12);
    expect(options.filter((tokensOf) => tokensOf === undefined)).toHaveLength(5);
  });
});

describe('the candidates of a subset', () => {
  it('stand for all decisions of their bodies', () => {
    const { space } = shipped('sequential', { layers: 3 });
    const { anchors, labels, tokens, inputs } = vocabularyOf(space);
    const anchor = anchors[12]!;
    expect(space.decisions[12].path).toBe('n[2].inputs{n[1]}');
    expect(anchor.members).toEqual([11, 12]);
    const paths = anchor.candidates.map(({ body }) => [...body].map((id) => space.decisions[id].path));
    expect(paths[0]).toEqual(['n[0].filters', 'n[0].kh', 'n[0].kw', 'n[0].sh', 'n[0].sw']);
    expect(paths[1]).toEqual([
      'n[1].inputs{n[0]}',
      'n[1].filters',
      'n[1].kh',
      'n[1].kw',
      'n[1].sh',
      'n[1].sw',
    ]);
    // One kind of subset with two labels in all; the token of the kind and the start can be read.
    expect(labels).toBe(2);
    expect(inputs).toBe(tokens + 2);
  });

  it('of a cell are found inside of the cell', () => {
    const { space } = shipped('darts');
    const { anchors } = vocabularyOf(space);
    const member = space.decisions.find(({ path }) => path === 'reduce.n[1].h{n[0]}')!;
    const { members, candidates } = anchors[member.id]!;
    const { body } = candidates[members.indexOf(member.id)];
    expect([...body].every((id) => space.decisions[id].path.startsWith('reduce.n[0].'))).toBe(true);
    expect(body.size).toBe(4);
    // The cell's inputs have no decisions.
    expect(candidates[0].body.size).toBe(0);
  });
});
