/** Runs a training, or goes on with it, and shows what came of it. */
import { join } from 'node:path';
import { toCompact } from '../../compiler/space/encode.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { dataHash } from '../../runtime/data/table.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { Interrupted } from '../../runtime/search/training.ts';
import { DEFAULT_STORE } from '../../runtime/store/open.ts';
import { taskId, trainOne, type TrainEvent, type TrainTask } from '../../runtime/trained/trainOne.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { stopOnSignal } from '../search/stop.ts';
import { pathFrom } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { loadTraining, type TrainSettings } from './load.ts';
import { epochLine, modelLines, startLine } from './text.ts';

export interface TrainOptions extends TrainSettings {
  readonly out?: string;
  readonly checkpointEvery: number;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** A training that can begin. */
export interface OpenedTraining {
  readonly task: TrainTask;
  /** Where it is left, as the user knows it. */
  readonly folder: string;
}

/** Compiles everything. Refuses what cannot be trained. */
export async function openTraining(
  context: Context,
  file: string,
  arch: string,
  options: TrainOptions,
): Promise<OpenedTraining> {
  const { compiled, architecture } = await loadTraining(context, file, arch, options);
  const { seed } = compiled.search;
  const told = { compiled, architecture, seed, dataHash: await dataHash(compiled.data) };
  const { name } = compiled.trained.space;
  const folder = options.out ?? join(DEFAULT_STORE, 'trained', `${name}-${taskId(told)}`);
  const task: TrainTask = {
    ...told,
    folder: pathFrom(context.terminal, folder),
    checkpointEvery: options.checkpointEvery,
    fresh: options.fresh === true,
    version: packageVersion(),
  };
  return { task, folder };
}

/** Trains to the end, with an evaluator that it closes; 130 when it was interrupted. */
export async function runTraining(
  context: Context,
  { task, folder }: OpenedTraining,
  evaluator: Evaluator,
  { json = false }: TrainOptions,
): Promise<number> {
  const { terminal } = context;
  const output = terminal[json ? 'stderr' : 'stdout'];
  const say = (line: string): void => output.write(`${line}\n`);
  let done = 0;
  const onEvent = (event: TrainEvent): void => {
    switch (event.kind) {
      case 'started':
        done = event.epoch;
        return say(startLineOf(task, event));
      case 'epoch': {
        done = event.epoch;
        const line = epochLine(event);
        if (line !== undefined) say(line);
        return undefined;
      }
      case 'warning':
        return showDiagnostics(context, [event.diagnostic]);
      default:
        return event satisfies never;
    }
  };
  const view = { onEvent: () => undefined, stopping: () => say('stopping'), close: () => undefined };
  const stop = stopOnSignal(terminal, view);
  try {
    const { model, earlier } = await trainOne(task, { evaluator, signal: stop.signal, onEvent });
    if (json) context.printJson({ status: 'finished', earlier, folder, ...model });
    else {
      if (earlier) context.print('trained before: nothing was left to do; `--fresh` trains it again');
      context.print('', ...modelLines(model, folder));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    if (json) context.printJson({ status: 'interrupted', folder, epoch: done });
    else context.print(stoppedLine(done, task));
    return stop.exitCode();
  } finally {
    await evaluator.close();
    stop.end();
  }
}

function startLineOf(
  { compiled, architecture, seed }: TrainTask,
  event: Parameters<typeof startLine>[1],
): string {
  const { space } = compiled.trained;
  return startLine(toCompact(space, architecture), event, costOfArchitecture(space, architecture), seed);
}

function stoppedLine(done: number, { checkpointEvery }: TrainTask): string {
  const kept = done - (done % checkpointEvery);
  return kept === 0
    ? 'stopped before the first checkpoint; the same command begins anew'
    : `stopped after epoch ${done}; the same command goes on after epoch ${kept}`;
}
