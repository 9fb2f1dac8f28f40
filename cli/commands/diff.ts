/** `nas diff FILE A B`: where two architectures differ. */
import { diff as differences } from '../../compiler/space/algebra/distance.ts';
import { canonicalHash } from '../../compiler/space/algebra/canonical.ts';
import { toCompact } from '../../compiler/space/encode.ts';
import { countOf } from '../../util/words.ts';
import { readArchitecture, spaceFor } from '../architecture.ts';
import type { Context } from '../context.ts';
import { alignColumns } from '../format.ts';
import type { SpaceOptions } from '../load.ts';

export interface DiffOptions extends SpaceOptions {
  readonly json?: boolean;
}

/** Prints the answers that differ, and whether the networks do. Exits with 0 either way. */
export async function diff(
  context: Context,
  file: string,
  left: string,
  right: string,
  options: DiffOptions,
): Promise<number> {
  const compiled = await spaceFor(context, file, left, options);
  const { space } = compiled;
  const [a, b] = [
    await readArchitecture(context, left, compiled),
    await readArchitecture(context, right, compiled),
  ];
  const found = differences(space, a, b);
  const sameNetwork = canonicalHash(space, a) === canonicalHash(space, b);
  if (options.json) {
    const answers = found.map(({ path, left: l, right: r }) => ({ path, left: l ?? null, right: r ?? null }));
    context.printJson({
      left: toCompact(space, a),
      right: toCompact(space, b),
      sameNetwork,
      differences: answers,
    });
    return 0;
  }
  const rows = found.map(({ path, left: l, right: r }) => [path, l ?? '-', '->', r ?? '-']);
  context.print(...alignColumns(rows).map((line) => line.trimStart()));
  const networks = sameNetwork ? 'the networks are the same' : 'the networks differ';
  context.print(found.length === 0 ? 'no difference' : `${countOf(found.length, 'difference')}; ${networks}`);
  return 0;
}
