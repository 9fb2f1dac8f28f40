/**
 * What a trial will take of a device: parameters, multiply-accumulates, memory, pipelines and dispatches, worked out
 * before anything is allocated. A trial trains a network, gives its memory back, and measures the network.
 */
import { costOf } from '../../compiler/graph/cost.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import type { AugmentSpec, NetworkTerms } from '../../compiler/search/search.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { relax, type RelaxOptions } from '../../compiler/space/relax.ts';
import type { Cost, Space } from '../../compiler/space/space.ts';
import { footprintOf, shadersOf, type Footprint } from '../../compiler/wgsl/footprint.ts';
import { planInference, planTraining } from '../../compiler/wgsl/lower.ts';
import type { Plan, Profile } from '../../compiler/wgsl/plan.ts';
import { withWatch } from '../../compiler/wgsl/watch.ts';
import type { UpdateSpec } from '../train/executor.ts';
import { evaluationGraph, measured, trained, trainingGraph } from './evaluation/graphs.ts';

/** A network as a trial has it: to be trained and to be measured, with what the space says that it costs. */
export interface TrialGraphs {
  readonly cost: Cost;
  readonly training: Graph;
  readonly evaluation: Graph;
}

/** How a trial runs its graphs. */
export interface TrialTerms {
  readonly profile: Profile;
  /** How parameters move. */
  readonly update: UpdateSpec;
  /** How images are changed while a network is trained; not at all where absent. */
  readonly augment?: AugmentSpec | undefined;
  /** Most rows that are fed at once, in training and in measuring. */
  readonly capacity: { readonly training: number; readonly evaluation: number };
  /** Bytes of the data set, which stays on the device. */
  readonly residentBytes: number;
}

/** Both plans of a trial. */
export interface TrialPlans {
  readonly training: Plan;
  readonly evaluation: Plan;
}

export interface Prediction extends Cost {
  readonly training: Footprint;
  readonly evaluation: Footprint;
  /** Pipelines of both together. */
  readonly pipelines: number;
  readonly residentBytes: number;
  /** The most that the device holds at once: the data, and the larger of the two plans. */
  readonly peakBytes: number;
}

/** The graphs of one architecture. */
export function architectureGraphs(
  space: Space,
  architecture: Architecture,
  batch: number,
  terms: NetworkTerms = {},
): TrialGraphs {
  return {
    cost: costOfArchitecture(space, architecture),
    training: trainingGraph(space, architecture, batch, terms),
    evaluation: evaluationGraph(space, architecture, batch),
  };
}

/** The graphs of the supernet of a space; its alphas are trained like any other parameter. Refuses what cannot be relaxed. */
export function supernetGraphs(
  space: Space,
  batch: number,
  options: Omit<RelaxOptions, 'batch' | 'mode'> = {},
): TrialGraphs {
  const network = (mode: RelaxOptions['mode']): Graph => relax(space, { ...options, batch, mode }).graph;
  const training = network('training');
  return { cost: costOf(training), training: trained(training), evaluation: measured(network('inference')) };
}

/** The plans that a trial runs. Refuses what no device need offer. */
export function trialPlans({ training, evaluation }: TrialGraphs, terms: TrialTerms): TrialPlans {
  const { profile, capacity, update, augment } = terms;
  const feed = { capacity: capacity.training, augment };
  return {
    training: withWatch(planTraining(training, { profile, feed, ...update })),
    evaluation: planInference(evaluation, { profile, feed: { capacity: capacity.evaluation } }),
  };
}

/** Predicts a trial. Refuses what no device need offer. */
export function predictTrial(graphs: TrialGraphs, terms: TrialTerms): Prediction {
  const plans = trialPlans(graphs, terms);
  const [training, evaluation] = [footprintOf(plans.training), footprintOf(plans.evaluation)];
  return {
    ...graphs.cost,
    training,
    evaluation,
    pipelines: shadersOf([plans.training, plans.evaluation]).size,
    residentBytes: terms.residentBytes,
    peakBytes: terms.residentBytes + Math.max(training.bytes, evaluation.bytes),
  };
}
