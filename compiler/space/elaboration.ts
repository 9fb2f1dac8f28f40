/** What elaboration works on: the growing space, the diagnostics, and the limits that stop bombs. */
import {
  diagnose,
  type Details,
  type Diagnostic,
  type DiagnosticKind,
  type Label,
} from '../../grammar/diagnostics.ts';
import type { CatalogueValues } from '../../grammar/catalogue.ts';
import type { BlockNode, Expr, MotifNode } from '../../grammar/ast.ts';
import type { Location, Source, Span } from '../../grammar/source.ts';
import type { Shape } from '../graph/graph.ts';
import { present } from '../../util/invariant.ts';
import type { Body } from './bodies.ts';
import { evaluateOpen, fixed, select, type Answer } from './open.ts';
import type {
  Cost,
  Decision,
  DecisionId,
  DecisionOption,
  Open,
  Requirement,
  SpaceNode,
  SpaceNodeId,
} from './space.ts';
import type { Value } from './values.ts';

/** Beyond these a space is refused: it could not be searched anyway, and may be an attack. */
export const limits = {
  decisions: 20_000,
  nodes: 50_000,
  turns: 10_000,
  options: 100_000,
  depth: 100,
  steps: 1_000_000,
} as const;

/** Ends elaboration after a limit was reported. */
export class LimitReached extends Error {}

/** A motif with the source that it stands in. */
export interface MotifDeclaration {
  readonly node: MotifNode;
  readonly source: Source;
}

/** Where an expression is evaluated. */
export interface Context {
  readonly names: ReadonlyMap<string, Value>;
  readonly source: Source;
  readonly body: Body;
  /** When the tensors that are made here exist. */
  readonly exists: Open<boolean>;
  /** When the decisions that are made here exist: where the stage was written, not where it is used. */
  readonly decided: Open<boolean>;
  /** The uses of motifs that led here, outermost first. */
  readonly uses: readonly { readonly motif: string; readonly at: Location }[];
}

/** Labels at the innermost uses of motifs that led to a place. */
export function labelsOfUses(uses: Context['uses']): readonly Label[] {
  return uses.slice(-3).map(({ motif, at }) => ({ location: at, text: `in this use of \`${motif}\`` }));
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

/** Steps that a turn or a use of a motif counts for: it makes a body, which is kept. */
export const bodyWeight = 30;

/** The mutable heart of one elaboration; everything outside sees only its result. */
export class Elaboration {
  readonly motifs: ReadonlyMap<string, MotifDeclaration>;
  readonly decisions: Draft[] = [];
  readonly nodes: SpaceNode[] = [];
  readonly requirements: Requirement[] = [];
  /** Shape and cost of every operation that was tried, by what decides them. */
  readonly fits: Map<string, Fit | Misfit> = new Map();
  /** Input shapes at each site, to hold shared weights to one shape. */
  readonly siteShapes: Map<string, readonly Open<Shape>[]> = new Map();
  readonly #evaluators: Evaluators;
  readonly #reports: (() => Diagnostic)[] = [];
  readonly #reported = new Set<string>();
  #steps = 0;
  #options = 0;
  /** Filled in at the end; diagnostics that tell paths are written only then. */
  paths: ReadonlyMap<DecisionId, string> = new Map();

  constructor(motifs: ReadonlyMap<string, MotifDeclaration>, evaluators: Evaluators) {
    this.motifs = motifs;
    this.#evaluators = evaluators;
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
    this.#reports.push(() =>
      diagnose(kind, values, { at, ...(typeof details === 'function' ? details() : details) }),
    );
  }

  get hasReports(): boolean {
    return this.#reports.length > 0;
  }

  /** All reports, in the order of the text. */
  diagnostics(): readonly Diagnostic[] {
    const place = (d: Diagnostic): number => d.primary?.location.span.start ?? 0;
    return this.#reports.map((make) => make()).sort((a, b) => place(a) - place(b));
  }

  /** Reports that a limit is passed, and ends. */
  stop(what: string, limit: number, at: Location): never {
    this.report('limitReached', { what, limit }, at);
    throw new LimitReached();
  }

  /** Counts work, so that no file can keep the compiler busy for long: 1 for a small expression. */
  step(at: Location, weight = 1): void {
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

  addNode(node: Unnumbered<SpaceNode>, at: Location): SpaceNodeId {
    const id: SpaceNodeId = this.nodes.length;
    if (id >= limits.nodes) this.stop('operations', limits.nodes, at);
    this.nodes.push({ ...node, id });
    return id;
  }

  node(id: SpaceNodeId): SpaceNode {
    return present(this.nodes[id], `node ${id} of the space`);
  }

  options(id: DecisionId): readonly DecisionOption[] {
    return present(this.decisions[id], `decision ${id}`).options;
  }

  /** `inputs[on]` as a node; the input itself where there is but one. */
  selectNode(
    on: Open<number>,
    inputs: readonly (SpaceNodeId | undefined)[],
    exists: Open<boolean>,
    at: Location,
  ): SpaceNodeId {
    const existing = inputs.filter((i) => i !== undefined);
    const [first] = existing;
    if (on.kind === 'fixed') return present(inputs[on.value], 'the selected tensor');
    if (first !== undefined && existing.every((i) => i === first)) return first;
    const shape = select(
      on,
      inputs.map((i) => (i === undefined ? undefined : this.node(i).shape)),
    );
    return this.addNode({ kind: 'select', on, inputs, exists, shape: present(shape, 'a shape') }, at);
  }

  /** Tells answers in words: `depth = 2, late[1].k = 5`, completed so that `exists` holds. */
  tellAnswers(answers: readonly Answer[], exists: Open<boolean>): string {
    const choices: number[] = [];
    for (const { decision, option } of answers) choices[decision] = option;
    let guard: Open<boolean> = exists;
    while (guard.kind === 'test') {
      const { decision, branches } = guard;
      choices[decision] ??= branches.findIndex((b) => b?.kind === 'test' || b?.value === true);
      guard = branches[choices[decision] ?? -1] ?? fixed(false);
    }
    const told: string[] = [];
    choices.forEach((option, id) => {
      told.push(`${this.paths.get(id) ?? '?'} = ${this.options(id)[option]?.label ?? '?'}`);
    });
    return told.join(', ');
  }

  /** The shape of a node under answers, where it has one. */
  shapeUnder(id: SpaceNodeId, answers: readonly Answer[]): Shape | undefined {
    const choices: number[] = [];
    for (const { decision, option } of answers) choices[decision] = option;
    return evaluateOpen(this.node(id).shape, choices);
  }
}

/** A location of the context's source. */
export function locate(context: Context, node: { readonly span: Span }): Location {
  return { source: context.source, span: node.span };
}
