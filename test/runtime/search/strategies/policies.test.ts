/** Strategies with a sequence policy: that they learn, and what they say before they start. */
import { describe, expect, it } from 'vitest';
import { strategyWarnings } from '../../../../runtime/search/strategies/table.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { bits, onesShare, run } from './helpers.ts';

const bandit = compileText(`nas 1
space bandit {
  input x: image[4, 4, 2]
  output x |> choose arm { a: identity, b: relu, c: tanh, d: sigmoid, e: relu6 } |> classifier(2)
}`);

describe.each([
  ['reinforce', { lr: 0.01 }],
  ['ppo', { lr: 0.003, units: 32 }],
] as const)('%s', (name, args) => {
  it('pulls the good arm of a bandit', () => {
    const outcomes = run(name, bandit, ({ architecture }) => (architecture.choices[0] === 3 ? 1 : 0), {
      trials: 1000,
      args,
    });
    const pulled = outcomes.slice(-200).filter(({ fitness }) => fitness === 1).length / 200;
    expect(pulled).toBeGreaterThan(0.9);
  });
  it('learns in spite of trials that fail', () => {
    const outcomes = run(
      name,
      bits(5),
      (proposal) => (proposal.architecture.choices[0] === 0 ? Number.NaN : onesShare(proposal)),
      { trials: 800, args },
    );
    const last = outcomes.slice(-100);
    expect(last.filter(({ status }) => status === 'failed').length).toBeLessThan(10);
    expect(last.reduce((sum, { fitness }) => sum + Math.max(fitness, 0), 0) / 100).toBeGreaterThan(0.85);
  });
  it('warns where its rate is too small for the number of trials', () => {
    const spec = { name, args: {} };
    const [warning] = strategyWarnings(spec, 300);
    expect(warning).toMatchObject({ code: 'NAS4511', severity: 'warning' });
    expect(warning.hint).toMatch(/`(reinforce\(lr: 0\.03\)|ppo\(lr: 0\.02\))`/);
    expect(strategyWarnings(spec, 20_000)).toEqual([]);
    expect(strategyWarnings(spec, undefined)).toEqual([]);
    expect(strategyWarnings({ name, args: { lr: 0.03 } }, 300)).toEqual([]);
    expect(strategyWarnings(spec, 3)[0].hint).toMatch(/raise the budget/);
  });
});
