/**
 * Layers with kernels (Net2Net, Chen, Goodfellow & Shlens 2016, sections 2.2 and 2.3): a kernel that reads repeated channels
 * divides by how often each is there; a new one is the identity.
 */
import type { Graph, NodeId, OpNodeOf } from '../../../compiler/graph/graph.ts';
import type { GroupedAttributes, Pair, WindowAttributes } from '../../../compiler/ops/attributes.ts';
import { axes2, axes3, axes4 } from '../../../compiler/ops/shapes.ts';
import { present } from '../../../util/invariant.ts';
import type { ChannelMap, Image } from './image.ts';
import type { Beginning, Rule, Rules, Step, Way } from './rule.ts';

/** Sizes of a kernel: of a convolution, or of a matrix with windows of one pixel. */
interface KernelForm {
  /** Height times width. */
  readonly taps: number;
  readonly groups: number;
  /** Channels that one group reads, and that all groups make. */
  readonly reads: number;
  readonly makes: number;
}

function samePair(a: Pair | undefined, b: Pair | undefined): boolean {
  return (a?.[0] ?? 1) === (b?.[0] ?? 1) && (a?.[1] ?? 1) === (b?.[1] ?? 1);
}

function sameWindow(
  a: WindowAttributes & { readonly dilation?: Pair },
  b: WindowAttributes & { readonly dilation?: Pair },
): boolean {
  return (
    samePair(a.stride, b.stride) &&
    samePair(a.dilation, b.dilation) &&
    a.padding.every((n, i) => n === b.padding[i])
  );
}

/** Whether a kernel of this size that is 1 in its middle alone gives the image back. */
function canBeIdentity(
  [height, width]: Pair,
  { stride, padding, dilation = [1, 1] }: WindowAttributes & { readonly dilation?: Pair },
): boolean {
  const [top, bottom, left, right] = padding;
  const vertical = (dilation[0] * (height - 1)) / 2;
  const horizontal = (dilation[1] * (width - 1)) / 2;
  return (
    height % 2 === 1 &&
    width % 2 === 1 &&
    samePair(stride, [1, 1]) &&
    top === vertical &&
    bottom === vertical &&
    left === horizontal &&
    right === horizontal
  );
}

/**
 * The kernel [taps, reads, makes] of a child that reads channels `seen` (times `factor`) of what its parent reads, and makes
 * channels `made` of what it makes; undefined where a channel that the parent reads is missing.
 */
function kernelBeginning(
  from: { readonly id: NodeId; readonly values: Float32Array; readonly form: KernelForm },
  form: KernelForm,
  { channels: seen, factor }: Image,
  made: ChannelMap,
): Beginning | undefined {
  const parent = from.form;
  const perGroup = parent.makes / parent.groups;
  const makesPerGroup = form.makes / form.groups;
  const times: Map<number, number>[] = [];
  for (let group = 0; group < form.groups; group++) {
    const counts = new Map<number, number>();
    for (const channel of seen.of.slice(group * form.reads, (group + 1) * form.reads)) {
      counts.set(channel, (counts.get(channel) ?? 0) + 1);
    }
    times.push(counts);
  }
  const firstRead = made.of.map((column) => Math.floor(column / perGroup) * parent.reads);
  const covered = made.of.every((_, j) => {
    const counts = present(times[Math.floor(j / makesPerGroup)], 'the group of a channel');
    const first = firstRead[j] ?? 0;
    for (let channel = first; channel < first + parent.reads; channel++)
      if (!counts.has(channel)) return false;
    return true;
  });
  if (!covered) return undefined;
  const values = (): Float32Array => {
    const out = new Float32Array(form.taps * form.reads * form.makes);
    const columns = Int32Array.from(made.of);
    for (const [group, counts] of times.entries()) {
      const [start, end] = [group * makesPerGroup, (group + 1) * makesPerGroup];
      for (let i = 0; i < form.reads; i++) {
        const channel = seen.of[group * form.reads + i] ?? 0;
        const share = (counts.get(channel) ?? 1) * factor;
        for (let tap = 0; tap < form.taps; tap++) {
          const to = (tap * form.reads + i) * form.makes;
          for (let j = start; j < end; j++) {
            const row = channel - (firstRead[j] ?? 0);
            if (row < 0 || row >= parent.reads) continue;
            const source = (tap * parent.reads + row) * parent.makes + (columns[j] ?? 0);
            out[to + j] = (from.values[source] ?? 0) / share;
          }
        }
      }
    }
    return out;
  };
  const key = `${from.id} ${seen.key} ${factor} ${made.key}`;
  return { input: 1, key, values, columns: { of: from.id, channels: made } };
}

/** The identity as a kernel: 1 in the middle, from each channel to itself. */
function identityBeginning({ taps, reads, makes, groups }: KernelForm): Beginning {
  const values = (): Float32Array => {
    const out = new Float32Array(taps * reads * makes);
    const middle = (taps - 1) / 2;
    for (let j = 0; j < makes; j++) out[(middle * reads + (j % (makes / groups))) * makes + j] = 1;
    return out;
  };
  return { input: 1, key: 'identity', values, columns: 'identity' };
}

/** As kernels of the parent, repeated or in part. */
function* matching(
  step: Pick<Step<'conv'>, 'parent' | 'spread'>,
  nodes: readonly { readonly id: NodeId; readonly inputs: readonly NodeId[] }[],
  formOf: (kernel: NodeId) => KernelForm | undefined,
  form: KernelForm,
  image: Image,
): Generator<Way> {
  for (const { id, inputs } of nodes) {
    const kernel = present(inputs[1], 'a kernel');
    const values = step.parent.weights(kernel);
    const parent = values && formOf(kernel);
    if (!values || !parent || parent.taps !== form.taps) continue;
    for (const made of step.spread(id, parent.makes, form.makes)) {
      const beginning = kernelBeginning({ id: kernel, values, form: parent }, form, image, made);
      if (beginning) yield { image: { node: id, channels: made, factor: 1 }, beginnings: [beginning] };
    }
  }
}

function convForm(shape: readonly number[], { groups = 1 }: GroupedAttributes): KernelForm & { k: Pair } {
  const [height, width, reads, makes] = axes4(shape);
  return { taps: height * width, reads, makes, groups, k: [height, width] };
}

const conv: Rule<'conv'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  if (!image || !step.isWeight(1)) return;
  const form = convForm(step.shape(1), node.attributes);
  const like = parent
    .following(image.node, 'conv', node.site)
    .filter(({ attributes }) => sameWindow(attributes, node.attributes));
  const formIn = (of: OpNodeOf<'conv'>): KernelForm | undefined => {
    const other = convForm(kernelShape(parent.graph, of), of.attributes);
    return samePair(other.k, form.k) ? other : undefined;
  };
  for (const other of like) yield* matching(step, [other], () => formIn(other), form, image);
  if (form.reads === form.makes / form.groups && canBeIdentity(form.k, node.attributes)) {
    yield { image, beginnings: [identityBeginning(form)] };
  }
};

function kernelShape(graph: Graph, { inputs }: { readonly inputs: readonly NodeId[] }): readonly number[] {
  return present(graph.nodes[inputs[1] ?? -1], 'a kernel').shape;
}

const matmul: Rule<'matmul'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  const { transposeA, transposeB } = node.attributes;
  if (!image || !step.isWeight(1) || transposeA || transposeB) return;
  const [reads, makes] = axes2(step.shape(1));
  const form = { taps: 1, groups: 1, reads, makes };
  const like = parent
    .following(image.node, 'matmul', node.site)
    .filter(({ attributes }) => !attributes.transposeA && !attributes.transposeB);
  const formOf = (kernel: NodeId): KernelForm => {
    const [rows, columns] = axes2(parent.node(kernel).shape);
    return { taps: 1, groups: 1, reads: rows, makes: columns };
  };
  yield* matching(step, like, formOf, form, image);
  if (reads === makes) yield { image, beginnings: [identityBeginning(form)] };
};

const depthwise: Rule<'depthwise'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  if (!image || !step.isWeight(1)) return;
  const [height, width, channels] = axes3(step.shape(1));
  for (const other of parent.following(image.node, 'depthwise', node.site)) {
    const kernel = present(other.inputs[1], 'a kernel');
    const values = parent.weights(kernel);
    const [h, w, have] = axes3(parent.node(kernel).shape);
    if (!values || h !== height || w !== width || !sameWindow(other.attributes, node.attributes)) continue;
    const { of, key } = image.channels;
    const made = (): Float32Array =>
      Float32Array.from(
        { length: height * width * channels },
        (_, at) => values[Math.floor(at / channels) * have + (of[at % channels] ?? 0)] ?? 0,
      );
    const columns = { of: kernel, channels: image.channels };
    const beginning = { input: 1, key: `${kernel} ${key}`, values: made, columns };
    yield { image: { ...image, node: other.id }, beginnings: [beginning] };
  }
  if (canBeIdentity([height, width], node.attributes)) {
    // One filter for each channel: as a kernel that reads one channel.
    const form = { taps: height * width, groups: channels, reads: 1, makes: channels };
    yield { image, beginnings: [identityBeginning(form)] };
  }
};

/** A table of vectors: its columns are channels that are made. */
const embedding: Rule<'embedding'> = function* (step) {
  const { node, parent } = step;
  const image = step.image(0);
  if (!image || !step.isWeight(1)) return;
  const [rows, makes] = axes2(step.shape(1));
  for (const other of parent.following(image.node, 'embedding', node.site)) {
    const table = present(other.inputs[1], 'a table');
    const values = parent.weights(table);
    const [have, columns] = axes2(parent.node(table).shape);
    if (!values || have !== rows) continue;
    for (const made of step.spread(other.id, columns, makes)) {
      const picked = (): Float32Array =>
        Float32Array.from(
          { length: rows * makes },
          (_, at) => values[Math.floor(at / makes) * columns + (made.of[at % makes] ?? 0)] ?? 0,
        );
      const beginning = {
        input: 1,
        key: `${table} ${made.key}`,
        values: picked,
        columns: { of: table, channels: made },
      };
      yield { image: { node: other.id, channels: made, factor: 1 }, beginnings: [beginning] };
    }
  }
};

export const linearRules: Pick<Rules, 'conv' | 'matmul' | 'depthwise' | 'embedding'> = {
  conv,
  matmul,
  depthwise,
  embedding,
};
