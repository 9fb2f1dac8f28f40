/** ONNX models that cannot be imported: the diagnostics of each kind, and that nothing else ever happens. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importOnnx } from '../../../compiler/import/importOnnx.ts';
import type { OnnxAttribute, OnnxInput, OnnxModel, OnnxNode } from '../../../compiler/import/model.ts';
import { explain } from '../../../grammar/explain.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { present, readVector, vectorFiles } from '../../onnx/vectors.ts';

const floats = (name: string, ...shape: number[]): OnnxInput => ({ name, dtype: 'float32', shape });

const whole = (name: string, ...data: number[]): OnnxInput => ({
  name,
  dtype: 'int64',
  shape: [data.length],
  data,
});

function node(
  operator: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  domain = '',
): OnnxNode {
  return { operator, domain, inputs, outputs: ['y'], attributes };
}

function model(
  inputs: readonly OnnxInput[],
  nodes: readonly OnnxNode[],
  changes: Partial<OnnxModel> = {},
): OnnxModel {
  return { opset: { '': 22 }, inputs, initializers: [], nodes, outputs: ['y'], ...changes };
}

/** What is said about a model: code, message and what was expected or meant. */
function said(
  inputs: readonly OnnxInput[],
  nodes: readonly OnnxNode[],
  changes?: Partial<OnnxModel>,
): string[] {
  const { value, diagnostics } = importOnnx(model(inputs, nodes, changes));
  expect(value === undefined).toBe(diagnostics.length > 0);
  return diagnostics.map(({ code, message, expected, hint }) => {
    expect(explain(code)).toContain(code);
    return [`${code} ${message}`, expected, hint].filter((part) => part !== undefined).join(' | ');
  });
}

const x = floats('x', 2, 3);

test('a model that can be imported', () => {
  const weight = { name: 'w', dtype: 'float32', shape: [3], data: [1, 2, 3] };
  const { value, diagnostics } = importOnnx(
    model([x], [node('Mul', ['x', 'w'])], { initializers: [weight] }),
  );
  expect(diagnostics).toEqual([]);
  expect(value?.inputs).toEqual([{ name: 'x', shape: [2, 3], dtype: 'float32' }]);
  expect(value?.outputs).toEqual([{ name: 'y', shape: [2, 3], dtype: 'float32' }]);
  expect(value?.tensors).toEqual(new Map([['w', Float32Array.of(1, 2, 3)]]));
  expect(value?.graph.nodes.map((one) => one.kind)).toEqual(['input', 'parameter', 'op', 'op']);
});

test('before version 7 an axis says where shapes meet, and comparisons give truth values', () => {
  const old = { opset: { '': 6 } };
  const { value } = importOnnx(
    model([floats('x', 2, 3, 4), floats('z', 3)], [node('Add', ['x', 'z'], { axis: 1 })], old),
  );
  expect(value?.outputs).toEqual([{ name: 'y', shape: [2, 3, 4], dtype: 'float32' }]);
  const compared = importOnnx(model([x], [node('Greater', ['x', 'x'])])).value;
  expect(compared?.outputs).toEqual([{ name: 'y', shape: [2, 3], dtype: 'bool' }]);
});

describe('operators', () => {
  test('that are unknown', () => {
    expect(said([x], [node('Sofmax', ['x'])])).toEqual([
      'NAS3301 Sofmax (node 1): the operator Sofmax cannot be imported | did you mean `Softmax`?',
    ]);
    expect(said([x], [node('Relu', ['x'], {}, 'com.acme')])[0]).toContain(
      'the operator com.acme.Relu cannot be imported',
    );
    expect(said([x], [node('toString', ['x'])])[0]).toContain('NAS3301');
  });

  test('all of them, and not what reads their results', () => {
    const nodes = [
      node('Frobnicate', ['x']),
      { ...node('Relu', ['y']), outputs: ['z'] },
      { ...node('Bar', ['x']), outputs: ['v'], name: 'last' },
    ];
    expect(said([x], nodes)).toEqual([
      'NAS3301 Frobnicate (node 1): the operator Frobnicate cannot be imported',
      'NAS3301 Bar (`last`, node 3): the operator Bar cannot be imported',
    ]);
  });

  test('of another version', () => {
    expect(said([x], [node('Mish', ['x'])], { opset: { '': 17 } })).toEqual([
      'NAS3302 Mish (node 1): version 17 of the operator set `ai.onnx` has no such operator | version 18 or later',
    ]);
    expect(said([x], [node('Relu', ['x'])], { opset: {} })[0]).toContain(
      'NAS3302 Relu (node 1): the model does not say',
    );
  });
});

describe('attributes', () => {
  test('unknown and of the wrong kind, all at once', () => {
    expect(said([x], [node('Elu', ['x'], { alhpa: 1, alpha: 'two' })])).toEqual([
      'NAS3303 Elu (node 1): the attribute `alhpa` is unknown | consumed_inputs, alpha | did you mean `alpha`?',
      'NAS3303 Elu (node 1): the attribute `alpha` is "two" | a number',
    ]);
  });

  test('of a value that is not understood', () => {
    expect(
      said([floats('x', 1, 2, 5)], [node('MaxPool', ['x'], { kernel_shape: [2], auto_pad: 'SAME' })]),
    ).toEqual([
      'NAS3303 MaxPool (node 1): the attribute `auto_pad` is "SAME" | `NOTSET` or `SAME_UPPER` or `SAME_LOWER` or `VALID`',
    ]);
    expect(said([x], [node('LRN', ['x'])])).toEqual([
      'NAS3303 LRN (node 1): the attribute `size` is missing | a whole number',
    ]);
  });
});

describe('inputs', () => {
  test('missing, and too many', () => {
    expect(said([x], [node('Add', ['x'])])).toEqual([
      'NAS3304 Add (node 1): its input `B` is missing | A, B',
    ]);
    expect(said([x], [node('Conv', ['', 'x'])])[0]).toContain('its input `X` is missing');
    expect(said([x], [node('Relu', ['x', 'x'])])).toEqual(['NAS3305 Relu (node 1): it has 2 inputs | X']);
  });

  test('of another type than the operator wants', () => {
    const ids = { name: 'ids', dtype: 'int64', shape: [2, 3] };
    expect(said([x, ids], [node('Add', ['x', 'ids'])])).toEqual([
      'NAS3304 Add (node 1): its input `B` has elements of type int64, which are fed | float32, or whole numbers that are known',
    ]);
    expect(said([x, { name: 's', dtype: 'int64', shape: [1] }], [node('Reshape', ['x', 's'])])).toEqual([
      'NAS3304 Reshape (node 1): its input `shape` is fed | numbers that are known when the model is read',
    ]);
    expect(said([x, whole('t', 1, 2)], [node('NegativeLogLikelihoodLoss', ['x', 't'])])).toEqual([
      'NAS3304 NegativeLogLikelihoodLoss (node 1): its input `target` is known when the model is read | whole numbers that are fed',
    ]);
  });

  test('without elements', () => {
    expect(said([floats('x', 2, 0)], [node('Relu', ['x'])])[0]).toContain(
      'has the shape 2 x 0, so no elements',
    );
  });
});

test('shapes that do not fit', () => {
  expect(said([x, floats('z', 2)], [node('Add', ['x', 'z'])])).toEqual([
    'NAS3305 Add (node 1): shapes 2 x 3 and 2 do not stretch to each other | sizes that are equal or 1 at each axis, aligned at the last',
  ]);
  expect(said([x], [node('MatMul', ['x', 'x'])])).toEqual([
    'NAS3305 MatMul (node 1): the input has 3 features and the weights read 2 | weights that read 3',
  ]);
  expect(said([x], [node('Softmax', ['x'], { axis: 2 })])).toEqual([
    'NAS3305 Softmax (node 1): there is no axis 2 | an axis from -2 to 1',
  ]);
  expect(said([x, whole('s', 4, 2)], [node('Reshape', ['x', 's'])])[0]).toContain(
    '2 x 3 cannot be seen as 4 x 2',
  );
  expect(said([floats('x', 1, 2, 3, 3), floats('w', 4, 3, 1, 1)], [node('Conv', ['x', 'w'])])[0]).toContain(
    '2 channels in 1 groups meet filters that read 3',
  );
});

test('uses that the graph cannot hold', () => {
  const pool = { ...node('MaxPool', ['x'], { kernel_shape: [2] }), outputs: ['y', 'places'] };
  expect(said([floats('x', 1, 2, 5)], [pool])[0]).toContain(
    'NAS3306 MaxPool (node 1): its result `places` holds the places',
  );
  const deep = node('Conv', ['x', 'w']);
  expect(said([floats('x', 1, 1, 2, 2, 2), floats('w', 1, 1, 1, 1, 1)], [deep])).toEqual([
    'NAS3306 Conv (node 1): its input has 3 spatial axes | one or two',
  ]);
  expect(said([x], [{ ...node('Relu', ['x']), outputs: ['y', 'z'] }])[0]).toContain(
    'more than the operator has',
  );
});

test('gradients of gradients, where an op has no second derivative', () => {
  const training = 'ai.onnx.preview.training';
  const opset = { '': 22, [training]: 1 };
  const named = (output: string, made: OnnxNode): OnnxNode => ({ ...made, outputs: [output] });
  const gradient = (output: string, y: string): OnnxNode =>
    named(output, node('Gradient', ['x'], { xs: ['x'], y }, training));
  /** The gradient of the square of the gradient of a sum of functions of x. */
  const twice = (operator: string, inputs: readonly string[]): readonly OnnxNode[] => [
    named('f', node(operator, inputs)),
    named('sum', node('ReduceSum', ['f'])),
    gradient('first', 'sum'),
    named('squares', node('Mul', ['first', 'first'])),
    named('total', node('ReduceSum', ['squares'])),
    gradient('y', 'total'),
  ];
  expect(said([x], twice('Tanh', ['x']), { opset })).toEqual([
    'NAS3306 Gradient (node 6): `total` is made by activation_gradient | first derivatives alone',
  ]);
  // The sum of (2 x)^2 has the gradient 8 x.
  const { graph } = importOnnx(model([x], twice('Mul', ['x', 'x']), { opset })).value!;
  const inputs = { x: { shape: [2, 3], data: Float64Array.of(1, -2, 3, 0.5, 0, 7) } };
  const { y } = runReference(graph, { inputs }, { precision: 'f64' }).outputs;
  expect([...y.data]).toEqual([8, -16, 24, 4, 0, 56]);
});

test('sizes that would make too much of a model', () => {
  const sequence = [floats('x', 1e9, 3, 2), floats('w', 1, 4, 2), floats('r', 1, 4, 4)];
  expect(said(sequence, [node('RNN', ['x', 'w', 'r'])])).toEqual([
    'NAS3306 RNN (node 1): it has 1000000000 steps, each of which is a copy of the cell | at most 10000',
  ]);
  const labels = { name: 't', dtype: 'int64', shape: [2] };
  expect(said([floats('x', 2, 1e6), labels], [node('NegativeLogLikelihoodLoss', ['x', 't'])])[0]).toContain(
    'it has 1000000 classes | at most 4096',
  );
});

test('statistics of normalisation are kept and not trained', () => {
  const stored = ['s', 'b', 'm', 'v'].map((name) => ({
    name,
    dtype: 'float32',
    shape: [3],
    data: [1, 2, 3],
  }));
  const normalize = node('BatchNormalization', ['x', 's', 'b', 'm', 'v']);
  const { value } = importOnnx(model([floats('x', 2, 3, 4)], [normalize], { initializers: stored }));
  const named = (kind: string): string[] =>
    value!.graph.nodes.flatMap((one) => (one.kind === kind && 'name' in one ? [one.name] : [])).toSorted();
  expect(named('parameter')).toEqual(['b', 's']);
  expect(named('state')).toEqual(['m', 'v']);
});

test('tensors that are not there, are made twice, or hold something else', () => {
  expect(said([x], [node('Relu', ['z'])])[0]).toContain(
    'NAS3307 the tensor `z` is read by Relu (node 1), and nothing before',
  );
  expect(said([x, x], [node('Relu', ['x'])])).toEqual(['NAS3307 the tensor `x` is made twice']);
  expect(said([{ ...x, dtype: 'float16' }], [node('Relu', ['x'])])).toEqual([
    'NAS3307 the tensor `x` has elements of type float16 | float32, int32, int64 or bool',
  ]);
  expect(said([{ ...x, data: [1] }], [node('Relu', ['x'])])[0]).toContain(
    'has 1 elements | 6, for its shape 2 x 3',
  );
  expect(said([x], [], { outputs: ['q'] })[0]).toContain('the tensor `q` is an output, and no node makes it');
});

/** A model with one thing changed. */
function changed(base: OnnxModel, kind: number, at: number, value: number): OnnxModel {
  const nodes = [...base.nodes];
  const inputs = [...base.inputs];
  const i = at % nodes.length;
  const k = inputs.length > 0 ? at % inputs.length : 0;
  const one = nodes[i];
  const names = Object.keys(one.attributes);
  const values: readonly OnnxAttribute[] = [
    value,
    -value,
    0.5,
    'word',
    [value, value],
    [],
    ['a'],
    { dtype: 'float32', shape: [1], data: [value] },
  ];
  switch (kind % 7) {
    case 0:
      nodes[i] = { ...one, inputs: one.inputs.slice(0, at % (one.inputs.length + 1)) };
      break;
    case 1:
      nodes[i] = { ...one, inputs: [...one.inputs].reverse() };
      break;
    case 2: {
      const name = names[at % Math.max(1, names.length)] ?? 'axis';
      nodes[i] = { ...one, attributes: { ...one.attributes, [name]: values[(at + value) % values.length] } };
      break;
    }
    case 3:
      if (inputs[k]) inputs[k] = { ...inputs[k], shape: [...inputs[k].shape.slice(1), value] };
      break;
    case 4:
      if (inputs[k]) {
        const { name, dtype, shape } = inputs[k];
        inputs[k] = { name, dtype: dtype === 'float32' ? 'int64' : 'float32', shape };
      }
      break;
    case 5:
      if (inputs[k]?.data)
        inputs[k] = { ...inputs[k], data: Array.from(inputs[k].data, (n) => n + value - 3) };
      break;
    default:
      return { ...base, opset: Object.fromEntries(Object.keys(base.opset).map((domain) => [domain, value])) };
  }
  return { ...base, nodes, inputs };
}

test.skipIf(!present)(
  `changed models give diagnostics and nothing else${present ? '' : ' (skipped: the vectors are not beside the repository)'}`,
  () => {
    const { core, others } = vectorFiles();
    const models = [...core, ...others].map((file) => readVector(file).model);
    const number = fc.nat({ max: 1000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        number,
        number,
        fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(1e5, 1e9, 2 ** 40)),
        (base, kind, at, value) => {
          const { value: made, diagnostics } = importOnnx(changed(base, kind, at, value));
          expect(made === undefined).toBe(diagnostics.length > 0);
        },
      ),
      { numRuns: 4000 },
    );
  },
);
