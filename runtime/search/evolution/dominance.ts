/** Pareto dominance (Deb, Pratap, Agarwal & Meyarivan 2002, section III). Larger is better in every objective. */

/** Whether `a` is nowhere worse than `b` and somewhere better. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.every((value, i) => value >= (b[i] ?? -Infinity)) && a.some((value, i) => value > (b[i] ?? -Infinity))
  );
}

/**
 * The fast non-dominated sort: indices of points by front. The first front is dominated by none; each later one by none but
 * those before it. Fronts and what is in them are in the order in which they are found, a front's members in order of index.
 */
export function nonDominatedSort(points: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const below: number[][] = points.map(() => []);
  const above = points.map(() => 0);
  points.forEach((point, i) => {
    points.forEach((other, j) => {
      if (dominates(point, other)) {
        below[i]?.push(j);
        above[j] = (above[j] ?? 0) + 1;
      }
    });
  });
  const fronts: number[][] = [];
  let front = points.flatMap((_, i) => (above[i] === 0 ? [i] : []));
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const i of front) {
      for (const j of below[i] ?? []) {
        above[j] = (above[j] ?? 0) - 1;
        if (above[j] === 0) next.push(j);
      }
    }
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/**
 * The crowding distance of each point of one front: over the objectives, the sum of how far its neighbours on either side lie
 * apart, as a share of the front's range; infinite at the ends. An objective in which all are equal says nothing.
 */
export function crowdingDistances(front: readonly (readonly number[])[]): readonly number[] {
  const distances = front.map(() => 0);
  const objectives = front[0]?.length ?? 0;
  for (let m = 0; m < objectives; m++) {
    const value = (i: number | undefined): number => front[i ?? -1]?.[m] ?? NaN;
    const order = front.map((_, i) => i).sort((a, b) => value(a) - value(b));
    const [least, most] = [value(order[0]), value(order.at(-1))];
    if (!(most > least)) continue;
    order.forEach((i, place) => {
      const ends = place === 0 || place === order.length - 1;
      const span = ends ? Infinity : (value(order[place + 1]) - value(order[place - 1])) / (most - least);
      distances[i] = (distances[i] ?? 0) + span;
    });
  }
  return distances;
}
