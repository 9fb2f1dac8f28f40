/**
 * Progressive neural architecture search (Liu, Zoph, Neumann et al. 2018, algorithm 1): cells of one block first, then the
 * most promising extensions by a block, as an ensemble of predictors tells that is trained on all cells so far. In spaces without
 * blocks, the same predictors choose among random and changed architectures, round by round.
 */
import { canonicalHash } from '../../../compiler/space/algebra/canonical.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Decision } from '../../../compiler/space/space.ts';
import { diagnose } from '../../../grammar/diagnostics.ts';
import { Ensemble } from '../models/ensemble.ts';
import { sequenceFormOf } from '../models/sequences.ts';
import { unitTargets } from '../models/unitTargets.ts';
import { proposalOf } from '../proposals/propose.ts';
import { seedOf, streamOf } from '../seeds.ts';
import type { Outcome, StrategyArguments, StrategyKind, StrategyTask } from '../strategy.ts';
import { flag, flagOf, numberOf, whole, word, wordOf } from './arguments.ts';
import { drawsOf } from '../proposals/draws.ts';
import { blockCountOf, completions } from '../proposals/growth.ts';
import { poolOf } from '../proposals/pool.ts';

/** Learning rates of Adam: from fresh weights, and of every later training (section 5.1 of the paper). */
const rates = { first: 0.01, later: 0.002 } as const;

/** Trials of a round where the budget does not say how many there are. */
const roundOfUnknown = 20;

/** Of how many of the best the pool of a round has changed ones. */
const parents = 10;

export const pnas: StrategyKind = {
  doc: 'Progressive search: blocks are added one by one to the architectures that an ensemble of predictors ranks highest.',
  arguments: {
    beam: whole('Architectures tried of each number of blocks; fewer where the budget is smaller.', 256, 1),
    extensions: whole(
      'Extensions of one architecture that are ranked; where there are more, drawn at random.',
      4096,
      1,
    ),
    progressive: flag('Whether to grow blocks where the space counts them by one decision.', true),
    rounds: whole('Rounds of trials in spaces without blocks, the first at random.', 15, 2),
    pool: whole('Candidates that are ranked in each of these rounds.', 1000, 2),
    predictor: word(
      'What reads the answers: an LSTM (`lstm`), or layers over their averages (`mlp`).',
      'lstm',
      ['lstm', 'mlp'],
    ),
    units: whole('Length of the vectors of tokens and of hidden states.', 100, 1),
    ensemble: whole('Predictors, each of which leaves out another part of the trials.', 5, 1),
    epochs: whole('Passes over the trials when the predictors are trained.', 30, 1),
    ranks: flag('Whether predictors learn the rank of an accuracy instead of the accuracy.', false),
  },
  warnings(_args, trials) {
    if (trials === undefined || trials >= 60) return [];
    const reason = `the beam of each number of blocks would be no wider than a share of ${trials} trials`;
    return [
      diagnose('scheduleTooLong', { strategy: 'pnas', reason }, { hint: 'the paper trains 1,160 networks' }),
    ];
  },
  create(args, task) {
    const count = flagOf(args, 'progressive') ? blockCountOf(task.space.space) : undefined;
    const ranking = new Ranking(args, task, count);
    const next = count ? growing(args, task, count, ranking) : rounds(args, task, ranking);
    let waiting: readonly Architecture[] = [];
    let place = 0;
    return {
      ask() {
        if (place === waiting.length) [waiting, place] = [next(), 0];
        const architecture = waiting[place];
        return architecture && proposalOf(task.space, architecture);
      },
      tell(outcome) {
        place++;
        ranking.tell(outcome);
      },
    };
  },
};

/** What was tried, and what the predictors think of other architectures. */
class Ranking {
  readonly outcomes: Outcome[] = [];
  readonly #form: ReturnType<typeof sequenceFormOf>;
  readonly #ensemble: Ensemble;
  readonly #epochs: number;
  readonly #byRank: boolean;
  #trained = false;

  constructor(args: StrategyArguments, { space, key }: StrategyTask, count: Decision | undefined) {
    this.#form = sequenceFormOf(space.space, count !== undefined, count?.id);
    const { tokens, columns, longest } = this.#form;
    const kind = wordOf(args, 'predictor') === 'lstm' ? 'lstm' : 'mlp';
    const form = { kind, tokens, columns, longest, units: numberOf(args, 'units') } as const;
    this.#ensemble = new Ensemble(form, numberOf(args, 'ensemble'), seedOf(key));
    this.#epochs = numberOf(args, 'epochs');
    this.#byRank = flagOf(args, 'ranks');
  }

  tell(outcome: Outcome): void {
    this.outcomes.push(outcome);
  }

  /** What was trained to its end, best first. */
  get done(): readonly Outcome[] {
    return this.outcomes.filter(({ status }) => status === 'done').sort((a, b) => b.fitness - a.fitness);
  }

  /** Candidates from the most to the least promising, by predictors that have learned from all trials. */
  order(candidates: readonly Architecture[]): readonly Architecture[] {
    const { done } = this;
    // What failed is told as the worst that did not.
    const worst = done.at(-1)?.fitness;
    if (worst === undefined) return candidates;
    const told = this.outcomes.map(({ status, fitness }) => (status === 'done' ? fitness : worst));
    const targets = unitTargets(told, this.#byRank);
    const examples = this.outcomes.map(({ architecture }, i) => ({
      sequence: this.#form.sequenceOf(architecture),
      target: targets[i] ?? 0,
    }));
    this.#ensemble.train(examples, this.#epochs, this.#trained ? rates.later : rates.first);
    this.#trained = true;
    const predictions = this.#ensemble.predict(
      candidates.map((candidate) => this.#form.sequenceOf(candidate)),
    );
    const order = candidates.map((_, i) => i).sort((a, b) => (predictions[b] ?? 0) - (predictions[a] ?? 0));
    return order.flatMap((i) => candidates[i] ?? []);
  }
}

/** What to try next; nothing at the end. */
type Next = () => readonly Architecture[];

/** One number of blocks after the other. */
function growing(args: StrategyArguments, task: StrategyTask, count: Decision, ranking: Ranking): Next {
  const { space, key, trials } = task;
  const random = streamOf(key, 'extensions');
  const limit = numberOf(args, 'extensions');
  const levels = count.options.length;
  const share = trials === undefined ? Infinity : Math.floor(trials / levels);
  const seen = new Set<string>();
  /** The first `most` that are different networks from all before. */
  const different = (ordered: readonly Architecture[], most: number): readonly Architecture[] => {
    const chosen: Architecture[] = [];
    for (const candidate of ordered) {
      if (chosen.length >= most) break;
      const hash = canonicalHash(space.space, candidate);
      if (seen.has(hash)) continue;
      seen.add(hash);
      chosen.push(candidate);
    }
    return chosen;
  };
  let level = 0;
  let begun = 0;
  return () => {
    for (; level < levels;) {
      const blocks = level++;
      const before = ranking.outcomes.slice(begun).filter(({ status }) => status === 'done');
      begun = ranking.outcomes.length;
      if (begun === 0) {
        // All of the smallest, or those of the share of the budget that comes to hand first.
        const smallest = completions(space, (id) => (id === count.id ? blocks : undefined), limit, random);
        const first = different(random.shuffled(smallest), Math.max(share, 1));
        if (first.length > 0) return first;
        continue;
      }
      const wish = (choices: readonly number[]) => (id: number) => {
        if (id === count.id) return blocks;
        const answer = choices[id] ?? -1;
        return answer < 0 ? undefined : answer;
      };
      const extended = before.flatMap(({ architecture }) =>
        completions(space, wish(architecture.choices), limit, random),
      );
      const left = trials === undefined ? Infinity : Math.floor((trials - begun) / (levels - blocks));
      const beam = different(ranking.order(extended), Math.max(Math.min(numberOf(args, 'beam'), left), 1));
      if (beam.length > 0) return beam;
    }
    return [];
  };
}

/** Rounds of equal size, the first at random, each later one the most promising of a pool. */
function rounds(args: StrategyArguments, { space, key, trials }: StrategyTask, ranking: Ranking): Next {
  const random = streamOf(key, 'candidates');
  const draw = drawsOf(space.members, key);
  const size =
    trials === undefined ? roundOfUnknown : Math.max(Math.ceil(trials / numberOf(args, 'rounds')), 1);
  const tried = new Set<string>();
  const isNew = ({ choices }: Architecture): boolean => !tried.has(choices.join());
  const drawn = (): readonly Architecture[] => {
    const found: Architecture[] = [];
    while (found.length < size) {
      const proposal = draw();
      if (proposal === undefined) break;
      if (isNew(proposal.architecture)) found.push(proposal.architecture);
    }
    return found;
  };
  return () => {
    const best = ranking.done.slice(0, parents).map(({ architecture }) => architecture);
    const pool = best.length === 0 ? [] : poolOf(space, best, numberOf(args, 'pool'), isNew, random);
    const chosen = pool.length === 0 ? drawn() : ranking.order(pool).slice(0, size);
    for (const { choices } of chosen) tried.add(choices.join());
    return chosen;
  };
}
