/** Makes the picture of a whole network small: operations in a row share a box, and what repeats is drawn once. */
import type { Shape } from './sketch.ts';
import type { Sketch } from './sketch.ts';

/** Folds what can be; `whole` for the network around the cells, where repeated boxes are drawn once. */
export function foldPanel(sketch: Sketch, whole: boolean): void {
  dropLoneMerges(sketch);
  joinRows(sketch);
  if (whole) {
    straightenCells(sketch);
    foldRepeats(sketch);
  }
  splitResiduals(sketch);
  sketch.tidy();
}

/** A sum of one tensor is that tensor. */
function dropLoneMerges(sketch: Sketch): void {
  for (const shape of Array.from(sketch.shapes.values())) {
    const only =
      shape.role === 'merge' && sketch.outOf(shape.id).length > 0 && sketch.only(sketch.into(shape.id));
    if (!only) continue;
    // The fold over a sequence says how often its stage is applied.
    const before = shape.times === undefined ? undefined : sketch.shapes.get(only.from);
    if (before) [before.times, before.shape] = [shape.times, shape.shape];
    sketch.bypass(shape.id, '', 'plain');
  }
  sketch.tidy();
}

/** `conv`, `batch_norm`, `relu` in a row, in one body. */
function joinRows(sketch: Sketch): void {
  for (const shape of sketch.ordered()) {
    if (shape.parent === undefined) continue;
    const edge = sketch.only(sketch.into(shape.id));
    const before = edge && edge.label === '' ? sketch.shapes.get(edge.from) : undefined;
    if (
      before?.parent !== shape.parent ||
      !sketch.only(sketch.outOf(before.id)) ||
      before.role !== 'operation'
    )
      continue;
    shape.lines = [...before.lines, ...shape.lines];
    if (shape.tint === 'plain' || before.tint === 'weights') shape.tint = before.tint;
    sketch.redirect(before.id, shape.id);
    sketch.remove(before.id);
    sketch.tidy();
  }
}

/** A cell reads the two before it; the network is drawn as a chain of what each reads last. */
function straightenCells(sketch: Sketch): void {
  const place = new Map(sketch.ordered().map((shape, i) => [shape.id, i]));
  for (const shape of sketch.shapes.values()) {
    if (shape.role !== 'cell') continue;
    const ins = [...sketch.into(shape.id)].sort(
      (a, b) => (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0),
    );
    const dropped = new Set(ins.slice(0, -1));
    sketch.edges = sketch.edges.filter((edge) => !dropped.has(edge));
  }
}

/** Equal but for the number of the turn in their names. */
const sameBox = (a: Shape, b: Shape): boolean =>
  a.role === b.role && a.shape === b.shape && a.residual === b.residual && wordsOf(a) === wordsOf(b);

const wordsOf = ({ lines: [first = '', ...rest] }: Shape): string => [withoutTurn(first), ...rest].join('\n');

const withoutTurn = (name: string): string => name.replace(/\[\d+\]$/, '');

/** A row of equal boxes is one, with the number of times; of which only some may be there, with the least and the most. */
function foldRepeats(sketch: Sketch): void {
  for (const first of sketch.ordered()) {
    if (
      !sketch.shapes.has(first.id) ||
      first.role === 'input' ||
      first.role === 'node' ||
      first.role === 'merge'
    )
      continue;
    const row = [first];
    for (let last: Shape = first; ;) {
      const next = sketch
        .outOf(last.id)
        .map((edge) => sketch.shapes.get(edge.to))
        .find((shape) => shape !== undefined && sameBox(shape, first));
      if (
        !next ||
        next === last ||
        !sketch.only(sketch.into(next.id)) ||
        sketch.into(next.id)[0]?.label !== ''
      )
        break;
      row.push(next);
      last = next;
    }
    if (row.length < 2) continue;
    const last = row.at(-1) ?? first;
    const ends = new Set(sketch.outOf(last.id).map((edge) => edge.to));
    const exits = row.map((shape, i) => {
      const others = sketch.outOf(shape.id).filter((edge) => edge.to !== row[i + 1]?.id);
      return { shape, others, fits: others.every((edge) => ends.has(edge.to)) };
    });
    if (!exits.every((exit) => exit.fits)) continue;
    const least = exits.findIndex((exit) => exit.others.length > 0) + 1;
    const most = row.length;
    first.times = least < most ? `${least}..${most}` : String(most);
    if (first.role === 'choice') first.lines[0] = withoutTurn(first.lines[0] ?? '');
    const outs = sketch.outOf(last.id);
    for (const shape of row.slice(1)) sketch.remove(shape.id);
    sketch.edges = sketch.edges.filter((edge) => edge.from !== first.id);
    sketch.edges.push(...outs.map((edge) => ({ ...edge, from: first.id, open: false })));
  }
}

/** A box whose input is added to its result is drawn with the sum and the way around. */
function splitResiduals(sketch: Sketch): void {
  for (const shape of Array.from(sketch.shapes.values())) {
    if (!shape.residual || shape.role === 'output') continue;
    if (shape.times !== undefined) {
      shape.lines.push('and skip');
      continue;
    }
    const ins = sketch.into(shape.id);
    const input = sketch.only(ins);
    if (!input) continue;
    const sum = `${shape.id} +`;
    sketch.edges = sketch.edges.map((edge) => (edge.from === shape.id ? { ...edge, from: sum } : edge));
    sketch.add(sum, 'merge', ['+'], { shape: shape.shape });
    shape.shape = undefined;
    sketch.edges.push({ from: shape.id, to: sum, label: '', tint: 'plain', open: false });
    sketch.edges.push({ from: input.from, to: sum, label: '', tint: 'plain', open: false });
  }
}
