/** What is written in the boxes of one body, and in the notes below it. */
import type { Decision, DecisionId } from '../../space/space.ts';
import { answerText, operationText, rangeText } from './label.ts';
import { segmentsOf } from './paths.ts';
import type { Sketch } from './sketch.ts';
import { tintOf, type Unit, type Units } from './units.ts';
import type { Walker } from './walk.ts';

/** Words for the units of a body. Remembers which decisions they show; the notes tell the others. */
export class Words {
  readonly #walker: Walker;
  /** The cell that the body is, where it is one. */
  readonly #cell: string | undefined;
  /** Values that one unit alone depends on, and nothing else shows. */
  readonly #owners = new Map<DecisionId, Set<Unit>>();
  readonly #shown = new Set<DecisionId>();
  /** Long lists of options, with the names of the choices that offer them. */
  readonly #lists = new Map<string, Set<string>>();

  constructor(walker: Walker, cell: string | undefined, { units }: Units) {
    this.#walker = walker;
    this.#cell = cell;
    for (const unit of units) {
      for (const id of unit.nodes) {
        for (const decision of walker.askedBy(walker.node(id))) {
          const owners = this.#owners.get(decision) ?? new Set();
          this.#owners.set(decision, owners.add(unit));
        }
      }
    }
  }

  /** A decision is shown otherwise than in words. */
  show(decision: DecisionId): void {
    this.#shown.add(decision);
  }

  /** The labels of chosen options, in the order of their decisions, which they show. */
  labelsOf(options: ReadonlyMap<DecisionId, string>): readonly string[] {
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

  /** The values that only this unit depends on, in words. */
  details(unit: Unit): readonly string[] {
    const parts = this.#valuesOf(unit).flatMap((decision) => {
      this.#shown.add(decision);
      return answerText(this.#walker, decision) ?? [];
    });
    return parts.length === 0 ? [] : [parts.join(', ')];
  }

  /** What a closed body computes, where that is short. */
  summary(unit: Unit, name: string): readonly string[] {
    const main = unit.nodes.filter((id) => tintOf(this.#walker, { ...unit, nodes: [id] }) !== 'plain');
    const names = (main.length > 0 ? main : unit.nodes).map((id) => operationText(this.#walker, id));
    const text = names.length > 2 ? '' : names.join(', ');
    return text === '' || text === name ? [] : [text];
  }

  /**
   * The choices in a unit. On an edge the options; in a node one line for each choice; otherwise the decision and below it
   * the options, each with the values that are open in it.
   */
  choiceLines(unit: Unit, where: 'edge' | 'node' | 'box'): readonly string[] {
    const { structure } = this.#walker;
    // A cell that the unit uses has choices of its own, which its own panel shows.
    const all = unit.nodes.flatMap((id) => structure.choices.get(id)?.decision ?? []);
    const inside = all.filter((d) => d.cell === this.#cell);
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
    return where === 'box' ? [...members, ...lines] : [...members, ...lines, ...this.details(unit)];
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

  /** What is told below the body; labels that all edges have move there. */
  notes(sketch: Sketch): readonly string[] {
    const lists = [...this.#lists].map(([list, names]) => `${[...names].join(', ')}: ${list}`);
    return [...this.#sharedLabel(sketch), ...lists, ...this.#unshown()].flatMap(wrapped);
  }

  /** What every edge offers is said once; what edges offer otherwise is cut short. */
  #sharedLabel(sketch: Sketch): readonly string[] {
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
  #unshown(): readonly string[] {
    const { space } = this.#walker.structure;
    const texts: string[] = [];
    for (const { id, cell, kind, options } of space.decisions) {
      if (options.length < 2 || cell !== this.#cell || kind !== 'value' || this.#shown.has(id)) continue;
      const text = answerText(this.#walker, id);
      if (text !== undefined) texts.push(text);
    }
    return texts.length === 0 ? [] : [texts.slice(0, 10).join(',  ') + (texts.length > 10 ? ', ..' : '')];
  }
}

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
