/** The panel of one body: a cell, or the network as a whole. */
import { present } from '../../../util/invariant.ts';
import type { Decision, DecisionId, SpaceNodeId } from '../../space/space.ts';
import type { Box, Panel } from './drawing.ts';
import { elementsOf, isChosen, type Element } from './elements.ts';
import { foldPanel } from './fold.ts';
import { answerText, nameOf, operationText, rangeText, shapeOf } from './label.ts';
import { baseOf, indexOf, joined, segmentsOf, unclaimed } from './paths.ts';
import { Sketch, type Shape } from './sketch.ts';
import { gatherUnits, isMerge, tintOf, type Link, type Scope, type Unit, type Units } from './units.ts';
import type { Walker } from './walk.ts';

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
  /** Values that one unit alone depends on, and nothing else shows. */
  readonly #owners = new Map<DecisionId, Set<Unit>>();
  readonly #shown = new Set<DecisionId>();
  /** Long lists of options, with the names of the choices that offer them. */
  readonly #lists = new Map<string, Set<string>>();

  constructor(walker: Walker, scope: Scope, subject: Subject) {
    this.#walker = walker;
    this.#scope = scope;
    this.#subject = subject;
    this.#units = gatherUnits(walker, scope);
    this.#elements = elementsOf(walker, this.#units);
    for (const unit of this.#units.units) {
      for (const id of unit.nodes) {
        for (const decision of walker.askedBy(walker.node(id))) {
          const owners = this.#owners.get(decision) ?? new Set();
          this.#owners.set(decision, owners.add(unit));
        }
      }
    }
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
    const lists = [...this.#lists].map(([list, names]) => `${[...names].join(', ')}: ${list}`);
    const notes = [...this.#sharedLabel(), ...lists, ...this.#notes()].flatMap(wrapped);
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
    const details = this.#details(unit);
    const tint = tintOf(walker, unit);
    const onEdge = unit.element !== undefined;
    const parent = joined(unit.path.slice(0, -1));
    if (single !== undefined && walker.node(single).kind === 'scan') this.#drawScan(unit, single);
    else if (unit.cell !== undefined) {
      this.#sketch.add(unit.id, 'cell', [unit.cell], { shape });
    } else if (!walker.choices && isChosen(walker, unit)) {
      this.#sketch.add(unit.id, 'choice', this.#choiceLines(unit, onEdge ? 'edge' : 'box'), {
        shape,
        tint,
        onEdge,
      });
    } else if (single !== undefined && isMerge(walker, single) && unit.options.size === 0) {
      const name = operationText(walker, single);
      const sign = mergeSigns[name];
      this.#sketch.add(unit.id, sign ? 'merge' : 'operation', [sign ?? name], { shape });
    } else {
      const chosen = this.#labelsOf(unit.options);
      const bare = single !== undefined && (lone || tint === 'pool');
      const own = bare ? operationText(walker, single) : nameOf(walker, unit, depth);
      // What was chosen names what was built for it; a part of the body keeps its own name.
      const isPart = unit.element === undefined && !chosen.includes(unit.path.at(-1) ?? '');
      const name = chosen.length > 0 && !isPart ? chosen.join(', ') : own;
      const summary = chosen.length > 0 || bare || details.length > 0 ? [] : this.#summary(unit, name);
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
        lines.push(...this.#choiceLines(unit, 'node'));
      else if (unit.options.size > 0) lines.push(this.#labelsOf(unit.options).join(', '));
      else if (joined(unit.path) === path) lines.push(...this.#summary(unit, label));
      else if (isMerge(this.#walker, unit.nodes[0] ?? 0)) {
        const name = operationText(this.#walker, unit.nodes[0] ?? 0);
        const isTold = name !== 'add' && unit.nodes.length === 1 && this.#subject.cell !== undefined;
        if (isTold && this.#units.links.filter((link) => link.to === unit).length > 1) lines.push(name);
      }
      lines.push(...this.#details(unit));
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

  #boxOf(unit: Unit): string {
    const element = this.#elements.find(({ core, results }) => core.has(unit) || results.has(unit));
    return element ? elementId(element.path) : unit.id;
  }

  // -------------------------------------------------------------- edges

  #drawLink({ from, to, options, open }: Link): void {
    const source = typeof from === 'number' ? inputId(from) : this.#sourceOf(from, to);
    const target = this.#elements.find(({ core }) => core.has(to));
    for (const { decision } of options) this.#shown.add(decision);
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

  // -------------------------------------------------------------- words

  #labelsOf(options: ReadonlyMap<DecisionId, string>): readonly string[] {
    for (const decision of options.keys()) this.#shown.add(decision);
    return [...options].sort(([a], [b]) => a - b).map(([, label]) => label);
  }

  /** Values that only this unit depends on. */
  #valuesOf(unit: Unit): readonly DecisionId[] {
    const own = [...this.#owners].filter(([, owners]) => owners.size === 1 && owners.has(unit));
    const ids = own.map(([decision]) => decision).sort((a, b) => a - b);
    return ids.filter((id) => {
      const { kind, options } = this.#walker.structure.decision(id);
      return kind === 'value' && options.length > 1;
    });
  }

  /** The same in words. */
  #details(unit: Unit): readonly string[] {
    const parts = this.#valuesOf(unit).flatMap((decision) => {
      this.#shown.add(decision);
      return answerText(this.#walker, decision) ?? [];
    });
    return parts.length === 0 ? [] : [parts.join(', ')];
  }

  /** What a closed body computes, where that is short. */
  #summary(unit: Unit, name: string): readonly string[] {
    const main = unit.nodes.filter((id) => tintOf(this.#walker, { ...unit, nodes: [id] }) !== 'plain');
    const names = (main.length > 0 ? main : unit.nodes).map((id) => operationText(this.#walker, id));
    const text = names.length > 2 ? '' : names.join(', ');
    return text === '' || text === name ? [] : [text];
  }

  /**
   * The choices in a unit. On an edge the options; in a node one line for each choice; otherwise the decision and below it
   * the options, each with the values that are open in it.
   */
  #choiceLines(unit: Unit, where: 'edge' | 'node' | 'box'): readonly string[] {
    const { structure } = this.#walker;
    // A cell that the unit uses has choices of its own, which its own panel shows.
    const all = unit.nodes.flatMap((id) => structure.choices.get(id)?.decision ?? []);
    const inside = all.filter((d) => d.cell === this.#subject.cell);
    const outer = inside
      .filter((d) => !inside.some((other) => isWithin(d, other)))
      .sort((a, b) => a.id - b.id);
    const decisions = [...inside, ...this.#valuesOf(unit).map((id) => structure.decision(id))];
    for (const { id } of decisions) this.#shown.add(id);
    const members = outer.length > 0 ? [] : this.#memberLines(unit);
    const lines = outer.flatMap((decision): readonly string[] => {
      const labels = decision.options.map((o) => o.label);
      const name = lastOf(decision);
      if (where === 'edge') return [labels.join(' | ')];
      if (where === 'node') return [this.#listed(name, labels)];
      const options = labels.map((label) => {
        const values = decisions.filter(
          (d) => d.kind === 'value' && d.path.startsWith(`${decision.path}.${label}.`),
        );
        const texts = [...new Set(values.flatMap((d) => answerText(this.#walker, d.id) ?? []))];
        return texts.length === 0 ? label : `${label}: ${texts.slice(0, 4).join(', ')}`;
      });
      return [name, ...(options.length > 8 ? [...options.slice(0, 7), '..'] : options)];
    });
    return where === 'box' ? [...members, ...lines] : [...members, ...lines, ...this.#details(unit)];
  }

  /** A choice of several operations. */
  #memberLines(unit: Unit): readonly string[] {
    const subset = this.#walker.structure.space.subsets.find(({ labels }) =>
      labels.some((label) =>
        unit.nodes.some((id) => this.#walker.structure.path(id)[unit.path.length] === label),
      ),
    );
    return subset ? [this.#listed(segmentsOf(subset.path).at(-1) ?? '', subset.labels)] : [];
  }

  /** A name with its options; many of them are listed in a note instead. */
  #listed(name: string, labels: readonly string[]): string {
    if (labels.length <= 3) return `${name}: ${labels.join(' | ')}`;
    const list = labels.join(' | ');
    this.#lists.set(list, (this.#lists.get(list) ?? new Set()).add(name));
    return name;
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

  /** What every edge offers is said once; what edges offer otherwise is cut short. */
  #sharedLabel(): readonly string[] {
    const sketch = this.#sketch;
    if (this.#walker.choices) return [];
    const labels = new Set(sketch.edges.flatMap((edge) => (edge.label.includes(' | ') ? [edge.label] : [])));
    const [only] = labels;
    // Edges that are open without a choice of operations would seem to offer it too.
    const bare = sketch.edges.some(
      (edge) => edge.open && edge.label === '' && sketch.shapes.get(edge.to)?.role === 'node',
    );
    const shared = labels.size === 1 && only !== undefined && !bare;
    sketch.edges = sketch.edges.map((edge) => {
      if (!edge.label.includes(' | ')) return edge;
      const label = shared ? '' : rangeText(edge.label.split(' | '));
      return { ...edge, label, open: true };
    });
    if (shared) return [`dashed edges: ${only}`];
    return [...labels]
      .filter((l) => rangeText(l.split(' | ')) !== l)
      .map((l) => `${rangeText(l.split(' | '))}: ${l}`);
  }

  /** Answers of this body that nothing shows. */
  #notes(): readonly string[] {
    const { space } = this.#walker.structure;
    const texts: string[] = [];
    for (const { id, cell, kind, options } of space.decisions) {
      if (options.length < 2 || cell !== this.#subject.cell || kind !== 'value' || this.#shown.has(id))
        continue;
      const text = answerText(this.#walker, id);
      if (text !== undefined) texts.push(text);
    }
    return texts.length === 0 ? [] : [texts.slice(0, 10).join(',  ') + (texts.length > 10 ? ', ..' : '')];
  }
}

const mergeSigns: Readonly<Record<string, string>> = { add: '+', mul: '×', sub: '−' };
const signWords: Readonly<Record<string, string>> = { '+': 'add', '×': 'mul', '−': 'sub' };

const lastOf = ({ path }: Decision): string => segmentsOf(path).at(-1) ?? path;
const isWithin = (inner: Decision, outer: Decision): boolean => inner.path.startsWith(`${outer.path}.`);

/** Lines of a long note. */
function wrapped(note: string): readonly string[] {
  const lines: string[] = [];
  for (const word of note.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 150) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const inputId = (id: SpaceNodeId): string => `input ${id}`;
const elementId = (path: string): string => `node ${path}`;

export type { Shape };
