/** What follows from the answers of two implementations that took turns. */
import { lossOfStep17 } from '../../test/fixtures/checkNetwork.ts';
import { medianOf } from '../../util/statistics/summary.ts';
import type { Answer, Work } from './protocol.ts';

/** The loss is known for the 17th step. */
export const STEPS = 17;
/** Of those, so many come first and are not counted. */
const WARM_UP = 2;
const LOSS_TOLERANCE = 1e-4;
/** Scores are of size 1 and come from sums of 288 products in float32. */
const SCORE_TOLERANCE = 1e-3;

/** The answers of one round, one right after the other. */
export interface Round {
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** Milliseconds of a step. */
export interface Figures {
  /** Median of all steps that count. */
  readonly ms: number;
  /** The best of them: on a busy machine the one that was disturbed least. */
  readonly bestMs: number;
  /** Half of the processor time, median of the same steps: what two idle cores would take. */
  readonly cpuMs: number;
}

export interface Comparison {
  readonly ours: Figures;
  readonly theirs: Figures;
  /** How many times as fast we were in each round, by the median step of either. */
  readonly ratios: readonly number[];
  /** Their median. */
  readonly ratio: number;
  /** The same by the best step of either in all rounds. */
  readonly bestRatio: number;
  /** The median over the rounds of how many times their processor time is ours. */
  readonly cpuRatio: number;
}

/** Medians and ratios. What else the machine does changes from round to round, so ratios are taken within each. */
export function compareRounds(rounds: readonly Round[]): Comparison {
  const ratiosOf = (times: (answer: Answer) => readonly number[]): number[] =>
    rounds.map(({ ours, theirs }) => medianOf(counted(times(theirs))) / medianOf(counted(times(ours))));
  const ratios = ratiosOf(({ times }) => times);
  const ours = figuresOf(rounds.map((round) => round.ours));
  const theirs = figuresOf(rounds.map((round) => round.theirs));
  return {
    ours,
    theirs,
    ratios,
    ratio: medianOf(ratios),
    bestRatio: theirs.bestMs / ours.bestMs,
    cpuRatio: medianOf(ratiosOf(({ cpuTimes }) => cpuTimes)),
  };
}

function figuresOf(answers: readonly Answer[]): Figures {
  const times = answers.flatMap((answer) => counted(answer.times));
  return {
    ms: medianOf(times),
    bestMs: Math.min(...times),
    cpuMs: medianOf(answers.flatMap(({ cpuTimes }) => counted(cpuTimes))) / 2,
  };
}

function counted(times: readonly number[]): readonly number[] {
  return times.slice(WARM_UP);
}

/** In words, where the two did not work on the same thing: another loss than the known one, or different scores. */
export function disagreement(work: Work, { ours, theirs }: Round, name: string): string | undefined {
  if (work === 'train') return wrongLoss('naslang', ours) ?? wrongLoss(name, theirs);
  const far = ours.last.findIndex((score, i) => !isNear(score, theirs.last[i], SCORE_TOLERANCE));
  if (ours.last.length !== theirs.last.length) {
    return `naslang gives ${ours.last.length} scores and ${name} ${theirs.last.length}`;
  }
  return far < 0
    ? undefined
    : `score ${far} is ${ours.last[far]} in naslang and ${theirs.last[far]} in ${name}`;
}

function wrongLoss(name: string, { last: [loss] }: Answer): string | undefined {
  if (isNear(loss, lossOfStep17, LOSS_TOLERANCE)) return undefined;
  return `${name}: the loss of step ${STEPS} is ${loss}, and ${lossOfStep17} is right`;
}

function isNear(a: number | null | undefined, b: number | null | undefined, tolerance: number): boolean {
  return Math.abs((a ?? NaN) - (b ?? NaN)) <= tolerance;
}
