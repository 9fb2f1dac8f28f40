/** `nas count FILE`: how many architectures a space has. */
import type { Context } from '../context.ts';
import { loadSpace, type SpaceOptions } from '../load.ts';

export interface CountOptions extends SpaceOptions {
  readonly json?: boolean;
}

/** Prints the free and the allowed count as plain digits. */
export async function count(context: Context, file: string, options: CountOptions): Promise<number> {
  const { space, members } = await loadSpace(context, file, options);
  const { free, allowed } = members;
  if (options.json) {
    context.printJson({ space: space.name, decisions: space.decisions.length, free, allowed });
  } else context.print(`free ${free}`, `allowed ${allowed}`);
  return 0;
}
