/** Architectures as lines of output. */
import type { CompiledSpace } from '../compiler/compile.ts';
import type { Architecture } from '../compiler/space/architecture.ts';
import { toCompact, toJson } from '../compiler/space/encode.ts';
import { costOfArchitecture } from '../compiler/space/members.ts';
import { toJsonText } from './context.ts';

/** Compact text, rank, params and MACs; with `json`, one line of JSON that is an architecture file too. */
export function memberLine(
  { space }: CompiledSpace,
  architecture: Architecture,
  rank: bigint | undefined,
  json: boolean = false,
): string {
  const compact = toCompact(space, architecture);
  const { params, macs } = costOfArchitecture(space, architecture);
  if (!json) return `${compact} rank=${rank ?? '-'} params=${params} macs=${macs}`;
  return toJsonText({ architecture: compact, rank, params, macs, decisions: toJson(space, architecture) }, 0);
}
