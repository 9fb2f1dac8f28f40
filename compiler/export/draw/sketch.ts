/** A panel that is being made: boxes and edges that can be joined, replaced and removed. */
import type { BoxRole, Edge, Tint } from './drawing.ts';

/** A box that can still change. */
export interface Shape {
  readonly id: string;
  role: BoxRole;
  lines: string[];
  tint: Tint;
  shape: string | undefined;
  times: string | undefined;
  /** Whether it may become the label of an edge. */
  onEdge: boolean;
  /** Operations in a row that stand in one body have one parent, and may share a box. */
  parent: string | undefined;
  /** Whether nothing was chosen for it. */
  minor: boolean;
  /** Whether its input is added to its result. */
  residual: boolean;
}

export class Sketch {
  readonly shapes: Map<string, Shape> = new Map();
  edges: Edge[] = [];

  add(id: string, role: BoxRole, lines: readonly string[], more: Partial<Shape> = {}): Shape {
    const shape: Shape = {
      id,
      role,
      lines: [...lines],
      tint: 'plain',
      shape: undefined,
      times: undefined,
      onEdge: false,
      parent: undefined,
      minor: false,
      residual: false,
      ...more,
    };
    this.shapes.set(id, shape);
    return shape;
  }

  into(id: string): readonly Edge[] {
    return this.edges.filter((edge) => edge.to === id);
  }

  outOf(id: string): readonly Edge[] {
    return this.edges.filter((edge) => edge.from === id);
  }

  /** The one edge into a box, if there is one. */
  only(edges: readonly Edge[]): Edge | undefined {
    return edges.length === 1 ? edges[0] : undefined;
  }

  /** Removes a box, and joins what comes in with what goes out. */
  bypass(id: string, label: string, tint: Tint): void {
    const [ins, outs] = [this.into(id), this.outOf(id)];
    this.remove(id);
    for (const a of ins) {
      for (const b of outs) {
        const labels = [a.label, label, b.label].filter((text) => text !== '');
        const strongest = [a.tint, tint, b.tint].find((t) => t !== 'plain') ?? 'plain';
        this.edges.push({
          from: a.from,
          to: b.to,
          label: labels.join(', '),
          tint: strongest,
          open: a.open || b.open,
        });
      }
    }
  }

  remove(id: string): void {
    this.shapes.delete(id);
    this.edges = this.edges.filter((edge) => edge.from !== id && edge.to !== id);
  }

  /** Lets edges that led to or from `old` lead to or from `id`. */
  redirect(old: string, id: string): void {
    this.edges = this.edges.map((edge) => ({
      ...edge,
      from: edge.from === old ? id : edge.from,
      to: edge.to === old ? id : edge.to,
    }));
  }

  /** Leaves out edges from a box to itself, and unlabelled ones that say again what another says. */
  tidy(): void {
    const kept = new Map<string, Edge>();
    let count = 0;
    for (const edge of this.edges) {
      if (edge.from === edge.to || !this.shapes.has(edge.from) || !this.shapes.has(edge.to)) continue;
      const key = edge.label === '' ? `${edge.from} > ${edge.to}` : `#${count++}`;
      const known = kept.get(key);
      kept.set(key, known && !known.open ? known : edge);
    }
    this.edges = [...kept.values()];
  }

  /** Boxes so that each comes after what leads to it. */
  ordered(): readonly Shape[] {
    const order: Shape[] = [];
    const visited = new Set<string>();
    const before = new Map<string, string[]>();
    for (const { from, to } of this.edges) before.set(to, [...(before.get(to) ?? []), from]);
    const visit = (id: string): void => {
      if (visited.has(id)) return;
      visited.add(id);
      for (const other of before.get(id) ?? []) visit(other);
      const shape = this.shapes.get(id);
      if (shape) order.push(shape);
    };
    for (const id of this.shapes.keys()) visit(id);
    return order;
  }
}
