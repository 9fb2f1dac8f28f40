/** From a space and an architecture to the Graph of that one network. */
import { dependenciesFirst } from '../../util/dependenciesFirst.ts';
import { present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { operations, type Mode } from '../ops/operations.ts';
import { attributesOf, buildOperation, type Attributes } from './build.ts';
import type { Architecture } from './architecture.ts';
import { withDerived } from './derived.ts';
import { dropPath, pathsOf, type Readers } from './dropPath.ts';
import { evaluateOpen } from './open.ts';
import { stagesOf, unroll, type Stages } from './scans.ts';
import type {
  Apply,
  AuxiliaryOutput,
  Open,
  Scan,
  Space,
  SpaceNode,
  SpaceNodeId,
  StaticValue,
} from './space.ts';

export interface InstantiateOptions {
  readonly batch: number;
  readonly mode: Mode;
  /** Whether auxiliary heads are built too: while a network is trained. */
  readonly auxiliary?: boolean;
  /** Whether the paths of sums can be dropped, at the rate that the state {@link DROP_PATH_RATE} holds: see `dropPath.ts`. */
  readonly dropPath?: boolean;
}

/**
 * Builds the network: only what the architecture takes. Its input is called `x`, its output `logits`; auxiliary heads, where
 * they are asked for, are outputs under their names.
 */
export function instantiate(space: Space, architecture: Architecture, options: InstantiateOptions): Graph {
  return new Building(space, architecture, options).finish();
}

/** A network that is being built. */
class Building {
  readonly #space: Space;
  readonly #choices: readonly number[];
  readonly #options: InstantiateOptions;
  readonly #taken: Taken;
  readonly #builder = new GraphBuilder();
  readonly #sites = new Map<string, NodeId>();
  readonly #built = new Map<SpaceNodeId, NodeId>();
  #readers: Readers = new Map();

  constructor(space: Space, architecture: Architecture, options: InstantiateOptions) {
    this.#space = space;
    this.#choices = withDerived(space, architecture.choices);
    this.#options = options;
    this.#taken = new Taken(space, this.#choices);
  }

  finish(): Graph {
    const { output, auxiliary } = this.#space;
    const heads = this.#options.auxiliary === true ? auxiliary : [];
    const nodes = this.#taken.nodes([output, ...heads.map((h) => h.node)]);
    if (this.#options.dropPath === true) this.#readers = this.#countReaders(nodes, heads);
    const stages = stagesOf(nodes, (node) => this.#reads(node));
    this.#buildAll(stages.outside, stages);
    this.#builder.outputs['logits'] = this.#get(output);
    for (const { name, node } of heads)
      if (this.#taken.resolve(node) !== undefined) this.#builder.outputs[name] = this.#get(node);
    return this.#builder.finish();
  }

  #get(id: SpaceNodeId): NodeId {
    return present(this.#built.get(this.#resolved(id)), 'the network has node', id);
  }

  #resolved(id: SpaceNodeId): SpaceNodeId {
    return present(this.#taken.resolve(id), 'a tensor');
  }

  #reads(node: SpaceNode): readonly SpaceNodeId[] {
    if (node.kind === 'apply') return this.#taken.inputs(node);
    if (node.kind === 'scan') return [node.sequence, ...node.results].map((id) => this.#resolved(id));
    return [];
  }

  #buildAll(nodes: readonly SpaceNode[], stages: Stages): void {
    for (const node of nodes) {
      switch (node.kind) {
        case 'input': {
          const shape = [this.#options.batch, ...this.#value(node.shape, 'the shape of the input')];
          this.#built.set(node.id, this.#builder.input('x', shape, node.dtype));
          break;
        }
        case 'apply':
          this.#built.set(node.id, this.#apply(node));
          break;
        case 'scan':
          this.#built.set(node.id, this.#scan(node, stages));
          break;
        case 'select': // followed to what it selects
        case 'scanInput': // set from step to step
          break;
        default:
          node satisfies never;
      }
    }
  }

  #apply(node: Apply): NodeId {
    const { operation, site } = node;
    const use = { operation, site, mode: this.#options.mode, attributes: this.#attributes(node) };
    const read = this.#taken.inputs(node);
    const inputs = read.map((id) => this.#get(id));
    if (this.#options.dropPath === true) {
      const terms = read.map((id) => present(this.#space.nodes[id], 'a term'));
      this.#builder.site = site;
      for (const i of pathsOf(node, terms, this.#readers)) {
        const path = present(inputs[i], 'a path');
        inputs[i] = dropPath(this.#builder, this.#sites, `${site}.path[${i}]`, path);
      }
    }
    return buildOperation(this.#builder, this.#sites, use, inputs);
  }

  #countReaders(nodes: readonly SpaceNode[], heads: readonly AuxiliaryOutput[]): Readers {
    const readers = new Map<SpaceNodeId, number>();
    const count = (id: SpaceNodeId | undefined): void => {
      if (id !== undefined) readers.set(id, (readers.get(id) ?? 0) + 1);
    };
    for (const node of nodes) for (const id of this.#reads(node)) count(id);
    for (const id of [this.#space.output, ...heads.map((h) => h.node)]) count(this.#taken.resolve(id));
    return readers;
  }

  #attributes(node: Apply): Attributes {
    const known = fixedAttributes.get(node);
    if (known) return known;
    const values: Record<string, StaticValue> = {};
    let isFixed = true;
    for (const [name, open] of Object.entries(node.attributes)) {
      isFixed &&= open.kind === 'fixed';
      values[name] = this.#value(open, 'an argument of', node.site);
    }
    const attributes = attributesOf(node.operation, values);
    if (isFixed) fixedAttributes.set(node, attributes);
    return attributes;
  }

  #scan(node: Scan, stages: Stages): NodeId {
    const [, units = 0] = this.#value(node.shape, 'the shape of a scan');
    const stage = present(stages.inside.get(node.id), 'the stage of a scan');
    return unroll(this.#builder, this.#get(node.sequence), units, node.results.length, (element, states) => {
      node.inputs.forEach((id, i) => {
        this.#built.set(id, i === 0 ? element : present(states[i - 1], 'a state'));
      });
      this.#buildAll(stage, stages);
      return node.results.map((id) => this.#get(id));
    });
  }

  #value<T>(open: Open<T>, what: string, of?: string): T {
    return present(evaluateOpen(open, this.#choices), what, of);
  }
}

/** The attributes of nodes that have the same in every network, worked out once. */
const fixedAttributes = new WeakMap<Apply, Attributes>();

/** What one architecture takes of a space. */
export class Taken {
  readonly #space: Space;
  readonly #choices: readonly number[];
  readonly #resolved = new Map<SpaceNodeId, SpaceNodeId | undefined>();
  readonly #inputs = new Map<SpaceNodeId, readonly SpaceNodeId[]>();

  constructor(space: Space, choices: readonly number[]) {
    this.#space = space;
    this.#choices = withDerived(space, choices);
  }

  /** Follows selections to the node that makes the tensor; undefined for `none`. */
  resolve(id: SpaceNodeId): SpaceNodeId | undefined {
    const known = this.#resolved.get(id);
    if (known !== undefined) return known;
    const isResolved = (other: SpaceNodeId): boolean => this.#resolved.has(other);
    dependenciesFirst(
      id,
      isResolved,
      (other) => this.#reads(other),
      (other) => this.#resolved.set(other, this.#follow(other)),
    );
    return this.#resolved.get(id);
  }

  /** What a node reads here: the selected tensor, or those of a list that are in it. */
  #reads(id: SpaceNodeId): readonly SpaceNodeId[] {
    const node = present(this.#space.nodes[id], 'the space has node', id);
    if (node.kind === 'select') {
      const on = evaluateOpen(node.on, this.#choices);
      const input = on === undefined ? undefined : node.inputs[on];
      return input === undefined ? [] : [input];
    }
    if (node.kind !== 'apply') return [];
    if (node.when.every((when) => when === undefined)) return node.inputs;
    return node.inputs.filter((_, i) => {
      const when = node.when[i];
      return !when || evaluateOpen(when, this.#choices) === true;
    });
  }

  /** What `resolve` gives, once all that the node reads is resolved. */
  #follow(id: SpaceNodeId): SpaceNodeId | undefined {
    const node = present(this.#space.nodes[id], 'the space has node', id);
    if (node.kind !== 'select' && node.kind !== 'apply') return id;
    let count = 0;
    let last: SpaceNodeId | undefined;
    for (const input of this.#reads(id)) {
      const resolved = this.#resolved.get(input);
      if (resolved === undefined) continue;
      count += 1;
      last = resolved;
    }
    if (node.kind === 'select') return last;
    const merges = operations[node.operation].tensors === 'list';
    return (merges ? count === 0 : count < node.inputs.length) ? undefined : id;
  }

  /** The tensors that an operation reads here: those of a list that are in it and are not `none`. */
  inputs(node: Apply): readonly SpaceNodeId[] {
    const known = this.#inputs.get(node.id);
    if (known) return known;
    const inputs: SpaceNodeId[] = [];
    for (const input of this.#reads(node.id)) {
      const resolved = this.resolve(input);
      if (resolved !== undefined) inputs.push(resolved);
    }
    this.#inputs.set(node.id, inputs);
    return inputs;
  }

  /** What a node cannot do without: its inputs, the sequence that it is folded over, the stage that is folded. */
  #needs(node: SpaceNode): readonly SpaceNodeId[] {
    if (node.kind === 'apply') return this.inputs(node);
    if (node.kind !== 'scan') return [];
    const read = [node.sequence, ...node.results].flatMap((id) => this.resolve(id) ?? []);
    return [...node.inputs, ...read];
  }

  /** The nodes that the outputs need, in topological order; selections are followed and left out. */
  nodes(outputs: readonly SpaceNodeId[]): readonly SpaceNode[] {
    const needed = new Set(outputs.flatMap((id) => this.resolve(id) ?? []));
    for (const node of this.#space.nodes.toReversed()) {
      if (!needed.has(node.id)) continue;
      for (const input of this.#needs(node)) needed.add(input);
    }
    // The input is fed whether or not anything reads it.
    return this.#space.nodes.filter((node) => node.kind === 'input' || needed.has(node.id));
  }
}
