/**
 * The weights that a child network begins with so that it computes what its trained parent does: function-preserving
 * transformation (Net2Net, Chen, Goodfellow & Shlens 2016; path-level, Cai, Yang, Zhang, Han & Yu 2018, section 3.1). Both
 * are given as they are measured, in inference; what training adds (statistics of batches, dropout) preserves the function
 * about, not exactly.
 */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { sameShape } from '../../../compiler/ops/shapes.ts';
import { diagnose, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { present } from '../../../util/invariant.ts';
import type { Tensor, Tensors } from '../executor.ts';
import { align } from './align.ts';
import { addNoise, noNoise, type NoiseSpec } from './noise.ts';
import { Parent } from './parent.ts';

export interface Inheritance {
  /** Values for the child's parameters and statistics, those that it inherits. */
  readonly tensors: Tensors;
  /** Why the child does not compute what its parent does; empty where it does. */
  readonly departures: readonly Diagnostic[];
}

export interface InheritOptions {
  readonly noise?: NoiseSpec | undefined;
  /** Decides which channels are repeated, and the noise. */
  readonly seed: number;
}

/**
 * What a child inherits. `parent` and `child` are networks in inference mode with equal inputs and outputs, not changed by
 * passes; `trained` holds the parent's parameters and statistics. Where no weights make the child the same function, it
 * takes over what it can, and `departures` say where it differs.
 */
export function inherit(
  { graph, trained }: { readonly graph: Graph; readonly trained: Tensors },
  child: Graph,
  { noise = noNoise, seed }: InheritOptions,
): Inheritance {
  const parent = new Parent(graph, trained);
  for (const most of [0, 4, 32, Infinity]) {
    const alignment = align(parent, child, most, seed);
    if (!alignment) continue;
    const tensors = new Map<string, Tensor>();
    const seen = new Set<string>();
    for (const aligned of alignment.weights) {
      const node = present(child.nodes[aligned.weight], 'a weight');
      if (node.kind !== 'parameter' && node.kind !== 'state') continue;
      const data = aligned.beginning.values();
      addNoise(data, node.name, aligned.beginning, noise, seen, seed);
      tensors.set(node.name, { shape: node.shape, data });
    }
    const departures = alignment.departures.map((values) => diagnose('functionChanged', values));
    return { tensors, departures };
  }
  return byName(trained, child);
}

/** The tensors of equal names and shapes: what is left where the two networks have nothing else in common. */
function byName(trained: Tensors, child: Graph): Inheritance {
  const tensors = new Map<string, Tensor>();
  let missing = 0;
  for (const node of child.nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    const tensor = trained.get(node.name);
    if (tensor && sameShape(tensor.shape, node.shape)) tensors.set(node.name, tensor);
    else missing++;
  }
  return { tensors, departures: [diagnose('functionLost', { kept: tensors.size, missing })] };
}
