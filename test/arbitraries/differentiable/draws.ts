/**
 * Values for random graphs, at which a gradient can be judged: off every kink and tie, not large, and such that
 * rounding to float32 changes little. They are drawn again until they are; how often is told.
 */
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph, GraphNode } from '../../../compiler/graph/graph.ts';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { runReference, type Feeds, type ReferenceResult } from '../../../runtime/execute/reference.ts';
import { hashString, normalAt, uniformAt } from '../../../util/random.ts';
import type { RandomGraph } from './graph.ts';
import { kinkDistance } from './kinks.ts';
import type { Size } from './sketch.ts';

/**
 * Nothing may be nearer to a kink: more than a step of central differences moves it; of large tensors, for which none
 * are taken, more than a rounding.
 */
const OFF_KINKS: Readonly<Record<Size, number>> = { small: 5e-4, large: 2e-5 };
/** No value may be larger: sums of squares of squares lose all digits. */
const LARGEST = 200;
/** How much rounding each result to float32 may change a gradient, relative to the largest of its tensor. */
const SOUND = 5e-5;
/** How often values are drawn before a graph is refused. */
const DRAWS = 16;

/** A graph with gradients, values for it, and what float64 makes of them. */
export interface Drawn {
  readonly graph: Graph;
  readonly feeds: Required<Feeds>;
  readonly expected: ReferenceResult;
  /** Gradients that are smaller are compared as if they were this large: some are zero but for roundings. */
  readonly floor: number;
  /** How often values were drawn. */
  readonly draws: number;
}

/** Values that float32 holds exactly, so that all executors begin alike. */
function values(
  node: GraphNode & { readonly name: string },
  seed: number,
  whole: RandomGraph['whole'],
): CpuTensor {
  const { name, shape } = node;
  const stream = hashString(name);
  const fill = (value: (i: number) => number): Float32Array =>
    Float32Array.from({ length: elementsOf(shape) }, (_, i) => value(i));
  const range = whole.get(name);
  if (range) {
    const { from, below } = range;
    const data = fill((i) => from + Math.floor(uniformAt(seed, stream, i) * (below - from)));
    return { shape, data: Int32Array.from(data) };
  }
  if (node.kind === 'state') {
    const { init } = node;
    if (init.kind === 'key')
      return { shape, data: fill((i) => Math.floor(uniformAt(seed, stream, i) * 2 ** 24)) };
    if (init.kind === 'constant') return { shape, data: fill(() => init.value) };
    return { shape, data: fill((i) => 0.5 + uniformAt(seed, stream, i)) };
  }
  const fanIn = node.kind === 'parameter' && node.init.kind === 'he' ? node.init.fanIn : 1;
  return { shape, data: fill((i) => normalAt(seed, stream, i) / Math.sqrt(fanIn)) };
}

function feedsFor(graph: Graph, seed: number, whole: RandomGraph['whole']): Required<Feeds> {
  const feeds = { inputs: {}, parameters: {}, states: {} } as Record<keyof Feeds, Record<string, CpuTensor>>;
  const kinds = { input: 'inputs', parameter: 'parameters', state: 'states' } as const;
  for (const node of graph.nodes) {
    if (node.kind === 'op' || node.kind === 'constant') continue;
    feeds[kinds[node.kind]][node.name] = values(node, seed, whole);
  }
  return feeds;
}

/** Whether values are off kinks and no more than large, by what each op of the graph sees. */
function standsWell(graph: Graph, feeds: Feeds, offKinks: number): boolean {
  const outputs = Object.fromEntries(graph.nodes.map(({ id }) => [String(id), id]));
  const seen = runReference({ ...graph, outputs }, feeds, { precision: 'f64' }).outputs;
  return graph.nodes.every((node) => {
    const { data } = seen[String(node.id)];
    if (!data.every((value) => Math.abs(value) <= LARGEST) && node.kind === 'op') return false;
    return (
      node.kind !== 'op' ||
      kinkDistance(
        node,
        node.inputs.map((id) => seen[String(id)]),
      ) > offKinks
    );
  });
}

/** The largest difference of two tensors, relative to the largest element of the second, or to `floor`. */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>, floor: number): number {
  if (found.length !== expected.length) return Infinity;
  let largest = floor;
  let apart = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const distance = Math.abs(found[i] - expected[i]);
    apart = Number.isNaN(distance) ? Infinity : Math.max(apart, distance);
  }
  return apart / largest;
}

/** A hundredth of the largest element of all gradients. */
export function floorOf({ gradients }: ReferenceResult): number {
  let largest = 1e-3;
  for (const { data } of Object.values(gradients)) {
    for (const value of data) largest = Math.max(largest, Math.abs(value));
  }
  return 0.01 * largest;
}

/** The graph with its gradients and values at which they can be judged; undefined where every draw was unsound. */
export function draw({ graph: forward, recipe, whole }: RandomGraph): Drawn | undefined {
  const graph = verify(differentiate(forward, 'loss'));
  for (let draws = 1; draws <= DRAWS; draws++) {
    const feeds = feedsFor(graph, recipe.seed * DRAWS + draws, whole);
    if (!standsWell(forward, feeds, OFF_KINKS[recipe.size])) continue;
    const expected = runReference(graph, feeds, { precision: 'f64' });
    // All that the ops see is finite and off kinks: whatever is not finite now is wrong, and no bad luck.
    for (const [name, { data }] of Object.entries(expected.gradients)) {
      if (!data.every(Number.isFinite)) {
        throw new Error(`the gradient of ${name} is not finite:\n${printGraph(graph)}`);
      }
    }
    const floor = floorOf(expected);
    const rounded = runReference(graph, feeds, { precision: 'f32' });
    const sound = Object.entries(expected.gradients).every(
      ([name, { data }]) => difference(rounded.gradients[name].data, data, floor) < SOUND,
    );
    if (sound) return { graph, feeds, expected, floor, draws };
  }
  return undefined;
}
