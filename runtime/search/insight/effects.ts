/**
 * Which decisions matter: main effects on the fitness (contrasts.ts), tested by permuting the fitnesses among the
 * architectures. All tests of decisions, options and operations are one family, corrected together after Westfall &
 * Young (1993), which allows for how they depend on one another; the p-value of each fit is but its statistic.
 */
import type { Space } from '../../../compiler/space/space.ts';
import { westfallYoung } from '../../../util/statistics/corrections.ts';
import { permuted } from '../../../util/statistics/permuted.ts';
import { modelOf, type Estimate, type Fit } from './contrasts.ts';
import { factorsOf, groupsOf, labelAt } from './factors.ts';
import type { Observation } from './observations.ts';

/** Effects are in units of the fitness; p-values are corrected for all tests of the question. */
interface Effect {
  readonly effect: number;
  /** Standard error. */
  readonly error: number;
  readonly p: number;
}

/** A decision, and the share of the variance that its answer explains. */
export interface DecisionEffect {
  readonly path: string;
  readonly share: number;
  readonly p: number;
}

/** One answer to one decision, against the mean of the decision's options. */
export interface OptionEffect extends Effect {
  readonly path: string;
  readonly option: string;
  /** Architectures that have it. */
  readonly architectures: number;
}

/** One option of several decisions that choose among the same, such as the operation of any edge: its mean effect. */
export interface SharedEffect extends Effect {
  readonly option: string;
  readonly decisions: readonly string[];
}

export interface Effects {
  /** Whether all decisions were fitted together, or each alone since there are too few architectures. */
  readonly model: 'together' | 'alone';
  /** Share of the variance that main effects explain; undefined where each was fitted alone. */
  readonly explained: number | undefined;
  /** Most important first. */
  readonly decisions: readonly DecisionEffect[];
  /** Best first. */
  readonly options: readonly OptionEffect[];
  readonly shared: readonly SharedEffect[];
  /** Decisions of which nothing can be said: never answered in two ways, or always together with others. */
  readonly untold: readonly string[];
  readonly tests: number;
}

/** Analyses a sample. */
export function effectsOf(
  space: Space,
  observations: readonly Observation[],
  permutations: number,
  seed: number,
): Effects {
  const factors = factorsOf(space, observations);
  const groups = groupsOf(factors);
  const fitness = centred(observations);
  const model = modelOf(factors, groups, observations.length);
  const fit = model.fit(fitness);
  const samples = function* (): Generator<readonly number[]> {
    for (const order of permuted(fitness, permutations, seed)) yield statisticsOf(model.fit(order));
  };
  const statistics = statisticsOf(fit);
  const corrected = westfallYoung(statistics, samples());
  let at = 0;
  const next = (): number => corrected[at++] ?? 1;
  const effect = ({ effect: value, error }: Estimate): Effect => ({ effect: value, error, p: next() });

  // In the order of `statisticsOf`.
  const decisions: DecisionEffect[] = [];
  const options: OptionEffect[] = [];
  fit.factors.forEach((told, i) => {
    const factor = factors[i];
    if (told === undefined || factor === undefined) return;
    const { path } = factor.decision;
    decisions.push({ path, share: told.share, p: next() });
    told.options.forEach((estimate, place) =>
      options.push({
        path,
        option: labelAt(factor, place),
        architectures: factor.counts[place] ?? 0,
        ...effect(estimate),
      }),
    );
  });
  const shared = fit.groups.flatMap((estimates, i) =>
    estimates.flatMap((estimate, label): SharedEffect[] => {
      const group = groups[i];
      if (estimate === undefined || group === undefined) return [];
      const paths = group.factors.map(({ decision }) => decision.path);
      return [{ option: group.labels[label] ?? '', decisions: paths, ...effect(estimate) }];
    }),
  );
  const told = new Set(decisions.map(({ path }) => path));
  return {
    model: model.kind,
    explained: fit.explained,
    decisions: decisions.sort((a, b) => b.share - a.share),
    options: options.sort((a, b) => b.effect - a.effect),
    shared: shared.sort((a, b) => b.effect - a.effect),
    untold: space.decisions.map(({ path }) => path).filter((path) => !told.has(path)),
    tests: statistics.length,
  };
}

/** The smaller a p-value of a fit, the more it counts. */
function statisticsOf(fit: Fit): readonly number[] {
  return [
    ...fit.factors.flatMap((told) => (told ? [-told.p, ...told.options.map(({ p }) => -p)] : [])),
    ...fit.groups.flatMap((estimates) => estimates.flatMap((estimate) => (estimate ? [-estimate.p] : []))),
  ];
}

/** Fitnesses less their mean, which keeps sums of squares exact. */
function centred(observations: readonly Observation[]): readonly number[] {
  const mean = observations.reduce((sum, { fitness }) => sum + fitness, 0) / observations.length;
  return observations.map(({ fitness }) => fitness - mean);
}
