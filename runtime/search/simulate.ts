/**
 * Runs a strategy against a function instead of trainings: for tabular benchmarks and tests. No store, no clock; every
 * proposal counts, repeated or not.
 */
import type { Architecture } from '../../compiler/space/architecture.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import type { Cost } from '../../compiler/space/space.ts';
import { WORST_FITNESS } from './objective.ts';
import type { Outcome, Proposal, Strategy, StrategyTask } from './strategy.ts';

/** What a function says of a proposal: its fitness by each objective, larger being better. Nothing but numbers: it fails. */
export type Score = (proposal: Proposal) => readonly number[];

export interface Simulated extends Outcome {
  /** Number of the proposal, from 0. */
  readonly trial: number;
}

/** Asks and tells until `trials` proposals are made or nothing is left to try; gives what came of each. */
export function* simulate(
  strategy: Strategy,
  task: Pick<StrategyTask, 'space' | 'objectives'>,
  trials: number,
  score: Score,
  cost: (architecture: Architecture) => Cost = (a) => costOfArchitecture(task.space.space, a),
): Generator<Simulated> {
  for (let trial = 0; trial < trials; trial++) {
    const proposal = strategy.ask();
    if (proposal === undefined) return;
    const fitnesses = score(proposal);
    const failed = !fitnesses.every(Number.isFinite);
    const worst = Array.from({ length: task.objectives }, () => WORST_FITNESS);
    const told = failed ? worst : fitnesses;
    const outcome: Outcome = {
      ...proposal,
      status: failed ? 'failed' : 'done',
      fitness: told[0] ?? WORST_FITNESS,
      fitnesses: told,
      cost: cost(proposal.architecture),
    };
    strategy.tell(outcome);
    yield { ...outcome, trial };
  }
}
