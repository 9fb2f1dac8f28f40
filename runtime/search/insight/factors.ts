/** Decisions as factors of an analysis: which options they took in a sample, and which of them choose among the same. */
import type { Decision, Space } from '../../../compiler/space/space.ts';
import { present } from '../../../util/invariant.ts';
import type { Observation } from './observations.ts';

/** A decision that took at least two options in the sample. */
export interface Factor {
  readonly decision: Decision;
  /** The options that it took, in their order. */
  readonly options: readonly number[];
  /** For each row the place of its option in `options`; -1 where the decision does not exist. */
  readonly levels: Int16Array;
  /** How often each option was taken. */
  readonly counts: readonly number[];
}

/** Decisions that choose among the same options, such as the operations of a cell's edges. */
export interface FactorGroup {
  readonly labels: readonly string[];
  readonly factors: readonly Factor[];
}

/** The factors of a sample, in text order; decisions that never varied are none. */
export function factorsOf(space: Space, observations: readonly Observation[]): readonly Factor[] {
  return space.decisions.flatMap((decision): Factor[] => {
    const taken = observations.map(({ architecture }) => architecture.choices[decision.id] ?? -1);
    const options = [...new Set(taken)].filter((option) => option >= 0).sort((a, b) => a - b);
    if (options.length < 2) return [];
    const levels = Int16Array.from(taken, (option) => options.indexOf(option));
    const counts = options.map((option) => taken.filter((other) => other === option).length);
    return [{ decision, options, levels, counts }];
  });
}

/** Groups of at least two factors. */
export function groupsOf(factors: readonly Factor[]): readonly FactorGroup[] {
  const groups = new Map<string, { readonly labels: readonly string[]; readonly factors: Factor[] }>();
  for (const factor of factors) {
    const labels = factor.decision.options.map(({ label }) => label);
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { labels, factors: [] };
    groups.set(key, group);
    group.factors.push(factor);
  }
  return [...groups.values()].filter((group) => group.factors.length >= 2);
}

/** How the option at a place of a factor is written. */
export function labelAt({ decision, options }: Factor, place: number): string {
  return present(decision.options[options[place] ?? -1], 'insight: an option of a factor').label;
}

/** The place of a label among the options that a factor took; undefined where it never took it. */
export function placeOf(factor: Factor, label: string): number | undefined {
  const place = factor.options.findIndex((_, i) => labelAt(factor, i) === label);
  return place < 0 ? undefined : place;
}
