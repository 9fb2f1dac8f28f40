/** From a program to the training of one architecture: how a search of the file trains its winner, at which parameters. */
import type { SpaceNode } from '../grammar/ast.ts';
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../grammar/diagnostics.ts';
import { print } from '../grammar/print.ts';
import { chooseOne, spaceNamed } from './named.ts';
import { argsOf, compileWith, type CompiledSpace } from './compile.ts';
import type { Program } from './program.ts';
import { checkSearch } from './search/check.ts';
import { checkShapes, checkTraining } from './search/fit.ts';
import { overrideSearch } from './search/overrides.ts';
import { readScale, scaleProblem } from './search/scale.ts';
import type { DataSpec, SearchSpec, TrainSpec } from './search/search.ts';
import type { Vocabulary } from './search/vocabulary.ts';
import { sortSettings, type Setting } from './settings.ts';
import type { Override } from './space/elaborate.ts';

/** How one architecture of a space is trained. */
export interface CompiledTraining {
  /** The space at the parameters of the training: those of the search, of `scale`, and of the settings, the last one wins. */
  readonly trained: CompiledSpace;
  /**
   * The space in which architectures are named: that of the search itself, whose requirements they meet and whose ranks they
   * have, where its decisions are those of the trained space.
   */
  readonly named: CompiledSpace;
  readonly search: SearchSpec;
  readonly train: TrainSpec;
  readonly data: DataSpec;
  /** A file of its own that declares the trained space, its parameters' defaults being the values that they have here. */
  readonly text: string;
}

/** Compiles the training that the search called `name`, or the only one, has for its winner. */
export function compileTraining(
  program: Program,
  name: string | undefined,
  settings: readonly Setting[],
  vocabulary: Vocabulary,
): Checked<CompiledTraining> {
  const failed = (diagnostics: readonly Diagnostic[]): Checked<CompiledTraining> => ({
    value: undefined,
    diagnostics,
  });
  const chosen = chooseOne(program.searches, name, 'search', program);
  if (!chosen.value) return failed(chosen.diagnostics);
  const node = chosen.value;
  const found = spaceNamed(program, node.space, program.source);
  if (!found.value) return failed(found.diagnostics);
  const space = found.value;
  const sorted = sortSettings(settings, space);
  if (hasErrors(sorted.diagnostics)) return failed(sorted.diagnostics);
  const changed = overrideSearch(node, sorted.search);
  const checked = checkSearch(changed.node, program.source, vocabulary, changed.sources);
  const search = checked.value;
  if (!search) return failed(checked.diagnostics);
  const at = { source: program.source, span: node.name.span };
  if (search.retrain === undefined || search.data === undefined) {
    return failed([diagnose('nothingToTrain', { search: search.name }, { at })]);
  }
  const scale = readScale(changed.node, program.source);
  if (scale !== undefined && 'code' in scale) return failed([scale]);
  const own = argsOf(node, program.source);
  const overrides = [...own, ...(scale ? argsOf(scale, program.source) : []), ...sorted.space];
  const trained = compileWith(program, space, overrides);
  const diagnostics = [...checked.diagnostics, ...trained.diagnostics];
  if (!trained.value) return failed(diagnostics);
  const form = vocabulary.dataForm(search.data);
  diagnostics.push(
    ...checkShapes(trained.value.space, form, at),
    ...checkTraining(trained.value.space, search.retrain, form, at),
  );
  if (hasErrors(diagnostics)) return failed(diagnostics);
  const searched = compileWith(program, space, own).value;
  const isSame = searched && scaleProblem(searched.space, trained.value.space) === undefined;
  return {
    value: {
      trained: trained.value,
      named: isSame ? searched : trained.value,
      search,
      train: search.retrain,
      data: search.data,
      text: textOf(trained.value, overrides),
    },
    diagnostics,
  };
}

/** The space and what it may use as one file, which needs no settings and no other file. */
function textOf({ syntax }: CompiledSpace, overrides: readonly Override[]): string {
  const values = new Map(overrides.map(({ name, value }) => [name, value]));
  const space: SpaceNode = {
    ...syntax.space,
    params: syntax.space.params.map((param) => {
      const value = values.get(param.name.text);
      return value ? { ...param, value } : param;
    }),
  };
  const plain = { comments: false };
  const parts = [print(space, plain), ...syntax.motifs.map((motif) => print(motif, plain))];
  return ['nas 1', ...parts.map((part) => part.trim()), ''].join('\n\n').replace(/\n\n$/, '\n');
}
