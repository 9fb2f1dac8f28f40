/** The table of strategies: one line each. Checks what a search says of its strategy, and makes it. */
import type { StrategySpec } from '../../../compiler/search/search.ts';
import { diagnose, Refusal, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { didYouMean } from '../../../util/didYouMean.ts';
import { listWords } from '../../../util/words.ts';
import type { StrategySpace } from '../host.ts';
import { asha } from './asha.ts';
import { bayesian } from './bayesian.ts';
import { derived } from './derived.ts';
import { eas } from './eas.ts';
import { evolution } from './evolution.ts';
import { exhaustive } from './exhaustive.ts';
import { hierarchical } from './hierarchical.ts';
import { hyperband } from './hyperband.ts';
import { localSearch } from './localSearch.ts';
import { nsga2 } from './nsga2.ts';
import { pathLevel } from './pathLevel.ts';
import { pnas } from './pnas.ts';
import { ppo } from './ppo.ts';
import { qLearning } from './qLearning.ts';
import { random } from './random.ts';
import { reinforce } from './reinforce.ts';
import { successiveHalving } from './successiveHalving.ts';
import { tournament } from './tournament.ts';
import type { Strategy, StrategyArguments, StrategyKind, StrategyTask } from '../strategy.ts';

/** Strategies by the name that a search gives. */
export type StrategyTable = Readonly<Record<string, StrategyKind>>;

/** Every strategy of this package. */
export const strategies: StrategyTable = {
  asha,
  bayesian,
  eas,
  evolution,
  exhaustive,
  hierarchical,
  hyperband,
  local_search: localSearch,
  nsga2,
  path_level: pathLevel,
  pnas,
  ppo,
  q_learning: qLearning,
  random,
  reinforce,
  successive_halving: successiveHalving,
  tournament,
  ...derived,
};

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

/** Why a strategy that {@link checkStrategy} finds right cannot work on a space, each reason with what would. */
export function checkStrategyFit(
  spec: StrategySpec,
  space: StrategySpace,
  table: StrategyTable = strategies,
): readonly Diagnostic[] {
  const kind = find(table, spec.name);
  return kind?.fit?.(argumentsOf(kind, spec), space) ?? [];
}

/** What to know of a strategy that is right before it starts. */
export function strategyWarnings(
  spec: StrategySpec,
  trials: number | undefined,
  table: StrategyTable = strategies,
): readonly Diagnostic[] {
  const kind = find(table, spec.name);
  return kind?.warnings?.(argumentsOf(kind, spec), trials) ?? [];
}

/** Whether a strategy that is right follows several objectives. */
export function followsSeveral({ name }: StrategySpec, table: StrategyTable = strategies): boolean {
  return find(table, name)?.several === true;
}

/** Whether a strategy that is right trains a supernet itself. */
export function derivesNetworks({ name }: StrategySpec, table: StrategyTable = strategies): boolean {
  return find(table, name)?.derives === true;
}

/** Whether proposals of a strategy may begin with the weights of earlier trials. */
export function inheritsWeights({ name }: StrategySpec, table: StrategyTable = strategies): boolean {
  return find(table, name)?.inherits === true;
}

/** A new strategy for a task. Refuses what {@link checkStrategy} and {@link checkStrategyFit} find wrong. */
export function createStrategy(
  spec: StrategySpec,
  task: StrategyTask,
  table: StrategyTable = strategies,
): Strategy {
  const wrong = checkStrategy(spec, table);
  const problems = wrong.length > 0 ? wrong : checkStrategyFit(spec, task.space, table);
  const kind = find(table, spec.name);
  if (kind === undefined || problems.length > 0) throw new Refusal(...problems);
  return kind.create(argumentsOf(kind, spec), task);
}

/** A value for each argument: the one that is given, or the default. */
function argumentsOf(kind: StrategyKind, { args }: StrategySpec): StrategyArguments {
  const defaults = Object.entries(kind.arguments).map(([name, { otherwise }]) => [name, otherwise] as const);
  return { ...Object.fromEntries(defaults), ...args };
}

/** An entry of a table by a name that a user typed, `constructor` included. */
function find<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
