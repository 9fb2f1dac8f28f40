/** What MetaQNN's learning must reproduce (Baker et al. 2017). */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CompiledSpace } from '../../../../compiler/compile.ts';
import { epsilonAt } from '../../../../runtime/search/controllers/epsilon.ts';
import { QLearner, type QLearnerOptions } from '../../../../runtime/search/controllers/QLearner.ts';
import { type Experience, greedy, learn, QTable } from '../../../../runtime/search/controllers/QTable.ts';
import type { Outcome } from '../../../../runtime/search/strategy.ts';
import { Random } from '../../../../util/random.ts';
import { bits } from '../strategies/helpers.ts';
import { shipped } from './helpers.ts';

const paper: QLearnerOptions = {
  alpha: 0.01,
  gamma: 1,
  initial: 0.5,
  replay: 100,
  memory: 2,
  networks: 2700,
};

const outcome = (choices: readonly number[], fitness: number): Outcome => ({
  architecture: { space: 'any', choices },
  rank: undefined,
  status: Number.isFinite(fitness) ? 'done' : 'failed',
  fitness,
  fitnesses: [fitness],
  cost: { params: 0, macs: 0 },
});

/** Tells what a function says of each proposal. */
function search(
  learner: QLearner,
  trials: number,
  fitness: (made: Experience) => number,
): readonly Experience[] {
  return Array.from({ length: trials }, () => {
    const made = learner.propose()!;
    learner.tell(made, outcome(made.choices, fitness(made)));
    return made;
  });
}

describe('the schedule of random answers', () => {
  it('is that of the paper', () => {
    const at = [0, 1499, 1500, 1600, 1799, 1800, 1949, 1950, 2549, 2550, 2699, 2700, 1e6];
    expect(at.map((n) => epsilonAt(n, 2700))).toEqual([
      1, 1, 0.9, 0.8, 0.7, 0.6, 0.6, 0.5, 0.2, 0.1, 0.1, 0.1, 0.1,
    ]);
  });
  it('is stretched to any number of networks', () => {
    expect([0, 555, 556, 963, 999].map((n) => epsilonAt(n, 1000))).toEqual([1, 1, 0.9, 0.1, 0.1]);
  });
});

describe('an update', () => {
  const space = bits(3);
  const experienceOf = (table: QTable): Experience => table.walk(space.members.ways, () => 1);

  it('repeated k times leaves r + (0.5 - r) (1 - alpha)^k at the last answer', () => {
    for (const reward of [0.2, 0.9]) {
      const table = new QTable(paper);
      const made = experienceOf(table);
      for (let k = 1; k <= 300; k++) {
        learn(made, reward, paper);
        const { state, taken } = made.transitions.at(-1)!;
        expect(state.values[taken]).toBeCloseTo(reward + (0.5 - reward) * 0.99 ** k, 12);
      }
    }
  });
  it('goes from the last answer to the first', () => {
    const table = new QTable(paper);
    const made = experienceOf(table);
    learn(made, 1, { alpha: 0.1, gamma: 0.9 });
    const values = made.transitions.map(({ state, taken }) => state.values[taken]);
    const last = 0.5 + 0.1 * (1 - 0.5);
    const middle = 0.5 + 0.1 * (0.9 * last - 0.5);
    // The other answer still has 0.5.
    const first = 0.5 + 0.1 * (0.9 * Math.max(middle, 0.5) - 0.5);
    expect(last).toBeCloseTo(values[2], 12);
    expect(middle).toBeCloseTo(values[1], 12);
    expect(first).toBeCloseTo(values[0], 12);
  });
  it('leaves answers that were not given alone', () => {
    const made = experienceOf(new QTable(paper));
    learn(made, 1, paper);
    for (const { state } of made.transitions) expect(state.values[0]).toBe(0.5);
  });
});

describe('the best answers', () => {
  it('are all that have the largest value', () => {
    expect(greedy([0.5, 0.2, 0.5])).toEqual([0, 2]);
    expect(greedy([0.1, 0.2, 0.5])).toEqual([2]);
  });
});

describe('a learner', () => {
  it('keeps every value between 0 and 1', () => {
    const learner = new QLearner(bits(6), { ...paper, networks: 40, alpha: 0.5 }, new Random(1));
    search(learner, 60, ({ choices }) => choices.filter((c) => c === 1).length / 6);
    for (const { values } of learner.table.states) {
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  });
  it('proposes nothing twice while there is something else, and does not count repetitions', () => {
    const learner = new QLearner(bits(3), { ...paper, networks: 8 }, new Random(1));
    const made = search(learner, 12, () => 0.5);
    expect(new Set(made.slice(0, 6).map(({ choices }) => choices.join())).size).toBe(6);
    expect(learner.memory.different).toBeLessThanOrEqual(8);
  });
  it('takes any scale of fitness, and a failure for the worst', () => {
    for (const scale of [1, 1e6, -1e-3]) {
      const learner = new QLearner(bits(6), { ...paper, networks: 40, alpha: 0.1, memory: 6 }, new Random(1));
      search(learner, 70, ({ choices }) =>
        choices[0] === 0 ? NaN : Math.sign(scale) * scale * (choices.filter((c) => c === 1).length - 20),
      );
      expect(learner.make(0).choices).toEqual([1, 1, 1, 1, 1, 1]);
    }
  });
});

describe('MetaQNN', () => {
  const limit = 4;
  let space: CompiledSpace;
  beforeAll(() => (space = shipped('metaqnn', { layers: limit })));

  /** The answers by the last two names of their paths, in order. */
  const answers = ({ choices }: Experience, of: CompiledSpace = space): readonly string[] =>
    of.space.decisions.flatMap(({ path, options }, id) => {
      const option = choices[id];
      const name = path.split('.').at(-1)!.replace(/\[.*/, '');
      return option < 0 ? [] : [`${name}=${options[option].label}`];
    });

  it('makes the deepest stack of convolutions when that is what counts', () => {
    const convolutions = (made: Experience): number => answers(made).filter((a) => a === 'layer=conv').length;
    const learner = new QLearner(space, paper, new Random(1));
    search(learner, 2700, (made) => convolutions(made) / limit);
    for (let i = 0; i < 20; i++) expect(convolutions(learner.make(0))).toBe(limit);
  });

  it('never proposes what its transitions forbid', () => {
    const small = shipped('metaqnn', { layers: limit, size: 14 });
    const learner = new QLearner(small, { ...paper, networks: 100, replay: 1 }, new Random(2));
    const kinds = new Set<string>();
    for (const made of search(learner, 300, () => 0.5)) {
      const given = answers(made, small);
      const layers = given.filter((a) => /^(layer|next)=/.test(a)).map((a) => a.split('=')[1]);
      layers.forEach((layer) => kinds.add(layer));
      expect(layers[0]).not.toBe('pool');
      layers.forEach((layer, i) => {
        if (layer === 'pool') expect(layers[i - 1]).toBe('conv');
      });
      const units = given.filter((a) => a.startsWith('units=')).map((a) => Number(a.split('=')[1]));
      expect(units.length).toBeLessThanOrEqual(2);
      expect(units).toEqual(units.toSorted((a, b) => b - a));
      expect(layers.filter((layer) => layer !== 'end').length).toBeLessThanOrEqual(limit);
    }
    expect(kinds).toEqual(new Set(['conv', 'pool', 'fc', 'gap', 'end']));
  });

  it('shares values between sizes of one bucket, and tells buckets apart', () => {
    const table = new QTable(paper);
    const wanted = (names: readonly string[]) => {
      const left = [...names];
      return table.walk(space.members.ways, ({ options }, id) => {
        const labels = options.map((option) => space.space.decisions[id].options[option].label);
        const place = labels.indexOf(left[0]);
        if (place < 0) return labels.indexOf('gap') < 0 ? 0 : labels.indexOf('gap');
        left.shift();
        return place;
      });
    };
    /** The state in which the fourth layer is chosen, of networks whose third is conv(64, 1). */
    const fourth = (...first: readonly string[]) => {
      const { transitions } = wanted([...first, 'conv', '64', '1']);
      return transitions.at(first.length + 3)!.state;
    };
    // 32 x 32, 31 x 31 and 15 x 15: the paper's bucket 8. Then 7 x 7: bucket 4, where fully connected layers may follow.
    const large = fourth('conv', '64', '1', 'conv', '64', '1');
    expect(fourth('conv', '64', '1', 'pool', 'k2')).toBe(large);
    expect(fourth('conv', '64', '1', 'pool', 'k3')).toBe(large);
  });
});
