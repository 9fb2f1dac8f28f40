/** `nas sample FILE`: architectures drawn uniformly without repetition, by the shuffle of random search. */
import { setImmediate } from 'node:timers/promises';
import { toCompact, toJson } from '../../compiler/space/encode.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { diagnose } from '../../grammar/diagnostics.ts';
import { strategyKey } from '../../runtime/search/seeds.ts';
import { Shuffle } from '../../runtime/search/shuffle.ts';
import { showDiagnostics, toJsonText, type Context } from '../context.ts';
import { loadSpace, type SpaceOptions } from '../load.ts';

export interface SampleOptions extends SpaceOptions {
  readonly number: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** So many lines are written at once; in between, a reader that went away is noticed. */
const LINES_AT_ONCE = 256;

/** Prints one architecture a line: compact text, rank, params and MACs. */
export async function sample(context: Context, file: string, options: SampleOptions): Promise<number> {
  const { space, members } = await loadSpace(context, file, options);
  const shuffle = new Shuffle(members.allowed, strategyKey(options.seed));
  let lines: string[] = [];
  for (let drawn = 0; drawn < options.number; drawn++) {
    const rank = shuffle.next();
    if (rank === undefined) break;
    const architecture = members.unrank(rank);
    const compact = toCompact(space, architecture);
    const { params, macs } = costOfArchitecture(space, architecture);
    const decisions = toJson(space, architecture);
    lines.push(
      options.json
        ? toJsonText({ architecture: compact, rank, params, macs, decisions }, 0)
        : `${compact} rank=${rank} params=${params} macs=${macs}`,
    );
    if (lines.length < LINES_AT_ONCE) continue;
    context.print(...lines);
    lines = [];
    await setImmediate();
  }
  context.print(...lines);
  if (BigInt(options.number) > members.allowed) {
    showDiagnostics(context, [diagnose('spaceExhausted', { count: members.allowed.toString() })]);
  }
  return 0;
}
