/**
 * Reads a file and those that it uses into a {@link Program}. Everything that the compiler needs from outside comes in
 * through a {@link Host}.
 */
import type {
  ArchitectureNode,
  Declaration,
  GenomeNode,
  MovesNode,
  NotationNode,
  ProgramNode,
  PropertyNode,
  SearchNode,
  SpaceNode,
} from '../grammar/ast.ts';
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../grammar/diagnostics.ts';
import { parse } from '../grammar/parse.ts';
import type { Source } from '../grammar/source.ts';
import { invariant, present } from '../util/invariant.ts';
import type { ParsedFile } from './space/elaborate.ts';
import { checkNames } from './space/resolve.ts';

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

/** The genomes and programs of a file and of those that it uses. */
export function recordsOf(program: Program): readonly (GenomeNode | ProgramNode)[] {
  return [...program.genomes, ...program.programs];
}
