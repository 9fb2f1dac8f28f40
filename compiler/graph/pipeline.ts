/** The passes over a Graph, in order. Any prefix can be run and printed. */
import { present } from '../../util/invariant.ts';
import { differentiate } from './autodiff.ts';
import type { Graph } from './graph.ts';
import { pullGates } from './passes/pullGates.ts';
import { recompute } from './passes/recompute.ts';
import { simplify, simplifyPasses } from './passes/simplify.ts';
import { verify } from './passes/verify.ts';

export interface PassContext {
  /** Name of the output to train on; undefined for a graph that is only evaluated. */
  readonly loss: string | undefined;
  /** The parameters whose gradients are wanted; all unless told. */
  readonly wanted?: ((parameter: string) => boolean) | undefined;
  /** Whether cheap results are computed again for gradients, which saves memory; kept unless told. */
  readonly recompute?: boolean;
}

export interface GraphPass {
  readonly name: string;
  /** One sentence, for `--help` and the documentation. */
  readonly doc: string;
  readonly run: (graph: Graph, context: PassContext) => Graph;
}

/** All passes, in order. */
export const graphPasses: readonly GraphPass[] = [
  {
    name: 'simplify',
    doc: 'Drops what is needless and lets equal ops stand once, so that each is differentiated once.',
    run: simplify,
  },
  {
    name: 'differentiate',
    doc: 'Adds the gradients of the loss for every parameter that it reads.',
    run: (graph, { loss, wanted }) => (loss === undefined ? graph : differentiate(graph, loss, wanted)),
  },
  {
    name: 'gates',
    doc: 'Takes the weights of relaxed choices out of the gradients of batch normalisation.',
    run: pullGates,
  },
  ...simplifyPasses,
  {
    name: 'recompute',
    doc: 'Computes again, where asked to, what gradients need of cheap ops, instead of keeping it.',
    run: (graph, context) => (context.recompute === true ? recompute(graph) : graph),
  },
];

export interface PipelineOptions extends PassContext {
  /** Name of the last pass to run; all by default. */
  readonly until?: string;
  /** Whether the verifier runs before the first pass and after each. */
  readonly verify?: boolean;
  /** Sees the graph after each pass. */
  readonly watch?: (pass: GraphPass, graph: Graph) => void;
}

/** Runs the passes, or a prefix of them. */
export function runGraphPasses(graph: Graph, options: PipelineOptions): Graph {
  const { until, watch } = options;
  const last = graphPasses.findIndex((pass) => pass.name === (until ?? graphPasses.at(-1)?.name));
  present(graphPasses[last], `pipeline: a pass called ${until}`);
  let current = options.verify ? verify(graph) : graph;
  for (const pass of graphPasses.slice(0, last + 1)) {
    current = pass.run(current, options);
    if (options.verify) verify(current, pass.name);
    watch?.(pass, current);
  }
  return current;
}
