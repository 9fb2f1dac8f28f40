/** From a program to its spaces, architectures and searches, compiled. */
import type {
  ArchitectureNode,
  CellNode,
  MotifNode,
  MovesNode,
  NotationNode,
  SearchNode,
  SpaceNode,
} from '../grammar/ast.ts';
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../grammar/diagnostics.ts';
import type { Location, Source } from '../grammar/source.ts';
import { didYouMean } from '../util/didYouMean.ts';
import { listWords } from '../util/words.ts';
import { chooseOne, spaceNamed } from './named.ts';
import type { Program } from './program.ts';
import { checkSearch } from './search/check.ts';
import { checkFit, checkShapes, checkTraining } from './search/fit.ts';
import { overrideSearch, type OverriddenSearch } from './search/overrides.ts';
import { readScale, scaleProblem } from './search/scale.ts';
import type { SearchSpec } from './search/search.ts';
import type { Vocabulary } from './search/vocabulary.ts';
import { overridesOf, sortSettings, type Setting } from './settings.ts';
import type { Architecture } from './space/architecture.ts';
import { readArchitecture } from './space/architectures.ts';
import { elaborate, type Override } from './space/elaborate.ts';
import { broken, costOfArchitecture, membersOf, type Members } from './space/members.ts';
import { compileMoves, type MoveRule } from './space/moves.ts';
import { compileNotation, type Notation } from './space/notations.ts';
import type { Space } from './space/space.ts';

/** A space with its members counted, and what the file says of it. */
export interface CompiledSpace {
  readonly space: Space;
  readonly members: Members;
  /** The syntax that it came from: the space and every motif and cell that it may use. */
  readonly syntax: { readonly space: SpaceNode; readonly motifs: readonly (MotifNode | CellNode)[] };
  readonly notations: readonly Notation[];
  readonly moves: readonly MoveRule[];
  /** The architecture that the file calls `start`: where moves set out from. */
  readonly start?: Architecture | undefined;
}

/** Compiles the space called `name`, or the only one. Settings give values to its parameters. */
export function compileSpace(
  program: Program,
  name: string | undefined,
  settings: readonly Setting[] = [],
): Checked<CompiledSpace> {
  const chosen = chooseOne(program.spaces, name, 'space', program);
  if (!chosen.value) return { value: undefined, diagnostics: chosen.diagnostics };
  const { overrides, diagnostics } = overridesOf(settings);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return compileWith(program, chosen.value, overrides);
}

/** An architecture that a file names, with its space as it was published. */
export interface CompiledArchitecture extends CompiledSpace {
  readonly architecture: Architecture;
}

/** Compiles the architecture called `name` and its space; settings win over what the declaration gives to the parameters. */
export function compileArchitecture(
  program: Program,
  name: string,
  settings: readonly Setting[] = [],
): Checked<CompiledArchitecture> {
  const node = program.architectures.find((a) => a.name.text === name);
  if (!node) {
    const names = program.architectures.map((a) => a.name.text);
    const hint = didYouMean(name, names) ?? (names.length > 0 ? `it has ${listWords(names)}` : undefined);
    return {
      value: undefined,
      diagnostics: [diagnose('badArchitecture', { problem: `nothing is called \`${name}\`` }, { hint })],
    };
  }
  const source = program.sourceOf(node);
  const found = spaceNamed(program, node.space, source);
  if (!found.value) return { value: undefined, diagnostics: found.diagnostics };
  const { overrides, diagnostics } = overridesOf(settings);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const compiled = compileWith(program, found.value, [...argsOf(node, source), ...overrides]);
  if (!compiled.value) return { value: undefined, diagnostics: compiled.diagnostics };
  const read = readArchitecture(compiled.value.space, node, source);
  const told = [...compiled.diagnostics, ...read.diagnostics];
  if (!read.value) return { value: undefined, diagnostics: told };
  const missed = broken(compiled.value.space, read.value);
  if (missed) {
    const { params, macs } = costOfArchitecture(compiled.value.space, read.value);
    const values = { text: missed.text, told: `it has ${String(params)} params and ${String(macs)} macs` };
    const labels = [{ location: missed.location, text: 'this one' }];
    told.push(diagnose('requirementBroken', values, { at: { source, span: node.name.span }, labels }));
    return { value: undefined, diagnostics: told };
  }
  return { value: { ...compiled.value, architecture: read.value }, diagnostics: told };
}

/** The arguments of a search or an architecture as values of the space's parameters. */
export function argsOf(
  node: Pick<SearchNode | ArchitectureNode, 'args'>,
  source: Source,
): readonly Override[] {
  return node.args.flatMap((arg): Override[] =>
    arg.name ? [{ name: arg.name.text, value: arg.value, source }] : [],
  );
}

/** Spaces that were compiled before, by their values: searches and architectures of one file often share theirs. */
const compiledBefore = new WeakMap<Program, Map<string, Checked<CompiledSpace>>>();

/** Compiles a space of a program with values for its parameters, once for each set of them. */
export function compileWith(
  program: Program,
  space: SpaceNode,
  overrides: readonly Override[],
): Checked<CompiledSpace> {
  const values = overrides.map(({ name, source, value: { span } }) => [
    name,
    source.name,
    span.start,
    source.text.slice(span.start, span.end),
  ]);
  const key = JSON.stringify([space.name.text, values]);
  const before = compiledBefore.get(program) ?? new Map<string, Checked<CompiledSpace>>();
  compiledBefore.set(program, before);
  const compiled = before.get(key) ?? compileAnew(program, space, overrides);
  before.set(key, compiled);
  return compiled;
}

function compileAnew(
  program: Program,
  space: SpaceNode,
  overrides: readonly Override[],
): Checked<CompiledSpace> {
  const elaborated = elaborate({
    file: program,
    library: [...program.library, ...program.used],
    source: program.sourceOf(space),
    space,
    overrides,
  });
  if (!elaborated.value) return { value: undefined, diagnostics: elaborated.diagnostics };
  const members = membersOf(elaborated.value);
  const diagnostics = [...elaborated.diagnostics, ...members.diagnostics];
  if (!members.value) return { value: undefined, diagnostics };
  const motifs = [...program.used, program].flatMap((f) =>
    f.file.declarations.flatMap((d) => (d.kind === 'motif' || d.kind === 'cell' ? [d] : [])),
  );
  const extras = extrasOf(program, space, elaborated.value);
  const syntax = { space, motifs };
  return { value: { space: elaborated.value, members: members.value, syntax, ...extras }, diagnostics };
}

/** The notations, the moves and the start of a space. One that does not fit under these parameters is left out; `nas check` reports it. */
function extrasOf(
  program: Program,
  node: SpaceNode,
  space: Space,
): Pick<CompiledSpace, 'notations' | 'moves' | 'start'> {
  const mine = <N extends NotationNode | MovesNode | ArchitectureNode>(nodes: readonly N[]): readonly N[] =>
    nodes.filter((n) => n.space.text === node.name.text);
  return {
    notations: mine(program.notations).flatMap(
      (n) => compileNotation(space, n, program.sourceOf(n)).value ?? [],
    ),
    moves: mine(program.moves).flatMap((n) => compileMoves(space, n, program.sourceOf(n)).value ?? []),
    start: mine(program.architectures)
      .filter((n) => n.name.text === 'start')
      .flatMap((n) => readArchitecture(space, n, program.sourceOf(n)).value ?? [])[0],
  };
}

/** A search with the space that it searches. */
export interface CompiledSearch extends CompiledSpace {
  readonly search: SearchSpec;
  /** The search as it stands in the file, without settings. */
  readonly searchSyntax: SearchNode;
  /** The space at the parameters at which the winner is trained anew, where these are others. */
  readonly retrainSpace?: Space;
  /** The file, as it was named: where relative paths begin. */
  readonly file: string;
  /** What is in it. */
  readonly text: string;
  /** What the command line set. */
  readonly settings: readonly Setting[];
}

/** Compiles the search called `name`, or the only one, and its space. */
export function compileSearch(
  program: Program,
  name: string | undefined,
  settings: readonly Setting[],
  vocabulary: Vocabulary,
): Checked<CompiledSearch> {
  const chosen = chooseOne(program.searches, name, 'search', program);
  if (!chosen.value) return { value: undefined, diagnostics: chosen.diagnostics };
  const node = chosen.value;
  const found = spaceNamed(program, node.space, program.source);
  if (!found.value) return { value: undefined, diagnostics: found.diagnostics };
  const space = found.value;
  const sorted = sortSettings(settings, space);
  if (hasErrors(sorted.diagnostics)) return { value: undefined, diagnostics: sorted.diagnostics };
  const own = argsOf(node, program.source);
  const changed: OverriddenSearch = overrideSearch(node, sorted.search);
  const search = checkSearch(changed.node, program.source, vocabulary, changed.sources);
  const compiled = compileWith(program, space, [...own, ...sorted.space]);
  const diagnostics = [...search.diagnostics, ...compiled.diagnostics];
  if (!search.value || !compiled.value) return { value: undefined, diagnostics };
  diagnostics.push(...checkFit(compiled.value, search.value, vocabulary, node, program.source));
  const scaled = scaledSpace(program, changed.node, compiled.value.space, [...own, ...sorted.space]);
  diagnostics.push(...scaled.diagnostics);
  if (scaled.value && search.value.data) {
    const at = { source: program.source, span: node.name.span };
    diagnostics.push(...checkShapes(scaled.value, vocabulary.dataForm(search.value.data), at));
  }
  diagnostics.push(
    ...checkTrainings(compiled.value.space, scaled.value, search.value, vocabulary, {
      node,
      source: program.source,
    }),
  );
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const value = {
    ...compiled.value,
    search: search.value,
    searchSyntax: node,
    ...(scaled.value && { retrainSpace: scaled.value }),
    file: program.source.name,
    text: program.source.text,
    settings,
  };
  return { value, diagnostics };
}

/** Checks the training of candidates, and that of the winner where it is another one. */
function checkTrainings(
  space: Space,
  scaled: Space | undefined,
  { evaluate, retrain, data }: SearchSpec,
  vocabulary: Vocabulary,
  { node, source }: { readonly node: SearchNode; readonly source: Source },
): readonly Diagnostic[] {
  const form = data && vocabulary.dataForm(data);
  const place = (name: string): Location => {
    const field = node.fields.find((f) => f.name.text === name);
    return { source, span: (field ?? node.name).span };
  };
  const own = evaluate.kind === 'train' ? checkTraining(space, evaluate.train, form, place('evaluate')) : [];
  if (retrain === undefined || (own.length > 0 && scaled === undefined)) return own;
  return [...own, ...checkTraining(scaled ?? space, retrain, form, place('retrain'))];
}

/** The space at the parameters of the winner, where `retrain` names others. */
function scaledSpace(
  program: Program,
  node: SearchNode,
  space: Space,
  overrides: readonly Override[],
): Checked<Space> {
  const scale = readScale(node, program.source);
  if (scale === undefined) return { value: undefined, diagnostics: [] };
  if ('code' in scale) return { value: undefined, diagnostics: [scale] };
  const found = spaceNamed(program, node.space, program.source);
  if (!found.value) return { value: undefined, diagnostics: found.diagnostics };
  const { source } = program;
  const more = scale.args.flatMap(({ name, value }): Override[] =>
    name ? [{ name: name.text, value, source }] : [],
  );
  const compiled = compileWith(program, found.value, [...overrides, ...more]);
  if (!compiled.value) return { value: undefined, diagnostics: compiled.diagnostics };
  const problem = scaleProblem(space, compiled.value.space);
  if (problem === undefined) return { value: compiled.value.space, diagnostics: [] };
  const at = { source, span: scale.node.span };
  const told = diagnose('otherDecisions', { space: space.name, problem }, { at });
  return { value: undefined, diagnostics: [told] };
}
