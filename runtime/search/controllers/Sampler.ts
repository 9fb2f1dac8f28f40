/** Samples architectures from a policy: a batch of them in step, so that each step is one run of a graph. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { Automaton } from '../../../compiler/space/algebra/automaton.ts';
import { present } from '../../../util/invariant.ts';
import type { Random } from '../../../util/random.ts';
import type { NamedTensors } from '../../execute/reference.ts';
import { drawn } from './draw.ts';
import { offeredMask } from './feeds.ts';
import { Kept } from './Kept.ts';
import type { Learner } from './Learner.ts';
import { attentionGraph, type PolicyForm, stepGraph } from './policyGraph.ts';
import { type Offer, type Question, Questions, type Step, type Trace } from './questions.ts';
import { anchorStep, passedWeight, tokenAfter } from './steps.ts';

/** What is carried from step to step. */
interface Carried {
  /** The token that each row reads next. */
  readonly read: Int32Array;
  /** What the anchor point before passes on, [rows, units]. */
  readonly passed: Float64Array;
  /** The states of the layers, by the names of the step's inputs. */
  readonly states: NamedTensors;
  /** The top hidden states of all steps so far, each [rows, units]. */
  readonly tops: readonly Rows[];
}

type Rows = ArrayLike<number>;

export class Sampler {
  readonly #form: PolicyForm;
  readonly #learner: Learner;
  readonly #graphs = new Kept<Graph>(64);

  /** The weights of now are read whenever a batch is sampled. */
  constructor(form: PolicyForm, learner: Learner) {
    this.#form = form;
    this.#learner = learner;
  }

  /** Ways through the automaton, drawn independently. */
  sample(ways: Automaton, rows: number, random: Random, offer: Offer): readonly Trace[] {
    const { vocabulary, settings } = this.#form;
    const batch = Array.from({ length: rows }, () => new Questions(vocabulary, ways, offer));
    const zeros = { shape: [rows, settings.units], data: new Float64Array(rows * settings.units) };
    const layers = Array.from({ length: settings.layers }, (_, i) => i);
    let carried: Carried = {
      read: new Int32Array(rows).fill(vocabulary.start),
      passed: zeros.data,
      states: Object.fromEntries(layers.flatMap((i) => [`hidden.${i}`, `cell.${i}`]).map((n) => [n, zeros])),
      tops: [],
    };
    while (batch.some(({ question }) => question !== undefined)) {
      carried = this.#step(batch, carried, random);
    }
    return batch.map(({ trace }) => trace);
  }

  /** Every row that has a question answers it. */
  #step(batch: readonly Questions[], { read, passed, states, tops }: Carried, random: Random): Carried {
    const { vocabulary, settings } = this.#form;
    const rows = batch.length;
    const questions = batch.map(({ question }) => question);
    const { logProbabilities, ...after } = this.#run(`step ${rows}`, () => stepGraph(this.#form, rows), {
      read: { shape: [rows], data: read },
      carried: { shape: [rows, settings.units], data: passed },
      offered: { shape: [rows, vocabulary.tokens], data: offeredTo(questions, this.#form) },
      ...states,
    });
    const top = present(after[`hidden.${settings.layers - 1}`], 'the top hidden state').data;
    const anchors = this.#anchors(batch, tops);
    const scores = anchors && this.#scores(top, anchors);
    const next = new Float64Array(rows * settings.units);
    batch.forEach((row, r) => {
      const question = questions[r];
      if (question?.kind === 'choice') {
        const tokens = vocabulary.options[question.decision] ?? [];
        const log = (option: number): number =>
          logProbabilities?.data[r * vocabulary.tokens + (tokens[option] ?? -1)] ?? NaN;
        row.choose(
          present(
            drawn(question.options, (option) => Math.exp(log(option)), random),
            'an option',
          ),
        );
      } else if (question?.kind === 'subset' && anchors && scores) {
        const { candidates } = anchors;
        row.include((place) => random.next() < sigmoid(scores[r * candidates + place] ?? NaN));
        passOn(row.trace.steps.at(-1), anchors, r, next);
      }
      const step = row.trace.steps.at(-1);
      read[r] = question && step ? tokenAfter(step) : vocabulary.inputs;
    });
    return { read, passed: next, states: after, tops: [...tops, top] };
  }

  /** The vectors of all candidates that are asked about now; undefined where none is. */
  #anchors(batch: readonly Questions[], tops: readonly Rows[]): Anchors | undefined {
    const { units } = this.#form.settings;
    const asked = batch.map(({ question }) =>
      question?.kind === 'subset' ? question.anchor.candidates : [],
    );
    const candidates = Math.max(...asked.map(({ length }) => length));
    if (candidates === 0) return undefined;
    const vectors = new Float64Array(batch.length * candidates * units);
    const labels = this.#learner.weights['attention.labels']?.data ?? [];
    asked.forEach((row, r) => {
      const { steps } = present(batch[r], 'a row').trace;
      row.forEach((candidate, place) => {
        const step = anchorStep(candidate, steps);
        const [from, at] = step === undefined ? [labels, candidate.label] : [tops[step] ?? [], r];
        for (let i = 0; i < units; i++) {
          vectors[(r * candidates + place) * units + i] = from[at * units + i] ?? NaN;
        }
      });
    });
    return { vectors, rows: batch.length, candidates, units };
  }

  #scores(top: Rows, { vectors, rows, candidates, units }: Anchors): Rows {
    const make = (): Graph => attentionGraph(this.#form, rows, candidates);
    const { scores } = this.#run(`attention ${rows} ${candidates}`, make, {
      hidden: { shape: [rows, units], data: Float64Array.from(top) },
      anchors: { shape: [rows, candidates, units], data: vectors },
    });
    return present(scores, 'the scores of candidates').data;
  }

  #run(name: string, make: () => Graph, inputs: NamedTensors): NamedTensors {
    return this.#learner.outputs(this.#graphs.get(name, make), inputs);
  }
}

/** Vectors of candidates, [rows, candidates, units]. */
interface Anchors {
  readonly vectors: Float64Array;
  readonly rows: number;
  readonly candidates: number;
  readonly units: number;
}

/** What an anchor point passes on to the next step of row `r`. */
function passOn(
  step: Step | undefined,
  { vectors, candidates, units }: Anchors,
  r: number,
  next: Float64Array,
): void {
  if (step?.kind !== 'subset') return;
  const weight = passedWeight(step);
  for (const { place, isIn } of step.members) {
    if (!isIn) continue;
    for (let i = 0; i < units; i++) {
      next[r * units + i] =
        (next[r * units + i] ?? NaN) + weight * (vectors[(r * candidates + place) * units + i] ?? NaN);
    }
  }
}

/** The masks of all rows, [rows, tokens]; a row that answers no choice is offered everything. */
function offeredTo(questions: readonly (Question | undefined)[], { vocabulary }: PolicyForm): Float64Array {
  const { tokens, options } = vocabulary;
  const masks = new Float64Array(questions.length * tokens);
  questions.forEach((question, r) => {
    if (question?.kind !== 'choice') return;
    const all = options[question.decision] ?? [];
    masks.set(
      offeredMask(
        question.options.map((option) => all[option] ?? -1),
        tokens,
      ),
      r * tokens,
    );
  });
  return masks;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
