/**
 * The questions that a space asks a controller, one after the other: a decision with the options that may be taken, or a
 * subset whose members are decided in turn. What has one answer is not asked.
 */
import type { Automaton } from '../../../compiler/space/algebra/automaton.ts';
import { Walk } from '../../../compiler/space/algebra/walk.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { invariant } from '../../../util/invariant.ts';
import type { AnchorPoint, Vocabulary } from './vocabulary.ts';

/** Option of a member that is in its subset; out is 1. */
export const IN = 0;

/** What may be taken of the options that a space offers; one at least. */
export type Offer = (decision: DecisionId, options: readonly number[]) => readonly number[];

/** A decision that was answered with one of its options. */
export interface Choice {
  readonly kind: 'choice';
  readonly decision: DecisionId;
  /** Tokens that could be taken. */
  readonly offered: readonly number[];
  /** The token that was. */
  readonly taken: number;
}

/** One member of a subset. */
export interface Member {
  /** Its place among the members of the anchor point. */
  readonly place: number;
  readonly isIn: boolean;
  /** Whether it could have been otherwise. */
  readonly free: boolean;
}

/** A subset that was answered. */
export interface Anchored {
  readonly kind: 'subset';
  readonly anchor: AnchorPoint;
  /** The members that exist. */
  readonly members: readonly Member[];
}

/** One step of a controller. */
export type Step = Choice | Anchored;

/** All steps of one architecture. */
export interface Trace {
  readonly steps: readonly Step[];
  readonly choices: readonly number[];
}

/** What is asked next. */
export type Question =
  | { readonly kind: 'choice'; readonly decision: DecisionId; readonly options: readonly number[] }
  | { readonly kind: 'subset'; readonly anchor: AnchorPoint };

export class Questions {
  readonly #vocabulary: Vocabulary;
  readonly #walk: Walk;
  readonly #offer: Offer;
  readonly #steps: Step[] = [];
  #question: Question | undefined;

  constructor(vocabulary: Vocabulary, ways: Automaton, offer: Offer) {
    this.#vocabulary = vocabulary;
    this.#walk = new Walk(ways);
    this.#offer = offer;
    this.#advance();
  }

  /** undefined when all is answered. */
  get question(): Question | undefined {
    return this.#question;
  }

  get trace(): Trace {
    return { steps: this.#steps, choices: this.#walk.choices };
  }

  /** Answers a choice with an option. */
  choose(option: number): void {
    const question = this.#question;
    invariant(question?.kind === 'choice', 'controller: no decision is asked');
    const tokens = this.#vocabulary.options[question.decision] ?? [];
    const tokenOf = (one: number): number => tokens[one] ?? -1;
    this.#steps.push({
      kind: 'choice',
      decision: question.decision,
      offered: question.options.map(tokenOf),
      taken: tokenOf(option),
    });
    this.#walk.take(option);
    this.#advance();
  }

  /** Answers a subset: `isIn` says it of each member that can be in or out, by its place. */
  include(isIn: (place: number) => boolean): void {
    const question = this.#question;
    invariant(question?.kind === 'subset', 'controller: no subset is asked');
    const { anchor } = question;
    const members: Member[] = [];
    for (let id = this.#walk.decision; id !== undefined; id = this.#walk.decision) {
      if (this.#vocabulary.anchors[id] !== anchor) break;
      const place = anchor.members.indexOf(id);
      const options = this.#walk.options();
      const free = options.length > 1;
      const taken = free ? (isIn(place) ? IN : 1 - IN) : (options[0] ?? IN);
      members.push({ place, isIn: taken === IN, free });
      this.#walk.take(taken);
    }
    this.#steps.push({ kind: 'subset', anchor, members });
    this.#advance();
  }

  /** Goes to the next question, past decisions with one answer. */
  #advance(): void {
    for (let id = this.#walk.decision; id !== undefined; id = this.#walk.decision) {
      const anchor = this.#vocabulary.anchors[id];
      if (anchor) {
        this.#question = { kind: 'subset', anchor };
        return;
      }
      if (this.#vocabulary.options[id]) {
        const options = this.#offer(id, this.#walk.options());
        this.#question = { kind: 'choice', decision: id, options };
        return;
      }
      this.#walk.take(this.#walk.options()[0] ?? 0);
    }
    this.#question = undefined;
  }
}

/** The steps that lead to an architecture; its options need not be among those offered. */
export function traceOf(
  vocabulary: Vocabulary,
  ways: Automaton,
  choices: readonly number[],
  offer: Offer = (_, options) => options,
): Trace {
  const questions = new Questions(vocabulary, ways, (id, options) => {
    const offered = offer(id, options);
    const option = choices[id] ?? -1;
    return offered.includes(option) ? offered : [...offered, option];
  });
  for (let asked = questions.question; asked !== undefined; asked = questions.question) {
    if (asked.kind === 'choice') questions.choose(choices[asked.decision] ?? -1);
    else {
      const { members } = asked.anchor;
      questions.include((place) => choices[members[place] ?? -1] === IN);
    }
  }
  return questions.trace;
}
