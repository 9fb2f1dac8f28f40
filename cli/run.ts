/** Runs one command line, from its words to an exit code. Whatever goes wrong ends here, in words. */
import { CommanderError } from 'commander';
import { Refusal } from '../grammar/diagnostics.ts';
import { contextOf, showDiagnostics, type Context } from './context.ts';
import { explainMisuse } from './misuse.ts';
import { buildProgram, partViews } from './program.ts';
import type { Terminal } from './terminal.ts';

/** What the exit codes mean. */
export const exitCodes = {
  fine: 0,
  /** Something is wrong with a file, a device or a store. */
  failed: 1,
  /** Something is wrong with the command line: a message of family 5. */
  usage: 2,
  /** A mistake of this program. */
  internal: 70,
  interrupted: 130,
} as const;

/** Runs `nas` with these words. Never rejects. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const context = contextOf(terminal, argv);
  try {
    return await withRefusals(context, argv);
  } catch (error) {
    return reportInternal(context, error);
  }
}

async function withRefusals(context: Context, argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(context, argv);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showDiagnostics(context, error.diagnostics);
    const usage = error.diagnostics.some(({ code }) => code.startsWith('NAS5'));
    return usage ? exitCodes.usage : exitCodes.failed;
  }
}

async function dispatch(context: Context, argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.fine;
  const program = buildProgram(context, (ended) => (code = ended));
  try {
    await program.parseAsync([...partViews(argv)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const diagnostic = explainMisuse(program, argv, error);
    if (diagnostic) throw new Refusal(diagnostic);
    // Help and version were asked for and printed; the bare command got the help it did not ask for.
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  }
  return code;
}

function reportInternal({ terminal, errorColors }: Context, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const told = message.startsWith('internal error: ') ? message : `internal error: ${message}`;
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const lines = [
    errorColors.red(told),
    'This is a mistake in naslang, not in your files. Please report it, with the command and the file that led here.',
    terminal.env['NAS_DEBUG'] === '1' ? stack : 'NAS_DEBUG=1 shows where in the program it happened.',
  ];
  terminal.stderr.write(`${lines.join('\n')}\n`);
  return exitCodes.internal;
}
