/** Pictures: what they show of known architectures, and that every shipped space comes out whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compileArchitecture, compileSpace } from '../../../compiler/compile.ts';
import { readProgram, type Program } from '../../../compiler/program.ts';
import type { Drawing, Panel } from '../../../compiler/export/draw/drawing.ts';
import { extractDrawing } from '../../../compiler/export/draw/extract.ts';
import { layoutDrawing } from '../../../compiler/export/draw/layout.ts';
import { renderSvg } from '../../../compiler/export/draw/svg.ts';
import { renderDiagnostics } from '../../../grammar/renderDiagnostic.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { Random } from '../../../util/random.ts';
import { compileText } from '../space/helpers.ts';
import { clashesIn } from './geometry.ts';
import { elementsOf } from './xml.ts';

const folder = fileURLToPath(new URL('../../../spaces/', import.meta.url));

function programOf(file: string): Program {
  const { value, diagnostics } = readProgram(
    { name: file, text: readFileSync(`${folder}${file}`, 'utf8') },
    nodeHost(folder),
  );
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}

/** The picture of an architecture that a shipped file names. */
function published(file: string, name: string, set: Readonly<Record<string, number>> = {}): Drawing {
  const settings = Object.entries(set).map(([path, value]) => ({ path, value: String(value) }));
  const { value, diagnostics } = compileArchitecture(programOf(file), name, settings);
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return extractDrawing(value.space, value.architecture, name);
}

function panelOf({ panels }: Drawing, name: string): Panel {
  const panel = panels.find((p) => p.name === name);
  if (!panel) throw new Error(`no panel ${name}`);
  return panel;
}

/** Edges as `from > to label`, by the names on the boxes. */
function edgesOf({ boxes, edges }: Panel): readonly string[] {
  const names = new Map(boxes.map(({ id, lines }) => [id, lines[0] ?? '']));
  return edges.map((e) => `${names.get(e.from)} > ${names.get(e.to)}${e.label && ` ${e.label}`}`).sort();
}

/** The boxes of a panel in order, with how often they stand there. */
function chainOf({ boxes }: Panel): readonly string[] {
  return boxes.map(({ lines, times }) => `${lines[0]}${times === undefined ? '' : ` x ${times}`}`);
}

describe('architectures', () => {
  test('DARTS_V2 is figures 4 and 5 of the paper', () => {
    const drawing = published('darts.nas', 'DARTS_V2', { n: 2, c: 4 });
    expect(edgesOf(panelOf(drawing, 'normal'))).toEqual([
      'c_{k-1} > n[0] sep_conv_3',
      'c_{k-1} > n[1] sep_conv_3',
      'c_{k-1} > n[2] sep_conv_3',
      'c_{k-2} > n[0] sep_conv_3',
      'c_{k-2} > n[1] sep_conv_3',
      'c_{k-2} > n[2] skip_connect',
      'c_{k-2} > n[3] skip_connect',
      'n[0] > c_{k}',
      'n[0] > n[3] dil_conv_3',
      'n[1] > c_{k}',
      'n[2] > c_{k}',
      'n[3] > c_{k}',
    ]);
    expect(edgesOf(panelOf(drawing, 'reduce')).filter((edge) => !edge.endsWith('c_{k}'))).toEqual([
      'c_{k-1} > n[0] max_pool_3',
      'c_{k-1} > n[1] max_pool_3',
      'c_{k-1} > n[3] max_pool_3',
      'c_{k-2} > n[0] max_pool_3',
      'c_{k-2} > n[2] max_pool_3',
      'n[0] > n[1] skip_connect',
      'n[0] > n[2] skip_connect',
      'n[0] > n[3] skip_connect',
    ]);
    expect(chainOf(panelOf(drawing, 'darts'))).toEqual([
      'x',
      'stem',
      'normal x 2',
      'reduce',
      'normal x 2',
      'reduce',
      'normal x 2',
      'classifier',
    ]);
  });

  test('NASNet_A: both operations of a block, even on one input, and what no block reads is concatenated', () => {
    const panel = panelOf(published('nasnet.nas', 'NASNet_A', { n: 1, c: 4 }), 'reduce');
    expect(edgesOf(panel)).toEqual([
      'c_{k-1} > n[0] sep_5',
      'c_{k-1} > n[1] max_3',
      'c_{k-1} > n[2] avg_3',
      'c_{k-1} > n[4] max_3',
      'c_{k-2} > n[0] sep_7',
      'c_{k-2} > n[1] sep_7',
      'c_{k-2} > n[2] sep_5',
      'n[0] > n[3] avg_3',
      'n[0] > n[4] sep_3',
      'n[1] > n[3] identity',
      'n[2] > c_{k}',
      'n[3] > c_{k}',
      'n[4] > c_{k}',
    ]);
    const normal = edgesOf(panelOf(published('nasnet.nas', 'NASNet_A', { n: 1, c: 4 }), 'normal'));
    expect(normal.filter((edge) => edge === 'c_{k-2} > n[3] avg_3')).toHaveLength(2);
  });

  test('a recurrent cell: activations on the edges, the cell as often as there are steps', () => {
    const drawing = published('darts_rnn.nas', 'DARTS_V2', { words: 20, steps: 4, units: 8 });
    const edges = edgesOf(panelOf(drawing, 'recurrent'));
    expect(edges.filter((edge) => / > n\[/.test(edge))).toEqual([
      'n[0] > n[1] relu',
      'n[0] > n[2] relu',
      'n[0] > n[3] identity',
      'n[1] > n[4] tanh',
      'n[2] > n[6] tanh',
      'n[4] > n[5] sigmoid',
      'n[4] > n[7] relu',
      's0 > n[0] sigmoid',
    ]);
    expect(chainOf(panelOf(drawing, 'darts_rnn'))).toEqual(['x', 'embedding', 'recurrent x 4', 'dense']);
  });

  test('a chain with a way around', () => {
    const { space, members } = compileSpace(programOf('digits.nas'), 'digits').value!;
    const architecture = [...Array(4000).keys()]
      .map((rank) => members.unrank(BigInt(rank)))
      .find((a) => space.decisions[3]?.options[a.choices[3] ?? -1]?.label === 'skip')!;
    const panel = panelOf(extractDrawing(space, architecture), 'digits');
    const [block] = panel.boxes.filter(({ lines }) => lines[0] === 'skip');
    expect(edgesOf(panel).filter((edge) => edge.endsWith('> +') || edge.endsWith('> skip'))).toEqual([
      'skip > +',
      'stem > +',
      'stem > skip',
    ]);
    expect(block?.lines[1]).toMatch(/^k [135]$/);
  });
});

describe('spaces', () => {
  test('candidates are open edges, what they offer is said once', () => {
    const { space } = compileSpace(programOf('darts.nas'), 'darts', [{ path: 'n', value: '1' }]).value!;
    const panel = panelOf(extractDrawing(space), 'normal');
    const open = panel.edges.filter((edge) => edge.open);
    expect(open).toHaveLength(2 + 3 + 4 + 5);
    expect(new Set(open.map((edge) => edge.label))).toEqual(new Set(['']));
    expect(panel.notes).toEqual([
      'dashed edges: max_pool_3 | avg_pool_3 | skip_connect | sep_conv_3 | sep_conv_5 | dil_conv_3 | dil_conv_5',
    ]);
  });

  test('blocks of a depth that is open are one box, with their options', () => {
    const { space } = compileSpace(programOf('digits.nas'), 'digits').value!;
    const panel = panelOf(extractDrawing(space), 'digits');
    expect(
      panel.boxes.filter(({ role }) => role === 'choice').map(({ lines, times }) => ({ lines, times })),
    ).toEqual([
      { lines: ['early', 'plain: k 3 | 5', 'skip: k 1 | 3 | 5'], times: '1..3' },
      { lines: ['down', 'pool', 'average', 'stride'], times: undefined },
      { lines: ['late', 'plain: k 3 | 5', 'skip: k 1 | 3 | 5'], times: '1..3' },
    ]);
  });
});

/** Parameters that make the skeletons small. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  amoebanet: { n: 1, blocks: 3 },
  darts: { n: 1 },
  darts_imagenet: { n: 1 },
  enas_macro: { per: 3 },
  enas_micro: { n: 1 },
  nasbench101: { n: 1 },
  nasbench201: { n: 2 },
  nasnet: { n: 1, blocks: 3 },
  one_shot: { n: 1 },
  path_tree: { n: 1 },
  pnas: { n: 1, blocks: 3 },
  pnas_progressive: { n: 1, most: 3 },
  smash: { most: 2 },
};

const shipped = readdirSync(folder)
  .filter((file) => file.endsWith('.nas'))
  .flatMap((file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8');
    return [...text.matchAll(/^space (\w+)/gm)].map((match) => ({ file, name: match[1] ?? '' }));
  });

describe('every shipped space, and architectures of it', () => {
  test.each(shipped)(
    '$name',
    ({ file, name }) => {
      const set = Object.entries(settings[name] ?? {}).map(([path, value]) => ({
        path,
        value: String(value),
      }));
      const { value, diagnostics } = compileSpace(programOf(file), name, set);
      if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
      const { space, members } = value;
      const random = new Random(5, 8);
      const architectures = [1, 2, 3].map(() => members.sample(random).architecture);
      for (const architecture of [undefined, ...architectures]) {
        const drawing = extractDrawing(space, architecture);
        for (const { boxes, edges } of drawing.panels) {
          const ids = new Set(boxes.map(({ id }) => id));
          expect(ids.size).toBe(boxes.length);
          expect(boxes.some(({ role }) => role === 'output')).toBe(true);
          for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
        }
        expect(clashesIn(layoutDrawing(drawing))).toEqual([]);
        const svg = renderSvg(drawing);
        expect(elementsOf(svg).slice(0, 3)).toEqual(['svg', 'title', 'desc']);
        expect(renderSvg(extractDrawing(space, architecture))).toBe(svg);
      }
    },
    120_000,
  );
});

test('what lies over something else is found', () => {
  const { space } = compileText(readFileSync(`${folder}tiny.nas`, 'utf8'));
  const layout = layoutDrawing(extractDrawing(space));
  const panels = layout.panels.map((panel) => {
    const moved = panel.boxes[2]?.x ?? 0;
    return { ...panel, boxes: panel.boxes.map((box, i) => (i === 1 ? { ...box, x: moved } : box)) };
  });
  const clashes = clashesIn({ ...layout, panels });
  expect(clashes).toContain('stem lies over body[0]');
  expect(clashes.some((clash) => clash.includes('crosses'))).toBe(true);
});

describe('SVG', () => {
  test('labels are escaped', () => {
    const drawing: Drawing = {
      title: 'a < b & "c"',
      description: '<script>',
      panels: [
        {
          name: 'p',
          title: '<b>',
          notes: ['x & y'],
          boxes: ['<i>', 'c_{k-1}'].map((line, i) => ({
            id: String(i),
            role: 'node',
            lines: [line, '"&"\u0001'],
            tint: 'plain',
            shape: '1 < 2',
            times: '>3',
          })),
          edges: [{ from: '0', to: '1', label: '</text>', tint: 'plain', open: false }],
        },
      ],
    };
    const svg = renderSvg(drawing);
    expect(elementsOf(svg)).not.toContain('script');
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).toContain('&lt;/text&gt;');
    expect(svg).toContain('>c<tspan dy="3" font-size="9">k-1</tspan></text>');
  });

  test('of a small space, whole', async () => {
    const { space } = compileText(readFileSync(`${folder}tiny.nas`, 'utf8'));
    await expect(renderSvg(extractDrawing(space))).toMatchFileSnapshot('golden/tiny.svg');
  });
});
