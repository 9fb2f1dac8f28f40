/** The decisions of published spaces, made by hand: what their files come to, without networks. */
import { always, fixed, takes } from '../../../compiler/space/diagrams.ts';
import { both, holds, mapOpen } from '../../../compiler/space/open.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { SpaceMaker } from '../../arbitraries/spaceObjects.ts';

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** DARTS (Liu et al. 2019): two cells of four nodes; each reads two earlier tensors by one of seven operations. */
export function darts(): Space {
  const maker = new SpaceMaker();
  for (const cell of ['normal', 'reduce']) {
    for (let node = 0; node < 4; node++) {
      const sources = ['s0', 's1', ...names('n', node)];
      const taken = maker.subset(`${cell}.n[${node}].h`, sources, 2, 2, { cell });
      taken.forEach((exists, i) => {
        const id = maker.choose(`${cell}.n[${node}].edge[${sources[i]}]`, names('op', 7), { exists, cell });
        const costs = mapOpen([maker.option(id)], exists, ([o]) => ({
          params: [0, 0, 0, 1, 2, 3, 5][o] * 1296,
          macs: o,
        }));
        maker.apply('conv', [0], { exists, cost: costs! });
      });
    }
  }
  return maker.finish();
}

/** NASNet (Zoph et al. 2018): five blocks a cell; two inputs, two operations of 13, sum or concatenation. */
export function nasnet(): Space {
  const maker = new SpaceMaker();
  for (const cell of ['normal', 'reduce']) {
    for (let block = 0; block < 5; block++) {
      const path = `${cell}.n[${block}]`;
      const sources = ['s0', 's1', ...names('n', block)];
      maker.choose(`${path}.a`, sources, { cell });
      maker.choose(`${path}.b`, sources, { cell });
      maker.choose(`${path}.left`, names('op', 13), { cell });
      maker.choose(`${path}.right`, names('op', 13), { cell });
      maker.choose(`${path}.combine`, ['add', 'concat'], { cell });
    }
  }
  return maker.finish();
}

/** ENAS's macro space (Pham et al. 2018): twelve layers of six operations, any skips. */
export function enasMacro(): Space {
  const maker = new SpaceMaker();
  for (let layer = 0; layer < 12; layer++) {
    maker.choose(`n[${layer}].op`, names('op', 6));
    maker.subset(`n[${layer}].skips`, names('a', layer), 0, layer);
  }
  return maker.finish();
}

/** A chain of `blocks` blocks of 8 options with unlike costs, under a bound on their sum. */
export function chain(blocks: number, bound?: number): Space {
  const maker = new SpaceMaker();
  for (let block = 0; block < blocks; block++) {
    const id = maker.choose(`block[${block}]`, names('op', 8));
    const width = 16 + 8 * Math.floor(block / 4);
    const cost = mapOpen([maker.option(id)], always, ([o]) => ({
      params: [0, 9, 25, 49, 18, 50, 98, 1][o] * width * width + o,
      macs: o,
    }));
    maker.apply('conv', [0], { cost: cost! });
  }
  if (bound !== undefined) {
    maker.require({
      kind: 'binary',
      operator: '<=',
      left: { kind: 'cost', cost: 'params' },
      right: { kind: 'value', value: fixed(bound) },
    });
  }
  return maker.finish();
}

/** The matrices of NAS-Bench-101 (Ying et al. 2019): 21 edges, at most nine of them, five operations of three. */
export function nasbench101(): Space {
  const maker = new SpaceMaker();
  const reads = Array.from({ length: 6 }, (_, t) => maker.subset(`reads[${t}]`, names('', t + 1), 0, t + 1));
  for (let t = 0; t < 5; t++) maker.choose(`v[${t}].op`, ['conv_3', 'conv_1', 'max_3']);
  const edges = reads
    .flat()
    .reduce((sum, edge) => mapOpen([sum, edge], always, ([s, e]) => s + (e ? 1 : 0))!, fixed(0));
  maker.require({ kind: 'value', value: holds(edges, (count) => count <= 9) });
  return maker.finish();
}

/** A depth of up to `most` layers, each with a kernel: a decision that thousands of others read. */
export function deep(most: number): Space {
  const maker = new SpaceMaker();
  const depth = maker.choose(
    'depth',
    Array.from({ length: most }, (_, i) => i + 1),
  );
  for (let layer = 0; layer < most; layer++) {
    const exists = holds(maker.option(depth), (d) => d >= layer);
    const kind = maker.choose(`layer[${layer}].kind`, ['a', 'b'], { exists });
    maker.choose(`layer[${layer}].a.k`, [1, 3, 5], { exists: both(exists, takes(kind, 0, 2)) });
  }
  return maker.finish();
}
