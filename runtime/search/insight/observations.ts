/** What is known of a space: architectures, each once, with how good they are. */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { hashString } from '../../../util/random.ts';
import { meanOf } from '../../../util/statistics/summary.ts';

/** One architecture; larger fitness is better. */
export interface Observation {
  readonly architecture: Architecture;
  readonly fitness: number;
}

/**
 * Gathers measurements of the same architecture into one, their mean. The order is as good as random, and the same
 * whatever the order of the measurements.
 */
export function gather(measured: readonly Observation[]): readonly Observation[] {
  const groups = new Map<string, { readonly architecture: Architecture; readonly values: number[] }>();
  for (const { architecture, fitness } of measured) {
    const key = architecture.choices.join();
    const group = groups.get(key) ?? { architecture, values: [] };
    groups.set(key, group);
    group.values.push(fitness);
  }
  return [...groups]
    .map(([key, { architecture, values }]) => ({ key, order: hashString(key), architecture, values }))
    .sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1))
    .map(({ architecture, values }) => ({ architecture, fitness: meanOf(values.sort((a, b) => a - b)) }));
}

/**
 * Where the rows are that have the largest fitness, best first. Among equals their hashes decide, not their order: samples
 * are often listed in the order of their answers, which would make motifs of nothing.
 */
export function bestRows(observations: readonly Observation[], count: number): readonly number[] {
  return observations
    .map(({ architecture, fitness }, row) => ({
      row,
      fitness,
      order: hashString(architecture.choices.join()),
    }))
    .sort((a, b) => b.fitness - a.fitness || a.order - b.order || a.row - b.row)
    .slice(0, count)
    .map(({ row }) => row);
}
