/**
 * The front of the compiler: from text to programs, spaces and searches. Everything that it needs from
 * outside comes in through a {@link Host}.
 */
import type { Expr, MotifNode, SearchNode, SpaceNode } from '../grammar/ast.ts';
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../grammar/diagnostics.ts';
import { parse, parseExpression } from '../grammar/parse.ts';
import type { Source } from '../grammar/source.ts';
import { didYouMean } from '../util/didYouMean.ts';
import { invariant } from '../util/invariant.ts';
import { listWords } from '../util/words.ts';
import { checkSearch, searchFields } from './search/check.ts';
import { overrideSearch, type OverriddenSearch, type SearchOverride } from './search/overrides.ts';
import type { SearchSpec } from './search/search.ts';
import type { Vocabulary } from './search/vocabulary.ts';
import { elaborate, type Override, type ParsedFile } from './space/elaborate.ts';
import { membersOf, type Members } from './space/members.ts';
import { evaluateOpen, valuesOf } from './space/open.ts';
import { describeShape } from './ops/takes.ts';
import { checkNames } from './space/resolve.ts';
import type { Space } from './space/space.ts';

/** What the compiler gets from outside. */
export interface Host {
  /** Files whose motifs every file may use. */
  readonly library: readonly Source[];
}

/** A file that has been read and whose names are sound. */
export interface Program extends ParsedFile {
  readonly library: readonly ParsedFile[];
  readonly spaces: readonly SpaceNode[];
  readonly searches: readonly SearchNode[];
}

/** `--set PATH=VALUE`, as typed. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** Reads a file. Reports all of its syntax errors, or all of its clashes of names. */
export function readProgram(source: Source, host: Host): Checked<Program> {
  const parsed = parse(source);
  if (!parsed.value || hasErrors(parsed.diagnostics))
    return { value: undefined, diagnostics: parsed.diagnostics };
  const file = parsed.value;
  const diagnostics = [...parsed.diagnostics, ...checkNames(source, file)];
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const program: Program = {
    source,
    file,
    library: host.library.map(parseLibrary),
    spaces: file.declarations.flatMap((d) => (d.kind === 'space' ? [d] : [])),
    searches: file.declarations.flatMap((d) => (d.kind === 'search' ? [d] : [])),
  };
  return { value: program, diagnostics };
}

function parseLibrary(source: Source): ParsedFile {
  const { value, diagnostics } = parse(source);
  invariant(value && !hasErrors(diagnostics), `the library file ${source.name} is broken`);
  return { source, file: value };
}

/** A space with its members counted. */
export interface CompiledSpace {
  readonly space: Space;
  readonly members: Members;
  /** The syntax that it came from: the space and every motif of its file. */
  readonly syntax: { readonly space: SpaceNode; readonly motifs: readonly MotifNode[] };
}

/** Compiles the space called `name`, or the only one. Settings give values to its parameters. */
export function compileSpace(
  program: Program,
  name: string | undefined,
  settings: readonly Setting[] = [],
): Checked<CompiledSpace> {
  const chosen = chooseOne(program.spaces, name, 'space', program);
  if (!chosen.value) return { value: undefined, diagnostics: chosen.diagnostics };
  const overrides: Override[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const setting of settings) {
    const { value, source, problems } = readSetting(setting);
    diagnostics.push(...problems);
    if (value) overrides.push({ name: setting.path.replace(/^space\./, ''), value, source });
  }
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return compileWith(program, chosen.value, overrides);
}

function compileWith(
  program: Program,
  space: SpaceNode,
  overrides: readonly Override[],
): Checked<CompiledSpace> {
  const elaborated = elaborate({ file: program, library: program.library, source: program.source, space, overrides });
  if (!elaborated.value) return { value: undefined, diagnostics: elaborated.diagnostics };
  const members = membersOf(elaborated.value);
  const diagnostics = [...elaborated.diagnostics, ...members.diagnostics];
  if (!members.value) return { value: undefined, diagnostics };
  const motifs = program.file.declarations.flatMap((d) => (d.kind === 'motif' ? [d] : []));
  return { value: { space: elaborated.value, members: members.value, syntax: { space, motifs } }, diagnostics };
}

/** A search with the space that it searches. */
export interface CompiledSearch extends CompiledSpace {
  readonly search: SearchSpec;
  /** The search as it stands in the file, without settings. */
  readonly searchSyntax: SearchNode;
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
  const space = program.spaces.find((s) => s.name.text === node.space.text);
  if (!space) {
    const at = { source: program.source, span: node.space.span };
    const hint = didYouMean(
      node.space.text,
      program.spaces.map((s) => s.name.text),
    );
    return {
      value: undefined,
      diagnostics: [diagnose('unknownSpace', { name: node.space.text }, { at, hint })],
    };
  }
  const sorted = sortSettings(settings, space);
  if (hasErrors(sorted.diagnostics)) return { value: undefined, diagnostics: sorted.diagnostics };
  const own = node.args.flatMap((arg): Override[] =>
    arg.name ? [{ name: arg.name.text, value: arg.value, source: program.source }] : [],
  );
  const changed: OverriddenSearch = overrideSearch(node, sorted.search);
  const search = checkSearch(changed.node, program.source, vocabulary, changed.sources);
  const compiled = compileWith(program, space, [...own, ...sorted.space]);
  const diagnostics = [...search.diagnostics, ...compiled.diagnostics];
  if (!search.value || !compiled.value) return { value: undefined, diagnostics };
  diagnostics.push(...checkFit(compiled.value.space, search.value, vocabulary, node, program.source));
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return { value: { ...compiled.value, search: search.value, searchSyntax: node }, diagnostics };
}

function chooseOne<T extends SpaceNode | SearchNode>(
  all: readonly T[],
  name: string | undefined,
  what: 'space' | 'search',
  program: Program,
): Checked<T> {
  const names = all.map((node) => node.name.text);
  if (name !== undefined) {
    const found = all.find((node) => node.name.text === name);
    if (found) return { value: found, diagnostics: [] };
    const hint = didYouMean(name, names) ?? (names.length > 0 ? `it has ${listWords(names)}` : undefined);
    const kind = what === 'space' ? 'unknownSpace' : 'unknownSearch';
    return { value: undefined, diagnostics: [diagnose(kind, { name }, { hint })] };
  }
  const [first] = all;
  if (first && all.length === 1) return { value: first, diagnostics: [] };
  if (!first) {
    const at = { source: program.source, span: { start: 0, end: 0 } };
    return {
      value: undefined,
      diagnostics: [diagnose(what === 'space' ? 'noSpace' : 'noSearch', {}, { at })],
    };
  }
  const plural = what === 'space' ? 'spaces' : 'searches';
  const hint = `say which: --${what} ${first.name.text}`;
  return {
    value: undefined,
    diagnostics: [diagnose('severalChoices', { what: plural, names: listWords(names, 'and') }, { hint })],
  };
}

function readSetting({ path, value }: Setting): {
  readonly value: Expr | undefined;
  readonly source: Source;
  readonly problems: readonly Diagnostic[];
} {
  const source: Source = { name: `--set ${path}`, text: value };
  const parsed = parseExpression(source);
  return { value: parsed.value, source, problems: parsed.diagnostics };
}

/**
 * Settings of the space's parameters and settings of the search's fields. `space.NAME` is always the former,
 * `search.FIELD` always the latter; a bare name that could be both is the space's.
 */
function sortSettings(
  settings: readonly Setting[],
  space: SpaceNode,
): {
  readonly space: readonly Override[];
  readonly search: readonly SearchOverride[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const ofSpace: Override[] = [];
  const ofSearch: SearchOverride[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const setting of settings) {
    const { value, source, problems } = readSetting(setting);
    diagnostics.push(...problems);
    if (!value) continue;
    const path = setting.path.split('.');
    const isParam = space.params.some((p) => p.name.text === setting.path);
    if (path[0] === 'space' && path.length > 1)
      ofSpace.push({ name: path.slice(1).join('.'), value, source });
    else if (path[0] === 'search' && path.length > 1) ofSearch.push({ path: path.slice(1), value, source });
    else if (!isParam && searchFields.some((f) => f === path[0])) ofSearch.push({ path, value, source });
    else if (isParam) ofSpace.push({ name: setting.path, value, source });
    else {
      const names = [...space.params.map((p) => p.name.text), ...searchFields];
      const params = space.params.map((p) => p.name.text);
      const has = params.length > 0 ? `it has ${listWords(params, 'and')}; ` : '';
      const hint =
        didYouMean(path[0] ?? '', names) ??
        `${has}the search has the fields ${listWords(searchFields, 'and')}`;
      diagnostics.push(
        diagnose('unknownParameter', { space: space.name.text, name: setting.path }, { hint }),
      );
    }
  }
  return { space: ofSpace, search: ofSearch, diagnostics };
}

/** The network must read the data's images and tell its classes apart, in every architecture; a batch must be there. */
function checkFit(
  space: Space,
  search: SearchSpec,
  vocabulary: Vocabulary,
  node: SearchNode,
  source: Source,
): readonly Diagnostic[] {
  const form = vocabulary.dataForm(search.data);
  const at = { source, span: node.name.span };
  const diagnostics: Diagnostic[] = [];
  const compare = (
    what: 'input' | 'output',
    found: readonly number[],
    wanted: readonly number[],
    told: string,
    hint?: string,
  ): void => {
    if (found.join() === wanted.join()) return;
    diagnostics.push(diagnose('noFit', { what, found: describeShape(found), wanted: told }, { at, hint }));
  };
  const input = space.nodes.find((n) => n.kind === 'input');
  const shape = input && evaluateOpen(input.shape, []);
  if (shape) {
    const hint = `write \`input x: image[${form.imageShape.join(', ')}]\``;
    compare('input', shape, form.imageShape, describeShape(form.imageShape), hint);
  }
  for (const out of valuesOf(space.nodes[space.output]?.shape ?? { kind: 'fixed', value: [] })) {
    compare('output', out, [form.classes], `${form.classes} classes: a vector of ${form.classes}`);
  }
  const { train, validation } = form.sizes;
  const parts = [
    ['evaluate', train],
    ['retrain', train + validation],
  ] as const;
  for (const [field, images] of parts) {
    const { batch } = search[field];
    if (batch <= images) continue;
    diagnostics.push(
      diagnose(
        'batchTooLarge',
        { batch, images },
        { at, label: `in its \`${field}\``, expected: `a batch of at most ${images} images` },
      ),
    );
  }
  return diagnostics;
}
