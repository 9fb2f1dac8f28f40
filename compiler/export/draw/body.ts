/** The panel of one body: a cell, or the network as a whole. */
import { present } from '../../../util/invariant.ts';
import type { SpaceNodeId } from '../../space/space.ts';
import type { Box, Panel } from './drawing.ts';
import { elementsOf, isChosen, type Element } from './elements.ts';
import { foldPanel } from './fold.ts';
import { nameOf, operationText, shapeOf } from './label.ts';
import { baseOf, indexOf, joined, segmentsOf, unclaimed } from './paths.ts';
import { Sketch } from './sketch.ts';
import { gatherUnits, isMerge, tintOf, type Link, type Scope, type Unit, type Units } from './units.ts';
import type { Walker } from './walk.ts';
import { Words } from './words.ts';

/** What a panel is of. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  /** The cell, where it is one. */
  readonly cell: string | undefined;
}

/** Draws what the results of a scope are made of. */
export function drawBody(walker: Walker, scope: Scope, subject: Subject): Panel {
  return new BodyDrawer(walker, scope, subject).draw();
}

class BodyDrawer {
  readonly #walker: Walker;
  readonly #scope: Scope;
  readonly #subject: Subject;
  readonly #units: Units;
  readonly #elements: readonly Element[];
  readonly #sketch = new Sketch();
  readonly #words: Words;

  constructor(walker: Walker, scope: Scope, subject: Subject) {
    this.#walker = walker;
    this.#scope = scope;
    this.#subject = subject;
    this.#units = gatherUnits(walker, scope);
    this.#elements = elementsOf(walker, this.#units);
    this.#words = new Words(walker, subject.cell, this.#units);
  }

  draw(): Panel {
    const { name, title, cell } = this.#subject;
    const sketch = this.#sketch;
    this.#drawInputs();
    for (const unit of this.#units.units) this.#drawUnit(unit);
    for (const element of this.#elements) this.#drawElement(element);
    for (const link of this.#units.links) this.#drawLink(link);
    this.#drawResult();
    sketch.tidy();
    if (cell !== undefined && this.#elements.length > 0) this.#absorbPreparation();
    if (cell === undefined) this.#absorbAdaptation();
    this.#labelEdges();
    sketch.tidy();
    foldPanel(sketch, cell === undefined);
    const notes = this.#words.notes(sketch);
    return {
      name,
      title,
      notes,
      boxes: sketch.ordered().map((shape): Box => {
        const { id, role, lines, tint, times } = shape;
        return { id, role, lines, tint, shape: shape.shape, times };
      }),
      edges: sketch.edges,
    };
  }

  // -------------------------------------------------------------- boxes

  /** Tensors from outside, under the names of the cell's parameters. */
  #drawInputs(): void {
    const { structure } = this.#walker;
    const sources = [
      ...new Set(this.#units.links.flatMap(({ from }) => (typeof from === 'number' ? [from] : []))),
    ].sort((a, b) => a - b);
    const tensors = structure.syntax.cells.get(this.#form())?.tensors.map((t) => t.text) ?? [];
    const isSlid = tensors.length === 2 && structure.syntax.isCalled('slide');
    sources.forEach((id, i) => {
      const node = this.#walker.node(id);
      const place = node.kind === 'scanInput' ? node.index : i + Math.max(0, tensors.length - sources.length);
      const names = isSlid && node.kind !== 'scanInput' ? ['c_{k-2}', 'c_{k-1}'] : tensors;
      const name = node.kind === 'input' ? node.name : (names[place] ?? names.at(-1) ?? 'input');
      const shape = this.#subject.cell === undefined ? shapeOf(this.#walker, id) : undefined;
      this.#sketch.add(inputId(id), 'input', [name], { shape });
    });
  }

  /** `level2` for the cell `level2[3]`. */
  #form(): string {
    return (this.#subject.cell ?? '').replace(/\[\d+\]$/, '');
  }

  #drawUnit(unit: Unit): void {
    const element = this.#elements.find(({ core }) => core.has(unit));
    if (element) return;
    const walker = this.#walker;
    const depth = this.#scope.prefix.length;
    const shape =
      this.#subject.cell === undefined ? shapeOf(walker, present(unit.nodes.at(-1), 'a node')) : undefined;
    const single = unit.nodes.length === 1 ? unit.nodes[0] : undefined;
    const lone = single !== undefined && unit.path.length === walker.structure.path(single).length;
    const details = this.#words.details(unit);
    const tint = tintOf(walker, unit);
    const onEdge = unit.element !== undefined;
    const parent = joined(unit.path.slice(0, -1));
    if (single !== undefined && walker.node(single).kind === 'scan') this.#drawScan(unit, single);
    else if (unit.cell !== undefined) {
      this.#sketch.add(unit.id, 'cell', [unit.cell], { shape });
    } else if (!walker.choices && isChosen(walker, unit)) {
      this.#sketch.add(unit.id, 'choice', this.#words.choiceLines(unit, onEdge ? 'edge' : 'box'), {
        shape,
        tint,
        onEdge,
      });
    } else if (single !== undefined && isMerge(walker, single) && unit.options.size === 0) {
      const name = operationText(walker, single);
      const sign = mergeSigns[name];
      this.#sketch.add(unit.id, sign ? 'merge' : 'operation', [sign ?? name], { shape });
    } else {
      const chosen = this.#words.labelsOf(unit.options);
      const bare = single !== undefined && (lone || tint === 'pool');
      const own = bare ? operationText(walker, single) : nameOf(walker, unit, depth);
      // What was chosen names what was built for it; a part of the body keeps its own name.
      const isPart = unit.element === undefined && !chosen.includes(unit.path.at(-1) ?? '');
      const name = chosen.length > 0 && !isPart ? chosen.join(', ') : own;
      const summary = chosen.length > 0 || bare || details.length > 0 ? [] : this.#words.summary(unit, name);
      const residual = this.#isResidual(unit);
      const minor = chosen.length === 0;
      const more = {
        shape,
        tint,
        onEdge,
        minor,
        residual,
        ...(lone && chosen.length === 0 ? { parent } : {}),
      };
      this.#sketch.add(
        unit.id,
        'operation',
        [name, ...(chosen.length > 0 && isPart ? [chosen.join(', ')] : summary), ...details],
        more,
      );
    }
  }

  /** Stands in the edge from the stage that is folded: how often that is applied is written at it. */
  #drawScan(unit: Unit, scan: SpaceNodeId): void {
    const node = this.#walker.node(scan);
    if (node.kind !== 'scan') return;
    const shape = shapeOf(this.#walker, scan);
    const steps = this.#walker.value(node.shape)?.[0];
    this.#sketch.add(unit.id, 'merge', ['scan'], {
      shape,
      times: steps === undefined ? undefined : String(steps),
    });
  }

  /** The label, then what the node does besides adding. */
  #drawElement({ path, core }: Element): void {
    const label = unclaimed(segmentsOf(path).at(-1) ?? path);
    const lines = [label];
    for (const unit of [...core].sort((a, b) => (a.nodes[0] ?? 0) - (b.nodes[0] ?? 0))) {
      if (!this.#walker.choices && isChosen(this.#walker, unit))
        lines.push(...this.#words.choiceLines(unit, 'node'));
      else if (unit.options.size > 0) lines.push(this.#words.labelsOf(unit.options).join(', '));
      else if (joined(unit.path) === path) lines.push(...this.#words.summary(unit, label));
      else if (isMerge(this.#walker, unit.nodes[0] ?? 0)) {
        const name = operationText(this.#walker, unit.nodes[0] ?? 0);
        const isTold = name !== 'add' && unit.nodes.length === 1 && this.#subject.cell !== undefined;
        if (isTold && this.#units.links.filter((link) => link.to === unit).length > 1) lines.push(name);
      }
      lines.push(...this.#words.details(unit));
    }
    const shape =
      this.#subject.cell === undefined
        ? shapeOf(this.#walker, present([...core].at(-1)?.nodes.at(-1) ?? this.#lastOf(path), 'a node'))
        : undefined;
    this.#sketch.add(elementId(path), 'node', lines, { shape });
  }

  #lastOf(path: string): SpaceNodeId | undefined {
    return this.#units.units.findLast((unit) => unit.element === path)?.nodes.at(-1);
  }

  /** What leaves a cell gets a box of its own where it is a node or lies on an edge. */
  #drawResult(): void {
    const { structure } = this.#walker;
    const isSlid =
      structure.syntax.isCalled('slide') && structure.syntax.cells.get(this.#form())?.tensors.length === 2;
    const ids = new Set(this.#units.units.filter((unit) => unit.result).map((unit) => this.#boxOf(unit)));
    const shapes = [...ids].flatMap((id) => this.#sketch.shapes.get(id) ?? []);
    if (shapes.length === 0) this.#sketch.add('result', 'output', ['none']);
    shapes.forEach((shape, i) => {
      const name = isSlid ? 'c_{k}' : shapes.length > 1 ? `result ${i + 1}` : 'result';
      if (this.#subject.cell === undefined) {
        if (shape.role === 'operation') shape.role = 'output';
      } else if (shape.role === 'node' || shape.onEdge || shape.role === 'cell') {
        const id = `result ${i}`;
        this.#sketch.add(id, 'output', [name]);
        this.#sketch.edges.push({ from: shape.id, to: id, label: '', tint: 'plain', open: false });
      } else {
        shape.role = 'output';
        const [first = '', ...rest] = shape.lines;
        shape.lines = [name, signWords[first] ?? first, ...rest];
      }
    });
  }

  #isResidual(unit: Unit): boolean {
    const inside = new Set(unit.nodes);
    return unit.nodes.some((id) => {
      const node = this.#walker.node(id);
      if (node.kind !== 'apply' || node.operation !== 'add') return false;
      const reads = this.#walker.reads(id);
      return reads.some((r) => !inside.has(r.node)) && reads.some((r) => inside.has(r.node));
    });
  }

  #boxOf(unit: Unit): string {
    const element = this.#elements.find(({ core, results }) => core.has(unit) || results.has(unit));
    return element ? elementId(element.path) : unit.id;
  }

  // -------------------------------------------------------------- edges

  #drawLink({ from, to, options, open }: Link): void {
    const source = typeof from === 'number' ? inputId(from) : this.#sourceOf(from, to);
    const target = this.#elements.find(({ core }) => core.has(to));
    for (const { decision } of options) this.#words.show(decision);
    this.#sketch.edges.push({
      from: source,
      to: target ? elementId(target.path) : to.id,
      // What a cell ends with is its own affair.
      label:
        typeof from === 'object' && from.cell !== undefined ? '' : options.map((o) => o.label).join(', '),
      tint: 'plain',
      open,
    });
  }

  /** Within a node its parts are read as they are, from outside the node as a whole. */
  #sourceOf(from: Unit, to: Unit): string {
    const element = this.#elements.find(({ core, results }) => core.has(from) || results.has(from));
    if (!element) return from.id;
    if (element.core.has(from)) return elementId(element.path);
    return from.element === to.element ? from.id : elementId(element.path);
  }

  /** What makes the inputs of a cell fit, and nothing else, is not drawn. */
  #absorbPreparation(): void {
    const sketch = this.#sketch;
    for (const unit of this.#units.units) {
      const shape = sketch.shapes.get(unit.id);
      if (
        !shape ||
        unit.element !== undefined ||
        unit.result ||
        shape.role !== 'operation' ||
        isChosen(this.#walker, unit)
      )
        continue;
      const source = sketch.only(sketch.into(unit.id));
      if (source && sketch.shapes.get(source.from)?.role === 'input') {
        sketch.redirect(unit.id, source.from);
        sketch.remove(unit.id);
      }
    }
  }

  /** A list made of another, element by element, is one step of the network: it is drawn for the last element. */
  #absorbAdaptation(): void {
    const sketch = this.#sketch;
    const groups = new Map<string, Unit[]>();
    for (const unit of this.#units.units) {
      const at = unit.path.findIndex(
        (segment) => indexOf(segment) !== undefined && !/^\d+$/.test(indexOf(segment) ?? ''),
      );
      const known =
        at >= 0 && unit.element === undefined && !isChosen(this.#walker, unit) && sketch.shapes.has(unit.id);
      if (!known) continue;
      const group = joined(unit.path.map((segment, i) => (i === at ? baseOf(segment) : segment)));
      groups.set(group, [...(groups.get(group) ?? []), unit]);
    }
    for (const group of groups.values()) {
      for (const unit of group.slice(0, -1)) {
        if (sketch.only(sketch.into(unit.id))) sketch.bypass(unit.id, '', 'plain');
      }
    }
    sketch.tidy();
  }

  /** Operations between two boxes become the label of the edge. A result that is an operation leads to its node. */
  #labelEdges(): void {
    const sketch = this.#sketch;
    for (const { path, core, results } of this.#elements) {
      for (const unit of results) {
        if (core.has(unit) || !sketch.shapes.has(unit.id)) continue;
        sketch.edges.push({ from: unit.id, to: elementId(path), label: '', tint: 'plain', open: false });
      }
    }
    this.#absorbWeights();
    for (const shape of Array.from(sketch.shapes.values())) {
      if (!shape.onEdge || !sketch.only(sketch.into(shape.id)) || !sketch.only(sketch.outOf(shape.id)))
        continue;
      const label = shape.minor ? (shape.lines[0] ?? '') : shape.lines.join(', ');
      sketch.bypass(shape.id, label, shape.tint);
    }
  }

  /** What a chosen operation reads of its source besides the source itself is part of the operation. */
  #absorbWeights(): void {
    const sketch = this.#sketch;
    for (const shape of Array.from(sketch.shapes.values())) {
      const source = sketch.only(sketch.into(shape.id));
      const readers = sketch.outOf(shape.id);
      if (!shape.onEdge || !shape.minor || !source || readers.length === 0) continue;
      const beside = readers.every(({ to }) => sketch.into(to).some((edge) => edge.from === source.from));
      if (!beside || !readers.every(({ to }) => sketch.shapes.get(to)?.onEdge)) continue;
      for (const { to } of readers) {
        const reader = sketch.shapes.get(to);
        if (reader && shape.tint !== 'plain') reader.tint = shape.tint;
      }
      sketch.remove(shape.id);
    }
  }
}

const mergeSigns: Readonly<Record<string, string>> = { add: '+', mul: '×', sub: '−' };
const signWords: Readonly<Record<string, string>> = { '+': 'add', '×': 'mul', '−': 'sub' };

const inputId = (id: SpaceNodeId): string => `input ${id}`;
const elementId = (path: string): string => `node ${path}`;
