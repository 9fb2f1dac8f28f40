/** Samples episodes of wider and deeper actions, and learns from what became of the networks (Cai et al. 2018, section 3). */
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { present } from '../../../util/invariant.ts';
import type { Random } from '../../../util/random.ts';
import type { NamedTensors } from '../../execute/reference.ts';
import { drawn } from '../controllers/draw.ts';
import { Kept } from '../controllers/Kept.ts';
import { Learner } from '../controllers/Learner.ts';
import { FORBIDDEN } from '../controllers/steps.ts';
import type { Block, Chain, FreeDecision, Layer } from './Chain.ts';
import {
  chainWeightGraph,
  deeperGraph,
  deeperTraining,
  widerGraph,
  widerTraining,
  type ChainForm,
} from './chainGraph.ts';

/** Rows of the table of layers; further kinds of layers share them. */
const tableRows = 2048;

/** Networks are padded to a multiple of so many layers, so that graphs are used again. */
const padding = 4;

export interface ChainSettings {
  readonly embedding: number;
  readonly units: number;
  readonly entropy: number;
  /** Actions of an episode. */
  readonly wider: number;
  readonly deeper: number;
}

/** What one sigmoid for each layer decided. */
interface WiderAction {
  readonly kind: 'wider';
  readonly layers: readonly number[];
  /** For each layer whether it was widened; undefined where it could not be. */
  readonly widened: readonly (boolean | undefined)[];
}

/** Answers in turn; undefined for those that were not asked for. */
interface DeeperAction {
  readonly kind: 'deeper';
  readonly layers: readonly number[];
  readonly answers: readonly (Answer | undefined)[];
}

interface Answer {
  readonly offered: readonly number[];
  readonly taken: number;
}

/** How a network came to be. */
export interface ChainTrace {
  readonly actions: readonly (WiderAction | DeeperAction)[];
  readonly architecture: Architecture;
}

/** A network on its way. */
interface Growing {
  architecture: Architecture;
  readonly actions: (WiderAction | DeeperAction)[];
}

export class ChainController {
  readonly #chain: Chain;
  readonly #settings: ChainSettings;
  readonly #isMember: (architecture: Architecture) => boolean;
  readonly #form: ChainForm;
  readonly #kinds: readonly string[];
  readonly #learner: Learner;
  readonly #tokens = new Map<string, number>();
  readonly #graphs = new Kept<Graph>(64);

  constructor(
    chain: Chain,
    settings: ChainSettings,
    isMember: (architecture: Architecture) => boolean,
    seed: number,
  ) {
    this.#chain = chain;
    this.#settings = settings;
    this.#isMember = isMember;
    const kinds = chain.freeKinds();
    this.#kinds = [...kinds.keys()];
    const { embedding, units } = settings;
    const answers = [Math.max(1, chain.blocks.length), chain.deepest, ...kinds.values()];
    this.#form = { embedding, units, layers: tableRows, answers };
    this.#learner = new Learner(chainWeightGraph(this.#form), seed);
  }

  /** Networks grown from one by the actions of an episode. What would lead out of the space is not done, and not learned from. */
  sample(start: Architecture, rows: number, random: Random): readonly ChainTrace[] {
    const batch = Array.from({ length: rows }, (): Growing => ({ architecture: start, actions: [] }));
    for (let action = 0; action < this.#settings.wider; action++) this.#widen(batch, random);
    for (let action = 0; action < this.#settings.deeper; action++) this.#deepen(batch, random);
    return batch;
  }

  /** Learns from the traces of a batch, each as much better than the baseline as its advantage says. */
  learn(traces: readonly ChainTrace[], advantages: readonly number[], rate: number): void {
    const share = 1 / traces.length;
    const of = <K extends 'wider' | 'deeper'>(
      kind: K,
    ): readonly Weighed<Extract<WiderAction | DeeperAction, { kind: K }>>[] =>
      traces.flatMap(({ actions }, i) =>
        actions.flatMap((action) =>
          action.kind === kind
            ? [
                {
                  action: action as Extract<typeof action, { kind: K }>,
                  advantage: share * (advantages[i] ?? 0),
                },
              ]
            : [],
        ),
      );
    const entropy = this.#settings.entropy * share;
    const gradients: NamedTensors[] = [];
    const wider = of('wider');
    if (wider.length > 0) {
      const { steps, inputs } = this.#networks(wider.map(({ action }) => action.layers));
      const graph = this.#graph(`train wider ${wider.length} ${steps}`, () =>
        widerTraining(this.#form, wider.length, steps, entropy),
      );
      const chosen = (which: boolean): { shape: number[]; data: Float64Array } => {
        const data = new Float64Array(wider.length * steps);
        wider.forEach(({ action }, row) =>
          action.widened.forEach((is, t) => {
            if (is === which) data[row * steps + t] = 1;
          }),
        );
        return { shape: [wider.length, steps], data };
      };
      const feeds = { ...inputs, in: chosen(true), out: chosen(false), ...advantagesOf(wider) };
      gradients.push(this.#learner.gradients(graph, feeds));
    }
    const deeper = of('deeper');
    if (deeper.length > 0) {
      const { steps, inputs } = this.#networks(deeper.map(({ action }) => action.layers));
      const graph = this.#graph(`train deeper ${deeper.length} ${steps}`, () =>
        deeperTraining(this.#form, deeper.length, steps, entropy),
      );
      const answers = deeper.map(({ action }) => action.answers);
      const feeds = {
        ...inputs,
        ...this.#answers(answers, this.#form.answers.length),
        ...advantagesOf(deeper),
      };
      gradients.push(this.#learner.gradients(graph, feeds));
    }
    if (gradients.length > 0) this.#learner.learn(gradients, rate);
  }

  /** The probability that each layer of a network is widened; undefined for those that cannot be. */
  widening(architecture: Architecture): readonly (number | undefined)[] {
    const layers = this.#chain.layers(architecture);
    const scores = this.#scores([layers]);
    return layers.map(({ widens }, t) => (widens.length > 0 ? sigmoid(scores[0]?.[t] ?? 0) : undefined));
  }

  #widen(batch: readonly Growing[], random: Random): void {
    const networks = batch.map(({ architecture }) => this.#chain.layers(architecture));
    const scores = this.#scores(networks);
    batch.forEach((row, r) => {
      const layers = networks[r] ?? [];
      const widened = layers.map(({ widens }, t) =>
        widens.length > 0 ? random.next() < sigmoid(scores[r]?.[t] ?? 0) : undefined,
      );
      const raised = layers.flatMap(({ widens }, t) => (widened[t] === true ? widens : []));
      const grown = this.#chain.widen(row.architecture, raised);
      if (!this.#isMember(grown)) return;
      row.architecture = grown;
      row.actions.push({ kind: 'wider', layers: this.#numbers(layers), widened });
    });
  }

  #scores(networks: readonly (readonly Layer[])[]): readonly (readonly number[])[] {
    const { steps, inputs } = this.#networks(networks.map((layers) => this.#numbers(layers)));
    const rows = networks.length;
    const graph = this.#graph(`wider ${rows} ${steps}`, () => widerGraph(this.#form, rows, steps));
    const { data } = present(this.#learner.outputs(graph, inputs)['scores'], 'scores');
    return networks.map((_, r) => Array.from(data.slice(r * steps, (r + 1) * steps)));
  }

  #deepen(batch: readonly Growing[], random: Random): void {
    const deciding = batch.map((row) => new Deciding(row.architecture, this.#chain, this.#kinds));
    const layers = batch.map(({ architecture }) => this.#numbers(this.#chain.layers(architecture)));
    const { steps, inputs } = this.#networks(layers);
    const rows = batch.length;
    for (const [asked, size] of this.#form.answers.entries()) {
      const offered = deciding.map((row) => row.offered());
      if (offered.every((options) => options.length === 0)) {
        for (const row of deciding) row.answer(undefined);
        continue;
      }
      const graph = this.#graph(`deeper ${rows} ${steps} ${asked}`, () =>
        deeperGraph(this.#form, rows, steps, asked),
      );
      const known = deciding.map((row, r) => [...row.answers, { offered: offered[r] ?? [], taken: -1 }]);
      const feeds = { ...inputs, ...this.#answers(known, asked + 1) };
      const { data } = present(this.#learner.outputs(graph, feeds)['log'], 'log-probabilities');
      deciding.forEach((row, r) => {
        const options = offered[r] ?? [];
        const taken = drawn(options, (option) => Math.exp(data[r * size + option] ?? -Infinity), random);
        row.answer(taken === undefined ? undefined : { offered: options, taken });
      });
    }
    batch.forEach((row, r) => {
      const decided = present(deciding[r], 'a network');
      const grown = decided.result();
      if (!grown || !this.#isMember(grown)) return;
      row.architecture = grown;
      row.actions.push({ kind: 'deeper', layers: layers[r] ?? [], answers: decided.answers });
    });
  }

  /** The inputs of networks: the numbers of their layers, and where they have one. */
  #networks(networks: readonly (readonly number[])[]): {
    readonly steps: number;
    readonly inputs: NamedTensors;
  } {
    const longest = Math.max(1, ...networks.map(({ length }) => length));
    const steps = Math.ceil(longest / padding) * padding;
    const rows = networks.length;
    const inputs: Record<string, NamedTensors[string]> = {};
    for (let t = 0; t < steps; t++) {
      const layer = Int32Array.from(networks, (layers) => layers[t] ?? 0);
      const there = Float64Array.from(networks, (layers) => (t < layers.length ? 1 : 0));
      inputs[`layer.${t}`] = { shape: [rows], data: layer };
      inputs[`there.${t}`] = { shape: [rows, 1], data: there };
    }
    return { steps, inputs };
  }

  /** The inputs of the first `count` answers. */
  #answers(rows: readonly (readonly (Answer | undefined)[])[], count: number): NamedTensors {
    const inputs: Record<string, NamedTensors[string]> = {};
    // Behind the row for what is not asked for, the answers of each question in turn.
    let [before, start] = [0, 1];
    for (const [s, size] of this.#form.answers.slice(0, count).entries()) {
      const read = Int32Array.from(rows, (answers) => {
        const last = s === 0 ? undefined : answers[s - 1];
        return last ? before + last.taken : 0;
      });
      const [offered, taken] = [new Float64Array(rows.length * size), new Float64Array(rows.length * size)];
      rows.forEach((answers, r) => {
        const answer = answers[s];
        if (!answer) return;
        for (let option = 0; option < size; option++) {
          if (!answer.offered.includes(option)) offered[r * size + option] = FORBIDDEN;
        }
        if (answer.taken >= 0) taken[r * size + answer.taken] = 1;
      });
      inputs[`answer.${s}`] = { shape: [rows.length], data: read };
      inputs[`offered.${s}`] = { shape: [rows.length, size], data: offered };
      inputs[`taken.${s}`] = { shape: [rows.length, size], data: taken };
      inputs[`asked.${s}`] = {
        shape: [rows.length],
        data: Float64Array.from(rows, (answers) => (answers[s] ? 1 : 0)),
      };
      [before, start] = [start, start + size];
    }
    return inputs;
  }

  #numbers(layers: readonly Layer[]): readonly number[] {
    return layers.map(({ token }) => {
      const number = this.#tokens.get(token) ?? this.#tokens.size % tableRows;
      this.#tokens.set(token, number);
      return number;
    });
  }

  #graph(name: string, make: () => Graph): Graph {
    return this.#graphs.get(name, make);
  }
}

interface Weighed<T> {
  readonly action: T;
  readonly advantage: number;
}

function advantagesOf(rows: readonly Weighed<unknown>[]): NamedTensors {
  const data = Float64Array.from(rows, ({ advantage }) => advantage);
  return { advantages: { shape: [rows.length], data } };
}

/** Where a layer is put in, as it is decided: block, position, and each kind of decision of the new layer. */
class Deciding {
  readonly answers: (Answer | undefined)[] = [];
  readonly #architecture: Architecture;
  readonly #chain: Chain;
  readonly #kinds: readonly string[];
  readonly #blocks: readonly Block[];
  #block: Block | undefined;
  #position = 0;
  #free: readonly FreeDecision[] = [];
  readonly #answered = new Map<DecisionId, number>();

  constructor(architecture: Architecture, chain: Chain, kinds: readonly string[]) {
    this.#architecture = architecture;
    this.#chain = chain;
    this.#kinds = kinds;
    this.#blocks = chain.growing(architecture);
  }

  /** What may be answered now; nothing where nothing is asked. */
  offered(): readonly number[] {
    const { length } = this.answers;
    if (length === 0) return this.#blocks.map(({ decision }) => this.#chain.blocks.indexOf(decision));
    if (!this.#block) return [];
    if (length === 1) return Array.from({ length: Math.max(1, this.#block.depth) }, (_, i) => i);
    return this.#asked()
      ? Array.from({ length: this.#chain.freeKinds().get(this.#kind()) ?? 0 }, (_, i) => i)
      : [];
  }

  answer(answer: Answer | undefined): void {
    const { length } = this.answers;
    if (answer && length === 0) {
      this.#block = this.#blocks.find(({ decision }) => this.#chain.blocks[answer.taken] === decision);
    } else if (answer && length === 1 && this.#block) {
      this.#position = answer.taken;
      this.#free = this.#chain.free(this.#architecture, this.#block, answer.taken);
    } else if (answer) {
      for (const { decision, kind } of this.#free) {
        if (kind === this.#kind()) this.#answered.set(decision, answer.taken);
      }
    }
    this.answers.push(answer);
  }

  result(): Architecture | undefined {
    return this.#block && this.#chain.deepen(this.#architecture, this.#block, this.#position, this.#answered);
  }

  #kind(): string {
    return this.#kinds[this.answers.length - 2] ?? '';
  }

  #asked(): boolean {
    return this.#free.some(({ kind }) => kind === this.#kind());
  }
}

function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
