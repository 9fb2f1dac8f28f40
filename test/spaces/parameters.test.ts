/** Parameters of published networks, exactly, by the conventions of the papers' public code. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileArchitecture, compileSpace } from '../../compiler/compile.ts';
import { readProgram, type Program } from '../../compiler/program.ts';
import { costOf } from '../../compiler/graph/cost.ts';
import { toJson } from '../../compiler/space/encode.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { nodeHost } from '../../runtime/host.ts';
import { Random } from '../../util/random.ts';

function programOf(name: string): Program {
  const url = new URL(`../../spaces/${name}.nas`, import.meta.url);
  const { value, diagnostics } = readProgram(
    { name: `spaces/${name}.nas`, text: readFileSync(url, 'utf8') },
    nodeHost(),
  );
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}

/** File, architecture, parameters, parameters with the auxiliary head. */
const published: readonly (readonly [string, string, number, number?])[] = [
  ['darts', 'DARTS_V1', 3_169_414, 3_645_840],
  ['darts', 'DARTS_V2', 3_349_342, 3_825_768],
  ['darts_imagenet', 'DARTS_V2_imagenet', 4_718_752],
  ['darts', 'PDARTS', 3_433_798, 3_910_224],
  ['darts', 'PC_DARTS', 3_634_678, 4_111_104],
  ['darts', 'SNAS', 2_661_382],
  ['nats_size', 'smallest', 11_714],
];

const networks = published.map(([file, name, params, withHead]) => ({ file, name, params, withHead }));

test.each(networks)('$file: $name has $params parameters', ({ file, name, params, withHead }) => {
  const { value, diagnostics } = compileArchitecture(programOf(file), name);
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  const { space, architecture } = value;
  const options = { batch: 1, mode: 'inference' } as const;
  expect(costOfArchitecture(space, architecture).params).toBe(params);
  expect(costOf(instantiate(space, architecture, options)).params).toBe(params);
  if (withHead !== undefined) {
    expect(costOf(instantiate(space, architecture, { ...options, auxiliary: true })).params).toBe(withHead);
  }
});

test.each([
  ['resnet18', 11_689_512],
  ['resnet50', 25_557_032],
  ['mobilenet_v2', 3_504_872],
  ['nasnet_mobile', 5_289_978],
])('%s, a fixed network, has %i parameters', (file, params) => {
  const { value, diagnostics } = compileSpace(programOf(file), undefined);
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  expect(value.members.free).toBe(1n);
  expect(costOfArchitecture(value.space, value.members.unrank(0n)).params).toBe(params);
});

describe('NAS-Bench-201', () => {
  const { value } = compileSpace(programOf('nasbench201'), undefined);
  if (!value) throw new Error('spaces/nasbench201.nas does not compile');
  const { space, members } = value;

  /** Answers by edge: the operation from node `from` to node `to`. */
  const edgesOf = (answers: Readonly<Record<string, unknown>>): Map<string, unknown> =>
    new Map(
      Object.entries(answers).map(([path, op]) => {
        const [, to = '', from = ''] = /n\[(\d)\]\.h\[(?:n\[)?(\w)/.exec(path) ?? [];
        return [`${from === 'x' ? 0 : Number(from) + 1}-${Number(to) + 1}`, op];
      }),
    );

  /** Edges that lie on a path from the input (node 0) to the output (node 3) along operations other than `none`. */
  const live = (edges: ReadonlyMap<string, unknown>): readonly unknown[] => {
    const open = [...edges].filter(([, op]) => op !== 'none').map(([edge]) => edge.split('-').map(Number));
    const reach = (start: number, from: 0 | 1): Set<number> => {
      const seen = new Set([start]);
      for (let i = 0; i < 4; i++) {
        for (const edge of open) if (seen.has(edge[from] ?? -1)) seen.add(edge[1 - from] ?? -1);
      }
      return seen;
    };
    const [after, before] = [reach(0, 0), reach(3, 1)];
    return open
      .filter(([from = -1, to = -1]) => after.has(from) && before.has(to))
      .map(([from, to]) => edges.get(`${from}-${to}`));
  };

  test('73,306 + 243,040 n3 + 28,000 n1 parameters where every operation is reached; MACs too', () => {
    const random = new Random(1);
    let compared = 0;
    for (let i = 0; i < 400; i++) {
      const architecture = members.sample(random)?.architecture ?? members.unrank(0n);
      const edges = edgesOf(toJson(space, architecture).answers);
      const alive = live(edges);
      const count = (ops: Iterable<unknown>, op: string): number => [...ops].filter((o) => o === op).length;
      const [n3, n1] = [count(alive, 'nor_conv_3x3'), count(alive, 'nor_conv_1x1')];
      if (n3 !== count(edges.values(), 'nor_conv_3x3') || n1 !== count(edges.values(), 'nor_conv_1x1'))
        continue;
      compared++;
      const { params, macs } = costOfArchitecture(space, architecture);
      expect(params).toBe(73_306 + 243_040 * n3 + 28_000 * n1);
      // The benchmark also counts the ten additions of the classifier's bias.
      expect(macs + 10).toBe(7_783_050 + 35_389_440 * n3 + 3_932_160 * n1);
    }
    expect(compared).toBeGreaterThan(100);
  });
});
