/** The table of strategies: one line each. Checks what a search says of its strategy, and makes it. */
import type { StrategySpec } from '../../compiler/search/search.ts';
import type { StaticValue } from '../../compiler/space/space.ts';
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import type { StrategySpace } from './host.ts';
import { random } from './random.ts';
import { strategyKey } from './seeds.ts';
import type { Strategy, StrategyKind } from './strategy.ts';

/** Strategies by the name that a search gives. */
export type StrategyTable = Readonly<Record<string, StrategyKind>>;

/** Every strategy of this package. */
export const strategies: StrategyTable = { random };

/** All that is wrong with what a search says of its strategy. */
export function checkStrategy(spec: StrategySpec, table: StrategyTable = strategies): readonly Diagnostic[] {
  const names = Object.keys(table);
  const kind = find(table, spec.name);
  if (kind === undefined) {
    const expected = `one of ${listWords(names.map((n) => `\`${n}\``))}`;
    const hint = didYouMean(spec.name, names);
    return [diagnose('strategyUnknown', { name: spec.name }, { expected, hint })];
  }
  return Object.entries(spec.args).flatMap(([name, value]) => {
    const argument = find(kind.arguments, name);
    if (argument === undefined) {
      const known = Object.keys(kind.arguments);
      const hint =
        didYouMean(name, known) ?? (known.length === 0 ? `write \`${spec.name}\` alone` : undefined);
      return [diagnose('strategyArgumentUnknown', { strategy: spec.name, argument: name }, { hint })];
    }
    if (argument.accepts(value)) return [];
    const values = { strategy: spec.name, argument: name, value: JSON.stringify(value) };
    return [diagnose('strategyArgumentValue', values, { expected: argument.expected })];
  });
}

/** A new strategy for a space. Refuses what {@link checkStrategy} finds wrong. */
export function createStrategy(
  spec: StrategySpec,
  seed: number,
  space: StrategySpace,
  table: StrategyTable = strategies,
): Strategy {
  const problems = checkStrategy(spec, table);
  const kind = find(table, spec.name);
  if (kind === undefined || problems.length > 0) throw new Refusal(...problems);
  const defaults = Object.entries(kind.arguments).map(([name, a]) => [name, a.otherwise] as const);
  const args: Record<string, StaticValue> = { ...Object.fromEntries(defaults), ...spec.args };
  return kind.create(args, strategyKey(seed), space);
}

/** An entry of a table by a name that a user typed, `constructor` included. */
function find<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
