/** What lies over what in a layout. */
import type { Layout, PlacedPanel, Rectangle, Way } from '../../../compiler/export/draw/layout.ts';

interface Named extends Rectangle {
  readonly name: string;
}

/** Everything in a layout that lies over something else or beyond the page; empty where all is well. */
export function clashesIn({ panels, width, height }: Layout): readonly string[] {
  const clashes = panels.flatMap((panel) => clashesOf(panel));
  const placed = panels.map((p): Named => ({ ...rectangle(p), name: `panel ${p.panel.title}` }));
  clashes.push(...pairsOver(placed));
  for (const { name, x, y, width: w, height: h } of placed) {
    if (x < 0 || y < 0 || x + w > width || y + h > height) clashes.push(`${name} is beyond the page`);
  }
  return clashes;
}

function clashesOf(panel: PlacedPanel): string[] {
  const things: Named[] = [
    ...panel.boxes.map((b) => ({ ...rectangle(b), name: b.box.id })),
    ...panel.labels.map((l) => ({ ...rectangle(l), name: `label ${l.edge.from} > ${l.edge.to}` })),
  ];
  const clashes = [...pairsOver(things)];
  for (const { name, x, y, width, height } of things) {
    if (x < -0.5 || y < -0.5 || x + width > panel.width + 0.5 || y + height > panel.height + 0.5) {
      clashes.push(`${name} is beyond its panel`);
    }
  }
  for (const way of panel.ways) {
    const over = things.find((thing) => pointsOf(way).some((point) => holds(thing, point)));
    if (over) clashes.push(`the way ${way.edge.from} > ${way.edge.to} crosses ${over.name}`);
  }
  return clashes;
}

const rectangle = ({ x, y, width, height }: Rectangle): Rectangle => ({ x, y, width, height });

function pairsOver(things: readonly Named[]): readonly string[] {
  return things.flatMap((a, i) =>
    things.slice(i + 1).flatMap((b) => {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      return apart ? [] : [`${a.name} lies over ${b.name}`];
    }),
  );
}

/** Well inside: ways begin and end at sides. */
function holds({ x, y, width, height }: Rectangle, [px, py]: readonly [number, number]): boolean {
  return px > x + 1 && px < x + width - 1 && py > y + 1 && py < y + height - 1;
}

/** Points along a way, as it is drawn. */
function pointsOf({ points, form }: Way): readonly (readonly [number, number])[] {
  return points.slice(1).flatMap(([x, y], i) => {
    const [x0, y0] = points[i] ?? [x, y];
    return Array.from({ length: 13 }, (_, k): readonly [number, number] => {
      const t = k / 12;
      const rise = form === 'square' ? t : 3 * t * t - 2 * t * t * t;
      const run = form === 'square' ? t : 1.5 * t - 1.5 * t * t + t * t * t;
      return [x0 + (x - x0) * run, y0 + (y - y0) * rise];
    });
  });
}
