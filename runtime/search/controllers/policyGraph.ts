/**
 * The sequence policy of neural architecture search as Graphs (Zoph & Le 2017, sections 3.1 and 3.3): an LSTM whose
 * input is the embedding of the token that was sampled last, with a softmax head for each kind of decision, and for
 * subsets the attention of anchor points, P(candidate is in) = sigmoid(v' tanh(W_prev a + W_curr h)), where h is the top
 * hidden state now and a the top hidden state at the last step of the candidate's body.
 *
 * The heads stand side by side in one matrix; a mask leaves those tokens that may be taken.
 */
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, Initializer, NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { axes2 } from '../../../compiler/ops/shapes.ts';
import { present } from '../../../util/invariant.ts';
import {
  dense,
  type Dense,
  denseWeights,
  type LstmState,
  lstmStep,
  type LstmWeights,
  lstmWeights,
} from './lstm.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface PolicySettings {
  /** LSTM layers, one upon the other. */
  readonly layers: number;
  readonly units: number;
  /** Weights begin evenly distributed from -limit to limit. */
  readonly limit: number;
  /** Scores are divided by it. */
  readonly temperature: number;
  /** Scores are kept between -tanh and tanh, by tanh * tanh(score); 0: not. */
  readonly tanh: number;
}

/** What policies of one space and setting have in common. */
export interface PolicyForm {
  readonly vocabulary: Vocabulary;
  readonly settings: PolicySettings;
}

/** What one step of a batch has to hold. */
export interface StepShape {
  /** Whether any row answers a choice. */
  readonly choice: boolean;
  /** The most members of a subset that any row answers; 0 where none does. */
  readonly candidates: number;
}

/** The steps of a batch, in one Graph, with what is asked of an objective. */
export interface Unrolled {
  readonly builder: GraphBuilder;
  readonly rows: number;
  /** For each step the log-probability of what each row answered, [rows]; 0 where it had ended. */
  readonly logProbabilities: readonly NodeId[];
  /** For each step the entropy of each row's answer, in nats, [rows]. */
  readonly entropies: readonly NodeId[];
}

interface Attention {
  readonly previous: NodeId;
  readonly current: NodeId;
  readonly score: NodeId;
  readonly labels: NodeId;
}

interface Weights {
  readonly embedding: NodeId;
  readonly layers: readonly LstmWeights[];
  readonly head: Dense | undefined;
  readonly attention: Attention | undefined;
}

function weightsOf(builder: GraphBuilder, { vocabulary, settings }: PolicyForm): Weights {
  const { units, limit, layers } = settings;
  const init: Initializer = { kind: 'uniform', limit };
  const matrix = (name: string, shape: Shape): NodeId => builder.parameter(name, shape, init);
  return {
    embedding: matrix('embedding', [vocabulary.inputs, units]),
    layers: Array.from({ length: layers }, (_, i) => lstmWeights(builder, `lstm.${i}`, units, init)),
    head: vocabulary.tokens > 0 ? denseWeights(builder, 'head', [units, vocabulary.tokens], init) : undefined,
    attention:
      vocabulary.labels > 0
        ? {
            previous: matrix('attention.previous', [units, units]),
            current: matrix('attention.current', [units, units]),
            score: matrix('attention.score', [units, 1]),
            labels: matrix('attention.labels', [vocabulary.labels, units]),
          }
        : undefined,
  };
}

/** The Graph that holds all weights and computes nothing. */
export function weightGraph(form: PolicyForm): Graph {
  const builder = new GraphBuilder();
  weightsOf(builder, form);
  return builder.finish();
}

/**
 * One step for sampling. Inputs: `read` [rows] token ids, `carried` [rows, units] (where there are subsets), `offered`
 * [rows, tokens] 0 or a large negative number, and `hidden.i`, `cell.i`; outputs: `logProbabilities` [rows, tokens] and
 * the new states.
 */
export function stepGraph(form: PolicyForm, rows: number): Graph {
  const builder = new GraphBuilder();
  const weights = weightsOf(builder, form);
  const { units, layers } = form.settings;
  const before = Array.from({ length: layers }, (_, i) => ({
    hidden: builder.input(`hidden.${i}`, [rows, units]),
    cell: builder.input(`cell.${i}`, [rows, units]),
  }));
  const embedded = builder.op('embedding', [builder.input('read', [rows], 'i32'), weights.embedding], {});
  const x = weights.attention
    ? builder.op('add', [embedded, builder.input('carried', [rows, units])], {})
    : embedded;
  const after = deepStep(builder, weights, x, before);
  after.forEach(({ hidden, cell }, i) => {
    builder.outputs[`hidden.${i}`] = hidden;
    builder.outputs[`cell.${i}`] = cell;
  });
  if (weights.head) {
    const offered = builder.input('offered', [rows, form.vocabulary.tokens]);
    builder.outputs['logProbabilities'] = headOf(builder, form, weights.head, topOf(after), offered);
  }
  return builder.finish();
}

/** The scores of candidates: `hidden` [rows, units], `anchors` [rows, candidates, units] -> `scores` [rows, candidates]. */
export function attentionGraph(form: PolicyForm, rows: number, candidates: number): Graph {
  const builder = new GraphBuilder();
  const attention = present(weightsOf(builder, form).attention, 'weights of anchor points');
  const { units } = form.settings;
  const hidden = builder.input('hidden', [rows, units]);
  const anchors = builder.input('anchors', [rows, candidates, units]);
  builder.outputs['scores'] = scoresOf(builder, form, attention, hidden, anchors);
  return builder.finish();
}

/**
 * The steps of a batch whose answers are known. Inputs at step t: `read.t` [rows]; of choices `offered.t` and `taken.t`
 * [rows, tokens], `asked.t` [rows]; of subsets `states.t` [rows, candidates, t], the step that each candidate's state is
 * taken from, or `labels.t` [rows, candidates, labels], `in.t` and `out.t` [rows, candidates], and `passed.t`
 * [rows, 1, candidates], the weights with which states are passed on.
 */
export function unroll(form: PolicyForm, rows: number, steps: readonly StepShape[]): Unrolled {
  const builder = new GraphBuilder();
  const weights = weightsOf(builder, form);
  const { settings, vocabulary } = form;
  const zeros = builder.constant(0, [rows, settings.units]);
  const none = builder.constant(0, [rows]);
  let states: readonly LstmState[] = weights.layers.map(() => ({ hidden: zeros, cell: zeros }));
  let carried: NodeId | undefined;
  const tops: NodeId[] = [];
  const logProbabilities: NodeId[] = [];
  const entropies: NodeId[] = [];
  steps.forEach(({ choice, candidates }, t) => {
    const read = builder.input(`read.${t}`, [rows], 'i32');
    const embedded = builder.op('embedding', [read, weights.embedding], {});
    const x = carried === undefined ? embedded : builder.op('add', [embedded, carried], {});
    states = deepStep(builder, weights, x, states);
    carried = undefined;
    const hidden = topOf(states);
    let [logProbability, entropy] = [none, none];
    if (choice && weights.head) {
      const shape = [rows, vocabulary.tokens];
      const offered = builder.input(`offered.${t}`, shape);
      const all = headOf(builder, form, weights.head, hidden, offered);
      const dot = (a: NodeId, b: NodeId): NodeId => rowSums(builder, builder.op('mul', [a, b], {}));
      logProbability = dot(all, builder.input(`taken.${t}`, shape));
      const surprise = dot(builder.op('activation', [all], { name: 'exp' }), all);
      const asked = builder.input(`asked.${t}`, [rows]);
      entropy = builder.op('scale', [builder.op('mul', [surprise, asked], {})], { factor: -1 });
    }
    if (candidates > 0 && weights.attention) {
      const anchors = anchorsOf(builder, form, weights.attention, tops, [rows, candidates, t]);
      const scores = scoresOf(builder, form, weights.attention, hidden, anchors);
      const subset = bernoulli(builder, scores, {
        isIn: builder.input(`in.${t}`, [rows, candidates]),
        isOut: builder.input(`out.${t}`, [rows, candidates]),
      });
      logProbability = builder.op('add', [logProbability, subset.logProbability], {});
      entropy = builder.op('add', [entropy, subset.entropy], {});
      const passed = builder.input(`passed.${t}`, [rows, 1, candidates]);
      carried = reshape(builder, batchProduct(builder, passed, anchors), [rows, settings.units]);
    }
    tops.push(hidden);
    logProbabilities.push(logProbability);
    entropies.push(entropy);
  });
  return { builder, rows, logProbabilities, entropies };
}

function deepStep(
  builder: GraphBuilder,
  { layers }: Weights,
  input: NodeId,
  before: readonly LstmState[],
): readonly LstmState[] {
  let x = input;
  return layers.map((weights, i) => {
    const state = lstmStep(builder, weights, x, present(before[i], 'the state of a layer'));
    x = state.hidden;
    return state;
  });
}

function topOf(states: readonly LstmState[]): NodeId {
  return present(states.at(-1), 'a layer').hidden;
}

/** Log-probabilities of all tokens, [rows, tokens]. */
function headOf(
  builder: GraphBuilder,
  { settings }: PolicyForm,
  head: Dense,
  hidden: NodeId,
  offered: NodeId,
): NodeId {
  const scores = bounded(builder, settings, dense(builder, hidden, head));
  return builder.op('log_softmax', [builder.op('add', [scores, offered], {})], {});
}

/** Scores over the temperature, between -tanh and tanh (Bello et al. 2017, appendix A.1; Pham et al. 2018). */
function bounded(builder: GraphBuilder, { temperature, tanh }: PolicySettings, scores: NodeId): NodeId {
  const cooled = temperature === 1 ? scores : builder.op('scale', [scores], { factor: 1 / temperature });
  if (tanh === 0) return cooled;
  return builder.op('scale', [builder.op('activation', [cooled], { name: 'tanh' })], { factor: tanh });
}

/** The state of each candidate, [rows, candidates, units]: of an earlier step, or learned. */
function anchorsOf(
  builder: GraphBuilder,
  { settings: { units }, vocabulary }: PolicyForm,
  { labels }: Attention,
  tops: readonly NodeId[],
  [rows, candidates, t]: readonly [number, number, number],
): NodeId {
  const label = builder.input(`labels.${t}`, [rows, candidates, vocabulary.labels]);
  const flat = reshape(builder, label, [rows * candidates, vocabulary.labels]);
  const learned = reshape(builder, product(builder, flat, labels), [rows, candidates, units]);
  if (t === 0) return learned;
  const side = tops.length === 1 ? present(tops[0], 'a step') : builder.op('concat', [...tops], {});
  const earlier = reshape(builder, side, [rows, t, units]);
  const taken = batchProduct(builder, builder.input(`states.${t}`, [rows, candidates, t]), earlier);
  return builder.op('add', [learned, taken], {});
}

/** v' tanh(W_prev a + W_curr h) for each candidate a, [rows, candidates]. */
function scoresOf(
  builder: GraphBuilder,
  { settings }: PolicyForm,
  { previous, current, score }: Attention,
  hidden: NodeId,
  anchors: NodeId,
): NodeId {
  const [rows, candidates = 0, units = 0] = builder.shape(anchors);
  const all = [(rows ?? 0) * candidates, units];
  const before = product(builder, reshape(builder, anchors, all), previous);
  const now = reshape(builder, product(builder, hidden, current), [rows ?? 0, 1, units]);
  const repeated = builder.op('broadcast', [now], { shape: [rows ?? 0, candidates, units] });
  const sum = builder.op('add', [before, reshape(builder, repeated, all)], {});
  const scores = product(builder, builder.op('activation', [sum], { name: 'tanh' }), score);
  return bounded(builder, settings, reshape(builder, scores, [rows ?? 0, candidates]));
}

/** Independent bits with these scores: log sigmoid(s) = -softplus(-s), log (1 - sigmoid(s)) = -softplus(s). */
export function bernoulli(
  builder: GraphBuilder,
  scores: NodeId,
  { isIn, isOut }: { readonly isIn: NodeId; readonly isOut: NodeId },
): { readonly logProbability: NodeId; readonly entropy: NodeId } {
  const negative = builder.op('scale', [scores], { factor: -1 });
  const of = (x: NodeId, name: 'sigmoid' | 'softplus'): NodeId => builder.op('activation', [x], { name });
  const [lossIn, lossOut] = [of(negative, 'softplus'), of(scores, 'softplus')];
  const both = (a: NodeId, b: NodeId): NodeId =>
    builder.op('add', [builder.op('mul', [a, lossIn], {}), builder.op('mul', [b, lossOut], {})], {});
  const free = builder.op('add', [isIn, isOut], {});
  const surprise = both(of(scores, 'sigmoid'), of(negative, 'sigmoid'));
  return {
    logProbability: builder.op('scale', [rowSums(builder, both(isIn, isOut))], { factor: -1 }),
    entropy: rowSums(builder, builder.op('mul', [surprise, free], {})),
  };
}

/** [rows, n] -> [rows] */
export function rowSums(builder: GraphBuilder, x: NodeId): NodeId {
  const [rows] = axes2(builder.shape(x));
  return reshape(builder, builder.op('reduce', [x], { kind: 'sum', axes: [1] }), [rows]);
}

function reshape(builder: GraphBuilder, x: NodeId, shape: Shape): NodeId {
  return builder.op('reshape', [x], { shape });
}

const plain = { transposeA: false, transposeB: false } as const;

function product(builder: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return builder.op('matmul', [a, b], plain);
}

function batchProduct(builder: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return builder.op('batch_matmul', [a, b], plain);
}
