/** How often MetaQNN answers at random (Baker et al. 2017, table 2). */

/** Share of random answers, and how many different networks are made with it. */
const schedule: readonly (readonly [epsilon: number, networks: number])[] = [
  [1, 1500],
  [0.9, 100],
  [0.8, 100],
  [0.7, 100],
  [0.6, 150],
  [0.5, 150],
  [0.4, 150],
  [0.3, 150],
  [0.2, 150],
  [0.1, 150],
];

/** Different networks of the whole schedule. */
export const SCHEDULED: number = schedule.reduce((sum, [, networks]) => sum + networks, 0);

/** The share of random answers after so many different networks, with the schedule stretched to `networks` in all. */
export function epsilonAt(different: number, networks: number): number {
  let left = (different * SCHEDULED) / networks;
  for (const [epsilon, count] of schedule) {
    if (left < count) return epsilon;
    left -= count;
  }
  return 0.1;
}
