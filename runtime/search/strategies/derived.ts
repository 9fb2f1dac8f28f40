/** Strategies that are methods of weight sharing: they train the supernet, and their trials are the networks that they derive. */
import { methods } from '../../share/methods/table.ts';
import { whyUnfit } from '../../share/unfit.ts';
import { present } from '../../../util/invariant.ts';
import { proposalOf } from '../proposals/propose.ts';
import type { StrategyKind } from '../strategy.ts';

/** The methods that derive networks, as strategies. */
export const derived: Readonly<Record<string, StrategyKind>> = Object.fromEntries(
  Object.entries(methods)
    .filter(([, { derives }]) => derives)
    .map(([name, method]): [string, StrategyKind] => [
      name,
      {
        doc: method.doc,
        arguments: method.arguments,
        derives: true,
        fit: (args, { space }) => whyUnfit(name, method, args, space),
        create: (_args, { space, derived: networks }) => {
          let next = 0;
          return {
            ask: () => {
              const architecture = present(networks, 'what the supernet derives')()[next];
              next += 1;
              return architecture && proposalOf(space, { ...architecture, space: space.space.name });
            },
            tell: () => undefined,
          };
        },
      },
    ]),
);
