/**
 * What a tensor of a child network is in terms of its parent's: which channel of which of the parent's tensors each of
 * its channels equals, up to one factor. Widening repeats channels, a path of a concatenation has a part of them, a sum of
 * copies has them times the number of copies; a layer that begins as the identity leaves all as it was.
 */
import type { NodeId } from '../../../compiler/graph/graph.ts';

/** For each channel of the child, the channel of the parent. Channels are the last axis. */
export interface ChannelMap {
  readonly of: readonly number[];
  /** Equal maps have equal keys. */
  readonly key: string;
}

/** A tensor of the child: `factor` times the channels `channels` of the parent's tensor `node`. */
export interface Image {
  readonly node: NodeId;
  readonly channels: ChannelMap;
  readonly factor: number;
}

export function channelMap(of: readonly number[]): ChannelMap {
  const consecutive = of.every((channel, i) => channel === (of[0] ?? 0) + i);
  return { of, key: consecutive ? `${of[0] ?? 0}+${of.length}` : of.join() };
}

/** Channels `first` to `first + count - 1`. */
export function channelRange(first: number, count: number): ChannelMap {
  return channelMap(Array.from({ length: count }, (_, i) => first + i));
}

/** Whether a map is that of a tensor to itself. */
export function isWhole({ key }: ChannelMap, channels: number): boolean {
  return key === `0+${channels}`;
}

export function sameImage(a: Image, b: Image): boolean {
  return a.node === b.node && a.channels.key === b.channels.key && a.factor === b.factor;
}

/** A text of an image: equal images have equal texts. */
export function imageKey({ node, channels, factor }: Image): string {
  return `${node}:${factor}:${channels.key}`;
}
