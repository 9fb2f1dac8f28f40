/** `nas enumerate FILE`: architectures in order of rank. */
import { setImmediate } from 'node:timers/promises';
import { diagnose, refuse } from '../../grammar/diagnostics.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { loadSpace, type SpaceOptions } from '../load.ts';
import { memberLine } from '../members.ts';

export interface EnumerateOptions extends SpaceOptions {
  readonly number: number;
  readonly from?: bigint;
  readonly json?: boolean;
}

/** So many lines are written at once; in between, a reader that went away is noticed. */
const LINES_AT_ONCE = 256;

/** Prints one architecture a line, as `nas sample` does. */
export async function enumerate(context: Context, file: string, options: EnumerateOptions): Promise<number> {
  const compiled = await loadSpace(context, file, options);
  const { members } = compiled;
  const { number, from = 0n, json } = options;
  if (from >= members.places) {
    refuse('rankOutside', { rank: from.toString(), count: (members.places - 1n).toString() });
  }
  let lines: string[] = [];
  let printed = 0;
  for (const architecture of members.enumerate(from)) {
    // Ranks follow one another where the members are counted.
    const rank = members.allowed === undefined ? members.rank(architecture) : from + BigInt(printed);
    lines.push(memberLine(compiled, architecture, rank, json));
    printed++;
    if (printed >= number) break;
    if (lines.length < LINES_AT_ONCE) continue;
    context.print(...lines);
    lines = [];
    await setImmediate();
  }
  context.print(...lines);
  if (printed < number && members.allowed !== undefined) {
    showDiagnostics(context, [diagnose('spaceExhausted', { count: members.allowed.toString() })]);
  }
  return 0;
}
