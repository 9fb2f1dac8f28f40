/** From the words of a command to a compiled space, an architecture of it, or a compiled search. */
import { compileSearch, compileSpace, type CompiledSearch, type CompiledSpace } from '../compiler/compile.ts';
import { readProgram, type Program } from '../compiler/program.ts';
import type { Setting } from '../compiler/settings.ts';
import { refuse } from '../grammar/diagnostics.ts';
import { nodeHost } from '../runtime/host.ts';
import { vocabulary } from '../runtime/vocabulary.ts';
import { accept, type Context } from './context.ts';
import { readText } from './files.ts';

/** Options of commands that read one space of a file. */
export interface SpaceOptions {
  readonly space?: string;
  /** The search whose space it is, with what the search gives to its parameters. */
  readonly search?: string;
  readonly set?: readonly Setting[];
}

/** Options of commands that read one search of a file. */
export interface SearchSettings {
  readonly search?: string;
  readonly set?: readonly Setting[];
  readonly seed?: number;
  readonly trials?: number;
}

/** Reads and parses a file. Refuses with all that is wrong in it. */
export async function loadProgram(context: Context, file: string): Promise<Program> {
  const source = await readText(context.terminal, file);
  return accept(context, readProgram(source, nodeHost(context.terminal.cwd)));
}

/** Compiles the space of a file that the options name, or the only one. */
export async function loadSpace(
  context: Context,
  file: string,
  options: SpaceOptions,
): Promise<CompiledSpace> {
  return chooseSpace(context, await loadProgram(context, file), options);
}

/** Compiles the space of a program that the options name, the one called `otherwise`, or the only one. */
export function chooseSpace(
  context: Context,
  program: Program,
  { space, search, set = [] }: SpaceOptions,
  otherwise?: string,
): CompiledSpace {
  if (search !== undefined) {
    if (space !== undefined) refuse('conflictingOptions', { first: '--space', second: '--search' });
    return accept(context, compileSearch(program, search, set, vocabulary));
  }
  const known = program.spaces.some(({ name }) => name.text === otherwise);
  return accept(context, compileSpace(program, space ?? (known ? otherwise : undefined), set));
}

/** Compiles the search that the options name, or the only one, with its settings. */
export async function loadSearch(
  context: Context,
  file: string,
  options: SearchSettings,
): Promise<{ readonly compiled: CompiledSearch; readonly settings: readonly Setting[] }> {
  const program = await loadProgram(context, file);
  const settings = settingsOf(options);
  const compiled = accept(context, compileSearch(program, options.search, settings, vocabulary));
  return { compiled, settings };
}

/** `--seed` and `--trials` are short for settings. */
export function settingsOf({ set = [], seed, trials }: SearchSettings): readonly Setting[] {
  return [
    ...set,
    ...(seed === undefined ? [] : [{ path: 'search.seed', value: String(seed) }]),
    ...(trials === undefined ? [] : [{ path: 'search.budget.trials', value: String(trials) }]),
  ];
}
