/** Members drawn uniformly, none twice. */
import { attemptLimit, type Members } from '../../../compiler/space/members.ts';
import type { Key } from '../seeds.ts';
import { Shuffle } from '../shuffle.ts';
import type { Proposal } from '../strategy.ts';

/** A function that draws the next member; undefined when none is left. */
export function drawsOf(members: Members, key: Key): () => Proposal | undefined {
  const shuffle = new Shuffle(members.places, key);
  return () => {
    // Where the space's members are not counted, some places have none; they are passed over.
    for (let passed = 0; passed < attemptLimit; passed++) {
      const rank = shuffle.next();
      if (rank === undefined) return undefined;
      const architecture = members.unrank(rank);
      if (members.allowed !== undefined || members.contains(architecture)) return { architecture, rank };
    }
    return undefined;
  };
}
