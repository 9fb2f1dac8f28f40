/** The policy's graphs against sums over all architectures, differences of float64 runs, and frequencies of samples. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../../compiler/graph/autodiff.ts';
import { feedsOf, shapesOf } from '../../../../runtime/search/controllers/feeds.ts';
import {
  type Objective,
  ppoObjective,
  reinforceObjective,
} from '../../../../runtime/search/controllers/objectives.ts';
import { unroll } from '../../../../runtime/search/controllers/policyGraph.ts';
import type { SequencePolicy } from '../../../../runtime/search/controllers/SequencePolicy.ts';
import type { Trace } from '../../../../runtime/search/controllers/questions.ts';
import { runReference, type NamedTensors } from '../../../../runtime/execute/reference.ts';
import { Random } from '../../../../util/random.ts';
import { wrongSlopes } from '../../../compiler/graph/centralDifferences.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { mixed } from '../strategies/helpers.ts';
import { allTraces, flat, policyOf, probabilities, relativeError, shipped, vector } from './helpers.ts';

/** Subsets of several sizes, of layers and of inputs; conditions; what one answer asks of the next. */
const subsets = compileText(`nas 1
space subsets {
  input x: image[8, 8, 2]
  nodes n[3] = concat(choose inputs any from n) or x |> conv(choose f { 2, 4 }, 1) |> choose { a: relu, b: identity }
  output concat(loose(n)) |> choose { pool: max_pool(2, 2) |> choose after { relu: relu, tanh: tanh, same: identity }, skip: identity } |> classifier(2)
}`);
const pairs = compileText(`nas 1
space pairs {
  input x: image[8, 8, 2]
  let (s0, s1) = (x |> conv(2, 1), x |> conv(2, 3))
  nodes n[2] = add(h |> choose { relu: relu, tanh: tanh } for h in choose 2 from [s0, s1, ...n])
  output concat(n) |> classifier(2)
}`);
const layers = mixed();

describe.each([
  ['subsets', subsets],
  ['pairs', pairs],
])('a policy over %s', (_, space) => {
  it('gives all architectures together probability 1', () => {
    const policy = policyOf(space);
    const traces = allTraces(space, policy);
    expect(traces.length).toBe(Number(space.members.allowed));
    const all = probabilities(policy, traces);
    expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    // And it is no even policy.
    expect(Math.max(...all) / Math.min(...all)).toBeGreaterThan(10);
  });
});

/** Inputs that an objective reads, none of them at a kink. */
function inputsOf(policy: SequencePolicy, traces: readonly Trace[]): NamedTensors {
  const advantages = traces.map((_, i) => ((i * 7) % 5) - 1.3);
  // Other weights ago: ratios from 0.5 to 2.
  const old = policy
    .logProbabilities(traces)
    .map((values, t) => [`old.${t}`, vector(values.map((v, i) => v + ((i * 3 + t) % 9) / 6 - 0.7))] as const);
  return { advantages: vector(advantages), ...Object.fromEntries(old) };
}

describe.each([
  ['reinforce', reinforceObjective(0.3)],
  ['ppo', ppoObjective(0.2, 0.3)],
] as const)('the gradients of %s', (_, objective: Objective) => {
  it.each([
    ['subsets', subsets],
    ['pairs', pairs],
    ['layers', layers],
  ])('are slopes of its loss: %s', (__, space) => {
    const policy = policyOf(space, { objective });
    const traces = policy.sample(7, new Random(2));
    const shapes = shapesOf(traces);
    const unrolled = unroll(policy.form, traces.length, shapes);
    const loss = objective(unrolled);
    unrolled.builder.outputs['loss'] = loss;
    const forward = unrolled.builder.finish();
    const feeds = {
      inputs: { ...feedsOf(policy.form, traces, shapes), ...inputsOf(policy, traces) },
      parameters: policy.weights,
      states: {},
    };
    const { gradients } = runReference(differentiate(forward, loss), feeds, { precision: 'f64' });
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(policy.weights).sort());
    expect(wrongSlopes(forward, feeds, gradients, 1e-3)).toEqual([]);
    expect(relativeError(flat(policy.gradients(traces, feeds.inputs)), flat(gradients))).toBe(0);
  });
});

describe('samples', () => {
  it('come as often as their probabilities say', () => {
    const policy = policyOf(pairs);
    const traces = allTraces(pairs, policy);
    const expected = probabilities(policy, traces);
    const count = 10_000;
    const seen = new Map<string, number>();
    const random = new Random(3);
    for (let batch = 0; batch < 10; batch++) {
      for (const { choices } of policy.sample(count / 10, random)) {
        seen.set(choices.join(), (seen.get(choices.join()) ?? 0) + 1);
      }
    }
    // Pearson's statistic has mean n - 1 and variance about 2 (n - 1).
    const statistic = traces.reduce((sum, { choices }, i) => {
      const mean = count * expected[i];
      return sum + ((seen.get(choices.join()) ?? 0) - mean) ** 2 / mean;
    }, 0);
    const freedom = traces.length - 1;
    expect(statistic).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
    expect([...seen.values()].reduce((sum, n) => sum + n, 0)).toBe(count);
  });

  it('hold a skip as often as sigmoid(logit)', () => {
    const space = shipped('sequential', { layers: 2, size: 8 });
    const policy = policyOf(space, { units: 5 });
    const { vocabulary } = policy.form;
    const traces = policy.sample(10_000, new Random(5));
    // One bit after the same first layer: the log-probability of its step is log sigmoid(logit).
    const kinds = new Map<string, Trace[]>();
    for (const trace of traces) {
      const first = trace.choices.slice(0, 5).join();
      kinds.set(first, [...(kinds.get(first) ?? []), trace]);
    }
    const [most] = [...kinds.values()].sort((a, b) => b.length - a.length);
    const logs = policy.logProbabilities(most)[3];
    const isIn = most.map(({ choices }) => choices[5] === 0);
    const p = Math.exp(logs[isIn.indexOf(true)]);
    expect(Math.exp(logs[isIn.indexOf(false)])).toBeCloseTo(1 - p, 12);
    const share = isIn.filter(Boolean).length / most.length;
    expect(vocabulary.labels).toBe(1);
    expect(most.length).toBeGreaterThan(200);
    expect(Math.abs(share - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / most.length));
  });

  it('are members where membership is asked of each', () => {
    const traces = policyOf(layers).sample(50, new Random(1));
    for (const { choices } of traces) {
      expect(layers.members.contains({ space: layers.space.name, choices })).toBe(true);
    }
  });

  it('never hold what is not offered', () => {
    const offer = (id: number, options: readonly number[]): readonly number[] => (id === 0 ? [1] : options);
    const traces = policyOf(subsets).sample(50, new Random(1), offer);
    expect(new Set(traces.map(({ choices }) => choices[0]))).toEqual(new Set([1]));
  });
});

describe('one layer', () => {
  it('has an anchor point of no bits, which is no step', () => {
    const space = shipped('sequential', { layers: 1 });
    const policy = policyOf(space);
    const [trace] = policy.sample(1, new Random(1));
    expect(trace.steps.map(({ kind }) => kind)).toEqual(['choice', 'choice', 'choice']);
    expect(policy.form.vocabulary.labels).toBe(0);
  });
});
