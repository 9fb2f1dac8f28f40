/** What elaboration works on: the growing space, the diagnostics, and the limits that stop bombs. */
import {
  diagnose,
  type Details,
  type Diagnostic,
  type DiagnosticKind,
  type Label,
} from '../../grammar/diagnostics.ts';
import type { CatalogueValues } from '../../grammar/catalogue.ts';
import type { BlockNode, CellNode, Expr, MotifNode } from '../../grammar/ast.ts';
import type { Location, Source, Span } from '../../grammar/source.ts';
import type { DType, Shape } from '../graph/graph.ts';
import { present } from '../../util/invariant.ts';
import { assignPaths, Body, type Paths } from './bodies.ts';
import { always, never, takes, limitWork, TooMuchWork } from './diagrams.ts';
import {
  answered,
  both,
  evaluateOpen,
  negate,
  shortestWay,
  sizeOf,
  support,
  whereThere,
  type Answer,
  TooManyCases,
} from './open.ts';
import { expand } from './derived.ts';
import type { Names } from './names.ts';
import type { Site } from './sites.ts';
import {
  firstDerived,
  type Derived,
  type Cost,
  type CountedAnswer,
  type Decision,
  type DecisionId,
  type DecisionOption,
  type Open,
  type Requirement,
  type SpaceNode,
  type SpaceNodeId,
  type StaticValue,
  type Subset,
} from './space.ts';
import type { Value } from './values.ts';

/** Beyond these a space is refused: it could not be searched anyway, and may be an attack. */
export const limits = {
  decisions: 20_000,
  nodes: 50_000,
  turns: 10_000,
  options: 100_000,
  depth: 100,
  steps: 1_500_000,
  /** Branches of diagrams that are looked at; one that is kept counts for several. */
  work: 16_000_000,
  /** Errors that are found; whoever has more begins with these. */
  reports: 200,
  /** Parts of one tuple or list, those of its parts included. */
  parts: 20_000,
} as const;

const numbers: readonly DType[] = ['f32'];

/** Ends elaboration after a limit was reported. */
export class LimitReached extends Error {}

/** A motif with the source that it stands in. */
export interface MotifDeclaration {
  readonly node: MotifNode;
  readonly source: Source;
}

/** A cell with the source that it stands in. */
export interface CellDeclaration {
  readonly node: CellNode;
  readonly source: Source;
}

/** One use of a motif or cell. */
export interface Use {
  readonly name: string;
  readonly at: Location;
  /** Its static values: what falls when a motif uses itself. */
  readonly statics: ReadonlyMap<string, Value>;
}

/** Where an expression is evaluated. */
export interface Context {
  readonly names: Names;
  readonly source: Source;
  /** Where decisions that are made here get their names. */
  readonly body: Body;
  /** Where operations that are made here get their weights. */
  readonly site: Site;
  /** When the tensors that are made here exist. */
  readonly exists: Open<boolean>;
  /** When the decisions that are made here exist: where the stage was written, not where it is used. */
  readonly decided: Open<boolean>;
  /** The uses of motifs and cells that led here, outermost first. */
  readonly uses: readonly Use[];
  /** The cell that it stands in. */
  readonly cell: string | undefined;
}

/** Labels at the innermost uses of motifs that led to a place. */
export function labelsOfUses(uses: Context['uses']): readonly Label[] {
  return uses.slice(-3).map(({ name, at }) => ({ location: at, text: `in this use of \`${name}\`` }));
}

/**
 * How expressions are evaluated. The constructs evaluate their parts through the elaboration, so that their
 * files need not know the table of all of them.
 */
export interface Evaluators {
  readonly expression: (e: Elaboration, node: Expr, context: Context, name: string | undefined) => Value;
  readonly block: (e: Elaboration, block: BlockNode, context: Context) => Value;
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

type Draft = Omit<Decision, 'path'>;

/** What an operation makes of its inputs in one case. Shapes are without the batch axis. */
export interface Fit {
  readonly shape: Shape;
  readonly cost: Cost;
}

/** Why it cannot make anything of them. */
export interface Misfit {
  readonly problem: string;
  readonly expected: string;
}

/** A count of answers, before it is known which decisions are meant. */
export interface PendingCount {
  readonly answers: CountedAnswer[];
  readonly name: string;
  readonly label: string;
  readonly at: Location;
}

/** Of more answers than this, those that follow from the others are told too. */
const mostMinimized = 24;

/** A condition with more tests than this gets a name. */
const largestUnnamed = 24;

/** Steps that a turn or a use of a motif counts for: it makes a body, which is kept. */
export const bodyWeight = 30;

/** The mutable heart of one elaboration; everything outside sees only its result. */
export class Elaboration {
  readonly motifs: ReadonlyMap<string, MotifDeclaration>;
  readonly cells: ReadonlyMap<string, CellDeclaration>;
  /** The bodies of cells by the names of their decisions: `normal`, `level2[3]`. */
  readonly cellBodies: Map<string, Body> = new Map();
  /** What the space itself declares, wherever it stands in it. */
  readonly spaceNames: Set<string> = new Set();
  readonly root: Body = new Body();
  readonly decisions: Draft[] = [];
  readonly subsets: Omit<Subset, 'path'>[] = [];
  /** What can be answered at a decision, where its options or its subset do not all go together. */
  readonly constraints: Map<DecisionId, Open<boolean>> = new Map();
  /** `count(NAME == ANSWER)` in requirements, to be filled in once decisions have their names. */
  readonly counts: PendingCount[] = [];
  readonly nodes: SpaceNode[] = [];
  /** Where each node is a tensor rather than `none`. */
  readonly presences: Open<boolean>[] = [];
  /** The types that the elements of each node may have. */
  readonly elements: (readonly DType[])[] = [];
  readonly requirements: Requirement[] = [];
  readonly derived: Derived[] = [];
  /** Shape and cost of every operation that was tried, by what decides them. */
  readonly fits: Map<string, Fit | Misfit> = new Map();
  /** What operations with open inputs come to where all of their cases fit; undefined where some do not. */
  readonly openFits: Map<string, Open<Fit> | undefined> = new Map();
  /** Input shapes at each site, to hold shared weights to one shape. */
  readonly siteShapes: Map<string, readonly Open<Shape>[]> = new Map();
  readonly #evaluators: Evaluators;
  readonly #reports: (() => Diagnostic)[] = [];
  readonly #reported = new Set<string>();
  readonly #names = new Map<Open<boolean>, Open<boolean>>();
  /** What was evaluated last. */
  place: Location | undefined;
  #steps = 0;
  #options = 0;
  #paths: Paths | undefined;

  constructor(
    motifs: ReadonlyMap<string, MotifDeclaration>,
    cells: ReadonlyMap<string, CellDeclaration>,
    evaluators: Evaluators,
  ) {
    this.motifs = motifs;
    this.cells = cells;
    this.#evaluators = evaluators;
  }

  /** Gives every decision its path, once all are there; diagnostics that tell paths are written only then. */
  name(space: string): Paths {
    return (this.#paths = assignPaths(this.root, this.cellBodies, space));
  }

  /** Evaluates an expression; `name` is the `let` or named argument whose whole value it is. */
  evaluate(node: Expr, context: Context, name?: string): Value {
    return this.#evaluators.expression(this, node, context, name);
  }

  /** Evaluates a block; its last item is its value. */
  evaluateBlock(block: BlockNode, context: Context): Value {
    return this.#evaluators.block(this, block, context);
  }

  /** Reports one diagnostic; the same kind at the same place is reported once, however often it is met. */
  report<K extends DiagnosticKind>(
    kind: K,
    values: CatalogueValues[K],
    at: Location,
    details: Details | (() => Details) = {},
  ): void {
    const key = `${kind} ${at.source.name} ${at.span.start} ${at.span.end}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    if (this.#reports.length >= limits.reports) {
      this.#reports.push(() => diagnose('stoppedReporting', { limit: limits.reports }, {}));
      throw new LimitReached();
    }
    this.#reports.push(() => {
      if (typeof details !== 'function') return diagnose(kind, values, { at, ...details });
      try {
        return diagnose(kind, values, { at, ...limitWork(limits.work, details) });
      } catch (error) {
        // To say when it happens is too much work.
        if (error instanceof TooMuchWork || error instanceof TooManyCases)
          return diagnose(kind, values, { at });
        throw error;
      }
    });
  }

  get hasReports(): boolean {
    return this.#reports.length > 0;
  }

  /** All reports, in the order of the text. */
  diagnostics(): readonly Diagnostic[] {
    const place = (d: Diagnostic): number => d.primary?.location.span.start ?? Infinity;
    return this.#reports.map((make) => make()).sort((a, b) => place(a) - place(b));
  }

  /** Reports that a limit is passed, and ends. */
  stop(what: string, limit: number, at: Location): never {
    this.report('limitReached', { what, limit }, at);
    throw new LimitReached();
  }

  /** Counts work, so that no file can keep the compiler busy for long: 1 for a small expression. */
  step(at: Location, weight = 1): void {
    this.place = at;
    this.#steps += weight;
    if (this.#steps > limits.steps) this.stop('steps of evaluation', limits.steps, at);
  }

  addDecision(draft: Omit<Draft, 'id'>): DecisionId {
    const id: DecisionId = this.decisions.length;
    this.#options += draft.options.length;
    if (id >= limits.decisions) this.stop('decisions', limits.decisions, draft.location);
    if (this.#options > limits.options) this.stop('options of all decisions', limits.options, draft.location);
    this.decisions.push({ ...draft, id });
    return id;
  }

  /** Adds a node; `there` says where it is a tensor rather than `none`. */
  addNode(node: Unnumbered<SpaceNode>, at: Location, there: Open<boolean> = always): SpaceNodeId {
    const id: SpaceNodeId = this.nodes.length;
    if (id >= limits.nodes) this.stop('operations', limits.nodes, at);
    this.elements.push(this.#elementsOf(node));
    this.nodes.push({ ...node, id });
    this.presences.push(there);
    return id;
  }

  /** Only inputs are tokens. */
  #elementsOf(node: Unnumbered<SpaceNode>): readonly DType[] {
    if (node.kind === 'input') return [node.dtype];
    if (node.kind !== 'select') return numbers;
    const all = node.inputs.flatMap((input) => (input === undefined ? [] : (this.elements[input] ?? [])));
    return all.every((dtype) => dtype === 'f32') ? numbers : [...new Set(all)];
  }

  node(id: SpaceNodeId): SpaceNode {
    return present(this.nodes[id], `node ${id} of the space`);
  }

  options(id: DecisionId): readonly DecisionOption[] {
    return present(this.decisions[id], `decision ${id}`).options;
  }

  /** Whether a decision exists in every architecture. */
  readonly isAlways = (id: DecisionId): boolean =>
    id >= firstDerived || this.decisions[id]?.exists === always;

  /**
   * Where `condition` and everything that can be answered together hold: narrows `condition` by the constraints of all
   * decisions that it depends on, and of those that these depend on.
   */
  feasible(condition: Open<boolean>): Open<boolean> {
    if (condition === never || condition === always) return condition;
    let result = whereThere(condition, this.isAlways);
    const done = new Set<DecisionId>();
    for (;;) {
      const next = support(result).find(
        (id) => id >= firstDerived || (!done.has(id) && this.constraints.has(id)),
      );
      if (next === undefined) return whereThere(result, this.isAlways);
      done.add(next);
      if (next >= firstDerived) result = expand(result, (id) => this.#definition(id)) ?? never;
      else result = both(result, this.constraints.get(next) ?? always);
      if (result === never) return never;
    }
  }

  #definition(id: DecisionId): Open<boolean> {
    return present(this.derived[id - firstDerived], 'a derived value').definition;
  }

  /** `condition`, under a name of its own where it has grown large. */
  named(condition: Open<boolean>): Open<boolean> {
    if (condition.kind === 'fixed') return condition;
    const read = support(condition);
    for (const id of read.toReversed()) {
      if (id < firstDerived || read.length === 1) break;
      // What holds only where a name holds is that and the rest, which others may share.
      if (answered(condition, id, 1) !== never) continue;
      const rest = answered(condition, id, 0);
      if (rest) return both(takes(id, 0, 2, true), this.named(rest));
    }
    const overNames = present(read[0], 'a decision') >= firstDerived;
    if (overNames ? read.length === 1 : sizeOf(condition) <= largestUnnamed) return condition;
    const known = this.#names.get(condition);
    if (known) return known;
    const id: DecisionId = firstDerived + this.derived.length;
    const name = takes(id, 0, 2, true);
    this.derived.push({ id, definition: condition });
    this.#names.set(condition, name);
    return name;
  }

  /** Tells the fewest answers that lead to `condition` in words: `depth = 2, late[1].k = 5`. */
  tell(condition: Open<boolean>): { readonly told: string; readonly choices: readonly number[] } {
    const answers = shortestWay(condition) ?? [];
    const choices: number[] = [];
    for (const { decision, option } of answers) {
      choices[decision] = decision < firstDerived && option >= this.options(decision).length ? -1 : option;
    }
    this.#settleDerived(choices);
    const told = answers.filter(
      ({ decision, option }) => decision < firstDerived && option < this.options(decision).length,
    );
    const needed = this.#withoutImplied(condition, told);
    return { told: needed.map((answer) => this.tellAnswer(answer)).join(', '), choices };
  }

  /** Adds the derived values that follow from the answers. */
  #settleDerived(choices: number[]): void {
    for (const { id, definition } of this.derived) {
      let rest: Open<boolean> | undefined = definition;
      for (const decision of support(definition)) {
        const option = choices[decision];
        if (rest && option !== undefined) rest = answered(rest, decision, option);
      }
      if (rest?.kind === 'fixed') choices[id] = rest.value ? 0 : 1;
    }
  }

  /** Leaves out answers that follow from the others: where two of three are chosen, the third is not. */
  #withoutImplied(condition: Open<boolean>, told: readonly Answer[]): readonly Answer[] {
    if (told.length > mostMinimized) return told;
    const otherwise = negate(condition);
    const isOut = ({ decision, option }: Answer): boolean =>
      this.decisions[decision]?.kind === 'member' && option === 1;
    let kept = told;
    for (const answer of [...told.filter(isOut), ...told.filter((a) => !isOut(a)).toReversed()]) {
      const others = kept.filter((other) => other !== answer);
      const rest = others
        .map(({ decision, option }) => takes(decision, option, this.options(decision).length))
        .reduce(both, otherwise);
      if (this.feasible(rest) === never) kept = others;
    }
    return kept;
  }

  tellAnswer({ decision, option }: Answer): string {
    const path = this.#paths?.decisions.get(decision) ?? '?';
    const { kind } = present(this.decisions[decision], `decision ${decision}`);
    if (kind !== 'member') return `${path} = ${this.options(decision)[option]?.label ?? '?'}`;
    const [, subset = '', label = ''] = /^(.*)\{(.*)\}$/.exec(path) ?? [];
    return `${label} ${option === 0 ? 'in' : 'not in'} ${subset}`;
  }

  /** The shape of a node under answers, where it has one. */
  shapeUnder(id: SpaceNodeId, choices: readonly number[]): Shape | undefined {
    return evaluateOpen(this.node(id).shape, choices);
  }
}

/** Where the parts of something that stands in a body of its own are evaluated. */
export interface Inside {
  readonly body: Body;
  readonly site: Site;
  /** Holds where it is taken. */
  readonly guard?: Open<boolean>;
  readonly names?: Names;
}

/** The context inside of a body: an alternative, a turn, a use. */
export function enter(context: Context, { body, site, guard, names }: Inside): Context {
  return {
    ...context,
    body,
    site,
    names: names ?? context.names,
    exists: guard ? both(context.exists, guard) : context.exists,
    decided: guard ? both(context.decided, guard) : context.decided,
  };
}

/** A plain value that depends on no decision. */
export function fixedValue(value: Value): StaticValue | undefined {
  return value.kind === 'static' && value.value.kind === 'fixed' ? value.value.value : undefined;
}

/** A location of the context's source. */
export function locate(context: Context, node: { readonly span: Span }): Location {
  return { source: context.source, span: node.span };
}
