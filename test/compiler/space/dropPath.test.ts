/** Which terms of sums are paths that can be dropped: never an identity. */
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { compileArchitecture, type CompiledSpace } from '../../../compiler/compile.ts';
import type { Graph, OpNode } from '../../../compiler/graph/graph.ts';
import { readProgram } from '../../../compiler/program.ts';
import { fromCompact } from '../../../compiler/space/encode.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { compileText } from './helpers.ts';

function network({ space }: CompiledSpace, architecture: Architecture, dropPath = true): Graph {
  return instantiate(space, architecture, { batch: 2, mode: 'training', dropPath });
}

/** The sites of what is dropped. */
function dropped(graph: Graph): string[] {
  return graph.nodes.flatMap((node) => {
    if (node.kind !== 'op' || node.op !== 'drop_path') return [];
    const path = graph.nodes[node.inputs[0] ?? -1];
    return path?.kind === 'op' ? [path.site] : [path?.kind ?? 'nothing'];
  });
}

function first(text: string): { readonly compiled: CompiledSpace; readonly architecture: Architecture } {
  const compiled = compileText(text);
  return { compiled, architecture: compiled.members.unrank(0n) };
}

test('in a residual block the branch is a path, the skip is not', () => {
  const { compiled, architecture } = first(`nas 1
space s {
  input x: image[4, 4, 1]
  output x |> conv(4, 3) |> repeat choose depth 2..2 { residual(4) } |> classifier(3)
}
motif residual(x; c) {
  let y = x |> conv(c, 3) |> batch_norm
  relu(x + y)
}
`);
  const sites = dropped(network(compiled, architecture));
  expect(sites).toHaveLength(2);
  expect(sites.every((site) => site.endsWith('batch_norm'))).toBe(true);
});

test('a sum of sums drops its terms, each once; what others read stays', () => {
  const { compiled, architecture } = first(`nas 1
space s {
  input x: image[4, 4, 1]
  let stem = x |> conv(choose {4}, 3)
  let a = stem |> relu
  let b = stem |> tanh
  output stem + a + b + zero(stem) |> classifier(3)
}
`);
  expect(dropped(network(compiled, architecture)).sort()).toEqual(['a.relu', 'b.tanh']);
});

test('an input that only one node reads, as it is, is an identity all the same', () => {
  const { compiled, architecture } = first(`nas 1
space s {
  input x: image[4, 4, 1]
  output x |> conv(choose {4}, 3) |> cell_of |> classifier(3)
}
motif cell_of(x) {
  let s0 = x |> batch_norm
  nodes n[1] = s0 + tanh(x)
  last(n)
}
`);
  expect(dropped(network(compiled, architecture))).toEqual(['cell_of.n[0].tanh']);
});

test('without the option, and in inference, nothing is dropped', () => {
  const { compiled, architecture } = first(`nas 1
space s {
  input x: image[4, 4, 1]
  let stem = x |> conv(choose {4}, 3)
  output stem + relu(stem) |> classifier(3)
}
`);
  expect(dropped(network(compiled, architecture))).toHaveLength(1);
  expect(dropped(network(compiled, architecture, false))).toEqual([]);
  const options = { batch: 2, mode: 'inference' } as const;
  expect(instantiate(compiled.space, architecture, options).nodes.some((n) => n.kind === 'state')).toBe(
    false,
  );
});

describe('DARTS', () => {
  const program = readProgram(
    { name: 'darts.nas', text: readFileSync('spaces/darts.nas', 'utf8') },
    nodeHost(),
  ).value!;
  const settings = [
    { path: 'space.c', value: '4' },
    { path: 'space.n', value: '1' },
  ];
  const compiled = compileArchitecture(program, 'DARTS_V2', settings).value!;
  const graph = network(compiled, compiled.architecture);

  test('each edge but the skip connections of normal cells is a path: their operations, at each of five cells', () => {
    // Normal: 8 edges, 2 of them skip connections. Reduction: 8 edges, 3 of them skip connections of stride 1.
    const sites = dropped(graph);
    expect(sites).toHaveLength(3 * 6 + 2 * 5);
    expect(sites.every((site) => /\.(sep_conv_3|dil_conv_3|max_pool_3)\./.test(site))).toBe(true);
  });

  test('a skip connection that halves the image is no identity', () => {
    const { value: one } = fromCompact(compiled.space, skips(compiled));
    const sites = dropped(network(compiled, one!));
    expect(sites.some((site) => site.includes('factorized_reduce'))).toBe(true);
    expect(sites.every((site) => !site.includes('align'))).toBe(true);
  });

  test('paths are dropped apart from each other, and share one rate and one count of steps', () => {
    const names = graph.nodes.flatMap((node) => (node.kind === 'state' ? [node.name] : []));
    expect(names.filter((name) => name.endsWith('.key'))).toHaveLength(28);
    expect(names.filter((name) => name.startsWith('drop_path.')).sort()).toEqual([
      'drop_path.rate',
      'drop_path.step',
    ]);
    const ops = graph.nodes.filter((node): node is OpNode => node.kind === 'op' && node.op === 'drop_path');
    expect(new Set(ops.map(({ inputs }) => inputs[1])).size).toBe(28);
  });

  test('weights have the names that they have without', () => {
    const named = (one: Graph): string[] =>
      one.nodes.flatMap((node) => (node.kind === 'parameter' ? [node.name] : []));
    expect(named(graph)).toEqual(named(network(compiled, compiled.architecture, false)));
  });
});

/** Both inputs into every node, by skip connections: all 7 operations have number 2. */
function skips({ space }: CompiledSpace): string {
  const answers: string[] = [];
  for (const { path, options } of space.decisions) {
    if (options.length === 7) {
      if (/\[(s0|s1)\]$/.test(path)) answers.push('2');
    } else answers.push(/\{(s0|s1)\}$/.test(path) ? '0' : '1');
  }
  return `${space.name}:${answers.join('.')}`;
}
