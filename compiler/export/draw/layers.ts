/**
 * Layers of a drawing from left to right (Sugiyama, Tagawa & Toda 1981): longest paths, places for edges that pass a layer by,
 * and an order in each layer that lets few edges cross.
 */
import { present } from '../../../util/invariant.ts';

/** An edge between vertices, by index. */
export interface Arc {
  readonly from: number;
  readonly to: number;
}

export interface Layering {
  /** Vertices of each layer from top to bottom; those beyond the given ones stand for passing edges. */
  readonly layers: number[][];
  /** For each arc its vertices, from one end to the other: one in every layer. */
  readonly routes: readonly (readonly number[])[];
  /** Number of vertices, passing ones included. */
  readonly count: number;
}

/** Assigns layers and orders them. `late[v]` asks for a vertex just before what it leads to. */
export function layered(count: number, arcs: readonly Arc[], late: readonly boolean[]): Layering {
  const layer = longestPaths(count, arcs, late);
  const layers: number[][] = Array.from({ length: Math.max(0, ...layer) + 1 }, () => []);
  for (let v = 0; v < count; v++) present(layers[layer[v] ?? 0], 'a layer').push(v);
  let next = count;
  const routes = arcs.map(({ from, to }) => {
    const route = [from];
    for (let l = (layer[from] ?? 0) + 1; l < (layer[to] ?? 0); l++) {
      present(layers[l], 'a layer').push(next);
      route.push(next++);
    }
    return [...route, to];
  });
  const steps = routes.flatMap((route) => route.slice(1).map((to, i): Arc => ({ from: route[i] ?? 0, to })));
  reduceCrossings(layers, steps, next);
  return { layers, routes, count: next };
}

function longestPaths(count: number, arcs: readonly Arc[], late: readonly boolean[]): number[] {
  const layer: number[] = Array.from({ length: count }, () => 0);
  for (let changed = true, rounds = 0; changed && rounds <= count; rounds++) {
    changed = false;
    for (const { from, to } of arcs) {
      const least = (layer[from] ?? 0) + 1;
      if ((layer[to] ?? 0) >= least) continue;
      layer[to] = least;
      changed = true;
    }
  }
  for (let v = 0; v < count; v++) {
    const targets = arcs.filter(({ from }) => from === v).map(({ to }) => layer[to] ?? 0);
    if (late[v] && targets.length > 0) layer[v] = Math.min(...targets) - 1;
  }
  // Layers that were left empty are taken out.
  const used = [...new Set(layer)].sort((a, b) => a - b);
  return layer.map((l) => used.indexOf(l));
}

function reduceCrossings(layers: number[][], steps: readonly Arc[], count: number): void {
  const above: number[][] = Array.from({ length: count }, () => []);
  const below: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of steps) {
    present(below[from], 'a vertex').push(to);
    present(above[to], 'a vertex').push(from);
  }
  const place: number[] = [];
  const number = (layer: readonly number[]): void => layer.forEach((v, i) => (place[v] = i));
  layers.forEach(number);
  const crossings = (): number =>
    layers.slice(1).reduce((sum, layer) => sum + crossingsInto(layer, above, place), 0);
  let best = crossings();
  let kept = layers.map((layer) => [...layer]);
  for (let round = 0; round < 24 && best > 0; round++) {
    const down = round % 2 === 0;
    const order = down ? layers.slice(1) : layers.slice(0, -1).toReversed();
    for (const layer of order) {
      sortByBarycentre(layer, down ? above : below, place);
      number(layer);
    }
    for (const layer of layers) swapNeighbours(layer, above, below, place);
    const now = crossings();
    if (now >= best) continue;
    best = now;
    kept = layers.map((layer) => [...layer]);
  }
  kept.forEach((layer, i) => layers.splice(i, 1, layer));
}

function sortByBarycentre(layer: number[], near: readonly number[][], place: readonly number[]): void {
  const centre = new Map<number, number>();
  layer.forEach((v, i) => {
    const others = near[v] ?? [];
    const sum = others.reduce((s, other) => s + (place[other] ?? 0), 0);
    centre.set(v, others.length === 0 ? i : sum / others.length);
  });
  layer.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0));
}

/** Crossings among what leads into a layer. */
function crossingsInto(
  layer: readonly number[],
  above: readonly number[][],
  place: readonly number[],
): number {
  const ends = layer.flatMap((v) => [...(above[v] ?? [])].map((u) => place[u] ?? 0).sort((a, b) => a - b));
  let crossings = 0;
  for (let i = 0; i < ends.length; i++) {
    for (let j = i + 1; j < ends.length; j++) if ((ends[i] ?? 0) > (ends[j] ?? 0)) crossings++;
  }
  return crossings;
}

/** Crossings between the edges of two neighbours, `a` above `b`, on one side. */
function pairCrossings(a: readonly number[], b: readonly number[], place: readonly number[]): number {
  let crossings = 0;
  for (const u of a) for (const v of b) if ((place[u] ?? 0) > (place[v] ?? 0)) crossings++;
  return crossings;
}

function swapNeighbours(
  layer: number[],
  above: readonly number[][],
  below: readonly number[][],
  place: number[],
): void {
  for (let i = 0; i + 1 < layer.length; i++) {
    const [a, b] = [present(layer[i], 'a vertex'), present(layer[i + 1], 'a vertex')];
    const cost = (first: number, second: number): number =>
      pairCrossings(above[first] ?? [], above[second] ?? [], place) +
      pairCrossings(below[first] ?? [], below[second] ?? [], place);
    if (cost(b, a) >= cost(a, b)) continue;
    layer[i] = b;
    layer[i + 1] = a;
    [place[b], place[a]] = [i, i + 1];
  }
}
