/** Spaces and policies for tests of controllers. */
import { readFileSync } from 'node:fs';
import type { CompiledSpace } from '../../../../compiler/compile.ts';
import type { SearchedSpace } from '../../../../compiler/search/vocabulary.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { type Objective, reinforceObjective } from '../../../../runtime/search/controllers/objectives.ts';
import type { PolicySettings } from '../../../../runtime/search/controllers/policyGraph.ts';
import { type Trace, traceOf } from '../../../../runtime/search/controllers/questions.ts';
import { SequencePolicy } from '../../../../runtime/search/controllers/SequencePolicy.ts';
import type { NamedTensors } from '../../../../runtime/execute/reference.ts';
import { strategyKey } from '../../../../runtime/search/seeds.ts';

/** A shipped space. */
export function shipped(name: string, settings: Readonly<Record<string, number>> = {}): CompiledSpace {
  const text = readFileSync(new URL(`../../../../spaces/${name}.nas`, import.meta.url), 'utf8');
  return compileText(
    text,
    Object.entries(settings).map(([path, value]) => ({ path, value: String(value) })),
  );
}

/** Large first weights, so that the policy is far from even. */
export const settings: PolicySettings = { layers: 2, units: 6, limit: 1, temperature: 1.5, tanh: 2.5 };

export function policyOf(
  space: SearchedSpace,
  {
    seed = 1,
    objective = reinforceObjective(0),
    ...other
  }: Partial<PolicySettings> & { readonly seed?: number; readonly objective?: Objective } = {},
): SequencePolicy {
  return new SequencePolicy(space, { settings: { ...settings, ...other }, objective }, strategyKey(seed));
}

/** The traces of all members. */
export function allTraces({ members }: SearchedSpace, { form }: SequencePolicy): readonly Trace[] {
  return [...members.enumerate()].map(({ choices }) => traceOf(form.vocabulary, members.ways, choices));
}

/** The probability of each trace. */
export function probabilities(policy: SequencePolicy, traces: readonly Trace[]): readonly number[] {
  const steps = policy.logProbabilities(traces);
  return traces.map((_, i) => Math.exp(steps.reduce((sum, step) => sum + step[i], 0)));
}

/** One number for each row. */
export const vector = (values: readonly number[]): NamedTensors[string] => ({
  shape: [values.length],
  data: Float64Array.from(values),
});

/** All gradients one after the other. */
export function flat(gradients: NamedTensors): readonly number[] {
  return Object.keys(gradients)
    .sort()
    .flatMap((name) => [...gradients[name].data]);
}

/** The distance of two vectors over the length of the second. */
export function relativeError(found: readonly number[], expected: readonly number[]): number {
  const length = Math.hypot(...expected);
  return Math.hypot(...found.map((value, i) => value - expected[i])) / length;
}
