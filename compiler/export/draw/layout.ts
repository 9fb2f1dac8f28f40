/** From a Drawing to places on a page: boxes, labels on edges, and the ways of the edges. */
import { present } from '../../../util/invariant.ts';
import type { Box, Drawing, Edge, Panel } from './drawing.ts';
import { layoutRow, rowsOf } from './row.ts';
import { metrics, textWidth } from './text.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedBox extends Rectangle {
  readonly box: Box;
}

export interface PlacedLabel extends Rectangle {
  readonly edge: Edge;
}

/** A way through points. */
export interface Way {
  readonly edge: Edge;
  /** Smooth ways leave and arrive level at each point; square ones have corners. */
  readonly form: 'smooth' | 'square';
  readonly points: readonly (readonly [number, number])[];
  /** Whether it ends at its box, with an arrow, or at its label. */
  readonly arrow: boolean;
}

export interface PlacedPanel extends Rectangle {
  readonly panel: Panel;
  readonly boxes: readonly PlacedBox[];
  readonly labels: readonly PlacedLabel[];
  readonly ways: readonly Way[];
}

export interface Layout {
  readonly drawing: Drawing;
  readonly width: number;
  readonly height: number;
  readonly panels: readonly PlacedPanel[];
}

/** Places all panels: beside each other as long as they fit, then below. */
export function layoutDrawing(drawing: Drawing): Layout {
  const { margin, pageWidth } = metrics;
  const panels: PlacedPanel[] = [];
  let [x, y, rowHeight, width] = [margin, margin, 0, 0];
  for (const panel of drawing.panels) {
    const own = layoutPanel(panel);
    if (x > margin && x + own.width > pageWidth) [x, y, rowHeight] = [margin, y + rowHeight + margin, 0];
    panels.push(moved(own, x, y));
    width = Math.max(width, x + own.width);
    x += own.width + 2 * margin;
    rowHeight = Math.max(rowHeight, own.height);
  }
  return { drawing, width: width + margin, height: y + rowHeight + margin, panels };
}

function layoutPanel(panel: Panel): PlacedPanel {
  const top = metrics.title + metrics.note * panel.notes.length;
  const rows = rowsOf(panel);
  const boxes: PlacedBox[] = [];
  const labels: PlacedLabel[] = [];
  const ways: Way[] = [];
  // Where there are several rows, the way from one to the next needs room on both sides.
  const side = rows.length > 1 ? 22 : 0;
  let y = top;
  let width =
    Math.max(textWidth(panel.title, 15), ...panel.notes.map((note) => textWidth(note, metrics.small))) + 8;
  const ends = new Map<string, PlacedBox>();
  const tops = rows.map((row) => {
    const part = layoutRow(row.boxes, row.edges);
    const shift = <R extends Rectangle>(r: R): R => ({ ...r, x: r.x + side, y: r.y + y });
    for (const box of part.boxes.map(shift)) {
      boxes.push(box);
      ends.set(box.box.id, box);
    }
    labels.push(...part.labels.map(shift));
    ways.push(
      ...part.ways.map((w) => ({ ...w, points: w.points.map(([px, py]) => [px + side, py + y] as const) })),
    );
    width = Math.max(width, part.width + 2 * side);
    const rowTop = y;
    y += part.height + betweenRows;
    return rowTop;
  });
  rows.forEach((row, i) => {
    for (const edge of row.onward) {
      const [from, to] = [present(ends.get(edge.from), 'a box'), present(ends.get(edge.to), 'a box')];
      const points = turn(from, to, (tops[i + 1] ?? 0) - betweenRows / 2);
      ways.push({ edge, form: 'square', points, arrow: true });
    }
  });
  return { panel, x: 0, y: 0, width, height: y - betweenRows, boxes, labels, ways };
}

const betweenRows = 24;

/** From the end of one row back to the start of the next, through the room between them. */
function turn(from: Rectangle, to: Rectangle, between: number): readonly (readonly [number, number])[] {
  const [right, left] = [from.x + from.width + 14, to.x - 14];
  const [start, end] = [from.y + from.height / 2, to.y + to.height / 2];
  return [
    [from.x + from.width, start],
    [right, start],
    [right, between],
    [left, between],
    [left, end],
    [to.x, end],
  ];
}

function moved(panel: PlacedPanel, x: number, y: number): PlacedPanel {
  return { ...panel, x, y };
}
