/** Long chains: whatever follows a network from its output back must not do so by calling itself. */
import { expect, test } from 'vitest';
import { compileSpace } from '../../compiler/compile.ts';
import { extractDrawing } from '../../compiler/export/draw/extract.ts';
import { readProgram } from '../../compiler/program.ts';
import { canonicalHash } from '../../compiler/space/algebra/canonical.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { planInference } from '../../compiler/wgsl/lower.ts';
import { nodeHost } from '../../runtime/host.ts';

const length = 4000;
const layers = Array.from(
  { length },
  (_, i) => `  let x${i + 1} = ${i === 0 ? 'x' : `x${i}`} |> choose op${i} { relu, tanh, identity }`,
).join('\n');
const text = `nas 1\nspace s {\n  input x: image[4, 4, 1]\n${layers}\n  output x${length} |> classifier(2)\n}\n`;

test(`a chain of ${length} choices is counted, built, planned, compared and drawn`, () => {
  const { value: program } = readProgram({ name: 'chain.nas', text }, nodeHost());
  const compiled = program && compileSpace(program, undefined, []).value;
  if (!compiled) throw new Error('the chain does not compile');
  const { space, members } = compiled;
  expect(members.allowed).toBe(3n ** BigInt(length));
  const [first, second] = [members.unrank(0n), members.unrank(1n)];
  expect(costOfArchitecture(space, first)).toEqual({ params: 4, macs: 2 });
  const graph = instantiate(space, first, { batch: 2, mode: 'inference' });
  expect(graph.nodes.filter((node) => node.kind === 'op' && node.op === 'relu')).toHaveLength(length);
  const profile = { kind: 'gpu', subgroupSize: undefined } as const;
  expect(planInference(graph, { profile }).programs['evaluate']?.length).toBeGreaterThan(0);
  expect(canonicalHash(space, first)).not.toBe(canonicalHash(space, second));
  expect(extractDrawing(space, first, 'chain').panels.length).toBeGreaterThan(0);
});
