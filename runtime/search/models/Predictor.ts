/** One predictor of accuracies from sequences of tokens: its weights, their training, and its predictions. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { Random } from '../../../util/random.ts';
import { present } from '../../../util/invariant.ts';
import type { NamedTensors } from '../../execute/reference.ts';
import { Kept } from '../controllers/Kept.ts';
import { Learner } from '../controllers/Learner.ts';
import { layersGraph, stepGraph, trainingGraph, type PredictorForm } from './predictorGraph.ts';
import type { Sequence } from './sequences.ts';

/** What a sequence came to, from 0 to 1. */
export interface Example {
  readonly sequence: Sequence;
  readonly target: number;
}

/** Rows of a batch in training; a smaller last batch has rows that count nothing. */
const trainingRows = 32;
/** Rows of a batch of predictions. */
const predictionRows = 256;

export class Predictor {
  readonly #form: PredictorForm;
  readonly #learner: Learner;
  readonly #graphs = new Kept<Graph>(64);

  constructor(form: PredictorForm, seed: number) {
    this.#form = form;
    this.#learner = new Learner(trainingGraph(form, 1, 1), seed);
  }

  /** Passes over the examples in random order, each batch of sequences of one length a step of Adam. */
  train(examples: readonly Example[], epochs: number, rate: number, random: Random): void {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const batches = [...byLength(random.shuffled(examples), this.#form)].flatMap((group) =>
        chunks(group, trainingRows),
      );
      for (const batch of random.shuffled(batches)) this.#step(batch, rate);
    }
  }

  #step(batch: readonly Example[], rate: number): void {
    const rows = trainingRows;
    const length = batch[0]?.sequence.tokens.length ?? 0;
    const graph = this.#graphs.get(`training ${this.#form.kind === 'lstm' ? length : 0}`, () =>
      trainingGraph(this.#form, rows, length),
    );
    const targets = new Float64Array(rows);
    const shares = new Float64Array(rows);
    batch.forEach(({ target }, i) => {
      targets[i] = target;
      shares[i] = 1 / batch.length;
    });
    const inputs: NamedTensors = {
      ...this.#sequenceInputs(
        batch.map(({ sequence }) => sequence),
        rows,
        length,
      ),
      targets: { shape: [rows, 1], data: targets },
      shares: { shape: [rows, 1], data: shares },
    };
    this.#learner.learn([this.#learner.gradients(graph, inputs)], rate);
  }

  #sequenceInputs(sequences: readonly Sequence[], rows: number, length: number): NamedTensors {
    if (this.#form.kind === 'mlp') return this.#layerInputs(sequences, rows);
    return Object.fromEntries(
      Array.from({ length }, (_, t) => {
        const data = new Int32Array(rows).fill(-1);
        sequences.forEach(({ tokens }, i) => (data[i] = tokens[t] ?? -1));
        return [`token.${t}`, { shape: [rows], data }];
      }),
    );
  }

  #layerInputs(sequences: readonly Sequence[], rows: number): NamedTensors {
    const { columns, longest } = this.#form;
    const tokens = new Int32Array(rows * longest).fill(-1);
    const averages = new Float64Array(rows * columns * longest);
    sequences.forEach((sequence, row) => {
      const counts = new Float64Array(columns);
      for (const column of sequence.columns) counts[column] = (counts[column] ?? 0) + 1;
      sequence.columns.forEach((column, t) => {
        tokens[row * longest + t] = sequence.tokens[t] ?? -1;
        averages[(row * columns + column) * longest + t] = 1 / (counts[column] ?? 1);
      });
    });
    return {
      tokens: { shape: [rows, longest], data: tokens },
      averages: { shape: [rows, columns, longest], data: averages },
    };
  }

  /** A prediction for each sequence, from 0 to 1. */
  predict(sequences: readonly Sequence[]): Float64Array {
    const found = new Float64Array(sequences.length);
    const size = this.#form.kind === 'mlp' ? predictionRows : 16 * predictionRows;
    for (let from = 0; from < sequences.length; from += size) {
      const part = sequences.slice(from, from + size);
      found.set(this.#form.kind === 'mlp' ? this.#byLayers(part) : this.#byLstm(part), from);
    }
    return found;
  }

  #byLayers(sequences: readonly Sequence[]): Float64Array {
    const rows = paddedRows(sequences.length);
    const graph = this.#graphs.get(`layers ${rows}`, () => layersGraph(this.#form, rows));
    const { predictions } = this.#learner.outputs(graph, this.#layerInputs(sequences, rows));
    return Float64Array.from(present(predictions, 'predictions').data).subarray(0, sequences.length);
  }

  /** Sequences that begin alike share the steps of their beginning: each different beginning is read once. */
  #byLstm(sequences: readonly Sequence[]): Float64Array {
    const found = new Float64Array(sequences.length);
    const { units } = this.#form;
    const zeros = new Float64Array(units);
    let places = sequences.map(() => 0);
    let states: readonly State[] = [{ hidden: zeros, cell: zeros, prediction: 0 }];
    const longest = sequences.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
    for (let t = 0; t < longest; t++) {
      const beginnings = new Map<
        number,
        { readonly place: number; readonly token: number; readonly state: State }
      >();
      const next = sequences.map(({ tokens }, i) => {
        const [token, state] = [tokens[t], states[places[i] ?? 0]];
        if (token === undefined || state === undefined) return -1;
        const key = (places[i] ?? 0) * this.#form.tokens + token;
        const known = beginnings.get(key) ?? { place: beginnings.size, token, state };
        beginnings.set(key, known);
        return known.place;
      });
      states = this.#steps([...beginnings.values()]);
      next.forEach((place, i) => {
        const state = states[place];
        if (state && t === (sequences[i]?.tokens.length ?? 0) - 1) found[i] = state.prediction;
      });
      places = next;
    }
    return found;
  }

  #steps(from: readonly { readonly token: number; readonly state: State }[]): readonly State[] {
    const { units } = this.#form;
    return chunks(from, predictionRows).flatMap((part) => {
      const rows = paddedRows(part.length);
      const graph = this.#graphs.get(`step ${rows}`, () => stepGraph(this.#form, rows));
      const token = new Int32Array(rows).fill(-1);
      const [hidden, cell] = [new Float64Array(rows * units), new Float64Array(rows * units)];
      part.forEach((one, i) => {
        token[i] = one.token;
        hidden.set(one.state.hidden, i * units);
        cell.set(one.state.cell, i * units);
      });
      const shape = [rows, units];
      const inputs = {
        token: { shape: [rows], data: token },
        hidden: { shape, data: hidden },
        cell: { shape, data: cell },
      };
      const outputs = this.#learner.outputs(graph, inputs);
      const dataOf = (name: string): Float64Array => Float64Array.from(present(outputs[name], name).data);
      const [hiddens, cells, predictions] = [dataOf('hidden'), dataOf('cell'), dataOf('predictions')];
      return part.map((_, i) => ({
        hidden: hiddens.subarray(i * units, (i + 1) * units),
        cell: cells.subarray(i * units, (i + 1) * units),
        prediction: predictions[i] ?? Number.NaN,
      }));
    });
  }
}

/** The LSTM after some tokens. */
interface State {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
  readonly prediction: number;
}

/** Groups that go through one graph: of an LSTM, those of one length. */
function byLength(examples: readonly Example[], { kind }: PredictorForm): Iterable<readonly Example[]> {
  if (kind === 'mlp') return [examples];
  const groups = new Map<number, Example[]>();
  for (const example of examples) {
    const { length } = example.sequence.tokens;
    groups.set(length, [...(groups.get(length) ?? []), example]);
  }
  return groups.values();
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

/** A power of two of rows, so that few graphs serve all numbers of rows. */
const paddedRows = (rows: number): number =>
  Math.min(2 ** Math.ceil(Math.log2(Math.max(rows, 1))), predictionRows);
