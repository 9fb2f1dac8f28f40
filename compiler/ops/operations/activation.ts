/** Functions of each element, and softmax. */
import { activations } from '../activations.ts';
import type { ActivationName } from '../attributes.ts';
import { operation, type Operation } from '../operation.ts';

export const relu: Operation = operation({
  doc: 'max(x, 0).',
  takes: 'any',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => builder.op('relu', inputs, {}),
});

/** An activation without a parameter. */
export function activation(name: ActivationName): Operation {
  return operation({
    doc: activations[name].doc,
    takes: 'any',
    tensors: ['x'],
    params: [],
    build: ({ builder }, inputs) => builder.op('activation', inputs, { name }),
  });
}

export const leakyRelu: Operation = operation({
  doc: activations.leaky_relu.doc,
  takes: 'any',
  tensors: ['x'],
  params: [{ name: 'slope', kind: 'number', default: 0.01, doc: 'the slope below zero' }],
  build: ({ builder }, inputs, { slope }) =>
    builder.op('activation', inputs, { name: 'leaky_relu', parameter: slope }),
});

export const elu: Operation = operation({
  doc: activations.elu.doc,
  takes: 'any',
  tensors: ['x'],
  params: [{ name: 'alpha', kind: 'number', default: 1, doc: 'how far below zero it goes' }],
  build: ({ builder }, inputs, { alpha }) =>
    builder.op('activation', inputs, { name: 'elu', parameter: alpha }),
});

export const softmax: Operation = operation({
  doc: 'Shares that are positive and add up to 1, along the channels or features.',
  takes: 'any',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => builder.op('softmax', inputs, {}),
});

export const scale: Operation = operation({
  doc: 'A tensor times a number; written `0.5 * x`.',
  takes: 'any',
  tensors: ['x'],
  params: [{ name: 'factor', kind: 'number', default: undefined, doc: 'the number' }],
  operator: '*',
  build: ({ builder }, inputs, { factor }) => builder.op('scale', inputs, { factor }),
});
