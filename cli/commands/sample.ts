/** `nas sample FILE`: architectures drawn uniformly without repetition, by the shuffle of random search. */
import { setImmediate } from 'node:timers/promises';
import { attemptLimit } from '../../compiler/space/members.ts';
import { diagnose } from '../../grammar/diagnostics.ts';
import { strategyKey } from '../../runtime/search/seeds.ts';
import { Shuffle } from '../../runtime/search/shuffle.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { loadSpace, type SpaceOptions } from '../load.ts';
import { memberLine } from '../members.ts';

export interface SampleOptions extends SpaceOptions {
  readonly number: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** So many lines are written at once; in between, a reader that went away is noticed. */
const LINES_AT_ONCE = 256;

/** Prints one architecture a line: compact text, rank, params and MACs. */
export async function sample(context: Context, file: string, options: SampleOptions): Promise<number> {
  const compiled = await loadSpace(context, file, options);
  const { members } = compiled;
  const shuffle = new Shuffle(members.places, strategyKey(options.seed));
  let lines: string[] = [];
  let drawn = 0;
  // Where the members are not counted, some places have none; they are passed over.
  for (let passed = 0; drawn < options.number && passed < attemptLimit;) {
    const rank = shuffle.next();
    if (rank === undefined) break;
    const architecture = members.unrank(rank);
    if (members.allowed === undefined && !members.contains(architecture)) {
      if (++passed % LINES_AT_ONCE === 0) await setImmediate();
      continue;
    }
    passed = 0;
    drawn++;
    lines.push(memberLine(compiled, architecture, rank, options.json));
    if (lines.length < LINES_AT_ONCE) continue;
    context.print(...lines);
    lines = [];
    await setImmediate();
  }
  context.print(...lines);
  if (drawn < options.number) {
    const { allowed } = members;
    showDiagnostics(context, [
      allowed === undefined
        ? diagnose('fewAllowed', { found: drawn, attempts: attemptLimit })
        : diagnose('spaceExhausted', { count: allowed.toString() }),
    ]);
  }
  return 0;
}
