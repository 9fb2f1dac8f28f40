/**
 * Finds a child network's tensors in its parent: goes through the child's ops in order, takes the first way in which each
 * can go on as the parent does, and returns to the last choice where none is left. What is found preserves the function,
 * whichever way it is found, so no move has to be known, and none of the two networks' sites need to have equal names.
 */
import type { Graph, GraphNode, NodeId, OpNodeOf, Shape } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { channelsOf, sameShape } from '../../../compiler/ops/shapes.ts';
import { hashString, Random } from '../../../util/random.ts';
import { present } from '../../../util/invariant.ts';
import { channelMap, channelRange, imageKey, isWhole, type ChannelMap, type Image } from './image.ts';
import { momentsOf, type Moments } from './moments.ts';
import type { Parent } from './parent.ts';
import type { Beginning, Rule, Step, Way } from './rule.ts';
import { rules } from './rules.ts';

/** A weight of the child with what it begins with. */
export interface Aligned {
  readonly weight: NodeId;
  readonly beginning: Beginning;
}

export interface Alignment {
  readonly weights: readonly Aligned[];
  /** Where the function is not preserved. */
  readonly departures: readonly { readonly site: string; readonly what: string }[];
}

/** Most ways that are tried; ordinary moves need about as many as the child has ops. */
const wayLimit = 100_000;

interface Frame {
  readonly ways: Iterator<Way>;
  /** The weights that its way gave a beginning to, in the child's order. */
  given: readonly NodeId[];
  way: Way | undefined;
  key: string;
}

/** An alignment with at most so many departures; undefined where there is none. `seed` decides which channels are repeated. */
export function align(parent: Parent, child: Graph, departures: number, seed: number): Alignment | undefined {
  return new Search(parent, child, departures, seed).run();
}

class Search {
  readonly #parent: Parent;
  readonly #child: Graph;
  readonly #most: number;
  readonly #seed: number;
  readonly #steps: readonly GraphNode[];
  /** For each tensor of the child, the last step that reads it. */
  readonly #lastRead = new Map<NodeId, number>();
  readonly #images = new Map<NodeId, Image>();
  readonly #beginnings = new Map<NodeId, Beginning>();
  readonly #failed = new Set<string>();
  readonly #moments: (id: NodeId) => Moments;
  #departures = 0;

  constructor(parent: Parent, child: Graph, most: number, seed: number) {
    this.#parent = parent;
    this.#child = child;
    this.#most = most;
    this.#seed = seed;
    this.#moments = momentsOf(parent);
    const read = new Set<NodeId>(Object.values(child.outputs));
    this.#steps = child.nodes.filter(({ kind }) => kind === 'op' || kind === 'constant' || kind === 'input');
    for (const [step, node] of this.#steps.entries()) {
      if (node.kind !== 'op') continue;
      for (const input of node.inputs) this.#lastRead.set(input, step);
    }
    for (const output of read) this.#lastRead.set(output, this.#steps.length);
  }

  run(): Alignment | undefined {
    const frames: Frame[] = [];
    let tried = 0;
    for (;;) {
      if (frames.length === this.#steps.length && this.#isWhole()) return this.#result(frames);
      if (frames.length < this.#steps.length) {
        const step = frames.length;
        const key = this.#failed.size > 0 || this.#most > 0 ? this.#key(step) : '';
        const node = present(this.#steps[step], 'a step');
        const ways = key !== '' && this.#failed.has(key) ? [] : this.#ways(node);
        frames.push({ ways: ways[Symbol.iterator](), given: [], way: undefined, key });
      }
      // The next way of the last step that has one.
      for (;;) {
        const frame = frames.at(-1);
        if (!frame) return undefined;
        const step = frames.length - 1;
        this.#undo(step, frame);
        const next = frame.ways.next();
        if (next.done !== true) {
          if (++tried > wayLimit) return undefined;
          if (this.#take(step, frame, next.value)) break;
          continue;
        }
        this.#failed.add(frame.key === '' ? this.#key(step) : frame.key);
        frames.pop();
      }
    }
  }

  /** What the rest of the search depends on: the images that are still to be read, and weights that are used again. */
  #key(step: number): string {
    const parts = [`${step}/${this.#departures}`];
    for (const [id, image] of this.#images) {
      if ((this.#lastRead.get(id) ?? -1) >= step) parts.push(`${id}=${imageKey(image)}`);
    }
    for (const [id, beginning] of this.#beginnings) {
      if ((this.#lastRead.get(id) ?? -1) >= step) parts.push(`${id}=${beginning.key}`);
    }
    return parts.join(';');
  }

  #take(step: number, frame: Frame, way: Way): boolean {
    const node = present(this.#steps[step], 'a step');
    if (way.departure !== undefined && this.#departures >= this.#most) return false;
    const inputs = node.kind === 'op' ? node.inputs : [];
    const given: NodeId[] = [];
    for (const beginning of way.beginnings) {
      const weight = present(inputs[beginning.input], 'a weight');
      const before = this.#beginnings.get(weight);
      if (before === undefined) {
        this.#beginnings.set(weight, beginning);
        given.push(weight);
      } else if (before.key !== beginning.key) {
        for (const id of given) this.#beginnings.delete(id);
        return false;
      }
    }
    if (way.departure !== undefined) this.#departures++;
    this.#images.set(node.id, way.image);
    frame.given = given;
    frame.way = way;
    return true;
  }

  #undo(step: number, frame: Frame): void {
    if (frame.way === undefined) return;
    if (frame.way.departure !== undefined) this.#departures--;
    for (const id of frame.given) this.#beginnings.delete(id);
    this.#images.delete(present(this.#steps[step], 'a step').id);
    frame.way = undefined;
    frame.given = [];
  }

  #ways(node: GraphNode): Iterable<Way> {
    switch (node.kind) {
      case 'input':
        return this.#alike((other) => other.kind === 'input' && other.name === node.name, node.shape);
      case 'constant':
        return this.#alike((other) => other.kind === 'constant' && other.value === node.value, node.shape);
      case 'op':
        return this.#waysOf(node);
      default:
        return [];
    }
  }

  /** Tensors of the parent that are fed or filled like one of the child; those of another width where each channel is like the next. */
  *#alike(matches: (node: GraphNode) => boolean, shape: Shape): Generator<Way> {
    const channels = channelsOf(shape);
    for (const node of this.#parent.graph.nodes) {
      if (!matches(node)) continue;
      const have = channelsOf(node.shape);
      if (sameShape(node.shape, shape)) {
        yield { image: { node: node.id, channels: channelRange(0, channels), factor: 1 }, beginnings: [] };
        return;
      } else if (node.kind === 'constant' && sameShape(node.shape.slice(0, -1), shape.slice(0, -1))) {
        const of = Array.from({ length: channels }, (_, i) => i % have);
        yield { image: { node: node.id, channels: channelMap(of), factor: 1 }, beginnings: [] };
        return;
      }
    }
    // Nothing of the parent is like it: whoever reads it must do without.
    yield { image: { node: -1, channels: channelRange(0, channels), factor: 1 }, beginnings: [] };
  }

  #waysOf<K extends OpName>(node: OpNodeOf<K>): Iterable<Way> {
    const rule: Rule<K> = rules[node.op];
    const input = (i: number): GraphNode => present(this.#child.nodes[node.inputs[i] ?? -1], 'an input');
    const step: Step<K> = {
      node,
      parent: this.#parent,
      image: (i) => {
        const image = this.#images.get(node.inputs[i] ?? -1);
        return image?.node === -1 ? undefined : image;
      },
      shape: (i) => input(i).shape,
      isWeight: (i) => input(i).kind === 'parameter' || input(i).kind === 'state',
      moments: this.#moments,
      spread: (from, have, wanted) => this.#spread(from, have, wanted),
    };
    return rule(step);
  }

  /** Repeated channels are drawn alike for equal numbers of channels, so that tensors that are added stay alike. */
  #spread(from: NodeId, have: number, wanted: number): readonly ChannelMap[] {
    if (have === wanted) return [channelRange(0, have)];
    if (wanted > have) {
      const random = new Random(this.#seed, hashString(`widen ${have} ${wanted}`));
      return [channelMap(Array.from({ length: wanted }, (_, j) => (j < have ? j : random.below(have))))];
    }
    // Parts in order: first the one behind the last that was taken, so that the paths of a concatenation share them out.
    const taken = [...this.#images.values()].filter(({ node }) => node === from);
    const ends = taken.map(({ channels }) => (channels.of.at(-1) ?? -1) + 1);
    const starts = new Set(ends.filter((end) => end + wanted <= have).reverse());
    for (let start = 0; start + wanted <= have; start += wanted) starts.add(start);
    return [...starts].map((start) => channelRange(start, wanted));
  }

  #isWhole(): boolean {
    return Object.entries(this.#child.outputs).every(([name, id]) => {
      const theirs = this.#parent.graph.outputs[name];
      const image = this.#images.get(id);
      if (theirs === undefined || image?.node !== theirs || image.factor !== 1) return false;
      return isWhole(image.channels, channelsOf(this.#parent.node(theirs).shape));
    });
  }

  #result(frames: readonly Frame[]): Alignment {
    const departures = frames.flatMap(({ way }, step) => {
      const node = this.#steps[step];
      if (way?.departure === undefined || node?.kind !== 'op') return [];
      return [{ site: node.site, what: way.departure }];
    });
    const weights = [...this.#beginnings].map(([weight, beginning]) => ({ weight, beginning }));
    return { weights, departures };
  }
}
