/** Small spaces, scores on them, and runs of strategies against them. */
import { readFileSync } from 'node:fs';
import { compileText } from '../../../compiler/space/helpers.ts';
import type { StaticValue } from '../../../../compiler/space/space.ts';
import type { StrategySpace } from '../../../../runtime/search/host.ts';
import { strategyKey } from '../../../../runtime/search/seeds.ts';
import { type Score, simulate, type Simulated } from '../../../../runtime/search/simulate.ts';
import { createStrategy } from '../../../../runtime/search/strategies/table.ts';
import type { Proposal, Strategy, StrategyTask } from '../../../../runtime/search/strategy.ts';

/** Bits, each its own decision: the toy of the aging evolution paper (Real et al. 2019, supplement), in any size. */
export function bits(count: number): StrategySpace {
  return compileText(`nas 1
space bits {
  input x: image[4, 4, 2]
  output x |> repeat ${count} { choose { zero: identity, one: relu } } |> classifier(2)
}`);
}

/** The share of answers that are option 1. */
export const onesShare = ({ architecture: { choices } }: Proposal): number =>
  choices.filter((choice) => choice === 1).length / choices.length;

/** Decisions of every kind: conditions, subsets, numbers, alternatives and a bound on costs. */
export const mixed = (): StrategySpace =>
  compileText(`nas 1
space mixed {
  input x: image[8, 8, 3]
  output x |> conv(8, 3) |> repeat choose depth { 1, 2, 3 } { block(8) } |> classifier(10)
  require params <= 4000
}
motif block(x; c) = x |> choose kind {
  conv: conv(c, choose k { 1, 3, 5 }) |> choose after { relu: relu, tanh: tanh }
  pool: max_pool(3)
  skip: identity
}`);

/** Blocks of layers that can be made wider and more, as EAS grows them. */
export const ladder = (): StrategySpace =>
  compileText(`nas 1
space ladder {
  input x: image[8, 8, 1]
  output x |> for i in 0..1 { stage(i < 1) } |> flatten |> repeat choose fcs 1..3 { fc() } |> dense(3)
}
motif stage(x; pooled) = x |> repeat choose depth 1..4 { layer() } |> if pooled then max_pool(2, 2) else identity
motif layer(x) = x |> conv(choose f {4, 6, 8, 12, 16}, choose k {1, 3, 5}) |> batch_norm |> relu
motif fc(x) = x |> dense(choose units {8, 12, 16}, bias: false) |> batch_norm |> relu
architecture start of ladder {
  stage = [{depth: 1, layer: [{f: 4, k: 3}]}, {depth: 2, layer: [{f: 6, k: 3}, {f: 8, k: 1}]}]
  fcs = 1, fc = [8]
}
moves of ladder { widen f, widen units, deepen depth, deepen fcs }`);

/** The shipped trees of paths, small. */
export const pathTree = (depth = 2): StrategySpace =>
  compileText(
    readFileSync(new URL('../../../../spaces/path_tree.nas', import.meta.url), 'utf8'),
    Object.entries({ size: 4, colors: 1, k: 8, n: 1, depth }).map(([path, value]) => ({
      path,
      value: `${value}`,
    })),
  );

/** A space of one architecture. */
export const single = (): StrategySpace =>
  compileText(`nas 1
space single {
  input x: image[4, 4, 1]
  output x |> relu |> classifier(2)
}`);

export interface RunOptions {
  readonly trials: number;
  readonly seed?: number;
  readonly args?: Readonly<Record<string, StaticValue>>;
  readonly objectives?: number;
}

/** A task of a seed. */
export function taskOf(space: StrategySpace, { trials, seed = 1, objectives = 1 }: RunOptions): StrategyTask {
  return { space, key: strategyKey(seed), trials, objectives };
}

/** A strategy of the table. */
export function strategyOf(name: string, space: StrategySpace, options: RunOptions): Strategy {
  return createStrategy({ name, args: options.args ?? {} }, taskOf(space, options));
}

/** What came of a whole run. */
export function run(
  name: string,
  space: StrategySpace,
  score: Score | ((proposal: Proposal) => number),
  options: RunOptions,
): readonly Simulated[] {
  const strategy = strategyOf(name, space, options);
  const scores: Score = (proposal) => {
    const value = score(proposal);
    return typeof value === 'number' ? [value] : value;
  };
  return [...simulate(strategy, taskOf(space, options), options.trials, scores)];
}

/** The proposals of a run as text. */
export const proposed = (outcomes: readonly Simulated[]): readonly string[] =>
  outcomes.map(({ architecture, share = 1, parent }) =>
    JSON.stringify([architecture.choices, share, parent]),
  );
