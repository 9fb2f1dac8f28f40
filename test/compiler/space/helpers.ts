/** Compiles texts of tests. */
import { compileSpace, type CompiledSpace } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import type { Setting } from '../../../compiler/settings.ts';
import type { Diagnostic } from '../../../grammar/diagnostics.ts';
import { renderDiagnostics } from '../../../grammar/renderDiagnostic.ts';
import { nodeHost } from '../../../runtime/host.ts';

/** The compiled space of a text, or a failure that prints the frames. */
export function compileText(text: string, settings: readonly Setting[] = []): CompiledSpace {
  const { value, diagnostics } = tryCompile(text, settings);
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}

/** What is wrong with a text, as a user reads it. */
export function framesOf(text: string, settings: readonly Setting[] = []): string {
  const { value, diagnostics } = tryCompile(text, settings);
  if (value) throw new Error('this compiles');
  return renderDiagnostics(diagnostics, { color: false });
}

export function tryCompile(
  text: string,
  settings: readonly Setting[] = [],
): { value: CompiledSpace | undefined; diagnostics: readonly Diagnostic[] } {
  const program = readProgram({ name: 'test.nas', text }, nodeHost());
  if (!program.value) return { value: undefined, diagnostics: program.diagnostics };
  return compileSpace(program.value, undefined, settings);
}
