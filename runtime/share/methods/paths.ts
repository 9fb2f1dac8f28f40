/**
 * Single paths drawn evenly: random search with weight sharing (Li & Talwalkar 2019), single-path one-shot (Guo et al. 2020).
 * Each batch trains the network of one member, each equally likely.
 */
import { meanOf } from '../../../util/statistics/summary.ts';
import { present } from '../../../util/invariant.ts';
import type { MethodTask, SharingMethod } from '../method.ts';

export function paths(task: MethodTask): SharingMethod {
  const { supernet, members, steps } = task;
  return {
    epoch: async (epoch) => {
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) {
        const { architecture } = members.sample(task.random('path', epoch, step));
        const member = present(architecture, 'a member of the space');
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        const { loss } = await supernet.trainPath(
          member,
          task.trainBatch(epoch, step),
          task.rate(epoch, step),
        );
        losses.push(loss);
      }
      return { loss: meanOf(losses) };
    },
    candidates: () => Promise.resolve([]),
    save: () => ({}),
    load: () => undefined,
  };
}
