/**
 * The accuracy predictors of PNAS (Liu et al. 2018, section 4.2) as Graphs: token vectors through an LSTM whose last hidden
 * state, or through a layer whose inputs are their averages over blocks, is led to one number from 0 to 1. Trained on the mean
 * absolute error.
 */
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, Initializer, NodeId } from '../../../compiler/graph/graph.ts';
import {
  dense,
  denseWeights,
  lstmStep,
  lstmWeights,
  type Dense,
  type LstmState,
  type LstmWeights,
} from '../controllers/lstm.ts';

export interface PredictorForm {
  readonly kind: 'lstm' | 'mlp';
  readonly tokens: number;
  readonly columns: number;
  readonly longest: number;
  /** Length of the vector of a token and of hidden states. */
  readonly units: number;
}

/** With this bias the first predictions are 0.86, about what networks reach. */
const initialBias = 1.8;

interface Weights {
  readonly table: NodeId;
  readonly lstm: LstmWeights | undefined;
  readonly hidden: Dense | undefined;
  readonly last: Dense;
}

function weightsOf(builder: GraphBuilder, { kind, tokens, columns, units }: PredictorForm): Weights {
  const init: Initializer = { kind: 'he', fanIn: 2 * units };
  const table = builder.parameter('embedding', [tokens, units], { kind: 'he', fanIn: 2 });
  return {
    table,
    lstm: kind === 'lstm' ? lstmWeights(builder, 'lstm', units, init) : undefined,
    hidden:
      kind === 'mlp'
        ? denseWeights(builder, 'hidden', [columns * units, units], { kind: 'he', fanIn: columns * units })
        : undefined,
    last: {
      kernel: builder.parameter('last.kernel', [units, 1], { kind: 'uniform', limit: 0.1 }),
      bias: builder.parameter('last.bias', [1], { kind: 'constant', value: initialBias }),
    },
  };
}

/** Inputs `token.t`, i32 [rows]; the hidden state after the last of them. */
function readByLstm(
  builder: GraphBuilder,
  form: PredictorForm,
  weights: Weights,
  rows: number,
  length: number,
): NodeId {
  const zeros = builder.constant(0, [rows, form.units]);
  let state: LstmState = { hidden: zeros, cell: zeros };
  for (let t = 0; t < length && weights.lstm; t++) {
    const token = builder.input(`token.${t}`, [rows], 'i32');
    state = lstmStep(builder, weights.lstm, builder.op('embedding', [token, weights.table], {}), state);
  }
  return state.hidden;
}

/** Inputs `tokens`, i32 [rows, longest], and `averages` [rows, columns, longest], whose rows average the tokens of a column. */
function readByLayers(builder: GraphBuilder, form: PredictorForm, weights: Weights, rows: number): NodeId {
  const { columns, longest, units } = form;
  const tokens = builder.input('tokens', [rows, longest], 'i32');
  const averages = builder.input('averages', [rows, columns, longest]);
  const vectors = builder.op('embedding', [tokens, weights.table], {});
  const means = builder.op('batch_matmul', [averages, vectors], { transposeA: false, transposeB: false });
  const flat = builder.op('reshape', [means], { shape: [rows, columns * units] });
  return weights.hidden ? builder.op('relu', [dense(builder, flat, weights.hidden)], {}) : flat;
}

function predictionOf(builder: GraphBuilder, hidden: NodeId, { last }: Weights): NodeId {
  return builder.op('activation', [dense(builder, hidden, last)], { name: 'sigmoid' });
}

/**
 * Training of a batch: the inputs of the form, `targets` and `shares` [rows, 1]; the loss is the sum of shares times absolute
 * errors. `length` is that of the sequences, for an LSTM.
 */
export function trainingGraph(form: PredictorForm, rows: number, length: number): Graph {
  const builder = new GraphBuilder();
  const weights = weightsOf(builder, form);
  const hidden =
    form.kind === 'lstm'
      ? readByLstm(builder, form, weights, rows, length)
      : readByLayers(builder, form, weights, rows);
  const [targets, shares] = [builder.input('targets', [rows, 1]), builder.input('shares', [rows, 1])];
  const errors = builder.op('sub', [predictionOf(builder, hidden, weights), targets], {});
  const sizes = builder.op('activation', [errors], { name: 'abs' });
  const weighed = builder.op('reshape', [builder.op('mul', [sizes, shares], {})], { shape: [rows] });
  const loss = builder.op('reduce', [weighed], { kind: 'sum', axes: [0] });
  builder.outputs['loss'] = loss;
  return differentiate(builder.finish(), loss);
}

/** Predictions [rows, 1] by the layers, as the output `predictions`. */
export function layersGraph(form: PredictorForm, rows: number): Graph {
  const builder = new GraphBuilder();
  const weights = weightsOf(builder, form);
  builder.outputs['predictions'] = predictionOf(builder, readByLayers(builder, form, weights, rows), weights);
  return builder.finish();
}

/**
 * One step of the LSTM: inputs `token` [rows], `hidden` and `cell` [rows, units]; outputs the new `hidden` and `cell`, and
 * `predictions` [rows, 1] as if the sequence ended here.
 */
export function stepGraph(form: PredictorForm, rows: number): Graph {
  const builder = new GraphBuilder();
  const weights = weightsOf(builder, form);
  const token = builder.input('token', [rows], 'i32');
  const state = {
    hidden: builder.input('hidden', [rows, form.units]),
    cell: builder.input('cell', [rows, form.units]),
  };
  const vector = builder.op('embedding', [token, weights.table], {});
  const next = weights.lstm ? lstmStep(builder, weights.lstm, vector, state) : state;
  builder.outputs['hidden'] = next.hidden;
  builder.outputs['cell'] = next.cell;
  builder.outputs['predictions'] = predictionOf(builder, next.hidden, weights);
  return builder.finish();
}
