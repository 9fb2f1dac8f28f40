/** Drawing by weights. */
import type { Random } from '../../../util/random.ts';

/** One of some options, each as likely as its weight; undefined where there is none. */
export function drawn(
  options: readonly number[],
  weight: (option: number) => number,
  random: Random,
): number | undefined {
  if (options.length === 0) return undefined;
  const weights = options.map(weight);
  let left = random.next() * weights.reduce((sum, w) => sum + w, 0);
  return options.find((_, i) => (left -= weights[i] ?? 0) < 0) ?? options.at(-1);
}
