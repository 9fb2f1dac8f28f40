/** `genome`: its fields, their defaults and what is refused. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { genomeActivations } from '../../../compiler/records/activations.ts';
import { genome, told } from './check.ts';

test('the shipped genome of XOR', () => {
  const text = readFileSync(new URL('../../../spaces/neat_xor.nas', import.meta.url), 'utf8');
  const fields = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
  expect(genome(fields)).toEqual({
    value: {
      name: 'g',
      inputs: 2,
      bias: true,
      outputs: 1,
      activations: [{ name: 'sigmoid', steepness: 4.9 }],
      recurrent: false,
      maxNodes: 64,
    },
    diagnostics: [],
  });
});

test('defaults: a bias, the steep sigmoid, no cycles, room for 100 hidden nodes', () => {
  expect(genome('inputs 3, outputs 2').value).toEqual({
    name: 'g',
    inputs: 3,
    bias: true,
    outputs: 2,
    activations: [{ name: 'sigmoid', steepness: 4.9 }],
    recurrent: false,
    maxNodes: 106,
  });
});

test('activations with and without a steepness', () => {
  const { value } = genome('inputs 1, outputs 1, activations [tanh, tanh(2), gaussian(steepness: 0.5)]');
  expect(value?.activations).toEqual([
    { name: 'tanh', steepness: 1 },
    { name: 'tanh', steepness: 2 },
    { name: 'gaussian', steepness: 0.5 },
  ]);
});

test('the steep sigmoid is a half at 0 and nearly 1 at 1', () => {
  expect(genomeActivations.sigmoid.of(0)).toBe(0.5);
  expect(genomeActivations.sigmoid.of(4.9)).toBeCloseTo(0.99261, 5);
  expect(genomeActivations.gaussian.of(0)).toBe(1);
  expect(genomeActivations.relu.of(-3)).toBe(0);
});

const whole = 'expected a whole number from 1 to 10,000';

test.each([
  [
    'bias none',
    [
      'NAS3113 | the genome `g` does not say its `inputs` and `outputs` | at g | write `inputs 2, outputs 1`',
      'NAS3113 | `bias` cannot be `none` | at none | expected `true` or `false`',
    ],
  ],
  ['inputs -2, outputs 1', [`NAS3113 | \`inputs\` cannot be -2 | at -2 | ${whole}`]],
  ['inputs 0, outputs 1', [`NAS3113 | \`inputs\` cannot be 0 | at 0 | ${whole}`]],
  ['inputs 1.5, outputs 1', [`NAS3113 | \`inputs\` cannot be 1.5 | at 1.5 | ${whole}`]],
  ['inputs two, outputs 1', [`NAS3113 | \`inputs\` cannot be \`two\` | at two | ${whole}`]],
  [
    'inputs 2 units, outputs 1',
    [`NAS3113 | \`inputs\` cannot be an amount with a unit | at 2 units | ${whole}`],
  ],
  ['inputs {a 1}, outputs 1', [`NAS3113 | \`inputs\` cannot be fields in braces | at {a 1} | ${whole}`]],
  [
    'inputs 1, outputs 1, max_nodes 1e9',
    [`NAS3113 | \`max_nodes\` cannot be 1,000,000,000 | at 1e9 | ${whole}`],
  ],
  [
    'inputs 1, outputs 1, max_nodes 2',
    [
      'NAS3113 | the inputs, the bias and the outputs are 3 nodes, and `max_nodes` is 2 | at 2 | expected 3 or more',
    ],
  ],
  [
    'inputs 5000, outputs 4000',
    [
      'NAS3113 | 5,001 nodes joined to 4,000 are more than 1,000,000 connections | at outputs 4000 | expected fewer inputs or outputs: the first genomes join each input to each output',
    ],
  ],
  [
    'inputs 1, outputs 1, biass true',
    ['NAS3113 | the genome `g` has no field `biass` | at biass | did you mean `bias`?'],
  ],
  [
    'inputs 1, outputs 1, colour 3',
    [
      'NAS3113 | the genome `g` has no field `colour` | at colour | its fields are inputs, bias, outputs, activations, recurrent and max_nodes',
    ],
  ],
  [
    'inputs 1, inputs 2, outputs 1',
    ['NAS3113 | the genome `g` gives `inputs` twice | at inputs | leave one out'],
  ],
  [
    'inputs 1, outputs 1, recurrent 1',
    ['NAS3113 | `recurrent` cannot be 1 | at 1 | expected `true` or `false`'],
  ],
  [
    'inputs 1, outputs 1, activations tanh',
    ['NAS3113 | `activations` cannot be `tanh` | at tanh | expected a list such as `[sigmoid(4.9), tanh]`'],
  ],
  [
    'inputs 1, outputs 1, activations []',
    ['NAS3113 | `activations` has nothing to choose from | at [] | expected one name at least'],
  ],
  [
    'inputs 1, outputs 1, activations [sigmoyd]',
    ['NAS3113 | there is no activation `sigmoyd` | at sigmoyd | did you mean `sigmoid`?'],
  ],
  [
    'inputs 1, outputs 1, activations [tanh, tanh]',
    ['NAS3113 | this activation stands in the list already | at tanh | leave one out'],
  ],
  [
    'inputs 1, outputs 1, activations [3]',
    [
      'NAS3113 | this is no activation | at 3 | expected a name, or a name with its steepness: `sigmoid(4.9)`',
    ],
  ],
  [
    'inputs 1, outputs 1, activations [tanh(0)]',
    [
      'NAS3113 | `tanh` cannot take this | at tanh(0) | expected one number, its steepness, above 0 and up to 1,000: `tanh(4.9)`',
    ],
  ],
  [
    'inputs 1, outputs 1, activations [tanh(2, 3)]',
    [
      'NAS3113 | `tanh` cannot take this | at tanh(2, 3) | expected one number, its steepness, above 0 and up to 1,000: `tanh(4.9)`',
    ],
  ],
  [
    'inputs 1, outputs 1, activations [f for f in fs]',
    [
      'NAS3113 | `activations` is not written out | at [f for f in fs] | expected a list of names in brackets',
    ],
  ],
])('refused: %s', (fields, wanted) => {
  const { value, diagnostics } = genome(fields);
  expect(told(diagnostics)).toEqual(wanted);
  expect(value).toBeUndefined();
});
