/** From the words of a command to the training of one architecture. */
import { compileTraining, type CompiledTraining } from '../../compiler/training.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { fromCompact, toCompact } from '../../compiler/space/encode.ts';
import { vocabulary } from '../../runtime/vocabulary.ts';
import { readArchitecture, withNames } from '../architecture.ts';
import { accept, type Context } from '../context.ts';
import { loadProgram, settingsOf, type SearchSettings } from '../load.ts';

export interface TrainSettings extends SearchSettings {
  readonly epochs?: number;
}

/** One architecture, and how it is trained. */
export interface LoadedTraining {
  readonly compiled: CompiledTraining;
  readonly architecture: Architecture;
}

/** Compiles the training that a search of the file describes, and reads the architecture. */
export async function loadTraining(
  context: Context,
  file: string,
  arch: string,
  options: TrainSettings,
): Promise<LoadedTraining> {
  const program = await loadProgram(context, file);
  const { epochs } = options;
  const settings = [
    ...settingsOf(options),
    ...(epochs === undefined ? [] : [{ path: 'search.retrain.epochs', value: String(epochs) }]),
  ];
  const compiled = accept(context, compileTraining(program, options.search, settings, vocabulary));
  const named = withNames(program, compiled.named);
  const architecture = await readArchitecture(context, arch, named);
  if (compiled.named === compiled.trained) return { compiled, architecture };
  // Its decisions are the same at the parameters of the training; its requirements are those of the search.
  const compact = toCompact(compiled.named.space, architecture);
  return { compiled, architecture: accept(context, fromCompact(compiled.trained.space, compact)) };
}
