/** One row of a panel: its vertices in layers from left to right. Long chains are parted into several rows. */
import { present } from '../../../util/invariant.ts';
import type { Box, Edge, Panel } from './drawing.ts';
import { layered, type Arc, type Layering } from './layers.ts';
import type { PlacedBox, PlacedLabel, Way } from './layout.ts';
import { placed, type Pull } from './place.ts';
import { metrics, plainText, textWidth } from './text.ts';

/** Part of a panel that stands in one row, and the edges that lead from it to the next. */
export interface Row {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly onward: readonly Edge[];
}

export interface PlacedRow {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly labels: readonly PlacedLabel[];
  readonly ways: readonly Way[];
}

/** What stands in a layer: a box, or the label of an edge. */
interface Vertex {
  readonly width: number;
  readonly height: number;
  readonly box?: Box;
  readonly edge?: Edge;
}

interface Graph {
  readonly vertices: readonly Vertex[];
  readonly arcs: readonly (Arc & { readonly edge: Edge })[];
  readonly layering: Layering;
}

function graphOf(boxes: readonly Box[], edges: readonly Edge[]): Graph {
  const vertices: Vertex[] = boxes.map((box) => ({ ...sizeOf(box), box }));
  const place = new Map(boxes.map((box, i) => [box.id, i]));
  const arcs = edges.flatMap((edge) => {
    const [from, to] = [present(place.get(edge.from), 'a box'), present(place.get(edge.to), 'a box')];
    if (edge.label === '') return [{ from, to, edge }];
    vertices.push({ width: textWidth(edge.label, metrics.small) + 10, height: metrics.line + 2, edge });
    const label = vertices.length - 1;
    return [
      { from, to: label, edge },
      { from: label, to, edge },
    ];
  });
  const late = vertices.map((v) => v.edge !== undefined || v.box?.role === 'input');
  return { vertices, arcs, layering: layered(vertices.length, arcs, late) };
}

/** Width and height of a box without what is written above and below it. */
export function sizeOf({ role, lines }: Box): { readonly width: number; readonly height: number } {
  if (role === 'merge') return { width: 20, height: 20 };
  const widths = lines.map((line, i) => textWidth(plainText(line), i === 0 ? metrics.font : metrics.small));
  return {
    width: Math.max(34, ...widths) + 2 * metrics.pad,
    height: metrics.line * lines.length + metrics.pad + 3,
  };
}

const captionHeight = 15;

/** Room above and below the middle of a vertex. */
function roomOf({ height, box }: Vertex): number {
  return height + (box && (hasShape(box) || box.times !== undefined) ? 2 * captionHeight : 0) + metrics.gapY;
}

/** Room to the left and right of it: what is written below may be wider. */
function breadthOf({ width, box }: Vertex): number {
  if (!box || !hasShape(box)) return width;
  return Math.max(width, textWidth(box.shape ?? '', metrics.small - 1));
}

/** Sums say nothing about shapes. */
export const hasShape = ({ role, shape }: Box): boolean => shape !== undefined && role !== 'merge';

/** Parts a panel that is too wide for a page where one edge alone leads on. */
export function rowsOf({ boxes, edges }: Panel): readonly Row[] {
  const { vertices, layering } = graphOf(boxes, edges);
  const { layers, routes } = layering;
  const layerOf = new Map(layers.flatMap((layer, l) => layer.map((v) => [v, l] as const)));
  const widths = layers.map(
    (layer) => metrics.gapX + Math.max(0, ...layer.map((v) => (vertices[v] ? breadthOf(vertices[v]) : 0))),
  );
  const mayEnd = layers.map((_, l) => {
    const onward = routes.filter(
      (route) => (layerOf.get(route[0] ?? 0) ?? 0) <= l && (layerOf.get(route.at(-1) ?? 0) ?? 0) > l,
    );
    const [only] = onward;
    return onward.length === 1 && only?.length === 2 && only.every((v) => vertices[v]?.box !== undefined);
  });
  // What cannot be parted says how wide a row has to be at least.
  let [piece, widest] = [0, metrics.pageWidth];
  widths.forEach((own, l) => {
    piece += own;
    widest = Math.max(widest, piece);
    if (mayEnd[l]) piece = 0;
  });
  // A first box alone is no row.
  if (widest > metrics.pageWidth) widest += 240;
  let rowOf = partRows(widths, mayEnd, widest);
  const most = Math.max(0, ...rowOf);
  // As many rows as it takes, but of about one width.
  for (let limit = most > 0 ? widest : 0; limit > 0; limit -= 20) {
    const narrower = partRows(widths, mayEnd, limit);
    if (Math.max(0, ...narrower) > most) break;
    rowOf = narrower;
  }
  const rowOfBox = new Map(boxes.map((box, i) => [box.id, rowOf[layerOf.get(i) ?? 0] ?? 0]));
  return Array.from({ length: most + 1 }, (_, r) => ({
    boxes: boxes.filter((box) => rowOfBox.get(box.id) === r),
    edges: edges.filter((e) => rowOfBox.get(e.from) === r && rowOfBox.get(e.to) === r),
    onward: edges.filter((e) => rowOfBox.get(e.from) === r && rowOfBox.get(e.to) !== r),
  }));
}

/** The row of each layer, where rows are filled up to a width. */
function partRows(widths: readonly number[], mayEnd: readonly boolean[], limit: number): number[] {
  const rowOf: number[] = [];
  let [row, width, end] = [0, 0, -1];
  widths.forEach((own, l) => {
    width += own;
    if (width > limit && end >= 0) {
      row++;
      for (let i = end + 1; i < l; i++) rowOf[i] = row;
      width = widths.slice(end + 1, l + 1).reduce((sum, w) => sum + w, 0);
      end = -1;
    }
    rowOf[l] = row;
    if (mayEnd[l]) end = l;
  });
  return rowOf;
}

/** Gives places to the boxes of one row, from (0, 0). */
export function layoutRow(boxes: readonly Box[], edges: readonly Edge[]): PlacedRow {
  const { vertices, arcs, layering } = graphOf(boxes, edges);
  const { layers, routes, count } = layering;
  const heights = Array.from({ length: count }, (_, v) => (vertices[v] ? roomOf(vertices[v]) : 14));
  const pulls: Pull[][] = Array.from({ length: count }, () => []);
  for (const route of routes) {
    route.slice(1).forEach((to, i) => {
      const from = route[i] ?? 0;
      const weight =
        from >= vertices.length && to >= vertices.length
          ? 8
          : from >= vertices.length || to >= vertices.length
            ? 2
            : 1;
      present(pulls[from], 'a vertex').push({ to, weight });
      present(pulls[to], 'a vertex').push({ to: from, weight });
    });
  }
  const y = placed(layers, heights, pulls);
  const highest = Math.min(...heights.map((h, v) => (y[v] ?? 0) - h / 2));
  const lowest = Math.max(...heights.map((h, v) => (y[v] ?? 0) + h / 2));
  const middle = (v: number): number => (y[v] ?? 0) - highest;

  const left: number[] = [];
  const right: number[] = [];
  const layerOf: number[] = [];
  let x = 0;
  layers.forEach((layer, l) => {
    const width = Math.max(0, ...layer.map((v) => (vertices[v] ? breadthOf(vertices[v]) : 0)));
    left.push(x);
    right.push(x + width);
    for (const v of layer) layerOf[v] = l;
    const climbs = routes.flatMap((route) =>
      route
        .slice(1)
        .map((to, i) => (layerOf[route[i] ?? 0] === l ? Math.abs(middle(to) - middle(route[i] ?? 0)) : 0)),
    );
    x += width + Math.min(70, metrics.gapX + 0.14 * Math.max(0, ...climbs));
  });
  const centre = (v: number): number => ((left[layerOf[v] ?? 0] ?? 0) + (right[layerOf[v] ?? 0] ?? 0)) / 2;

  const outs = ports(routes, vertices, middle, 'out');
  const ins = ports(routes, vertices, middle, 'in');
  const ways = routes.map((route, r): Way => {
    const [from, to] = [route[0] ?? 0, route.at(-1) ?? 0];
    const [a, b] = [present(vertices[from], 'a vertex'), present(vertices[to], 'a vertex')];
    const start = middle(from) + (outs.get(r) ?? 0);
    const end = middle(to) + (ins.get(r) ?? 0);
    // Beside wider boxes of its layer a way runs level, so that it meets none of them.
    const points: (readonly [number, number])[] = [
      [centre(from) + a.width / 2, start],
      [right[layerOf[from] ?? 0] ?? 0, start],
    ];
    const level = (v: number): void => {
      points.push([left[layerOf[v] ?? 0] ?? 0, middle(v)], [right[layerOf[v] ?? 0] ?? 0, middle(v)]);
    };
    route.slice(1, -1).forEach(level);
    points.push([left[layerOf[to] ?? 0] ?? 0, end], [centre(to) - b.width / 2, end]);
    return { edge: present(arcs[r], 'an edge').edge, form: 'smooth', points, arrow: b.box !== undefined };
  });
  const place = (v: number): { x: number; y: number; width: number; height: number } => {
    const { width, height } = present(vertices[v], 'a vertex');
    return { x: centre(v) - width / 2, y: middle(v) - height / 2, width, height };
  };
  return {
    width: Math.max(0, ...right),
    height: Math.max(0, lowest - highest),
    boxes: vertices.flatMap(({ box }, v) => (box ? [{ ...place(v), box }] : [])),
    labels: vertices.flatMap(({ edge }, v) => (edge ? [{ ...place(v), edge }] : [])),
    ways,
  };
}

/** Where each way meets the side of its box: spread by the heights that the ways come from. */
function ports(
  routes: readonly (readonly number[])[],
  vertices: readonly Vertex[],
  middle: (v: number) => number,
  side: 'in' | 'out',
): Map<number, number> {
  const offsets = new Map<number, number>();
  const byVertex = new Map<number, { readonly route: number; readonly y: number }[]>();
  routes.forEach((route, r) => {
    const own = (side === 'out' ? route[0] : route.at(-1)) ?? 0;
    const near = (side === 'out' ? route[1] : route.at(-2)) ?? 0;
    byVertex.set(own, [...(byVertex.get(own) ?? []), { route: r, y: middle(near) }]);
  });
  for (const [v, meeting] of byVertex) {
    const vertex = present(vertices[v], 'a vertex');
    const room = vertex.box?.role === 'merge' ? 8 : vertex.height - 12;
    const gap = meeting.length < 2 ? 0 : Math.min(9, room / (meeting.length - 1));
    meeting.sort((a, b) => a.y - b.y || a.route - b.route);
    meeting.forEach(({ route }, i) => offsets.set(route, (i - (meeting.length - 1) / 2) * gap));
  }
  return offsets;
}
