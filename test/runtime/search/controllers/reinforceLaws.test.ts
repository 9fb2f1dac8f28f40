/** What policy gradients must reproduce, on spaces small enough for exact sums. */
import { describe, expect, it } from 'vitest';
import { ppoObjective, reinforceObjective } from '../../../../runtime/search/controllers/objectives.ts';
import type { SequencePolicy } from '../../../../runtime/search/controllers/SequencePolicy.ts';
import type { Trace } from '../../../../runtime/search/controllers/questions.ts';
import { Random } from '../../../../util/random.ts';
import { bits, mixed } from '../strategies/helpers.ts';
import { allTraces, flat, policyOf, probabilities, relativeError, vector } from './helpers.ts';

const space = bits(4);

/** -sum of weight_k * grad log pi(a_k), from an objective that takes the mean. */
function weighted(
  policy: SequencePolicy,
  traces: readonly Trace[],
  weights: readonly number[],
): readonly number[] {
  return flat(policy.gradients(traces, { advantages: vector(weights.map((w) => w * traces.length)) }));
}

const reward = ({ choices }: Trace): number =>
  choices.filter((c) => c === 1).length / 4 + choices[0] * choices[3];

describe('the policy gradient', () => {
  const policy = policyOf(space, { objective: reinforceObjective(0) });
  const traces = allTraces(space, policy);
  const chances = probabilities(policy, traces);
  const exact = weighted(
    policy,
    traces,
    chances.map((p, i) => p * reward(traces[i])),
  );

  it('of 100,000 samples is within 5 % of the exact one', () => {
    const random = new Random(11);
    const counts = new Map<string, number>();
    const samples = 100_000;
    for (let batch = 0; batch < 20; batch++) {
      for (const { choices } of policy.sample(samples / 20, random)) {
        counts.set(choices.join(), (counts.get(choices.join()) ?? 0) + 1);
      }
    }
    const found = weighted(
      policy,
      traces,
      traces.map((trace) => ((counts.get(trace.choices.join()) ?? 0) / samples) * reward(trace)),
    );
    expect(relativeError(found, exact)).toBeLessThan(0.05);
    expect(relativeError(found, exact)).toBeGreaterThan(0);
  });

  it('does not change with a constant that is added to all rewards', () => {
    const shifted = weighted(
      policy,
      traces,
      chances.map((p, i) => p * (reward(traces[i]) + 10)),
    );
    expect(relativeError(shifted, exact)).toBeLessThan(1e-12);
  });

  it('points to where the expected reward grows', () => {
    const one = policyOf(space, { objective: reinforceObjective(0), units: 4 });
    const expected = (): number =>
      probabilities(one, traces).reduce((sum, p, i) => sum + p * reward(traces[i]), 0);
    const before = expected();
    one.learn(
      traces,
      { advantages: vector(probabilities(one, traces).map((p, i) => p * reward(traces[i]) * traces.length)) },
      1e-3,
    );
    expect(expected()).toBeGreaterThan(before);
  });

  it('of the entropy alone makes the policy more even', () => {
    const one = policyOf(space, { objective: reinforceObjective(1) });
    const entropy = (): number => probabilities(one, traces).reduce((sum, p) => sum - p * Math.log(p), 0);
    const before = entropy();
    for (let step = 0; step < 20; step++) {
      one.learn(one.sample(50, new Random(step)), { advantages: vector(Array(50).fill(0)) }, 0.02);
    }
    expect(entropy()).toBeGreaterThan(before);
  });
});

describe('proximal policy optimisation', () => {
  it.each([
    ['bits', bits(4)],
    ['layers', mixed()],
  ])('begins with the gradient of REINFORCE: %s', (_, one) => {
    const [ppo, reinforce] = [ppoObjective(0.2, 0.01), reinforceObjective(0.01)].map((objective) =>
      policyOf(one, { objective }),
    );
    const traces = ppo.sample(12, new Random(4));
    const advantages = vector(traces.map((__, i) => Math.sin(i)));
    const old = Object.fromEntries(ppo.logProbabilities(traces).map((v, t) => [`old.${t}`, vector(v)]));
    const found = flat(ppo.gradients(traces, { advantages, ...old }));
    const expected = flat(reinforce.gradients(traces, { advantages }));
    expect(relativeError(found, expected)).toBeLessThan(1e-12);
  });

  /** The gradient of one trace of one step whose probability has changed by a factor. */
  const gradientAt = (ratio: number, advantage: number): number => {
    const one = bits(1);
    const policy = policyOf(one, { objective: ppoObjective(0.2, 0) });
    const traces = policy.sample(1, new Random(1));
    const old = vector(policy.logProbabilities(traces)[0].map((v) => v - Math.log(ratio)));
    const inputs = { advantages: vector([advantage]), 'old.0': old };
    return Math.hypot(...flat(policy.gradients(traces, inputs)));
  };
  it.each([
    [1.19, 1, true],
    [1.21, 1, false],
    [1.21, -1, true],
    [0.81, -1, true],
    [0.79, -1, false],
    [0.79, 1, true],
  ])('at ratio %d and advantage %d moves: %s', (ratio, advantage, moves) => {
    if (moves) expect(gradientAt(ratio, advantage)).toBeGreaterThan(1e-3);
    else expect(gradientAt(ratio, advantage)).toBe(0);
  });
});
