/**
 * Initial values of parameters and states. Every element is a function of the seed, the tensor's name and
 * the element's index alone: adding a layer elsewhere changes nothing here, and every machine agrees.
 */
import { invariant } from '../../util/invariant.ts';
import { fillNormal, hashString, uniformAt } from '../../util/random.ts';
import { elementsOf, shapeText } from '../ops/shapes.ts';
import type { Initializer, Shape } from './graph.ts';

/** The elements of a tensor, row-major, as it begins. */
export function initialValues(name: string, shape: Shape, init: Initializer, seed: number): Float32Array {
  const values = new Float32Array(elementsOf(shape));
  switch (init.kind) {
    case 'constant':
      return values.fill(init.value);
    case 'he': {
      const deviation = Math.sqrt(2 / init.fanIn);
      fillNormal(values, deviation, seed, hashString(name));
      return values;
    }
    case 'key': {
      const stream = hashString(name);
      return values.map((_, index) => Math.floor(uniformAt(seed, stream, index) * 2 ** 24));
    }
    case 'uniform': {
      const stream = hashString(name);
      return values.map((_, index) => init.limit * (2 * uniformAt(seed, stream, index) - 1));
    }
    case 'rows': {
      const rows = init.values.length;
      invariant(rows === shape[0], `initialize: ${rows} row values for ${name} of ${shapeText(shape)}`);
      const length = values.length / rows;
      return values.map((_, index) => init.values[Math.floor(index / length)] ?? NaN);
    }
    default:
      return init satisfies never;
  }
}
