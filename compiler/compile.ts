/**
 * The front of the compiler: from text to programs, spaces and searches. Everything that it needs from
 * outside comes in through a {@link Host}.
 */
import type {
  ArchitectureNode,
  CellNode,
  Declaration,
  Expr,
  GenomeNode,
  MotifNode,
  MovesNode,
  NameNode,
  NotationNode,
  ProgramNode,
  PropertyNode,
  SearchNode,
  SpaceNode,
} from '../grammar/ast.ts';
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../grammar/diagnostics.ts';
import { parse, parseExpression } from '../grammar/parse.ts';
import type { Location, Source } from '../grammar/source.ts';
import { didYouMean } from '../util/didYouMean.ts';
import { invariant, present } from '../util/invariant.ts';
import { excerpt, listWords } from '../util/words.ts';
import { describeShape } from './ops/takes.ts';
import { checkProperty } from './properties/check.ts';
import { checkGenome } from './records/genome.ts';
import { checkProgram } from './records/program.ts';
import { checkSearch, searchFields } from './search/check.ts';
import { overrideSearch, type OverriddenSearch, type SearchOverride } from './search/overrides.ts';
import type { SearchSpec } from './search/search.ts';
import type { Vocabulary } from './search/vocabulary.ts';
import type { Architecture } from './space/architecture.ts';
import { readArchitecture } from './space/architectures.ts';
import { elaborate, type Override, type ParsedFile } from './space/elaborate.ts';
import { broken, costOfArchitecture, membersOf, type Members } from './space/members.ts';
import { compileMoves, type MoveRule } from './space/moves.ts';
import { compileNotation, type Notation } from './space/notations.ts';
import { evaluateOpen, valuesOf } from './space/open.ts';
import { checkNames } from './space/resolve.ts';
import type { Space } from './space/space.ts';

/** What the compiler gets from outside. */
export interface Host {
  /** Files whose motifs every file may use. */
  readonly library: readonly Source[];
  /** The file that `use "path"` names in `from`, or why it cannot be had. */
  readonly use?: (path: string, from: Source) => Source | { readonly problem: string };
}

/** A file that has been read and whose names are sound, with all that it uses. */
export interface Program extends ParsedFile {
  readonly library: readonly ParsedFile[];
  /** The files that this one uses, each after those that it uses itself. */
  readonly used: readonly ParsedFile[];
  readonly spaces: readonly SpaceNode[];
  readonly searches: readonly SearchNode[];
  readonly architectures: readonly ArchitectureNode[];
  readonly notations: readonly NotationNode[];
  readonly moves: readonly MovesNode[];
  readonly properties: readonly PropertyNode[];
  readonly genomes: readonly GenomeNode[];
  readonly programs: readonly ProgramNode[];
  /** The file in which a declaration stands. */
  readonly sourceOf: (node: Declaration) => Source;
}

/** Files that one file may use, itself included. */
const fileLimit = 64;

/** Reads a file and those that it uses. Reports all syntax errors, or all clashes of names. */
export function readProgram(source: Source, host: Host): Checked<Program> {
  const files: ParsedFile[] = [];
  const diagnostics: Diagnostic[] = [];
  readWith(source, host, [], files, diagnostics);
  const own = files.at(-1);
  if (hasErrors(diagnostics) || own === undefined) return { value: undefined, diagnostics };
  const sources = new Map<Declaration, Source>();
  for (const file of files) for (const node of file.file.declarations) sources.set(node, file.source);
  const all = files.flatMap((f) => f.file.declarations);
  diagnostics.push(...clashes(files));
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const only = <K extends Declaration['kind']>(kind: K): Extract<Declaration, { kind: K }>[] =>
    all.filter((d): d is Extract<Declaration, { kind: K }> => d.kind === kind);
  const program: Program = {
    ...own,
    library: host.library.map(parseLibrary),
    used: files.slice(0, -1),
    spaces: only('space'),
    searches: own.file.declarations.flatMap((d) => (d.kind === 'search' ? [d] : [])),
    architectures: only('architecture'),
    notations: only('notation'),
    moves: only('moves'),
    properties: only('property'),
    genomes: only('genome'),
    programs: only('program'),
    sourceOf: (node) => present(sources.get(node), 'the file of a declaration'),
  };
  return { value: program, diagnostics };
}

/** Reads a file after those that it uses. */
function readWith(
  source: Source,
  host: Host,
  path: readonly string[],
  files: ParsedFile[],
  diagnostics: Diagnostic[],
): void {
  const parsed = parse(source);
  diagnostics.push(...parsed.diagnostics);
  if (!parsed.value || hasErrors(parsed.diagnostics)) return;
  const file = parsed.value;
  for (const node of file.declarations) {
    if (node.kind !== 'use') continue;
    const at = { source, span: node.path.span };
    const name = node.path.value;
    const found = host.use?.(name, source) ?? { problem: 'no other file can be read here' };
    if ('problem' in found) {
      diagnostics.push(diagnose('unreadFile', { path: name, problem: found.problem }, { at }));
    } else if (found.name === source.name || path.includes(found.name)) {
      diagnostics.push(diagnose('useCycle', { path: name }, { at }));
    } else if (!files.some((f) => f.source.name === found.name)) {
      if (files.length + path.length >= fileLimit) {
        diagnostics.push(diagnose('limitReached', { what: 'files', limit: fileLimit }, { at }));
        return;
      }
      readWith(found, host, [...path, source.name], files, diagnostics);
    }
  }
  diagnostics.push(...checkNames(source, file));
  files.push({ source, file });
}

/** What two files that are used together both declare. */
function clashes(files: readonly ParsedFile[]): readonly Diagnostic[] {
  const first = new Map<string, { readonly source: Source; readonly node: Declaration }>();
  const diagnostics: Diagnostic[] = [];
  for (const { source, file } of files) {
    for (const node of file.declarations) {
      if (!('name' in node) || node.kind === 'property' || node.kind === 'search') continue;
      const kind =
        node.kind === 'cell'
          ? 'motif'
          : node.kind === 'genome' || node.kind === 'program'
            ? 'space'
            : node.kind;
      const key = `${kind} ${node.name.text}`;
      const before = first.get(key);
      if (!before) first.set(key, { source, node });
      else if (before.source !== source && 'name' in before.node) {
        diagnostics.push(
          diagnose(
            'repeatedName',
            { name: node.name.text },
            {
              at: { source, span: node.name.span },
              labels: [
                { location: { source: before.source, span: before.node.name.span }, text: 'and here' },
              ],
            },
          ),
        );
      }
    }
  }
  return diagnostics;
}

function parseLibrary(source: Source): ParsedFile {
  const { value, diagnostics } = parse(source);
  invariant(value && !hasErrors(diagnostics), `the library file ${source.name} is broken`);
  return { source, file: value };
}

/** `--set PATH=VALUE`, as typed. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** A space with its members counted, and what the file says of it. */
export interface CompiledSpace {
  readonly space: Space;
  readonly members: Members;
  /** The syntax that it came from: the space and every motif and cell that it may use. */
  readonly syntax: { readonly space: SpaceNode; readonly motifs: readonly (MotifNode | CellNode)[] };
  readonly notations: readonly Notation[];
  readonly moves: readonly MoveRule[];
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

function overridesOf(settings: readonly Setting[]): {
  readonly overrides: readonly Override[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const overrides: Override[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const setting of settings) {
    const { value, source, problems } = readSetting(setting);
    diagnostics.push(...problems);
    if (value) overrides.push({ name: setting.path.replace(/^space\./, ''), value, source });
  }
  return { overrides, diagnostics };
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
function argsOf(node: SearchNode | ArchitectureNode, source: Source): readonly Override[] {
  return node.args.flatMap((arg): Override[] =>
    arg.name ? [{ name: arg.name.text, value: arg.value, source }] : [],
  );
}

function spaceNamed(program: Program, name: NameNode, source: Source): Checked<SpaceNode> {
  const space = program.spaces.find((s) => s.name.text === name.text);
  if (space) return { value: space, diagnostics: [] };
  const record = recordsOf(program).find((r) => r.name.text === name.text);
  if (record) {
    return { value: undefined, diagnostics: [foreign(record, { source, span: name.span })] };
  }
  const hint = didYouMean(
    name.text,
    program.spaces.map((s) => s.name.text),
  );
  const at = { source, span: name.span };
  return { value: undefined, diagnostics: [diagnose('unknownSpace', { name: name.text }, { at, hint })] };
}

/** The genomes and programs of a file and of those that it uses. */
export function recordsOf(program: Program): readonly (GenomeNode | ProgramNode)[] {
  return [...program.genomes, ...program.programs];
}

/** A genome or a program stands where a space of layered networks is wanted. */
function foreign(record: GenomeNode | ProgramNode, at: Location): Diagnostic {
  const name = record.name.text;
  const hint = '`nas check` and `nas count` work on it';
  return diagnose('foreignKind', { what: record.kind, name }, { at, hint });
}

/** Spaces that were compiled before, by their values: searches and architectures of one file often share theirs. */
const compiledBefore = new WeakMap<Program, Map<string, Checked<CompiledSpace>>>();

function compileWith(
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

/** The notations and moves of a space. One that does not fit under these parameters is left out; `nas check` reports it. */
function extrasOf(
  program: Program,
  node: SpaceNode,
  space: Space,
): Pick<CompiledSpace, 'notations' | 'moves'> {
  const mine = <N extends NotationNode | MovesNode>(nodes: readonly N[]): readonly N[] =>
    nodes.filter((n) => n.space.text === node.name.text);
  return {
    notations: mine(program.notations).flatMap(
      (n) => compileNotation(space, n, program.sourceOf(n)).value ?? [],
    ),
    moves: mine(program.moves).flatMap((n) => compileMoves(space, n, program.sourceOf(n)).value ?? []),
  };
}

/** Everything that a file says beside its spaces and searches: genomes, programs, architectures, notations, moves, properties. */
export function checkDeclarations(program: Program): readonly Diagnostic[] {
  const own = (node: Declaration): boolean => program.sourceOf(node) === program.source;
  const diagnostics: Diagnostic[] = [
    ...program.genomes.filter(own).flatMap((node) => checkGenome(node, program.source).diagnostics),
    ...program.programs.filter(own).flatMap((node) => checkProgram(node, program.source).diagnostics),
    ...sameProperties(program.properties.filter(own), program.source),
  ];
  for (const node of program.architectures.filter(own)) {
    diagnostics.push(...compileArchitecture(program, node.name.text).diagnostics);
  }
  for (const node of [...program.notations, ...program.moves, ...program.properties].filter(own)) {
    const { source } = program;
    const found = spaceNamed(program, node.space, source);
    if (!found.value) {
      diagnostics.push(...found.diagnostics);
      continue;
    }
    const compiled = compileWith(program, found.value, []);
    if (!compiled.value) continue;
    diagnostics.push(...checkOfSpace(compiled.value.space, node, source));
  }
  return diagnostics;
}

function checkOfSpace(
  space: Space,
  node: NotationNode | MovesNode | PropertyNode,
  source: Source,
): readonly Diagnostic[] {
  switch (node.kind) {
    case 'notation':
      return compileNotation(space, node, source).diagnostics;
    case 'moves':
      return compileMoves(space, node, source).diagnostics;
    case 'property':
      return checkProperty(space, node, source).diagnostics;
    default:
      return node satisfies never;
  }
}

/** Properties are told apart by their texts. */
function sameProperties(nodes: readonly PropertyNode[], source: Source): readonly Diagnostic[] {
  const first = new Map<string, PropertyNode>();
  return nodes.flatMap((node) => {
    const name = node.name.value;
    const before = first.get(name);
    if (!before) {
      first.set(name, node);
      return [];
    }
    const labels = [{ location: { source, span: before.name.span }, text: 'first declared here' }];
    return [
      diagnose('repeatedName', { name: excerpt(name) }, { at: { source, span: node.name.span }, labels }),
    ];
  });
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
  const records = what === 'space' ? recordsOf(program) : [];
  if (name !== undefined) {
    const found = all.find((node) => node.name.text === name);
    if (found) return { value: found, diagnostics: [] };
    const record = records.find((node) => node.name.text === name);
    if (record) return { value: undefined, diagnostics: [foreign(record, placeOf(program, record))] };
    const hint = didYouMean(name, names) ?? (names.length > 0 ? `it has ${listWords(names)}` : undefined);
    const kind = what === 'space' ? 'unknownSpace' : 'unknownSearch';
    return { value: undefined, diagnostics: [diagnose(kind, { name }, { hint })] };
  }
  const [first] = all;
  if (first && all.length === 1) return { value: first, diagnostics: [] };
  // A file's own come before those that it uses.
  const own = all.filter((node) => program.sourceOf(node) === program.source);
  if (own[0] && own.length === 1) return { value: own[0], diagnostics: [] };
  const [record] = records;
  if (!first && record) {
    return { value: undefined, diagnostics: [foreign(record, placeOf(program, record))] };
  }
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

function placeOf(program: Program, record: GenomeNode | ProgramNode): Location {
  return { source: program.sourceOf(record), span: record.name.span };
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
