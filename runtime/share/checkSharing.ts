/** What is wrong about a search that shares weights, before anything runs. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { SearchedSpace } from '../../compiler/search/vocabulary.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { derivesNetworks, inheritsWeights } from '../search/strategies/table.ts';
import { methodArguments, methods, type MethodKind } from './methods/table.ts';
import { whyUnfit } from './unfit.ts';
import { methodOfSearch } from './methodOfSearch.ts';

/** Methods, strategies that train supernets, and the space must go together. */
export function checkSharing(
  { evaluate, strategy }: SearchSpec,
  { space }: SearchedSpace,
): readonly Diagnostic[] {
  const derives = derivesNetworks(strategy);
  if (evaluate.kind !== 'shared')
    return derives ? [diagnose('needsShared', { strategy: strategy.name })] : [];
  if (derives && evaluate.method) return [diagnose('methodTwice', { strategy: strategy.name })];
  if (inheritsWeights(strategy)) {
    const problem =
      'it trains some candidates longer than others, and with shared weights none is trained by itself';
    const hint = 'write `evaluate train(...)`';
    return [diagnose('strategyUnfit', { strategy: strategy.name, space: space.name, problem }, { hint })];
  }
  const spec = methodOfSearch(evaluate, strategy);
  const kind: MethodKind | undefined = Object.hasOwn(methods, spec.name) ? methods[spec.name] : undefined;
  const names = Object.keys(methods).filter((name) => methods[name]?.derives === false);
  if (!kind || (kind.derives && !derives)) {
    const hint = kind ? `write \`strategy ${spec.name}\`` : didYouMean(spec.name, names);
    const expected = listWords(
      names.map((name) => `\`${name}\``),
      'or',
    );
    return [
      diagnose('unknownMethod', { what: 'way to train a supernet', name: spec.name }, { expected, hint }),
    ];
  }
  const wrong = Object.entries(spec.args).flatMap(([argument, value]) => {
    const known = Object.hasOwn(kind.arguments, argument) ? kind.arguments[argument] : undefined;
    if (!known) {
      const hint = didYouMean(argument, Object.keys(kind.arguments));
      return [diagnose('strategyArgumentUnknown', { strategy: spec.name, argument }, { hint })];
    }
    if (known.accepts(value)) return [];
    const told = { strategy: spec.name, argument, value: JSON.stringify(value) };
    return [diagnose('strategyArgumentValue', told, { expected: known.expected })];
  });
  if (wrong.length > 0) return wrong;
  // Of a strategy it is asked where strategies are.
  return derives ? [] : whyUnfit(spec.name, kind, methodArguments(kind, spec), space);
}
