/** From a space and an architecture to the Graph of that one network. */
import { refuse } from '../../grammar/diagnostics.ts';
import { dependenciesFirst } from '../../util/dependenciesFirst.ts';
import { invariant, present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { operations, type Mode } from '../ops/operations.ts';
import { attributesOf, buildOperation } from './build.ts';
import type { Architecture } from './architecture.ts';
import { withDerived } from './derived.ts';
import { evaluateOpen } from './open.ts';
import type { Apply, Space, SpaceNode, SpaceNodeId, StaticValue } from './space.ts';

export interface InstantiateOptions {
  readonly batch: number;
  readonly mode: Mode;
  /** Whether auxiliary heads are built too: while a network is trained. */
  readonly auxiliary?: boolean;
}

/**
 * Builds the network: only what the architecture takes. Its input is called `x`, its output `logits`; auxiliary heads, where
 * they are asked for, are outputs under their names.
 */
export function instantiate(space: Space, architecture: Architecture, options: InstantiateOptions): Graph {
  const choices = withDerived(space, architecture.choices);
  const builder = new GraphBuilder();
  const built = new Map<SpaceNodeId, NodeId>();
  const sites = new Map<string, NodeId>();
  // What is folded over a sequence is checked and counted, and cannot be computed yet.
  if (!isRunnable(space)) refuse('notYet', { what: 'the network of a space with `scan`' });
  const taken = new Taken(space, choices);
  const heads = options.auxiliary === true ? space.auxiliary : [];
  const get = (id: SpaceNodeId): NodeId =>
    present(built.get(present(taken.resolve(id), 'a tensor')), `node ${id} of the network`);
  for (const node of taken.nodes([space.output, ...heads.map((h) => h.node)])) {
    if (node.kind === 'input') {
      const shape = present(evaluateOpen(node.shape, choices), 'the shape of the input');
      built.set(node.id, builder.input('x', [options.batch, ...shape], node.dtype));
    } else if (node.kind === 'apply') {
      const values: Record<string, StaticValue> = {};
      for (const [name, open] of Object.entries(node.attributes)) {
        values[name] = present(evaluateOpen(open, choices), `${name} of ${node.site}`);
      }
      const { operation, site } = node;
      const use = { operation, site, mode: options.mode, attributes: attributesOf(operation, values) };
      built.set(node.id, buildOperation(builder, sites, use, taken.inputs(node).map(get)));
    } else invariant(node.kind === 'select', `${node.kind} is refused before a network is built`);
  }
  builder.outputs['logits'] = get(space.output);
  for (const { name, node } of heads)
    if (taken.resolve(node) !== undefined) builder.outputs[name] = get(node);
  return builder.finish();
}

/** Whether networks of this space can be built yet: a stage that is folded over a sequence cannot. */
export function isRunnable(space: Space): boolean {
  return !space.nodes.some((node) => node.kind === 'scan');
}

/** What one architecture takes of a space. */
export class Taken {
  readonly #space: Space;
  readonly #choices: readonly number[];
  readonly #resolved = new Map<SpaceNodeId, SpaceNodeId | undefined>();

  constructor(space: Space, choices: readonly number[]) {
    this.#space = space;
    this.#choices = withDerived(space, choices);
  }

  /** Follows selections to the node that makes the tensor; undefined for `none`. */
  resolve(id: SpaceNodeId): SpaceNodeId | undefined {
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
    const node = present(this.#space.nodes[id], `node ${id} of the space`);
    if (node.kind === 'select') {
      const on = evaluateOpen(node.on, this.#choices);
      const input = on === undefined ? undefined : node.inputs[on];
      return input === undefined ? [] : [input];
    }
    if (node.kind !== 'apply') return [];
    return node.inputs.filter((_, i) => {
      const when = node.when[i];
      return !when || evaluateOpen(when, this.#choices) === true;
    });
  }

  /** What `resolve` gives, once all that the node reads is resolved. */
  #follow(id: SpaceNodeId): SpaceNodeId | undefined {
    const node = present(this.#space.nodes[id], `node ${id} of the space`);
    if (node.kind !== 'select' && node.kind !== 'apply') return id;
    const inputs = this.#reads(id).flatMap((input) => this.#resolved.get(input) ?? []);
    if (node.kind === 'select') return inputs[0];
    const merges = operations[node.operation].tensors === 'list';
    return (merges ? inputs.length === 0 : inputs.length < node.inputs.length) ? undefined : id;
  }

  /** The tensors that an operation reads here: those of a list that are in it and are not `none`. */
  inputs(node: Apply): readonly SpaceNodeId[] {
    return this.#reads(node.id).flatMap((input) => this.resolve(input) ?? []);
  }

  /** The nodes that the outputs need, in topological order; selections are followed and left out. */
  nodes(outputs: readonly SpaceNodeId[]): readonly SpaceNode[] {
    const needed = new Set(outputs.flatMap((id) => this.resolve(id) ?? []));
    for (const node of this.#space.nodes.toReversed()) {
      if (node.kind !== 'apply' || !needed.has(node.id)) continue;
      for (const input of this.inputs(node)) needed.add(input);
    }
    // The input is fed whether or not anything reads it.
    return this.#space.nodes.filter((node) => node.kind === 'input' || needed.has(node.id));
  }
}
