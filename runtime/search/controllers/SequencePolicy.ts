/**
 * A sequence policy over a space: samples architectures, and is trained on those that it sampled. Its graphs run on the
 * reference executor in float64, a batch of architectures at a time; each is made once for every shape of batch.
 */
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { present } from '../../../util/invariant.ts';
import type { Random } from '../../../util/random.ts';
import type { NamedTensors } from '../../execute/reference.ts';
import type { StrategySpace } from '../host.ts';
import { type Key, seedOf } from '../seeds.ts';
import { feedsOf, shapesOf } from './feeds.ts';
import { Kept } from './Kept.ts';
import { Learner, type LearnerState, type Weights } from './Learner.ts';
import type { Objective } from './objectives.ts';
import { type PolicyForm, type PolicySettings, type StepShape, unroll, weightGraph } from './policyGraph.ts';
import { type Offer, type Trace, traceOf } from './questions.ts';
import { Sampler } from './Sampler.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Batches that are sampled in search of members, in spaces where membership is asked of each architecture. */
const batchLimit = 100;

/** The steps of a batch as Graphs. */
interface BatchGraphs {
  /** Outputs `t`: the log-probability of step t of every row. */
  readonly forward: Graph;
  /** The objective with its gradients. */
  readonly training: Graph;
}

export interface PolicyOptions {
  readonly settings: PolicySettings;
  readonly objective: Objective;
}

export class SequencePolicy {
  readonly form: PolicyForm;
  readonly #space: StrategySpace;
  readonly #objective: Objective;
  readonly #learner: Learner;
  readonly #sampler: Sampler;
  readonly #graphs = new Kept<BatchGraphs>(32);

  constructor(space: StrategySpace, { settings, objective }: PolicyOptions, key: Key) {
    this.#space = space;
    this.#objective = objective;
    this.form = { vocabulary: vocabularyOf(space.space), settings };
    this.#learner = new Learner(weightGraph(this.form), seedOf(key));
    this.#sampler = new Sampler(this.form, this.#learner);
  }

  /** Moved by {@link learn}. */
  get weights(): Weights {
    return this.#learner.weights;
  }

  save(): LearnerState {
    return this.#learner.save();
  }

  load(state: LearnerState): void {
    this.#learner.load(state);
  }

  /** Members, drawn independently; where the policy finds too few, the rest uniformly. Fewer where none is found. */
  sample(rows: number, random: Random, offer: Offer = (_, options) => options): readonly Trace[] {
    const { members, space } = this.#space;
    const every = members.allowed === members.ways.total;
    const isMember = ({ choices }: Trace): boolean =>
      every || members.contains({ space: space.name, choices });
    const found: Trace[] = [];
    for (let batch = 0; batch < batchLimit && found.length < rows; batch++) {
      found.push(...this.#sampler.sample(members.ways, rows, random, offer).filter(isMember));
    }
    while (found.length < rows) {
      const { architecture } = members.sample(random);
      if (!architecture) break;
      found.push(traceOf(this.form.vocabulary, members.ways, architecture.choices, offer));
    }
    return found.slice(0, rows);
  }

  /** The log-probability of each step of each trace: [step][trace]. */
  logProbabilities(traces: readonly Trace[]): readonly (readonly number[])[] {
    const shapes = shapesOf(traces);
    const { forward } = this.#graphsOf(traces.length, shapes);
    const outputs = this.#learner.outputs(forward, feedsOf(this.form, traces, shapes));
    return shapes.map((_, t) => Array.from(present(outputs[String(t)], 'a step').data));
  }

  /** The gradients of the objective's loss by the names of weights; `inputs` is what the objective reads beside the traces. */
  gradients(traces: readonly Trace[], inputs: NamedTensors): NamedTensors {
    const shapes = shapesOf(traces);
    const { training } = this.#graphsOf(traces.length, shapes);
    return this.#learner.gradients(training, { ...feedsOf(this.form, traces, shapes), ...inputs });
  }

  /** One step of Adam (Kingma & Ba 2015) down the gradients of {@link gradients}. */
  learn(traces: readonly Trace[], inputs: NamedTensors, rate: number): void {
    this.#learner.learn([this.gradients(traces, inputs)], rate);
  }

  #graphsOf(rows: number, shapes: readonly StepShape[]): BatchGraphs {
    const name = `${rows}: ${shapes.map(({ choice, candidates }) => `${choice ? 1 : 0}.${candidates}`).join(' ')}`;
    return this.#graphs.get(name, () => batchGraphs(this.form, rows, shapes, this.#objective));
  }
}

function batchGraphs(
  form: PolicyForm,
  rows: number,
  shapes: readonly StepShape[],
  objective: Objective,
): BatchGraphs {
  const forward = unroll(form, rows, shapes);
  forward.logProbabilities.forEach((node, t) => (forward.builder.outputs[String(t)] = node));
  const training = unroll(form, rows, shapes);
  const loss = objective(training);
  training.builder.outputs['loss'] = loss;
  return { forward: forward.builder.finish(), training: differentiate(training.builder.finish(), loss) };
}
