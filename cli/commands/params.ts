/** `nas params FILE ARCH`: what one architecture costs. */
import { costOf } from '../../compiler/graph/cost.ts';
import { toCompact, toJson } from '../../compiler/space/encode.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { invariant } from '../../util/invariant.ts';
import { readArchitecture, spaceFor } from '../architecture.ts';
import type { Context } from '../context.ts';
import { alignColumns, formatCount } from '../format.ts';
import type { SpaceOptions } from '../load.ts';

export interface ParamsOptions extends SpaceOptions {
  readonly json?: boolean;
  /** Whether heads that only train count too. */
  readonly auxiliary?: boolean;
}

/** Prints trainable numbers and multiply-accumulates, found in two ways that must agree. */
export async function params(
  context: Context,
  file: string,
  arch: string,
  options: ParamsOptions,
): Promise<number> {
  const compiled = await spaceFor(context, file, arch, options);
  const { space, members } = compiled;
  const architecture = await readArchitecture(context, arch, compiled);
  const cost = costOfArchitecture(space, architecture);
  const network = costOf(instantiate(space, architecture, { batch: 1, mode: 'inference' }));
  const name = toCompact(space, architecture);
  invariant(
    cost.params === network.params && cost.macs === network.macs,
    `params: the space says ${cost.params} params and ${cost.macs} MACs of ${name}, its network ${network.params} and ${network.macs}`,
  );
  const whole = options.auxiliary
    ? costOf(instantiate(space, architecture, { batch: 1, mode: 'inference', auxiliary: true }))
    : cost;
  const rank = members.rank(architecture);
  if (options.json) {
    context.printJson({ architecture: name, rank, ...whole, decisions: toJson(space, architecture) });
  } else {
    const rows = [
      ['architecture', name],
      ['rank', String(rank ?? '-')],
      ['params', formatCount(whole.params)],
      ['MACs', formatCount(whole.macs)],
    ];
    context.print(...alignColumns(rows).map((line) => line.trimStart()));
  }
  return 0;
}
