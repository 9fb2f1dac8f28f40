/** The canonical form against published numbers, and against renamings that must not change it. */
import { describe, expect, test } from 'vitest';
import { canonical, canonicalHash } from '../../../compiler/space/algebra/canonical.ts';
import { countDistinct } from '../../../compiler/space/algebra/distinct.ts';
import { membersOf } from '../../../compiler/space/members.ts';
import { fixed } from '../../../compiler/space/diagrams.ts';
import { holds } from '../../../compiler/space/open.ts';
import type { Open, Space } from '../../../compiler/space/space.ts';
import { Random } from '../../../util/random.ts';
import { SpaceMaker } from '../../arbitraries/spaceObjects.ts';

const operations = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];

/** NAS-Bench-201 (Dong & Yang 2020): `cells` uses of one cell of four nodes and six edges. */
function nasbench201(cells: number = 1): Space {
  const maker = new SpaceMaker();
  const edges = [
    [0, 1],
    [0, 2],
    [1, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ].map(([from, to]) => ({ from, to, id: maker.choose(`n[${to}].edge[${from}]`, operations) }));
  let x = 0;
  for (let cell = 0; cell < cells; cell++) {
    const nodes = [x];
    for (let to = 1; to < 4; to++) {
      const terms = edges
        .filter((edge) => edge.to === to)
        .map(({ from, id }) => edgeOf(maker, maker.option(id), nodes[from]));
      nodes.push(maker.apply('add', terms));
    }
    x = nodes[3];
  }
  return maker.finish(x);
}

function edgeOf(maker: SpaceMaker, option: Open<number>, x: number): number {
  const on = (i: number): Open<boolean> => holds(option, (o) => o === i);
  const convolved = (k: number, exists: Open<boolean>): number => {
    const relu = maker.apply('relu', [x], { exists });
    const cost = fixed({ params: k * k, macs: 1 });
    const conv = maker.apply('conv', [relu], {
      exists,
      cost,
      attributes: { k: fixed(k), bias: fixed(false) },
    });
    return maker.apply('batch_norm', [conv], { exists, cost: fixed({ params: 2, macs: 1 }) });
  };
  return maker.select(option, [
    maker.apply('zero', [x], { exists: on(0) }),
    maker.apply('identity', [x], { exists: on(1) }),
    convolved(1, on(2)),
    convolved(3, on(3)),
    maker.apply('avg_pool', [x], { exists: on(4), attributes: { k: fixed(3) } }),
  ]);
}

describe('NAS-Bench-201', () => {
  test('15,625 architectures are 5,875 networks', () => {
    const space = nasbench201();
    const members = membersOf(space).value!;
    expect(members.allowed).toBe(15_625n);
    expect(countDistinct(space, members)).toBe(5_875);
  });

  test('three uses of the cell tell apart what one use does', () => {
    const [one, three] = [nasbench201(), nasbench201(3)];
    const members = membersOf(one).value!;
    const random = new Random(3);
    const pairs = new Map<string, string>();
    for (let i = 0; i < 1_000; i++) {
      const architecture = members.sample(random).architecture!;
      const [a, b] = [canonicalHash(one, architecture), canonicalHash(three, architecture)];
      expect(pairs.get(a) ?? b).toBe(b);
      pairs.set(a, b);
    }
    expect(new Set(pairs.values()).size).toBe(pairs.size);
  });

  test("6,466 by the benchmark's own rule, which writes every node out and keeps its zeros", () => {
    const space = nasbench201();
    const strings = new Set<string>();
    for (const { choices } of membersOf(space).value!.enumerate()) strings.add(uniqueString(choices));
    expect(strings.size).toBe(6_466);
  });
});

/** `Structure.to_unique_str(consider_zero=True)` of Dong & Yang's library, for edges in our order. */
function uniqueString(choices: readonly number[]): string {
  const nodes = ['0'];
  let edge = 0;
  for (let to = 1; to < 4; to++) {
    const terms: string[] = [];
    for (let from = 0; from < to; from++) {
      const operation = operations[choices[edge++]];
      if (operation === 'none' || nodes[from] === '#') terms.push('#');
      else if (operation === 'skip_connect') terms.push(nodes[from]);
      else terms.push(`(${nodes[from]})@${operation}`);
    }
    nodes.push(terms.sort().join('+'));
  }
  return nodes[3];
}

describe('what makes no difference', () => {
  /** The canonical text of one fixed network; the nodes are made in the order of `make`. */
  const form = (make: (maker: SpaceMaker) => number): string => {
    const maker = new SpaceMaker();
    const output = make(maker);
    return canonical(maker.finish(output), { space: 'made', choices: [] });
  };
  const conv = (maker: SpaceMaker, x: number, k: number, site?: string): number =>
    maker.apply('conv', [x], {
      cost: fixed({ params: k, macs: k }),
      attributes: { k: fixed(k) },
      ...(site === undefined ? {} : { site }),
    });

  test.each<[string, (m: SpaceMaker) => number, (m: SpaceMaker) => number, boolean]>([
    ['the order of a sum', (m) => m.apply('add', [conv(m, 0, 1), conv(m, 0, 3)]), (m) => m.apply('add', [conv(m, 0, 3), conv(m, 0, 1)]), true],
    ['the order of a concatenation is one', (m) => m.apply('concat', [conv(m, 0, 1), conv(m, 0, 3)]), (m) => m.apply('concat', [conv(m, 0, 3), conv(m, 0, 1)]), false],
    ['nested sums', (m) => m.apply('add', [m.apply('add', [0, conv(m, 0, 1)]), conv(m, 0, 3)]), (m) => m.apply('add', [0, conv(m, 0, 3), conv(m, 0, 1)]), true],
    ['nested means are none', (m) => m.apply('mean', [m.apply('mean', [0, conv(m, 0, 1)]), conv(m, 0, 3)]), (m) => m.apply('mean', [0, conv(m, 0, 3), conv(m, 0, 1)]), false],
    ['a dead branch', (m) => (conv(m, 0, 5), conv(m, 0, 1)), (m) => conv(m, 0, 1), true],
    ['identity', (m) => conv(m, m.apply('identity', [0]), 1), (m) => conv(m, 0, 1), true],
    ['zeros in a sum', (m) => m.apply('add', [m.apply('avg_pool', [m.apply('zero', [0])]), conv(m, 0, 1)]), (m) => conv(m, 0, 1), true],
    ['zeros in a mean count', (m) => m.apply('mean', [m.apply('zero', [0]), conv(m, 0, 1)]), (m) => conv(m, 0, 1), false],
    ['zeros in a product', (m) => m.apply('mul', [m.apply('zero', [0]), conv(m, 0, 1)]), (m) => m.apply('zero', [0]), true],
    ['normalised zeros are not zeros', (m) => m.apply('add', [0, m.apply('batch_norm', [m.apply('zero', [0])], { cost: fixed({ params: 1, macs: 0 }) })]), () => 0, false],
    ['one convolution read twice is not two', (m) => { const c = conv(m, 0, 1); return m.apply('add', [c, c]); }, (m) => m.apply('add', [conv(m, 0, 1), conv(m, 0, 1)]), false],
    ['two uses of one set of weights are one tensor', (m) => m.apply('add', [conv(m, 0, 1, 's'), conv(m, 0, 1, 's')]), (m) => { const c = conv(m, 0, 1); return m.apply('add', [c, c]); }, true],
    ['weights shared along a chain', (m) => conv(m, conv(m, 0, 1, 's'), 1, 's'), (m) => conv(m, conv(m, 0, 1), 1), false],
    ['the same pool twice is one tensor', (m) => m.apply('concat', [m.apply('avg_pool', [0]), m.apply('avg_pool', [0])]), (m) => { const p = m.apply('avg_pool', [0]); return m.apply('concat', [p, p]); }, true],
    ['which of two like branches goes on', (m) => { const [a, b] = [conv(m, 0, 1), conv(m, 0, 1)]; return m.apply('concat', [a, conv(m, b, 3)]); }, (m) => { const [a, b] = [conv(m, 0, 1), conv(m, 0, 1)]; return m.apply('concat', [b, conv(m, a, 3)]); }, true],
    ['where shared weights are used', (m) => m.apply('add', [conv(m, conv(m, 0, 1, 's'), 3), conv(m, conv(m, 0, 1, 't'), 5)]), (m) => { const c = conv(m, 0, 1); return m.apply('add', [conv(m, c, 3), conv(m, c, 5)]); }, false],
  ])('%s', (_, left, right, same) => {
    if (same) expect(form(left)).toBe(form(right));
    else expect(form(left)).not.toBe(form(right));
  }); // prettier-ignore

  test('eight like branches are ordered without trying all orders', () => {
    const branches = (m: SpaceMaker, sizes: readonly number[]): number =>
      m.apply(
        'add',
        sizes.map((k) => conv(m, conv(m, 0, 1), k)),
      );
    const sizes = [3, 3, 3, 3, 3, 3, 3, 5];
    expect(form((m) => branches(m, sizes))).toBe(form((m) => branches(m, sizes.toReversed())));
  });
});
