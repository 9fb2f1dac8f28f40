/** Symmetry breaking (Net2Net, section 2.3): copies that are exactly alike would stay so for ever. */
import { fillNormal, hashString } from '../../../util/random.ts';
import type { Beginning } from './rule.ts';

/** Standard deviations of the noise, as shares of the standard deviation of the kernel that it is added to. */
export interface NoiseSpec {
  /** On all copies of a column of a kernel but the first. */
  readonly copies: number;
  /** On kernels that begin as the identity. */
  readonly identities: number;
}

export const noNoise: NoiseSpec = { copies: 0, identities: 0 };

/** Adds noise to kernels, in the order of the child's ops. `seen`: the columns of the parent's weights that have a copy. */
export function addNoise(
  values: Float32Array,
  name: string,
  { columns }: Beginning,
  { copies, identities }: NoiseSpec,
  seen: Set<string>,
  seed: number,
): void {
  if (columns === undefined) return;
  const share = columns === 'identity' ? identities : copies;
  const width = columns === 'identity' ? 1 : columns.channels.of.length;
  const isNoisy = Array.from({ length: width }, (_, j) => {
    if (columns === 'identity') return true;
    const column = `${columns.of} ${columns.channels.of[j] ?? 0}`;
    const again = seen.has(column);
    seen.add(column);
    return again;
  });
  if (share === 0 || !isNoisy.includes(true)) return;
  const deviation = share * deviationOf(values);
  const noise = new Float32Array(values.length);
  fillNormal(noise, deviation, seed, hashString(`noise ${name}`));
  for (const [at, value] of values.entries()) {
    if (isNoisy[at % width] === true) values[at] = value + (noise[at] ?? 0);
  }
}

function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
