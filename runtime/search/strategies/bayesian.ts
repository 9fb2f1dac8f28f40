/**
 * Bayesian optimisation (Mockus, Tiesis & Zilinskas 1978; Jones, Schonlau & Welch 1998; with a forest, Hutter, Hoos &
 * Leyton-Brown 2011): a model of the fitness over the answers of architectures, and the candidate next whose expected
 * improvement on the best is the greatest.
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { diagnose } from '../../../grammar/diagnostics.ts';
import { expectedImprovement } from '../models/expectedImprovement.ts';
import { Forest } from '../models/forest.ts';
import { HammingProcess } from '../models/hammingProcess.ts';
import { normalScores } from '../models/normalScores.ts';
import type { Point, Surrogate } from '../models/surrogate.ts';
import { proposalOf } from '../proposals/propose.ts';
import { streamOf } from '../seeds.ts';
import type { Outcome, Proposal, StrategyKind } from '../strategy.ts';
import { numberOf, whole, word, wordOf } from './arguments.ts';
import { drawsOf } from '../proposals/draws.ts';
import { poolOf } from '../proposals/pool.ts';

/** Of how many of the best the pool has changed ones. */
const parents = 10;

export const bayesian: StrategyKind = {
  doc: 'Bayesian optimisation: a Gaussian process or a forest over the answers, and the candidate with the greatest expected improvement.',
  arguments: {
    initial: whole('Architectures drawn at random before the model is asked.', 10, 2),
    pool: whole('Candidates among which the expected improvement is made greatest.', 200, 2),
    model: word('What models the fitness: a Gaussian process (`gp`) or a forest of trees.', 'gp', [
      'gp',
      'forest',
    ]),
  },
  warnings(args, trials) {
    const initial = numberOf(args, 'initial');
    if (trials === undefined || trials > initial) return [];
    const reason = `the model is asked after ${initial} trials, and there are ${trials}`;
    const hint = 'a smaller `initial`, or more trials';
    return [diagnose('scheduleTooLong', { strategy: 'bayesian', reason }, { hint })];
  },
  create(args, { space, key }) {
    const [initial, size] = [numberOf(args, 'initial'), numberOf(args, 'pool')];
    const draw = drawsOf(space.members, key);
    const random = streamOf(key, 'candidates');
    // Decisions without a choice tell nothing.
    const asked = space.space.decisions.flatMap(({ id, options }) => (options.length > 1 ? [id] : []));
    const pointOf = ({ choices }: Architecture): Point => Int16Array.from(asked, (id) => choices[id] ?? -1);
    const model: Surrogate =
      wordOf(args, 'model') === 'gp' ? new HammingProcess(asked.length) : new Forest(streamOf(key, 'forest'));
    const outcomes: Outcome[] = [];
    const points: Point[] = [];
    const tried = new Set<string>();
    const isNew = ({ choices }: Architecture): boolean => !tried.has(choices.join());

    const drawn = (): Proposal | undefined => {
      for (;;) {
        const proposal = draw();
        if (proposal === undefined || isNew(proposal.architecture)) return proposal;
      }
    };

    return {
      ask() {
        const done = outcomes.filter(({ status }) => status === 'done');
        if (outcomes.length < initial || done.length === 0) return drawn();
        const worst = done.reduce((least, { fitness }) => Math.min(least, fitness), Infinity);
        const scores = normalScores(outcomes.map((o) => (o.status === 'done' ? o.fitness : worst)));
        model.fit(points, scores);
        const best = done.toSorted((a, b) => b.fitness - a.fitness).slice(0, parents);
        const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
        let chosen: Architecture | undefined;
        let most = -Infinity;
        for (const candidate of poolOf(
          space,
          best.map((o) => o.architecture),
          size,
          isNew,
          random,
        )) {
          const improvement = expectedImprovement(model.predict(pointOf(candidate)), highest);
          if (improvement > most) [chosen, most] = [candidate, improvement];
        }
        return chosen ? proposalOf(space, chosen) : drawn();
      },
      tell(outcome) {
        outcomes.push(outcome);
        points.push(pointOf(outcome.architecture));
        tried.add(outcome.architecture.choices.join());
      },
    };
  },
};
