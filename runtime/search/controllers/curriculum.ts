/**
 * The depth curriculum of Zoph & Le 2017, section 4.1: a search begins with shallow networks and is allowed deeper ones as
 * it goes on.
 */
import { lastName } from '../../../compiler/space/moves.ts';
import type { DecisionId, Space } from '../../../compiler/space/space.ts';
import type { Offer } from './questions.ts';

export interface Curriculum {
  /** Name of the decisions that say how deep a network is. */
  readonly name: string;
  /** The largest value that may be taken at first. */
  readonly start: number;
  /** By how much the largest value grows each time. */
  readonly grow: number;
  /** After how many trials it grows. */
  readonly every: number;
}

/** The decisions of a name that choose numbers. */
export function depthDecisions({ decisions }: Space, name: string): readonly DecisionId[] {
  return decisions.flatMap(({ id, path, options }) =>
    lastName(path) === name && options.every(({ value }) => typeof value === 'number') ? [id] : [],
  );
}

/** What may be taken after so many trials: of depths the values up to the largest of now, or else the smallest one. */
export function curriculumOf(
  space: Space,
  { name, start, grow, every }: Curriculum,
): (trials: number) => Offer {
  const depths = new Set(depthDecisions(space, name));
  return (trials) => {
    const most = start + grow * Math.floor(trials / every);
    return (decision, options) => {
      if (!depths.has(decision)) return options;
      const valueOf = (option: number): number => Number(space.decisions[decision]?.options[option]?.value);
      const allowed = options.filter((option) => valueOf(option) <= most);
      if (allowed.length > 0) return allowed;
      const least = Math.min(...options.map(valueOf));
      return options.filter((option) => valueOf(option) === least);
    };
  };
}
