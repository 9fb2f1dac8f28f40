/** Everything that a file is asked for when it is checked: spaces, searches, architectures, notations and moves. */
import { checkDeclarations } from '../../compiler/checkDeclarations.ts';
import { compileSearch, compileSpace } from '../../compiler/compile.ts';
import { readProgram, type Host } from '../../compiler/program.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { vocabulary } from '../../runtime/vocabulary.ts';

/** All diagnostics of a file, each once. */
export function checkText(source: Source, host: Host): readonly Diagnostic[] {
  const { value: program, diagnostics } = readProgram(source, host);
  if (!program) return diagnostics;
  const own = program.file.declarations.flatMap((d) => (d.kind === 'space' ? [d.name.text] : []));
  return distinct([
    ...diagnostics,
    ...own.flatMap((name) => compileSpace(program, name).diagnostics),
    ...program.searches.flatMap((s) => compileSearch(program, s.name.text, [], vocabulary).diagnostics),
    ...checkDeclarations(program),
  ]);
}

/** A space that is compiled for several reasons says what is wrong with it once. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const d of diagnostics) {
    const { source, span } = d.primary?.location ?? {};
    const key = JSON.stringify([d.code, d.message, source?.name, span]);
    if (!seen.has(key)) seen.set(key, d);
  }
  return [...seen.values()];
}
