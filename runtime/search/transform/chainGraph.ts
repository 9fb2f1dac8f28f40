/**
 * The meta-controller of EAS as Graphs (Cai, Chen, Zhang, Yu & Wang 2018, section 3.2): a bidirectional LSTM reads the layers
 * of a network; one sigmoid unit for all layers says which become wider; an LSTM that begins with the last states says where a
 * layer is put in, and which. Rows are networks, padded to a common number of layers.
 */
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { present } from '../../../util/invariant.ts';
import {
  dense,
  denseWeights,
  glorot,
  lstmStep,
  lstmWeights,
  type Dense,
  type LstmState,
  type LstmWeights,
} from '../controllers/lstm.ts';
import { bernoulli, rowSums } from '../controllers/policyGraph.ts';

export interface ChainForm {
  /** Numbers of an embedding, and LSTM units in each direction. */
  readonly embedding: number;
  readonly units: number;
  /** Rows of the table of layers. */
  readonly layers: number;
  /** Sizes of the answers that the second actor gives in turn: block, position, then each kind of decision of a layer. */
  readonly answers: readonly number[];
}

interface ChainWeights {
  readonly table: NodeId;
  readonly forward: LstmWeights;
  readonly backward: LstmWeights;
}

interface DeeperWeights {
  readonly table: NodeId;
  readonly decoder: LstmWeights;
  readonly heads: readonly Dense[];
}

/** Of variance 1. */
const standard = { kind: 'uniform', limit: Math.sqrt(3) } as const;

function encoderWeights(builder: GraphBuilder, { layers, embedding, units }: ChainForm): ChainWeights {
  const lstm = (name: string): LstmWeights =>
    lstmWeights(builder, name, units, glorot(embedding + units, units), embedding);
  return {
    table: builder.parameter('layers.table', [layers, embedding], standard),
    forward: lstm('forward'),
    backward: lstm('backward'),
  };
}

function widerWeights(builder: GraphBuilder, { units }: ChainForm): Dense {
  return denseWeights(builder, 'wider', [2 * units, 1], glorot(2 * units, 1));
}

function deeperWeights(builder: GraphBuilder, { answers, embedding, units }: ChainForm): DeeperWeights {
  // The first row is read before there is an answer, and in place of those that are not asked for.
  const rows = answers.reduce((sum, size) => sum + size, 1);
  const state = 2 * units;
  return {
    table: builder.parameter('answers.table', [rows, embedding], standard),
    decoder: lstmWeights(builder, 'decoder', state, glorot(embedding + state, state), embedding),
    heads: answers.map((size, i) => denseWeights(builder, `head.${i}`, [state, size], glorot(state, size))),
  };
}

/** All weights. */
export function chainWeightGraph(form: ChainForm): Graph {
  const builder = new GraphBuilder();
  encoderWeights(builder, form);
  widerWeights(builder, form);
  deeperWeights(builder, form);
  return builder.finish();
}

/** The states of both directions behind each layer, and the last ones. Inputs: `layer.t` [rows], `there.t` [rows, 1]. */
function encode(
  builder: GraphBuilder,
  form: ChainForm,
  rows: number,
  steps: number,
): { readonly behind: readonly NodeId[]; readonly last: LstmState } {
  const { table, forward, backward } = encoderWeights(builder, form);
  const shape = [rows, form.units];
  const read = Array.from({ length: steps }, (_, t) => ({
    x: builder.op('embedding', [builder.input(`layer.${t}`, [rows], 'i32'), table], {}),
    there: builder.op('broadcast', [builder.input(`there.${t}`, [rows, 1])], { shape }),
  }));
  const zeros = builder.constant(0, shape);
  const run = (weights: LstmWeights, order: readonly number[]): readonly LstmState[] => {
    let state: LstmState = { hidden: zeros, cell: zeros };
    const states: LstmState[] = [];
    for (const t of order) {
      const { x, there } = present(read[t], 'a layer');
      const next = lstmStep(builder, weights, x, state);
      // Where a network has no layer, the state stays.
      const kept = (now: NodeId, before: NodeId): NodeId =>
        builder.op('add', [before, builder.op('mul', [there, builder.op('sub', [now, before], {})], {})], {});
      state = { hidden: kept(next.hidden, state.hidden), cell: kept(next.cell, state.cell) };
      states[t] = state;
    }
    return states;
  };
  const order = read.map((_, t) => t);
  const [ahead, back] = [run(forward, order), run(backward, order.toReversed())];
  const both = (a: NodeId, b: NodeId): NodeId => builder.op('concat', [a, b], {});
  const [end, beginning] = [present(ahead.at(-1), 'a layer'), present(back[0], 'a layer')];
  return {
    behind: order.map((t) => both(ahead[t]?.hidden ?? 0, back[t]?.hidden ?? 0)),
    last: { hidden: both(end.hidden, beginning.hidden), cell: both(end.cell, beginning.cell) },
  };
}

/** Output `scores` [rows, steps]: of each layer, by how much the logarithm of the odds is for widening it. */
export function widerGraph(form: ChainForm, rows: number, steps: number): Graph {
  const builder = new GraphBuilder();
  builder.outputs['scores'] = widerScores(builder, form, rows, steps);
  return builder.finish();
}

function widerScores(builder: GraphBuilder, form: ChainForm, rows: number, steps: number): NodeId {
  const { behind } = encode(builder, form, rows, steps);
  const weights = widerWeights(builder, form);
  return builder.op(
    'concat',
    behind.map((state) => dense(builder, state, weights)),
    {},
  );
}

/**
 * The loss of widening: minus what `advantages` [rows] times the log-probabilities and `entropy` times the entropies add up
 * to. Inputs `in` and `out` [rows, steps]: 1 for a layer that could be widened, and was or was not.
 */
export function widerTraining(form: ChainForm, rows: number, steps: number, entropy: number): Graph {
  const builder = new GraphBuilder();
  const scores = widerScores(builder, form, rows, steps);
  const [isIn, isOut] = ['in', 'out'].map((name) => builder.input(name, [rows, steps])) as [NodeId, NodeId];
  const { logProbability, entropy: surprise } = bernoulli(builder, scores, { isIn, isOut });
  return trainingOf(builder, rows, logProbability, surprise, entropy);
}

/** Log-probabilities of the answers in turn. Inputs beside the network: `answer.s` [rows], read at s; `offered.s` [rows, size]. */
function deeperScores(
  builder: GraphBuilder,
  form: ChainForm,
  rows: number,
  steps: number,
  asked: number,
): readonly NodeId[] {
  const { last } = encode(builder, form, rows, steps);
  const { table, decoder, heads } = deeperWeights(builder, form);
  let state = last;
  return heads.slice(0, asked).map((head, s) => {
    const read = builder.input(`answer.${s}`, [rows], 'i32');
    state = lstmStep(builder, decoder, builder.op('embedding', [read, table], {}), state);
    const offered = builder.input(`offered.${s}`, [rows, form.answers[s] ?? 1]);
    const scores = builder.op('add', [dense(builder, state.hidden, head), offered], {});
    return builder.op('log_softmax', [scores], {});
  });
}

/** Output `log` [rows, size]: the log-probabilities of answer `asked`, counted from 0, those before it being known. */
export function deeperGraph(form: ChainForm, rows: number, steps: number, asked: number): Graph {
  const builder = new GraphBuilder();
  const all = deeperScores(builder, form, rows, steps, asked + 1);
  builder.outputs['log'] = present(all.at(-1), 'an answer');
  return builder.finish();
}

/** The loss of deepening; inputs beside: `taken.s` [rows, size], `asked.s` [rows], `advantages` [rows]. */
export function deeperTraining(form: ChainForm, rows: number, steps: number, entropy: number): Graph {
  const builder = new GraphBuilder();
  const all = deeperScores(builder, form, rows, steps, form.answers.length);
  let [logProbability, surprise] = [builder.constant(0, [rows]), builder.constant(0, [rows])];
  all.forEach((log, s) => {
    const dot = (a: NodeId, b: NodeId): NodeId => rowSums(builder, builder.op('mul', [a, b], {}));
    const taken = builder.input(`taken.${s}`, [rows, form.answers[s] ?? 1]);
    logProbability = builder.op('add', [logProbability, dot(log, taken)], {});
    const information = dot(builder.op('activation', [log], { name: 'exp' }), log);
    const asked = builder.op('mul', [information, builder.input(`asked.${s}`, [rows])], {});
    surprise = builder.op('sub', [surprise, asked], {});
  });
  return trainingOf(builder, rows, logProbability, surprise, entropy);
}

/** The gradients of minus advantages times log-probabilities, and `entropy` times entropies, of rows. */
export function trainingOf(
  builder: GraphBuilder,
  rows: number,
  logProbability: NodeId,
  surprise: NodeId,
  entropy: number,
): Graph {
  const advantages = builder.input('advantages', [rows]);
  const gained = builder.op('mul', [advantages, logProbability], {});
  const bonus = builder.op('scale', [surprise], { factor: entropy });
  const total = builder.op('reduce', [builder.op('add', [gained, bonus], {})], { kind: 'sum', axes: [0] });
  const loss = builder.op('scale', [total], { factor: -1 });
  builder.outputs['loss'] = loss;
  return differentiate(builder.finish(), loss);
}
