/** A small space with shared weights over random images. */
import { initialValues } from '../../../compiler/graph/initialize.ts';
import { sharedParameters } from '../../../compiler/share/parameters.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { membersOf } from '../../../compiler/space/members.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { sharedLayout, type SharedLayout } from '../../../compiler/wgsl/shared.ts';
import type { Dataset } from '../../../runtime/data/dataset.ts';
import type { Tensors, UpdateSpec } from '../../../runtime/train/executor.ts';
import type { Random } from '../../../util/random.ts';

export const IMAGES = 64;

/** Random images, of which the labels say a little; the first half is for training. */
export function randomImages(imageShape: readonly [number, number, number], classes = 3): Dataset {
  const elements = imageShape.reduce((a, b) => a * b, 1);
  const rows = Int32Array.from({ length: IMAGES }, (_, i) => i);
  const labels = rows.map((i) => (i * 7) % classes);
  const images = initialValues('images', [IMAGES, elements], { kind: 'he', fanIn: 2 }, 1);
  images.forEach((x, i) => {
    if (i % classes === labels[Math.floor(i / elements)]) images[i] = x + 1;
  });
  return {
    name: 'random',
    classes,
    imageShape,
    images,
    labels,
    split: { train: rows.subarray(0, 32), validation: rows.subarray(32, 56), test: rows.subarray(56) },
    hash: '',
    scaling: '',
  };
}

export const sgd: UpdateSpec = {
  optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0.01 },
};

export function layoutOf(space: Space): SharedLayout {
  return sharedLayout(sharedParameters(space));
}

/** What the weights begin with. */
export function initialWeights(layout: SharedLayout, seed: number): Tensors {
  return new Map(
    [...layout.slots.values()].map(({ name, shape, init }) => [
      name,
      { shape, data: initialValues(name, shape, init, seed) },
    ]),
  );
}

/** Architectures drawn from a space. */
export function membersIn(space: Space, count: number, random: Random): readonly Architecture[] {
  const members = membersOf(space).value!;
  return Array.from({ length: count }, () => members.sample(random).architecture!);
}
