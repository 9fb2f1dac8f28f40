/**
 * Mean and variance of each channel of a trained network's tensors, without running it: where batch normalisation follows,
 * its running statistics are a measurement; else they are worked out from the tensors before, taken as independent and
 * normally distributed. They are what a batch normalisation that begins as the identity begins with.
 */
import type { NodeId, OpNode } from '../../../compiler/graph/graph.ts';
import type { OpAttributes, OpName } from '../../../compiler/ops/attributes.ts';
import type { OpRecord } from '../../../compiler/ops/op.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { channelsOf } from '../../../compiler/ops/shapes.ts';
import { present } from '../../../util/invariant.ts';
import type { Parent } from './parent.ts';

/** One number for each channel. */
export interface Moments {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Moments of a parent's tensors, each worked out once. */
export function momentsOf(parent: Parent): (id: NodeId) => Moments {
  const known = new Map<NodeId, Moments>();
  const of = (id: NodeId): Moments => {
    const found = known.get(id) ?? measured(parent, id) ?? estimated(parent, id, of);
    known.set(id, found);
    return found;
  };
  return of;
}

function measured(parent: Parent, id: NodeId): Moments | undefined {
  const norm = parent.readers(id).find((node) => node.op === 'batch_norm_inference' && node.inputs[0] === id);
  const statistics = norm && parent.weights(present(norm.inputs[3], 'statistics'));
  if (!statistics) return undefined;
  const channels = statistics.length / 2;
  return {
    mean: Array.from(statistics.slice(0, channels)),
    variance: Array.from(statistics.slice(channels)),
  };
}

function estimated(parent: Parent, id: NodeId, of: (id: NodeId) => Moments): Moments {
  const node = parent.node(id);
  const channels = channelsOf(node.shape);
  const standard = { mean: Array<number>(channels).fill(0), variance: Array<number>(channels).fill(1) };
  if (node.kind === 'constant') {
    return { mean: standard.mean.map(() => node.value), variance: standard.mean };
  }
  if (node.kind !== 'op') return standard;
  const [x = -1, y = -1] = node.inputs;
  const weights = (): Float32Array | undefined => parent.weights(y);
  switch (node.op) {
    case 'batch_norm_inference': {
      const [scale, shift] = [weights(), parent.weights(node.inputs[2] ?? -1)];
      if (!scale || !shift) return standard;
      return { mean: [...shift], variance: Array.from(scale, (s) => s * s) };
    }
    case 'conv':
    case 'matmul':
    case 'depthwise': {
      const kernel = weights();
      return kernel ? filtered(of(x), kernel, channels, node.op === 'depthwise') : standard;
    }
    case 'bias_add':
      return { ...of(x), mean: of(x).mean.map((mean, c) => mean + (weights()?.[c] ?? 0)) };
    case 'scale': {
      const { factor } = node.attributes;
      const { mean, variance } = of(x);
      return { mean: mean.map((m) => factor * m), variance: variance.map((v) => factor * factor * v) };
    }
    case 'add': {
      const [a, b] = [of(x), of(y)];
      const plus = (p: readonly number[], q: readonly number[]): number[] => p.map((n, i) => n + (q[i] ?? 0));
      return { mean: plus(a.mean, b.mean), variance: plus(a.variance, b.variance) };
    }
    case 'concat': {
      const all = node.inputs.map(of);
      return { mean: all.flatMap(({ mean }) => mean), variance: all.flatMap(({ variance }) => variance) };
    }
    case 'slice': {
      const first = node.attributes.begin.at(-1) ?? 0;
      const { mean, variance } = of(x);
      return {
        mean: mean.slice(first, first + channels),
        variance: variance.slice(first, first + channels),
      };
    }
    case 'relu':
    case 'activation':
      return transformed(of(x), node);
    default: {
      // Pools and what else moves elements: about as its input.
      const input = parent.node(x);
      return channelsOf(input.shape) === channels ? of(x) : standard;
    }
  }
}

/** Sums of independent inputs; a row of a kernel belongs to a tap and a channel, one of a depthwise kernel to a tap. */
function filtered(
  { mean, variance }: Moments,
  kernel: Float32Array,
  channels: number,
  depthwise: boolean,
): Moments {
  const out = { mean: Array<number>(channels).fill(0), variance: Array<number>(channels).fill(0) };
  const rows = kernel.length / channels;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < channels; j++) {
      const weight = kernel[row * channels + j] ?? 0;
      const i = depthwise ? j : row % mean.length;
      out.mean[j] = (out.mean[j] ?? 0) + weight * (mean[i] ?? 0);
      out.variance[j] = (out.variance[j] ?? 0) + weight * weight * (variance[i] ?? 1);
    }
  }
  return out;
}

/** Points of the standard normal distribution, and their weights. */
const points = Array.from({ length: 101 }, (_, i) => (i - 50) / 10);
const density = points.map((z) => Math.exp((-z * z) / 2));
const total = density.reduce((sum, p) => sum + p, 0);

/** Expectations of a function of normally distributed numbers, as sums over points. */
function transformed({ mean, variance }: Moments, node: OpNode): Moments {
  const pairs = mean.map((m, c) => {
    const deviation = Math.sqrt(Math.max(variance[c] ?? 0, 0));
    const values = applied(
      node.op,
      node.attributes,
      points.map((z) => m + z * deviation),
    );
    const expected = values.reduce((sum, value, i) => sum + value * (density[i] ?? 0), 0) / total;
    const spread = values.reduce((sum, v, i) => sum + (v - expected) ** 2 * (density[i] ?? 0), 0) / total;
    return [expected, spread] as const;
  });
  return { mean: pairs.map(([m]) => m), variance: pairs.map(([, v]) => v) };
}

function applied<K extends OpName>(op: K, attributes: OpAttributes[K], values: readonly number[]): number[] {
  const record: OpRecord<K> = opTable[op];
  const shape = [values.length];
  const out = { shape, data: new Float64Array(values.length) };
  record.reference([{ shape, data: Float64Array.from(values) }], out, attributes);
  return [...out.data];
}
