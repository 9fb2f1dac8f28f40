/** A small supernet without kinks, on the reference in float64, for gradients by differences. */
import { sharedLayout } from '../../../compiler/wgsl/shared.ts';
import { sharedParameters } from '../../../compiler/share/parameters.ts';
import type { Space } from '../../../compiler/space/space.ts';
import type { DeviceWeightsOptions } from '../../../runtime/share/deviceWeights.ts';
import { referenceWeights } from '../../../runtime/share/referenceWeights.ts';
import type { SharedWeights } from '../../../runtime/share/sharedWeights.ts';
import { Supernet } from '../../../runtime/share/Supernet.ts';
import { initialWeights } from '../../../runtime/share/trainSupernet.ts';
import type { Dataset } from '../../../runtime/data/dataset.ts';
import type { UpdateSpec } from '../../../runtime/train/executor.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { randomImages } from './helpers.ts';

export const smoothSpace: Space = compileText(`nas 1
space smooth {
  input x: image[4, 4, 2]
  let stem = x |> conv(3, 3) |> tanh
  let a = stem |> edge
  let b = a |> edge
  let c = stem |> edge
  output b + c |> classifier(3)
}
motif edge(x) = x |> choose {
  conv_tanh: conv(3, 3) |> tanh
  conv_swish: conv(3, 1) |> swish
  skip: identity
}`).space;

export const images: Dataset = randomImages([4, 4, 2]);

export const plainSgd: UpdateSpec = {
  optimizer: { name: 'sgd', lr: 0.1, momentum: 0, nesterov: false, weightDecay: 0.01 },
};

export function smoothSupernet(
  zero = false,
  make: (options: DeviceWeightsOptions) => SharedWeights = (options) =>
    referenceWeights({ ...options, precision: 'f64' }),
): Supernet {
  const layout = sharedLayout(sharedParameters(smoothSpace));
  const weights = make({ layout, update: plainSgd, dataset: images, seed: 1 });
  weights.write(initialWeights(layout, 3));
  return new Supernet(smoothSpace, weights, 8, zero);
}
