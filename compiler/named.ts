/** Which declaration of a program is meant: by its name, or because there is no other. */
import type { GenomeNode, NameNode, ProgramNode, SearchNode, SpaceNode } from '../grammar/ast.ts';
import { diagnose, type Checked, type Diagnostic } from '../grammar/diagnostics.ts';
import type { Location, Source } from '../grammar/source.ts';
import { didYouMean } from '../util/didYouMean.ts';
import { listWords } from '../util/words.ts';
import { recordsOf, type Program } from './program.ts';

/** The space or search called `name`, or the only one. */
export function chooseOne<T extends SpaceNode | SearchNode>(
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

/** The space that a declaration names. */
export function spaceNamed(program: Program, name: NameNode, source: Source): Checked<SpaceNode> {
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

/** A genome or a program stands where a space of layered networks is wanted. */
function foreign(record: GenomeNode | ProgramNode, at: Location): Diagnostic {
  const name = record.name.text;
  const hint = '`nas check` and `nas count` work on it';
  return diagnose('foreignKind', { what: record.kind, name }, { at, hint });
}

function placeOf(program: Program, record: GenomeNode | ProgramNode): Location {
  return { source: program.sourceOf(record), span: record.name.span };
}
