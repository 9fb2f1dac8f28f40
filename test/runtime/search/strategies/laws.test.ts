/** What holds of every strategy of the table, on spaces of every kind. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../../compiler/space/algebra/hash.ts';
import { checkStrategyFit, strategies } from '../../../../runtime/search/strategies/table.ts';
import type { StrategySpace } from '../../../../runtime/search/host.ts';
import type { Proposal } from '../../../../runtime/search/strategy.ts';
import {
  bits,
  ladder,
  mixed,
  onesShare,
  pathTree,
  proposed,
  run,
  single,
  strategyOf,
  type RunOptions,
} from './helpers.ts';

// What supernets derive has laws of its own: test/runtime/share.
const names = Object.keys(strategies).filter((name) => !strategies[name].derives);
const spaces: Readonly<Record<string, StrategySpace>> = { bits: bits(6), mixed: mixed(), single: single() };
/** For strategies that ask for more. */
const others: Readonly<Record<string, StrategySpace>> = { ladder: ladder(), tree: pathTree() };
const fits = (name: string, among: typeof spaces): { name: string; label: string; space: StrategySpace }[] =>
  Object.entries(among).flatMap(([label, space]) =>
    checkStrategyFit({ name, args: {} }, space).length === 0 ? [{ name, label, space }] : [],
  );
const fitting = names.flatMap((name) => {
  const usual = fits(name, spaces);
  return usual.length > 0 ? usual : fits(name, others);
});

/** Arguments with which a run of 60 trials comes to what a strategy does after its first steps. */
const settings: Readonly<Record<string, RunOptions['args']>> = {
  asha: { eta: 2, halvings: 3 },
  eas: { units: 6, embedding: 4, batch: 5, wider: 2, deeper: 2 },
  evolution: { population: 12, sample: 4, identity: 0.2 },
  hierarchical: { population: 12, sample: 0.3, diversify: 40 },
  hyperband: { eta: 2, halvings: 2 },
  nsga2: { population: 10 },
  pnas: { units: 4, ensemble: 2, epochs: 3 },
  successive_halving: { population: 20 },
  path_level: { units: 4, embedding: 4, batch: 5 },
  tournament: { population: 12, sample: 4 },
};

/** A fitness without sense, the same for the same architecture; now and then none. */
function noise({ architecture, share = 1 }: Proposal): number {
  const hash = Number.parseInt(hashText(architecture.choices.join()).slice(0, 8), 16);
  return hash % 7 === 0 ? Number.NaN : (hash / 2 ** 32) * share;
}

describe.each(fitting)('$name on $label', ({ name, space }) => {
  const options = { trials: 60, args: settings[name] ?? {} };
  it('proposes members only, and takes failures', () => {
    for (const { architecture } of run(name, space, noise, options)) {
      expect(space.members.contains(architecture)).toBe(true);
    }
  });
  it('takes failures of everything', () => {
    run(name, space, () => Number.NaN, options);
  });
  it('takes equal values of everything', () => {
    run(name, space, () => 0.5, options);
  });
  it('proposes the same for the same seed', () => {
    const [first, second] = [1, 2].map(() => proposed(run(name, space, noise, options)));
    expect(second).toEqual(first);
  });
  it('goes on identically wherever it is stopped', () => {
    const whole = run(name, space, noise, options);
    for (const stop of [0, 1, 2, 7, 20, whole.length - 1].filter((n) => n < whole.length)) {
      const resumed = strategyOf(name, space, options);
      for (const outcome of whole.slice(0, stop)) {
        resumed.ask();
        resumed.tell(outcome);
      }
      const { architecture, share, parent } = resumed.ask()!;
      const expected = whole[stop];
      expect({ architecture, share, parent }).toEqual({
        architecture: expected.architecture,
        share: expected.share,
        parent: expected.parent,
      });
    }
  });
  it('only names parents that are done', () => {
    const outcomes = run(name, space, noise, options);
    for (const { parent, trial } of outcomes) {
      if (parent === undefined) continue;
      expect(parent).toBeLessThan(trial);
      expect(outcomes[parent]).toMatchObject({ status: 'done' });
    }
  });
});

describe('the table of strategies', () => {
  it.each(names)('documents %s and its arguments', (name) => {
    const { doc, arguments: args } = strategies[name];
    expect(doc).toMatch(/\.$/);
    for (const argument of Object.values(args)) {
      expect(argument.doc).toMatch(/\.$/);
      expect(argument.accepts(argument.otherwise)).toBe(true);
      expect(argument.accepts('no such value')).toBe(false);
    }
  });
  it('says why a strategy cannot work, and what would', () => {
    for (const name of names) {
      for (const space of Object.values(spaces)) {
        for (const { hint } of checkStrategyFit({ name, args: {} }, space)) expect(hint).toBeTruthy();
      }
    }
  });
});

describe('exhaustive search', () => {
  it('tries each architecture once', () => {
    const outcomes = run('exhaustive', bits(4), onesShare, { trials: 100 });
    expect(new Set(proposed(outcomes)).size).toBe(16);
    expect(outcomes.map(({ rank }) => rank)).toEqual(Array.from({ length: 16 }, (_, i) => BigInt(i)));
  });
});
