/** Answers to the field's open questions from samples of one space: experiments that were run, or a table of results. */
import type { CompiledSpace } from '../../../compiler/compile.ts';
import type { ObjectiveSpec } from '../../../compiler/search/search.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { refuse } from '../../../grammar/diagnostics.ts';
import { effectsOf, type Effects } from './effects.ts';
import { LEAST_FOR_MOTIFS, motifsOf, sizeOfBest, type Motifs } from './motifs.ts';
import { bestRows, gather, type Observation } from './observations.ts';
import { conditionOf, differenceOf, type Recalled } from './recall.ts';
import { listPool, membersPool, similarityOf, type Pool, type Similarity } from './similarity.ts';
import { LEAST_FOR_TRANSFER, transferOf, type Transfer } from './transfer.ts';

/** How much is computed, and which share of a sample is its best. */
export interface InsightOptions {
  readonly best: number;
  readonly permutations: number;
  readonly seed: number;
}

/** Something that was measured of some architectures of a space. */
export interface Sample {
  readonly name: string;
  /** How its values are better. */
  readonly direction: ObjectiveSpec['direction'];
  readonly metric: string;
  /** Each architecture once. */
  readonly observations: readonly Observation[];
  /** Experiments that it comes from, and how many of their trials failed or were not evaluated to the end; none for a table. */
  readonly experiments: readonly string[];
  readonly leftOut: number;
}

/** What was found in one sample. */
export interface SampleInsight {
  readonly sample: Sample;
  readonly effects: Effects;
  /** Undefined where there are too few architectures. */
  readonly motifs: Motifs | undefined;
}

/** How similar some are: the winners of runs against members of the space, or a sample's best against all of it. */
export type SimilarityInsight = Similarity & { readonly of: 'winners' | 'best' };

/** How two samples rank the architectures that both have; undefined where these are too few. */
export interface TransferInsight {
  readonly first: string;
  readonly second: string;
  readonly architectures: number;
  readonly correlations: Transfer | undefined;
}

export interface Insight {
  readonly space: string;
  readonly samples: readonly SampleInsight[];
  readonly similarity: SimilarityInsight | undefined;
  readonly transfer: readonly TransferInsight[];
}

/** Below this corrected p-value something is claimed. Of pure noise, a question claims something once in a hundred times. */
export const CLAIM = 0.01;

/** Effects of fewer architectures than this are not worth a test. */
const LEAST_ARCHITECTURES = 10;

/** Bootstrap samples; of many rows fewer do. */
const bootstrapSamples = (rows: number): number => (rows > 5000 ? 300 : 1000);

/** What experiments say together. Those that differ in strategy and seed alone are put together. */
export function insightOfExperiments(recalled: readonly Recalled[], options: InsightOptions): Insight {
  const [first] = recalled;
  if (first === undefined) return refuse('tooFewArchitectures', { found: 0, least: LEAST_ARCHITECTURES });
  const { compiled } = first;
  for (const other of recalled) {
    const difference = differenceOf(compiled.space, other.compiled.space);
    if (difference === undefined) continue;
    const second = other.experiment.record.id;
    refuse('spacesDiffer', { first: first.experiment.record.id, second, difference });
  }
  const samples = samplesOf(recalled);
  const winners = recalled.flatMap(({ winner }) => (winner ? [winner.architecture] : []));
  const seen = winners.length >= 2 ? { winners, members: membersPool(compiled.members) } : undefined;
  return analyse(compiled.space, samples, samples, seen, options);
}

function samplesOf(recalled: readonly Recalled[]): readonly Sample[] {
  const groups = new Map<string, { readonly name: string; readonly members: Recalled[] }>();
  for (const one of recalled) {
    const { key, name } = conditionOf(one.experiment.record);
    const group = groups.get(key) ?? { name, members: [] };
    groups.set(key, group);
    group.members.push(one);
  }
  const names = [...groups.values()].map(({ name }) => name);
  return [...groups.values()].flatMap(({ name, members }): Sample[] => {
    const [one] = members;
    if (one === undefined) return [];
    const { id, objectives } = one.experiment.record;
    const [objective] = objectives;
    const unique = names.filter((other) => other === name).length === 1;
    return [
      {
        name: unique ? name : `${name}, experiment ${id}`,
        direction: objective.direction,
        metric: objective.metric,
        observations: gather(members.flatMap(({ observations }) => observations)),
        experiments: members.map(({ experiment }) => experiment.record.id),
        leftOut: members.reduce((sum, { leftOut }) => sum + leftOut, 0),
      },
    ];
  });
}

/** What a table of results says. Effects and motifs are those of the first column. */
export function insightOfTable(
  { space }: CompiledSpace,
  architectures: readonly Architecture[],
  columns: readonly { readonly name: string; readonly values: ArrayLike<number> }[],
  direction: ObjectiveSpec['direction'],
  options: InsightOptions,
): Insight {
  const sign = direction === 'maximize' ? 1 : -1;
  const samples = columns.map(({ name, values }): Sample => {
    const observations = architectures.map((architecture, row) => ({
      architecture,
      fitness: sign * (values[row] ?? 0),
    }));
    return { name, direction, metric: name, observations, experiments: [], leftOut: 0 };
  });
  return analyse(space, samples.slice(0, 1), samples, undefined, options);
}

function analyse(
  space: Space,
  samples: readonly Sample[],
  compared: readonly Sample[],
  runs: { readonly winners: readonly Architecture[]; readonly members: Pool } | undefined,
  options: InsightOptions,
): Insight {
  const { permutations, seed, best } = options;
  const most = Math.max(...samples.map(({ observations }) => observations.length));
  if (most < LEAST_ARCHITECTURES) {
    return refuse('tooFewArchitectures', { found: most, least: LEAST_ARCHITECTURES });
  }
  const told = samples
    .filter(({ observations }) => observations.length >= LEAST_ARCHITECTURES)
    .map((sample): SampleInsight => {
      const { observations } = sample;
      return {
        sample,
        effects: effectsOf(space, observations, permutations, seed),
        motifs: observations.length < LEAST_FOR_MOTIFS ? undefined : motifsOf(space, observations, best),
      };
    });
  return {
    space: space.name,
    samples: told,
    similarity: runs
      ? { of: 'winners', ...similarityOf(space, runs.winners, runs.members, permutations, seed) }
      : similarityOfBest(space, told[0]?.sample.observations ?? [], options),
    transfer: compared.flatMap((first, i) =>
      compared.slice(i + 1).map((second) => transferBetween(first, second, seed)),
    ),
  };
}

function similarityOfBest(
  space: Space,
  observations: readonly Observation[],
  { best, permutations, seed }: InsightOptions,
): SimilarityInsight | undefined {
  if (observations.length < LEAST_FOR_MOTIFS) return undefined;
  const all = observations.map(({ architecture }) => architecture);
  const rows = bestRows(observations, sizeOfBest(observations.length, best));
  const chosen = rows.flatMap((row) => all[row] ?? []);
  return { of: 'best', ...similarityOf(space, chosen, listPool(all), permutations, seed) };
}

function transferBetween(first: Sample, second: Sample, seed: number): TransferInsight {
  const fitnesses = new Map(
    second.observations.map(({ architecture, fitness }) => [architecture.choices.join(), fitness] as const),
  );
  const common = first.observations.flatMap(({ architecture, fitness }) => {
    const other = fitnesses.get(architecture.choices.join());
    return other === undefined ? [] : [[fitness, other] as const];
  });
  const rows = common.length;
  return {
    first: first.name,
    second: second.name,
    architectures: rows,
    correlations:
      rows < LEAST_FOR_TRANSFER
        ? undefined
        : transferOf(
            common.map(([a]) => a),
            common.map(([, b]) => b),
            bootstrapSamples(rows),
            seed,
          ),
  };
}
