import { expect, test } from 'vitest';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import { graphPasses, runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';

const names = ['simplify', 'differentiate', 'gates', 'identities', 'merge', 'dead', 'recompute'];

test('all passes run in order, verified between', () => {
  expect(graphPasses.map(({ name }) => name)).toEqual(names);
  const seen: string[] = [];
  const graph = runGraphPasses(checkNetwork(), {
    loss: 'loss',
    verify: true,
    watch: (pass) => void seen.push(pass.name),
  });
  expect(seen).toEqual(names);
  expect(graph.gradients).toHaveLength(9);
});

test('any prefix can be printed', () => {
  const texts = names.map((until) => printGraph(runGraphPasses(checkNetwork(), { loss: 'loss', until })));
  const watched: string[] = [];
  runGraphPasses(checkNetwork(), { loss: 'loss', watch: (_, graph) => void watched.push(printGraph(graph)) });
  expect(watched).toEqual(texts);
});

test('without a loss nothing is differentiated', () => {
  expect(runGraphPasses(checkNetwork(), { loss: undefined }).gradients).toEqual([]);
});

test('a pass that does not exist is an internal error', () => {
  expect(() => runGraphPasses(checkNetwork(), { loss: 'loss', until: 'fuse' })).toThrow(
    /a pass called fuse is missing/,
  );
});

test('a broken graph is caught before the first pass', () => {
  const graph = checkNetwork();
  expect(() =>
    runGraphPasses({ ...graph, outputs: { loss: 999 } }, { loss: undefined, verify: true }),
  ).toThrow(/broken after the builder/);
});
