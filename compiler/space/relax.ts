/**
 * From a space to its supernet: one Graph that holds every alternative. A choice becomes a gate, the sum of its alternatives
 * weighted by a softmax over numbers that are trained, "alphas" (Liu, Simonyan & Yang 2019, eq. 2); of a subset, every
 * candidate is in, and the strongest are derived from it later.
 *
 * A diagram of several decisions is relaxed from its root down: the weighted sum over the options of one, of what each
 * branch comes to. That is the expectation of the tensor where every decision is drawn by its softmax.
 */
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { operations, type Mode, type OperationName } from '../ops/operations.ts';
import { attributesOf, buildOperation } from './build.ts';
import { expand } from './derived.ts';
import { answered, either, support, TooManyCases } from './open.ts';
import { reached, readBy } from './reached.ts';
import { stagesOf, unroll, type Stages } from './scans.ts';
import {
  firstDerived,
  type Apply,
  type Decision,
  type DecisionId,
  type Open,
  type Scan,
  type Select,
  type Space,
  type SpaceNode,
  type SpaceNodeId,
  type StaticValue,
} from './space.ts';

/** What exists only while a space is relaxed, as a strategy wants it. */
export interface RelaxOptions {
  readonly batch: number;
  readonly mode: Mode;
  /** Every gate has one alternative more, which is nothing: DARTS's zero operation. */
  readonly zero?: boolean;
  /**
   * What weights the alternatives: the softmax of alphas, which are parameters and trained as the others are; or numbers that
   * the caller gives at each step, which are parameters of their own (`gate.CELL.OPTIONS`), and of which it wants gradients.
   * The first unless told.
   */
  readonly gates?: 'trained' | 'given';
  /**
   * The options that are built, of gated decisions, and of members of subsets (0 is in); all unless told. Where none is left of
   * what the network needs, zeros stand in its place.
   */
  readonly active?: (decision: DecisionId, option: number) => boolean;
}

/** The alphas, or the gates, of some decisions: a matrix with a row for each and a column for each alternative. */
export interface Alphas {
  /** The parameter of the graph. */
  readonly name: string;
  readonly decisions: readonly DecisionId[];
  /** The options of each decision; with `zero`, the last column is nothing. */
  readonly columns: number;
}

export interface Supernet {
  /** Reads `x`, gives `logits`. All weights are parameters, and so are the alphas or gates. */
  readonly graph: Graph;
  readonly alphas: readonly Alphas[];
}

/** Builds the supernet. Refuses what cannot be relaxed, and says where it stands. */
export function relax(space: Space, options: RelaxOptions): Supernet {
  try {
    return new Relaxing(space, options).finish();
  } catch (error) {
    if (!(error instanceof TooManyCases)) throw error;
    return refuse('cannotRelax', { what: 'a tensor that so many decisions have a say in at once' });
  }
}

/** What a node comes to; undefined is `none`. */
type Tensor = NodeId | undefined;

/** The row of a decision in the softmax of its alphas. */
interface Gate {
  readonly weights: NodeId;
  readonly row: number;
}

/** Normal with deviation 0.001, as the released code of DARTS begins: twice over the fan-in is the variance. */
const small = { kind: 'he', fanIn: 2_000_000 } as const;

class Relaxing {
  readonly #space: Space;
  readonly #options: RelaxOptions;
  readonly #builder = new GraphBuilder();
  readonly #sites = new Map<string, NodeId>();
  readonly #tensors = new Map<SpaceNodeId, Tensor>();
  /** The decisions that some tensor depends on. */
  readonly #gated = new Set<DecisionId>();
  readonly #gates = new Map<DecisionId, Gate>();
  readonly #alphas: Alphas[] = [];
  /** Diagrams without subsets, and conditions without them. */
  readonly #values = new Map<Open<unknown>, Open<unknown> | undefined>();
  readonly #conditions = new Map<Open<boolean>, Open<boolean> | undefined>();

  constructor(space: Space, options: RelaxOptions) {
    this.#space = space;
    this.#options = options;
  }

  finish(): Supernet {
    const { nodes, output } = this.#space;
    const needed = reached(this.#space, [output]);
    const kept = nodes.filter(({ id, kind }) => kind === 'input' || needed.has(id));
    // Rows of gates are those of all options, whichever are built.
    for (const node of kept) this.#findGates(node);
    const stages = stagesOf(kept, readBy);
    this.#buildAll(stages.outside, stages);
    this.#builder.outputs['logits'] = present(this.#tensors.get(output), 'the output of the supernet');
    return { graph: this.#builder.finish(), alphas: this.#alphas };
  }

  #findGates(node: SpaceNode): void {
    const relaxed =
      node.kind === 'select'
        ? [this.#relaxed(node.on)]
        : node.kind === 'apply'
          ? node.when.map((when) => when && this.#possible(when))
          : [];
    for (const diagram of relaxed) for (const id of diagram ? support(diagram) : []) this.#gated.add(id);
  }

  #buildAll(nodes: readonly SpaceNode[], stages: Stages): void {
    for (const node of nodes) this.#tensors.set(node.id, this.#build(node, stages));
  }

  #build(node: SpaceNode, stages: Stages): Tensor {
    switch (node.kind) {
      case 'input':
        return this.#builder.input('x', [this.#options.batch, ...this.#fixed(node.shape, node)], node.dtype);
      case 'apply':
        return this.#apply(node);
      case 'select':
        return this.#select(node);
      case 'scan':
        return this.#scan(node, stages);
      case 'scanInput':
        return this.#tensors.get(node.id); // set from step to step
    }
  }

  #scan(node: Scan, stages: Stages): Tensor {
    const sequence = this.#tensors.get(node.sequence);
    if (sequence === undefined) return undefined;
    const [, units = 0] = this.#fixed(node.shape, node);
    return unroll(this.#builder, sequence, units, node.results.length, (element, states) => {
      node.inputs.forEach((id, i) => this.#tensors.set(id, i === 0 ? element : states[i - 1]));
      this.#buildAll(present(stages.inside.get(node.id), 'the stage of a scan'), stages);
      return node.results.map((id) => present(this.#tensors.get(id), 'a state of the supernet'));
    });
  }

  #apply(node: Apply): Tensor {
    const merges = operations[node.operation].tensors === 'list';
    const inputs = node.inputs.map((id, i): Tensor => {
      const tensor = this.#tensors.get(id);
      const when = node.when[i];
      return when && tensor !== undefined ? this.#where(node, when, tensor) : tensor;
    });
    const there = inputs.filter((input) => input !== undefined);
    if (merges && there.length === 0) return this.#nothing(node);
    if (!merges && there.length < inputs.length) return undefined;
    const values: Record<string, StaticValue> = {};
    for (const [name, open] of Object.entries(node.attributes)) values[name] = this.#fixed(open, node);
    return this.#operation(node.operation, node.site, values, there);
  }

  #operation(
    operation: OperationName,
    site: string,
    given: Readonly<Record<string, StaticValue>>,
    inputs: readonly NodeId[],
  ): NodeId {
    const defaults = operations[operation].params.flatMap(({ name, default: value }) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const attributes = attributesOf(operation, { ...Object.fromEntries(defaults), ...given });
    return buildOperation(
      this.#builder,
      this.#sites,
      { operation, site, mode: this.#options.mode, attributes },
      inputs,
    );
  }

  /** A tensor of a list, where the list holds it under some answers alone: times how likely they are. */
  #where(node: Apply, when: Open<boolean>, tensor: NodeId): Tensor {
    const relaxed = this.#possible(when);
    if (relaxed?.kind === 'test' && node.operation !== 'add') {
      refuse('cannotRelax', { what: `what \`${node.operation}\` joins` }, { at: node.location });
    }
    return this.#mixture(relaxed, (isIn) => (isIn ? tensor : undefined));
  }

  #select(node: Select): Tensor {
    const operand = (on: number): Tensor => {
      const input = node.inputs[on];
      return input === undefined ? undefined : this.#tensors.get(input);
    };
    return this.#mixture(this.#relaxed(node.on), operand) ?? this.#nothing(node);
  }

  /** What stands where all alternatives are left out: zeros, or `none` where none was left out. */
  #nothing(node: Apply | Select): Tensor {
    if (this.#options.active === undefined) return undefined;
    this.#builder.site = 'nothing';
    return this.#builder.constant(0, [this.#options.batch, ...this.#fixed(node.shape, node)]);
  }

  /** The diagram without derived values and without subsets: every candidate is in. */
  #relaxed<T>(open: Open<T>): Open<T> | undefined {
    if (!this.#values.has(open)) {
      const relaxed = this.#withoutMembers(open, (isIn, isOut) => isIn ?? isOut);
      this.#values.set(open, relaxed);
    }
    return this.#values.get(open) as Open<T> | undefined; // it was made from this diagram
  }

  /** The condition, where some members of the subsets that it reads make it true. */
  #possible(condition: Open<boolean>): Open<boolean> | undefined {
    if (!this.#conditions.has(condition)) {
      const possible = this.#withoutMembers(condition, (isIn, isOut) =>
        isIn && isOut ? either(isIn, isOut) : (isIn ?? isOut),
      );
      this.#conditions.set(condition, possible);
    }
    return this.#conditions.get(condition);
  }

  #withoutMembers<T>(
    open: Open<T>,
    join: (isIn: Open<T> | undefined, isOut: Open<T> | undefined) => Open<T> | undefined,
  ): Open<T> | undefined {
    const definition = (id: DecisionId): Open<boolean> =>
      present(this.#space.derived[id - firstDerived], 'a derived value').definition;
    let current = expand(open, definition);
    for (const id of current ? support(current) : []) {
      if (current && this.#space.decisions[id]?.kind === 'member') {
        const isOut = answered(current, id, 1);
        current = this.#isActive(id, 0) ? join(answered(current, id, 0), isOut) : isOut;
      }
    }
    return current;
  }

  /** The expectation of `leaf` over a diagram. */
  #mixture<T>(
    open: Open<T> | undefined,
    leaf: (value: T) => Tensor,
    known: Map<Open<T>, Tensor> = new Map(),
  ): Tensor {
    if (open === undefined) return undefined;
    if (open.kind === 'fixed') return leaf(open.value);
    if (known.has(open)) return known.get(open);
    const columns: number[] = [];
    const parts: NodeId[] = [];
    const decision = present(this.#space.decisions[open.decision], 'a decision');
    decision.options.forEach((_, option) => {
      const part = this.#isActive(decision.id, option)
        ? this.#mixture(open.branches[option], leaf, known)
        : undefined;
      if (part === undefined) return;
      columns.push(option);
      parts.push(part);
    });
    let tensor: Tensor;
    if (parts.length > 0) {
      const { weights, row } = this.#gate(decision);
      this.#builder.site = decision.path;
      tensor = this.#builder.op('mix', [weights, ...parts], { row, columns });
    }
    known.set(open, tensor);
    return tensor;
  }

  #isActive(decision: DecisionId, option: number): boolean {
    return this.#options.active?.(decision, option) ?? true;
  }

  /** The gate of a decision. The alphas of a cell's decisions with equally many options are one matrix. */
  #gate(decision: Decision): Gate {
    const known = this.#gates.get(decision.id);
    if (known) return known;
    const group = this.#space.decisions.filter(
      ({ id, cell, options }) =>
        this.#gated.has(id) && cell === decision.cell && options.length === decision.options.length,
    );
    const columns = decision.options.length + (this.#options.zero === true ? 1 : 0);
    const given = this.#options.gates === 'given';
    const name = `${given ? 'gate' : 'alpha'}.${decision.cell ?? this.#space.name}.${decision.options.length}`;
    this.#builder.site = name;
    const parameter = this.#builder.parameter(name, [group.length, columns], small);
    const weights = given ? parameter : this.#builder.op('softmax', [parameter], {});
    this.#alphas.push({ name, decisions: group.map(({ id }) => id), columns });
    group.forEach(({ id }, row) => this.#gates.set(id, { weights, row }));
    return present(this.#gates.get(decision.id), 'the gate of a decision');
  }

  /** A value that no decision has a say in. */
  #fixed<T>(open: Open<T>, node: SpaceNode): T {
    const relaxed = this.#relaxed(open);
    if (relaxed?.kind === 'fixed') return relaxed.value;
    const what =
      node.kind === 'apply' ? `an argument of \`${node.operation}\` that is open` : 'an open shape';
    return refuse('cannotRelax', { what }, node.kind === 'apply' ? { at: node.location } : {});
  }
}
