/** Winners that are trained at other parameters than they were searched at. */
import { describe, expect, it } from 'vitest';
import { compileSearch } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import type { Setting } from '../../../compiler/settings.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { spaceHost } from '../../../runtime/search/spaceHost.ts';
import { vocabulary } from '../../../runtime/vocabulary.ts';

function compile(retrain: string, settings: readonly Setting[] = []) {
  const text = `nas 1

space small(c = 4, n = 1, kinds = 2, size = 8) {
  input x: image[size, size, 1]
  output x |> repeat n { conv(c, 3) } |> repeat kinds { choose { u: relu, v: tanh } } |> classifier(10)
}

search s of small(c: 2) {
  data digits
  budget 1 trials
  retrain ${retrain}
}
`;
  const program = readProgram({ name: 'file.nas', text }, nodeHost());
  expect(program.diagnostics).toEqual([]);
  return compileSearch(program.value!, 's', settings, vocabulary);
}

/** Parameters of the networks of both phases. */
function params(retrain: string, settings: readonly Setting[] = []): readonly number[] {
  const { value, diagnostics } = compile(retrain, settings);
  expect(diagnostics).toEqual([]);
  const host = spaceHost(value!);
  const architecture = value!.members.unrank(1n);
  return (['trial', 'retrain'] as const).map((phase) => {
    const { training } = host.request(architecture, phase, 1, 1);
    return training.nodes
      .filter((node) => node.kind === 'parameter')
      .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  });
}

/** Layers of 3x3 filters without biases, then the classifier. */
const expected = (c: number, n: number): number => 9 * c + (n - 1) * 9 * c * c + 10 * c + 10;

describe('scale', () => {
  it('changes the network of the winner only', () => {
    expect(params('train(epochs: 1)')).toEqual([expected(2, 1), expected(2, 1)]);
    expect(params('train(epochs: 1, scale: small(c: 8, n: 3))')).toEqual([expected(2, 1), expected(8, 3)]);
  });

  it('takes what it does not name from the search and its settings', () => {
    const settings = [{ path: 'n', value: '2' }];
    expect(params('train(scale: small(c: 8))', settings)).toEqual([expected(2, 2), expected(8, 2)]);
  });

  it.each([
    ['train(scale: other(c: 8))', 'NAS2029'],
    ['train(scale: 3)', 'NAS2029'],
    ['train(scale: small(kinds: 3))', 'NAS4816'],
    ['train(scale: small(kinds: 1))', 'NAS4816'],
    ['train(scale: small(size: 16))', 'NAS3008'],
  ])('%s is refused', (retrain, code) => {
    expect(compile(retrain).diagnostics.map((d) => d.code)).toEqual([code]);
  });
});
