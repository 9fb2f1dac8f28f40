/** A layout as SVG: no scripts, nothing from outside, the same text for the same drawing. */
import type { Box, Drawing, Edge } from './drawing.ts';
import { layoutDrawing, type PlacedBox, type PlacedLabel, type PlacedPanel, type Way } from './layout.ts';
import { hasShape } from './row.ts';
import { metrics } from './text.ts';

const style = `
    text { font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; font-size: ${metrics.font}px; fill: #1f2328; text-anchor: middle; }
    .title { font-size: 15px; font-weight: bold; text-anchor: start; }
    .note { font-size: ${metrics.small}px; fill: #57606a; text-anchor: start; }
    .more { font-size: ${metrics.small}px; fill: #3d444d; }
    .caption { font-size: ${metrics.small - 1}px; fill: #57606a; }
    .times { font-size: ${metrics.small}px; font-weight: bold; }
    .box { stroke: #6e7781; stroke-width: 1; fill: #ffffff; }
    .input { fill: #dcefd8; stroke: #5c9154; }
    .node { fill: #dbe7f6; stroke: #5578a6; }
    .output { fill: #f7ecc6; stroke: #a58a33; }
    .cell { fill: #e6e0f3; stroke: #7862a8; }
    .choice { fill: #ffffff; stroke: #b05f2a; stroke-dasharray: 4 3; }
    .weights { fill: #eaf1fb; }
    .pool { fill: #fdebdd; }
    .zero { fill: #ffffff; }
    .plain { fill: #f3f4f6; }
    .label { stroke: none; }
    .label-text { font-size: ${metrics.small}px; }
    .edge { fill: none; stroke: #57606a; stroke-width: 1.2; }
    .open { stroke: #a7afb9; stroke-dasharray: 4 3; }
    .head { fill: #57606a; }
    .open-head { fill: #a7afb9; }`;

/** Draws a drawing. */
export function renderSvg(drawing: Drawing): string {
  const { width, height, panels } = layoutDrawing(drawing);
  const [w, h] = [number(width), number(height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-labelledby="title desc">
  <title id="title">${escapeXml(drawing.title)}</title>
  <desc id="desc">${escapeXml(drawing.description)}</desc>
  <style>${style}
  </style>
  <rect width="${w}" height="${h}" fill="#ffffff"/>
${panels.map(renderPanel).join('\n')}
</svg>
`;
}

/** Text and attribute values; characters that XML does not know are left out. */
export function escapeXml(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

const number = (value: number): string => String(Math.round(value * 10) / 10);

function renderPanel({ panel, x, y, boxes, labels, ways }: PlacedPanel): string {
  const notes = panel.notes.map((note, i) => textAt(note, 0, metrics.title + metrics.note * i, 'note'));
  const parts = [
    textAt(panel.title, 0, 16, 'title'),
    ...notes,
    // What is open is drawn first, under the rest.
    ...[...ways].sort((a, b) => Number(isFaint(b.edge)) - Number(isFaint(a.edge))).map(renderWay),
    ...labels.map(renderLabel),
    ...boxes.map(renderBox),
  ];
  return `  <g transform="translate(${number(x)} ${number(y)})">\n    ${parts.join('\n    ')}\n  </g>`;
}

function renderBox({ box, x, y, width, height }: PlacedBox): string {
  const middle = x + width / 2;
  const classes = `box ${box.role === 'operation' ? box.tint : box.role === 'merge' ? 'plain' : box.role}`;
  const outline =
    box.role === 'merge'
      ? `<circle cx="${number(middle)}" cy="${number(y + height / 2)}" r="${number(width / 2)}" class="${classes}"/>`
      : `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${radius(box)}" class="${classes}"/>`;
  const first = y + (height - metrics.line * box.lines.length) / 2 + 12;
  const lines = box.lines.map((line, i) =>
    textAt(line, middle, first + metrics.line * i, i === 0 ? '' : 'more'),
  );
  const times = box.times === undefined ? [] : [textAt(`× ${box.times}`, middle, y - 5, 'times')];
  const shape = hasShape(box)
    ? [textAt(box.shape ?? '', middle, y + height + (box.times === undefined ? 13 : 15), 'caption')]
    : [];
  const behind =
    box.times === undefined
      ? ''
      : `<rect x="${number(x + 3)}" y="${number(y + 3)}" width="${number(width)}" height="${number(height)}" rx="${radius(box)}" class="${classes}"/>`;
  return [behind, outline, ...lines, ...times, ...shape].filter((part) => part !== '').join('');
}

const radius = ({ role }: Box): number => (role === 'input' || role === 'output' ? 10 : 4);

function renderLabel({ edge, x, y, width, height }: PlacedLabel): string {
  const rect = `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${number(height / 2)}" class="label ${edge.tint}"/>`;
  return rect + textAt(edge.label, x + width / 2, y + height / 2 + 4, 'label-text');
}

function renderWay({ edge, form, points, arrow }: Way): string {
  const classes = isFaint(edge) ? 'edge open' : 'edge';
  const path = `<path d="${form === 'smooth' ? smooth(points) : square(points)}" class="${classes}"/>`;
  return arrow ? path + head(points, edge) : path;
}

const isFaint = ({ open, tint }: Edge): boolean => open || tint === 'zero';

type Points = readonly (readonly [number, number])[];

/** Level at every point: cubic curves whose handles reach half way. */
function smooth(points: Points): string {
  return points
    .map(([x, y], i) => {
      const before = points[i - 1];
      if (!before) return `M${number(x)} ${number(y)}`;
      if (Math.abs(before[1] - y) < 0.05) return `H${number(x)}`;
      const half = (before[0] + x) / 2;
      return `C${number(half)} ${number(before[1])} ${number(half)} ${number(y)} ${number(x)} ${number(y)}`;
    })
    .join('');
}

/** Corners are rounded. */
function square(points: Points): string {
  return points
    .map(([x, y], i) => {
      const [before, after] = [points[i - 1], points[i + 1]];
      if (!before) return `M${number(x)} ${number(y)}`;
      if (!after) return `L${number(x)} ${number(y)}`;
      const [ax, ay] = toward([x, y], before);
      const [bx, by] = toward([x, y], after);
      return `L${number(ax)} ${number(ay)}Q${number(x)} ${number(y)} ${number(bx)} ${number(by)}`;
    })
    .join('');
}

/** A few pixels from one point towards another. */
function toward(
  [x, y]: readonly [number, number],
  [tx, ty]: readonly [number, number],
): readonly [number, number] {
  const length = Math.hypot(tx - x, ty - y) || 1;
  const part = Math.min(6, length / 2) / length;
  return [x + (tx - x) * part, y + (ty - y) * part];
}

function head(points: Points, edge: Edge): string {
  const [x, y] = points.at(-1) ?? [0, 0];
  return `<path d="M${number(x)} ${number(y)}l-7 -3.2v6.4z" class="${isFaint(edge) ? 'open-head' : 'head'}"/>`;
}

/** `c_{k-1}` is set with its index below the line. */
function textAt(text: string, x: number, y: number, classes: string): string {
  const parts = text.split(/_\{([^}]*)\}/);
  const inner = parts
    .map((part, i) => {
      if (i % 2 === 1) return `<tspan dy="3" font-size="${metrics.small - 2}">${escapeXml(part)}</tspan>`;
      return i > 0 && part !== '' ? `<tspan dy="-3">${escapeXml(part)}</tspan>` : escapeXml(part);
    })
    .join('');
  const named = classes === '' ? '' : ` class="${classes}"`;
  return `<text x="${number(x)}" y="${number(y)}"${named}>${inner}</text>`;
}
