/** From the marks that the processes of one run of the command left to when each stage was reached. */
import { present } from '../../util/invariant.ts';

/** One line of what bench/start/probe.mjs leaves. */
export interface Mark {
  /** Which process: the command or its worker, by the name of its program. */
  readonly role: 'main' | 'worker';
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds of processor time that the process had taken by then. */
  readonly cpuMs: number;
}

/** What is passed on the way to the first step, in no fixed order where two processes work side by side. */
export const stages = {
  worker: { role: 'worker', stage: 'started', says: 'the worker process starts' },
  device: { role: 'worker', stage: 'device', says: 'it has a device' },
  requested: { role: 'main', stage: 'requested', says: 'the command asks for the first training' },
  planned: { role: 'worker', stage: 'planned', says: 'the worker has a plan' },
  pipelines: { role: 'worker', stage: 'pipelines', says: 'its pipelines are there' },
  submitted: { role: 'worker', stage: 'submitted', says: 'the first step is submitted' },
  stepped: { role: 'worker', stage: 'stepped', says: 'the first step is done' },
} as const satisfies Record<string, { role: Mark['role']; stage: string; says: string }>;

export type Stage = keyof typeof stages;

export interface Timeline {
  /** Milliseconds from the start of the command to each stage. */
  readonly ms: Readonly<Record<Stage, number>>;
  /** Processor time of the command until it asks for the first training, and of the worker until the first step is done. */
  readonly cpuMs: number;
}

/** Reads the lines of a run that began at `begin`, in milliseconds since 1970. */
export function readMarks(text: string, begin: number): Timeline {
  const marks = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Mark);
  const find = (of: Stage): Mark => {
    const { role, stage } = stages[of];
    const found = marks.find((mark) => mark.role === role && mark.stage === stage);
    return present(found, `bench: a mark that ${stages[of].says}`);
  };
  const ms = Object.fromEntries(
    (Object.keys(stages) as Stage[]).map((stage) => [stage, find(stage).at - begin]),
  );
  return { ms: ms as Timeline['ms'], cpuMs: find('requested').cpuMs + find('stepped').cpuMs };
}
