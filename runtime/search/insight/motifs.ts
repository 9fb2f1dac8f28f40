/**
 * Which motifs are over-represented among the best: single answers, pairs of answers, and how often an option is taken by
 * decisions that choose among the same (at least or at most k times). Each is tested by Fisher's exact test against all
 * architectures of the sample, one-sided, and all tests are corrected together after Holm.
 */
import type { Space } from '../../../compiler/space/space.ts';
import { holm } from '../../../util/statistics/corrections.ts';
import { hypergeometricTail } from '../../../util/statistics/distributions.ts';
import { factorsOf, groupsOf, labelAt, placeOf, type Factor, type FactorGroup } from './factors.ts';
import { bestRows, type Observation } from './observations.ts';

/** An answer: a decision and an option of it. */
export interface Answer {
  readonly path: string;
  readonly option: string;
}

/** What a motif is. */
export type MotifForm =
  | { readonly kind: 'answer'; readonly answers: readonly [Answer] }
  | { readonly kind: 'pair'; readonly answers: readonly [Answer, Answer] }
  | {
      readonly kind: 'count';
      readonly option: string;
      readonly bound: 'at least' | 'at most';
      readonly times: number;
      readonly decisions: readonly string[];
    };

/** A motif, and how often it is found. */
export type Motif = MotifForm & {
  /** Architectures with it among the best, and among all. */
  readonly best: number;
  readonly all: number;
  /** How many of the best would have it by chance; of a pair also where its answers met by chance among the best. */
  readonly expected: number;
  readonly expectedOfParts: number | undefined;
  /** Corrected for all motifs that were tested. */
  readonly p: number;
};

export interface Motifs {
  /** Sizes of the best and of all that they are compared with. */
  readonly best: number;
  readonly all: number;
  readonly tests: number;
  /** Whether there were too many pairs to test them. */
  readonly pairsLeftOut: boolean;
  /** Smallest p first; motifs that are not found more often than by chance are left out. */
  readonly motifs: readonly Motif[];
}

/** Fewer architectures than this have no best among them that could be told from chance. */
export const LEAST_FOR_MOTIFS = 20;

/** At least so many are the best, whatever the share. */
const LEAST_BEST = 5;

/** More pairs than this are not tested. */
const MOST_PAIRS = 200_000;

/** How many of a sample are its best `share`. */
export function sizeOfBest(rows: number, share: number): number {
  return Math.min(Math.floor(rows / 2), Math.max(LEAST_BEST, Math.round(share * rows)));
}

/** Tests all motifs of a sample of at least {@link LEAST_FOR_MOTIFS} architectures. */
export function motifsOf(space: Space, observations: readonly Observation[], share: number): Motifs {
  const rows = observations.length;
  const size = sizeOfBest(rows, share);
  const best = setOf(rows, bestRows(observations, size));
  const factors = factorsOf(space, observations);
  const answers = factors.flatMap((factor) => answersOf(factor, rows));
  const pairs = countPairs(factors) > MOST_PAIRS ? [] : pairsOf(answers);
  const candidates = [...answers, ...pairs, ...groupsOf(factors).flatMap((group) => countsOf(group, rows))];
  const tested = candidates.flatMap(({ members, form, parts }): Motif[] => {
    const all = sizeOf(members);
    // Found once or in all but one, it could not be told from chance whoever the best are.
    if (all < 2 || all > rows - 2) return [];
    const found = sizeOfBoth(members, best);
    const [a, b] = parts ?? [];
    return [
      {
        ...form,
        best: found,
        all,
        expected: (size * all) / rows,
        expectedOfParts: a && b && (sizeOfBoth(a, best) * sizeOfBoth(b, best)) / size,
        p: hypergeometricTail(found, { balls: rows, marked: all, drawn: size }),
      },
    ];
  });
  const corrected = holm(tested.map(({ p }) => p));
  return {
    best: size,
    all: rows,
    tests: tested.length,
    pairsLeftOut: pairs.length === 0 && factors.length > 1,
    motifs: tested
      .map((motif, i) => ({ motif, raw: motif.p, p: corrected[i] ?? 1 }))
      .filter(({ motif }) => motif.best > motif.expected)
      .sort((a, b) => a.raw - b.raw)
      .map(({ motif, p }) => ({ ...motif, p })),
  };
}

/** A set of rows, one bit each. */
type Rows = Uint32Array;

interface Candidate {
  readonly form: MotifForm;
  readonly members: Rows;
  readonly parts?: readonly [Rows, Rows];
}

interface AnswerCandidate extends Candidate {
  readonly form: MotifForm & { readonly kind: 'answer' };
  readonly factor: Factor;
}

function answersOf(factor: Factor, rows: number): readonly AnswerCandidate[] {
  return factor.options.map((_, place) => ({
    factor,
    form: {
      kind: 'answer',
      answers: [{ path: factor.decision.path, option: labelAt(factor, place) }],
    },
    members: rowsWhere(rows, (row) => factor.levels[row] === place),
  }));
}

function countPairs(factors: readonly Factor[]): number {
  const options = factors.reduce((sum, factor) => sum + factor.options.length, 0);
  const own = factors.reduce((sum, factor) => sum + factor.options.length ** 2, 0);
  return (options * options - own) / 2;
}

function pairsOf(answers: readonly AnswerCandidate[]): readonly Candidate[] {
  return answers.flatMap((first, i) =>
    answers.slice(i + 1).flatMap((second): Candidate[] => {
      if (first.factor === second.factor) return [];
      const [a, b] = [first.members, second.members];
      return [
        {
          form: { kind: 'pair', answers: [first.form.answers[0], second.form.answers[0]] },
          members: a.map((bits, word) => bits & (b[word] ?? 0)),
          parts: [a, b],
        },
      ];
    }),
  );
}

function countsOf({ labels, factors }: FactorGroup, rows: number): readonly Candidate[] {
  const decisions = factors.map(({ decision }) => decision.path);
  return labels.flatMap((option): Candidate[] => {
    const counts = new Uint16Array(rows);
    for (const factor of factors) {
      const place = placeOf(factor, option);
      if (place === undefined) continue;
      for (let row = 0; row < rows; row++) {
        if (factor.levels[row] === place) counts[row] = (counts[row] ?? 0) + 1;
      }
    }
    const form = { kind: 'count', option, decisions } as const;
    return Array.from({ length: factors.length }, (_, i): Candidate[] => [
      {
        form: { ...form, bound: 'at least', times: i + 1 },
        members: rowsWhere(rows, (row) => (counts[row] ?? 0) > i),
      },
      {
        form: { ...form, bound: 'at most', times: i },
        members: rowsWhere(rows, (row) => (counts[row] ?? 0) <= i),
      },
    ]).flat();
  });
}

function rowsWhere(rows: number, holds: (row: number) => boolean): Rows {
  const set = new Uint32Array(Math.ceil(rows / 32));
  for (let row = 0; row < rows; row++) {
    if (holds(row)) set[row >>> 5] = (set[row >>> 5] ?? 0) | (1 << (row & 31));
  }
  return set;
}

function setOf(rows: number, members: readonly number[]): Rows {
  const chosen = new Set(members);
  return rowsWhere(rows, (row) => chosen.has(row));
}

const sizeOf = (set: Rows): number => set.reduce((sum, bits) => sum + onesIn(bits), 0);

function sizeOfBoth(a: Rows, b: Rows): number {
  let sum = 0;
  for (let word = 0; word < a.length; word++) sum += onesIn((a[word] ?? 0) & (b[word] ?? 0));
  return sum;
}

/** Bits that are set in a word of 32 (Warren, Hacker's Delight, 5-1). */
function onesIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
