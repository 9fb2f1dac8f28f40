/** How each strategy is run on NAS-Bench-201, where its defaults are not what the benchmark's protocol asks for. */
import type { StaticValue } from '../../compiler/space/space.ts';
import { strategies } from '../../runtime/search/strategies/table.ts';

/** A strategy with its arguments. */
export interface Contestant {
  readonly name: string;
  readonly strategy: string;
  readonly args: Readonly<Record<string, StaticValue>>;
  /** Proposals, where it is not to be judged by as many as the others. */
  readonly queries?: number;
  /** What to know of the choice of arguments. */
  readonly note?: string;
}

/** The rate with which a policy learns within 300 queries, where that of the paper leaves it as it was. */
const rate = 'the learning rate is made for the number of queries';

/** Settings by the name of the strategy. */
const settings: Readonly<Record<string, Omit<Contestant, 'name' | 'strategy'>>> = {
  evolution: { args: { population: 50, sample: 10, identity: 0 } },
  hierarchical: { args: { population: 50 } },
  nsga2: { args: { population: 20 } },
  pnas: { args: { predictor: 'mlp', units: 16 } },
  ppo: { args: { lr: 0.01 }, note: rate },
  q_learning: { args: {}, queries: 1000, note: 'by the mean of its last 100 proposals' },
  reinforce: { args: { lr: 0.03 }, note: rate },
  tournament: { args: { population: 50, sample: 10 } },
};

/** Strategies that a table of single accuracies says nothing about, and those that grow networks: cells of one size do not. */
const leftOut = ['exhaustive', 'asha', 'hyperband', 'successive_halving', 'eas', 'path_level'];

/** All contestants, random search first. */
export const contestants: readonly Contestant[] = Object.keys(strategies)
  .filter((name) => !leftOut.includes(name))
  .map((name) => ({ name, strategy: name, ...(settings[name] ?? { args: {} }) }))
  .sort((a, b) => Number(b.name === 'random') - Number(a.name === 'random'));
