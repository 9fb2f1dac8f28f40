/** What every command gets: the terminal, and how text is coloured on it. */
import pc from 'picocolors';
import type { Checked, Diagnostic } from '../grammar/diagnostics.ts';
import { hasErrors, Refusal } from '../grammar/diagnostics.ts';
import { renderDiagnostic, renderDiagnostics } from '../grammar/renderDiagnostic.ts';
import { wantsColor, type Terminal } from './terminal.ts';

/** Functions that colour a text, or leave it alone. */
export type Colors = ReturnType<typeof pc.createColors>;

export interface Context {
  readonly terminal: Terminal;
  /** Colours for stdout and for stderr: either may be a file. */
  readonly colors: Colors;
  readonly errorColors: Colors;
  /** Writes lines to stdout. */
  readonly print: (...lines: readonly string[]) => void;
  /** Writes plain data to stdout as JSON. */
  readonly printJson: (value: unknown) => void;
}

/** Prepares a context for the words of a command line. */
export function contextOf(terminal: Terminal, argv: readonly string[]): Context {
  const { stdout, stderr, env } = terminal;
  return {
    terminal,
    colors: pc.createColors(wantsColor(stdout, env, argv)),
    errorColors: pc.createColors(wantsColor(stderr, env, argv)),
    print: (...lines) => stdout.write(lines.map((line) => `${line}\n`).join('')),
    printJson: (value) => stdout.write(`${toJsonText(value)}\n`),
  };
}

/** JSON for other programs. Integers that may exceed 2^53, counts and ranks, are texts of decimal digits. */
export function toJsonText(value: unknown, indent: number = 2): string {
  return JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part),
    indent,
  );
}

/** The value, with its warnings shown; refuses where there is none or where anything in it is wrong. */
export function accept<T>(context: Context, { value, diagnostics }: Checked<T>): T {
  if (value === undefined || hasErrors(diagnostics)) throw new Refusal(...diagnostics);
  showDiagnostics(context, diagnostics);
  return value;
}

/** Draws diagnostics on stderr; several are counted at the end. */
export function showDiagnostics(
  { terminal, errorColors }: Context,
  diagnostics: readonly Diagnostic[],
): void {
  const [first, ...others] = diagnostics;
  if (first === undefined) return;
  const options = { color: errorColors.isColorSupported, width: terminal.stderr.columns() };
  const text =
    others.length === 0 ? renderDiagnostic(first, options) : renderDiagnostics(diagnostics, options);
  terminal.stderr.write(`${text}\n`);
}
