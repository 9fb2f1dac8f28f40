/** Which method trains the supernet of a search. */
import type { MethodSpec, SharedEvaluation, StrategySpec } from '../../compiler/search/search.ts';
import { methods } from './methods/table.ts';

/** The strategy itself where it derives networks; else what the evaluation says, single paths unless told. */
export function methodOfSearch({ method }: SharedEvaluation, strategy: StrategySpec): MethodSpec {
  const own = Object.hasOwn(methods, strategy.name) && methods[strategy.name]?.derives === true;
  return own ? strategy : (method ?? { name: 'paths', args: {} });
}
