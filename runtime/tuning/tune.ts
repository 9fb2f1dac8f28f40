/**
 * Measures what kernel rules ask (`compiler/wgsl/tuning.ts`) on a device: each candidate computes the op that asked, alone,
 * turn by turn with the others.
 */
import { planInference } from '../../compiler/wgsl/lower.ts';
import { sampleGraph, type OpenChoice, type Tuning } from '../../compiler/wgsl/tuning.ts';
import { present } from '../../util/invariant.ts';
import type { Device } from '../device/device.ts';
import { submitAndWait } from '../execute/trace.ts';
import { prepare, type Execution } from '../execute/webgpu.ts';

/** How one question was answered. */
export interface Measured {
  readonly question: string;
  readonly answer: string;
  /** The best time of each candidate, in milliseconds. */
  readonly times: Readonly<Record<string, number>>;
}

export interface TuneOptions {
  /** Answers that are known already: they are not measured again. */
  readonly known?: Tuning;
  /** A clock in milliseconds. */
  readonly clock?: () => number;
  /** Turns of every candidate. */
  readonly rounds?: number;
  /** Sees every answer. */
  readonly watch?: (measured: Measured) => void;
}

/** A guess is given up for what is faster by more than this share: less is noise. */
const WORTH = 0.05;

/** A turn takes at least so long. */
const TURN_MS = 4;

/** Answers all questions; each question once. */
export async function tune(
  device: Device,
  choices: readonly OpenChoice[],
  options: TuneOptions = {},
): Promise<Tuning> {
  const { known = {}, rounds = 5, watch, clock = (): number => performance.now() } = options;
  const answers: Record<string, string> = {};
  for (const choice of choices) {
    const { question, candidates } = choice;
    const before = Object.hasOwn(known, question) ? known[question] : undefined;
    if (before !== undefined && candidates.includes(before)) {
      answers[question] = before;
      continue;
    }
    if (Object.hasOwn(answers, question)) continue;
    // oxlint-disable-next-line no-await-in-loop -- what runs beside would be measured too
    const times = await timesOf(device, choice, clock, rounds);
    const answer = fastest(choice, times);
    answers[question] = answer;
    watch?.({ question, answer, times });
  }
  return answers;
}

/** The candidate with the best time, or the guess where that is hardly slower. */
export function fastest(
  { candidates }: Pick<OpenChoice, 'candidates'>,
  times: Readonly<Record<string, number>>,
): string {
  const [guess] = candidates;
  const time = (name: string): number => times[name] ?? Infinity;
  const best = candidates.reduce((a, b) => (time(b) < time(a) ? b : a));
  return time(best) < time(guess) * (1 - WORTH) ? best : guess;
}

async function timesOf(
  device: Device,
  choice: OpenChoice,
  clock: () => number,
  rounds: number,
): Promise<Readonly<Record<string, number>>> {
  const graph = sampleGraph(choice.sample);
  const executions = new Map<string, Execution>();
  try {
    for (const name of choice.candidates) {
      const profile = { ...device.profile, tuning: { [choice.question]: name } };
      // oxlint-disable-next-line no-await-in-loop -- compiled one after the other
      executions.set(name, await prepare(device, planInference(graph, { profile })));
    }
    const times: Record<string, number> = {};
    let repeats = 0;
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, { programs }] of executions) {
        const dispatches = present(programs['evaluate'], 'the program of a sample');
        // The first run compiles; the second says how often to repeat.
        // oxlint-disable-next-line no-await-in-loop -- turn by turn
        if (round < 0) await submitAndWait(device, dispatches, 1);
        const begin = clock();
        const turns = Math.max(1, repeats);
        // oxlint-disable-next-line no-await-in-loop -- turn by turn
        await submitAndWait(device, dispatches, turns);
        const ms = (clock() - begin) / turns;
        if (round < 0) repeats = Math.max(repeats, Math.min(64, Math.ceil(TURN_MS / Math.max(ms, 0.01))));
        else times[name] = Math.min(times[name] ?? Infinity, ms);
      }
    }
    return times;
  } finally {
    for (const execution of executions.values()) execution.destroy();
  }
}
