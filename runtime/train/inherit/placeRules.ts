/** Ops that take channels apart and put them together. */
import type { Shape } from '../../../compiler/graph/graph.ts';
import { channelsOf, elementsOf, sameShape } from '../../../compiler/ops/shapes.ts';
import { present } from '../../../util/invariant.ts';
import { channelMap, type ChannelMap, type Image } from './image.ts';
import type { Rule, Rules } from './rule.ts';

const outer = (shape: Shape): Shape => shape.slice(0, -1);

/** The parent's concatenation of the same tensors, or parts of one tensor put together again. */
const concat: Rule<'concat'> = function* (step) {
  const { node, parent } = step;
  const images: Image[] = [];
  for (const i of node.inputs.keys()) {
    const image = step.image(i);
    if (!image) return;
    images.push(image);
  }
  const first = present(images[0], 'the first of some tensors');
  if (images.some(({ factor }) => factor !== first.factor)) return;
  for (const other of parent.following(first.node, 'concat', node.site)) {
    if (other.inputs.length !== images.length) continue;
    if (!images.every((image, i) => image.node === other.inputs[i])) continue;
    let start = 0;
    const of = images.flatMap(({ channels, node: id }) => {
      const moved = channels.of.map((channel) => channel + start);
      start += channelsOf(parent.node(id).shape);
      return moved;
    });
    yield { image: { node: other.id, channels: channelMap(of), factor: first.factor }, beginnings: [] };
  }
  if (images.every((image) => image.node === first.node)) {
    const of = images.flatMap(({ channels }) => channels.of);
    yield { image: { ...first, channels: channelMap(of) }, beginnings: [] };
  }
};

/** The parent's part of the same tensor, or some of the channels that are there. */
const slice: Rule<'slice'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  if (!image) return;
  const { begin, size } = node.attributes;
  const [first, count] = [begin.at(-1) ?? 0, size.at(-1) ?? 0];
  const of = image.channels.of.slice(first, first + count);
  for (const other of parent.following(image.node, 'slice', node.site)) {
    const theirs = other.attributes;
    if (!sameShape(outer(theirs.begin), outer(begin)) || !sameShape(outer(theirs.size), outer(size)))
      continue;
    const from = theirs.begin.at(-1) ?? 0;
    if (of.some((channel) => channel < from || channel >= from + (theirs.size.at(-1) ?? 0))) continue;
    const channels = channelMap(of.map((channel) => channel - from));
    yield { image: { ...image, node: other.id, channels }, beginnings: [] };
  }
  if (sameShape(outer(size), outer(step.shape(0))))
    yield { image: { ...image, channels: channelMap(of) }, beginnings: [] };
};

const pad: Rule<'pad'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  const { before, after } = node.attributes;
  if (!image || before.at(-1) !== 0 || after.at(-1) !== 0) return;
  for (const other of parent.following(image.node, 'pad', node.site)) {
    if (sameShape(other.attributes.before, before) && sameShape(other.attributes.after, after))
      yield { image: { ...image, node: other.id }, beginnings: [] };
  }
};

/** Axes before the channels change their form, or channels and the axes before them become one: pixel by pixel. */
const reshape: Rule<'reshape'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  if (!image) return;
  const from = step.shape(0);
  for (const other of parent.following(image.node, 'reshape', node.site)) {
    const theirs = parent.node(image.node).shape;
    const channels = reshaped(image.channels, [from, node.shape], [theirs, other.shape]);
    if (channels) yield { image: { ...image, node: other.id, channels }, beginnings: [] };
  }
};

function reshaped(
  channels: ChannelMap,
  [from, to]: readonly [Shape, Shape],
  [theirFrom, theirTo]: readonly [Shape, Shape],
): ChannelMap | undefined {
  if (channelsOf(from) === channelsOf(to) && channelsOf(theirFrom) === channelsOf(theirTo)) {
    return sameShape(outer(to), outer(theirTo)) ? channels : undefined;
  }
  const pixels = channelsOf(to) / channelsOf(from);
  const samePixels = pixels === channelsOf(theirTo) / channelsOf(theirFrom);
  if (!Number.isInteger(pixels) || !samePixels || !sameShape(outer(to), outer(theirTo))) return undefined;
  // Pixels are the axes just before the channels.
  if (elementsOf(outer(from)) !== elementsOf(outer(theirFrom))) return undefined;
  const have = channelsOf(theirFrom);
  return channelMap(
    Array.from({ length: pixels }, (_, pixel) => channels.of.map((c) => pixel * have + c)).flat(),
  );
}

export const placeRules: Pick<Rules, 'concat' | 'slice' | 'pad' | 'reshape'> = {
  concat,
  slice,
  pad,
  reshape,
};
