/**
 * A space with one set of weights for all of its networks. Methods of weight sharing train it and ask it; how gates act and how
 * they learn is theirs.
 */
import type { Graph } from '../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../compiler/graph/pipeline.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { relax, type Alphas, type RelaxOptions } from '../../compiler/space/relax.ts';
import type { Space } from '../../compiler/space/space.ts';
import type { Mode } from '../../compiler/ops/operations.ts';
import { invariant } from '../../util/invariant.ts';
import type { Matrices } from './alphas.ts';
import type { Passed, PassedBack, SharedNetwork, SharedWeights } from './sharedWeights.ts';

/** Which gradients a pass through the gated supernet is for. */
export type Wanted = 'weights' | 'gates' | 'both';

type Active = NonNullable<RelaxOptions['active']>;

/** The name of a network's gates begins so. */
const isGate = (name: string): boolean => name.startsWith('gate.');

export class Supernet {
  readonly space: Space;
  readonly weights: SharedWeights;
  /** Images in a batch. */
  readonly batch: number;
  readonly #zero: boolean;
  readonly #gated = new Map<Wanted | 'measure', SharedNetwork>();
  #alphas: readonly Alphas[] | undefined;
  /** The last path that was measured, which is measured on several batches. */
  #measured: { readonly key: string; readonly network: SharedNetwork } | undefined;

  /**
   * `space` is that which is searched (`searchForm`), `weights` hold those of its networks. With `zero` every gate has one
   * alternative more, which is nothing: DARTS's zero operation.
   */
  constructor(space: Space, weights: SharedWeights, batch: number, zero: boolean) {
    this.space = space;
    this.weights = weights;
    this.batch = batch;
    this.#zero = zero;
  }

  /** The decisions that have gates when all alternatives are built. Refuses a space that cannot be relaxed. */
  get alphas(): readonly Alphas[] {
    return (this.#alphas ??= this.#relaxed('batch statistics').alphas);
  }

  /** A training step of one architecture. */
  pathGraph(architecture: Architecture): Graph {
    return this.#training(this.#path(architecture, 'training'));
  }

  /** One step on the weights of one architecture; all other weights keep their bits. */
  async trainPath(architecture: Architecture, rows: Int32Array, rate: number): Promise<Passed> {
    const network = this.weights.network(this.pathGraph(architecture));
    try {
      return await network.train({ rows }, rate);
    } finally {
      network.release();
    }
  }

  /** Sums over one batch, with the statistics of that batch. */
  measurePath(architecture: Architecture, rows: Int32Array): Promise<Passed> {
    const key = architecture.choices.join();
    if (this.#measured?.key !== key) {
      this.#measured?.network.release();
      const graph = measured(this.#path(architecture, 'batch statistics'));
      this.#measured = { key, network: this.weights.network(graph) };
    }
    return this.#measured.network.measure({ rows });
  }

  /** One step on all weights under given gates. */
  trainGated(gates: Matrices, rows: Int32Array, rate: number): Promise<Passed> {
    return this.#gatedNetwork('weights').train({ rows, own: gates }, rate);
  }

  /** The mean loss of a batch and its gradients, under given gates. */
  differentiateGated(wanted: Wanted, gates: Matrices, rows: Int32Array): Promise<PassedBack> {
    return this.#gatedNetwork(wanted).differentiate({ rows, own: gates });
  }

  measureGated(gates: Matrices, rows: Int32Array): Promise<Passed> {
    return this.#gatedNetwork('measure').measure({ rows, own: gates });
  }

  /** The supernet with some alternatives alone, for one pass. */
  part(active: Active, wanted: Wanted): SupernetPart {
    const { graph, alphas } = this.#relaxed('training', active);
    const network = this.weights.network(this.#training(graph, wanted));
    return {
      alphas,
      train: (gates, rows, rate) => network.train({ rows, own: gates }, rate),
      differentiate: (gates, rows) => network.differentiate({ rows, own: gates }),
      release: network.release,
    };
  }

  release(): void {
    for (const network of this.#gated.values()) network.release();
    this.#gated.clear();
    this.#measured?.network.release();
    this.#measured = undefined;
  }

  #gatedNetwork(use: Wanted | 'measure'): SharedNetwork {
    const known = this.#gated.get(use);
    if (known) return known;
    const graph =
      use === 'measure'
        ? measured(this.#relaxed('batch statistics').graph)
        : this.#training(this.#relaxed('training').graph, use);
    const network = this.weights.network(graph);
    this.#gated.set(use, network);
    return network;
  }

  #relaxed(mode: Mode, active?: Active): ReturnType<typeof relax> {
    const options = { batch: this.batch, mode, zero: this.#zero, gates: 'given' } as const;
    return relax(this.space, active ? { ...options, active } : options);
  }

  #path({ choices }: Architecture, mode: Mode): Graph {
    return instantiate(this.space, { space: this.space.name, choices }, { batch: this.batch, mode });
  }

  #training(network: Graph, wanted: Wanted = 'weights'): Graph {
    const kept = withoutStatistics(network);
    const loss = withClassificationLoss(kept, { logits: 'logits', reduction: 'mean' });
    const of = { weights: (name: string) => !isGate(name), gates: isGate, both: () => true };
    return runGraphPasses(loss, { loss: 'loss', wanted: of[wanted] });
  }
}

export interface SupernetPart {
  /** The decisions that have gates in it. */
  readonly alphas: readonly Alphas[];
  readonly train: (gates: Matrices, rows: Int32Array, rate: number) => Promise<Passed>;
  readonly differentiate: (gates: Matrices, rows: Int32Array) => Promise<PassedBack>;
  readonly release: () => void;
}

/**
 * The network without its kept statistics, which belong to no one path: moving them would also compute the alternatives that are left
 * out.
 */
export function withoutStatistics(network: Graph): Graph {
  const isStatistic = ({ value }: Graph['updates'][number]): boolean => {
    const node = network.nodes[value];
    return node?.kind === 'op' && node.op === 'update_statistics';
  };
  return { ...network, updates: network.updates.filter((update) => !isStatistic(update)) };
}

function measured(network: Graph): Graph {
  const loss = withClassificationLoss(network, { logits: 'logits', reduction: 'sum' });
  return runGraphPasses(loss, { loss: undefined });
}

/** The gradients of gates out of those of a pass. */
export function gateGradients({ gradients }: PassedBack): Matrices {
  const found = new Map<string, { shape: readonly [number, number]; data: Float64Array }>();
  for (const [name, { shape, data }] of gradients) {
    if (!isGate(name)) continue;
    const [rows, columns] = shape;
    invariant(rows !== undefined && columns !== undefined, 'gates are a matrix');
    found.set(name, { shape: [rows, columns], data: Float64Array.from(data) });
  }
  return found;
}
