/** What architecture parameters begin with. */
import type { Alphas } from '../../compiler/space/relax.ts';
import type { Random } from '../../util/random.ts';
import { mapRows, zeroLogits, type Matrices } from './alphas.ts';

/** Normal with deviation 0.001, as the released code of DARTS has them. */
export function initialAlphas(alphas: readonly Alphas[], random: Random): Matrices {
  return mapRows(zeroLogits(alphas), (_, out) => {
    for (let i = 0; i < out.length; i++) out[i] = 1e-3 * normal(random);
  });
}

/** A standard normal number (Box & Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** A standard Gumbel number: -log(-log u), u kept off 0 and 1. */
export function gumbel(random: Random): number {
  const u = Math.min(1 - 1e-12, Math.max(1e-12, random.next()));
  return -Math.log(-Math.log(u));
}
