/** The simplifying passes, in the order in which they help each other. */
import type { Graph } from '../graph.ts';
import { dropIdentities } from './dropIdentities.ts';
import { mergeEqual } from './mergeEqual.ts';
import { removeDead } from './removeDead.ts';

/** Each leaves nothing to do for the ones before it, so one round is enough. */
export const simplifyPasses: readonly {
  readonly name: string;
  /** One sentence, for `--help` and the documentation. */
  readonly doc: string;
  readonly run: (graph: Graph) => Graph;
}[] = [
  { name: 'identities', doc: 'Drops ops that give back one of their inputs.', run: dropIdentities },
  { name: 'merge', doc: 'Lets equal ops on equal inputs stand once.', run: mergeEqual },
  { name: 'dead', doc: 'Removes ops that no result depends on.', run: removeDead },
];

/** A graph with the same inputs, parameters, states and results, to the last bit, and no more ops. */
export function simplify(graph: Graph): Graph {
  return simplifyPasses.reduce((current, pass) => pass.run(current), graph);
}
