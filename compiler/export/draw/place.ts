/** Heights of vertices in their layers: each near what it is joined with, none over another. */
import { present } from '../../../util/invariant.ts';

/** A vertex joined with another, and how much that counts: passing edges are kept straight. */
export interface Pull {
  readonly to: number;
  readonly weight: number;
}

/** The middle of each vertex. `heights` include half of the gap on either side. */
export function placed(
  layers: readonly (readonly number[])[],
  heights: readonly number[],
  pulls: readonly (readonly Pull[])[],
): number[] {
  const y: number[] = [];
  for (const layer of layers) {
    let top = 0;
    for (const v of layer) {
      y[v] = top + (heights[v] ?? 0) / 2;
      top += heights[v] ?? 0;
    }
    for (const v of layer) y[v] = (y[v] ?? 0) - top / 2;
  }
  for (let round = 0; round < 60; round++) {
    for (const layer of round % 2 === 0 ? layers : layers.toReversed()) settle(layer, y, heights, pulls);
  }
  return y;
}

/** Moves the vertices of a layer to the weighted middle of their neighbours, as far as their order and heights allow. */
function settle(
  layer: readonly number[],
  y: number[],
  heights: readonly number[],
  pulls: readonly (readonly Pull[])[],
): void {
  // The offset makes "no overlap" mean "does not fall"; blocks that fall are averaged (pool adjacent violators).
  let offset = 0;
  const blocks: { sum: number; weight: number; count: number }[] = [];
  const offsets: number[] = [];
  layer.forEach((v, i) => {
    if (i > 0) offset += ((heights[layer[i - 1] ?? v] ?? 0) + (heights[v] ?? 0)) / 2;
    offsets.push(offset);
    const near = pulls[v] ?? [];
    const weight = near.reduce((sum, pull) => sum + pull.weight, 0) || 0.01;
    const wanted =
      near.length === 0 ? (y[v] ?? 0) : near.reduce((sum, p) => sum + p.weight * (y[p.to] ?? 0), 0) / weight;
    blocks.push({ sum: (wanted - offset) * weight, weight, count: 1 });
    for (;;) {
      const [a, b] = [blocks.at(-2), blocks.at(-1)];
      if (!a || !b || a.sum / a.weight <= b.sum / b.weight) break;
      blocks.splice(-2, 2, { sum: a.sum + b.sum, weight: a.weight + b.weight, count: a.count + b.count });
    }
  });
  let i = 0;
  for (const { sum, weight, count } of blocks) {
    for (let k = 0; k < count; k++, i++) y[present(layer[i], 'a vertex')] = sum / weight + (offsets[i] ?? 0);
  }
}
