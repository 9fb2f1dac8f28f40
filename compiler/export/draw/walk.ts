/** The way from an operation back to what it reads: selections are followed, and what they answer is remembered. */
import { present } from '../../../util/invariant.ts';
import { withDerived } from '../../space/derived.ts';
import { Taken } from '../../space/instantiate.ts';
import { evaluateOpen, support } from '../../space/open.ts';
import { firstDerived, type Apply, type Open, type SpaceNode, type SpaceNodeId } from '../../space/space.ts';
import type { Option, Structure } from './structure.ts';

/** Where a way ends: at an operation, an input, or a choice that is open. */
export interface Landing {
  readonly node: SpaceNodeId;
  /** Operations that were chosen on the way and may have left no node. */
  readonly options: readonly Option[];
  /** The tensor that it is one way to; there may be others. */
  readonly tensor: SpaceNodeId;
  /** Whether the tensor is read in some architectures only. */
  readonly open: boolean;
}

/** Walks through a space, or through what one architecture takes of it. */
export class Walker {
  readonly structure: Structure;
  /** The answers; undefined where the whole space is drawn. */
  readonly choices: readonly number[] | undefined;
  readonly #taken: Taken | undefined;

  constructor(structure: Structure, choices: readonly number[] | undefined) {
    this.structure = structure;
    this.choices = choices && withDerived(structure.space, choices);
    this.#taken = choices && new Taken(structure.space, choices);
  }

  node(id: SpaceNodeId): SpaceNode {
    return present(this.structure.space.nodes[id], `node ${id} of the space`);
  }

  /** The value under the answers; where there are none, only if it is the same everywhere. */
  value<T>(open: Open<T>): T | undefined {
    if (this.choices) return evaluateOpen(open, this.choices);
    return open.kind === 'fixed' ? open.value : undefined;
  }

  /** What a node reads, in order. */
  reads(id: SpaceNodeId): readonly Landing[] {
    const node = this.node(id);
    switch (node.kind) {
      case 'apply':
        return this.#readsOf(node);
      case 'select':
        return node.inputs.flatMap((input) => (input === undefined ? [] : this.land(input)));
      case 'scan':
        return this.land(present(node.results[0], 'the first state of a scan'));
      case 'input':
      case 'scanInput':
        return [];
    }
  }

  #readsOf(node: Apply): readonly Landing[] {
    return node.inputs.flatMap((input, i) => {
      const when = node.when[i];
      if (when && this.choices && evaluateOpen(when, this.choices) !== true) return [];
      const member = when && this.structure.memberOf(when, node.id);
      return this.land(input).map((landing) => ({
        ...landing,
        options: member ? [...landing.options, member] : landing.options,
        open: when !== undefined && !this.choices,
      }));
    });
  }

  /** The nodes that a tensor may come from. */
  land(id: SpaceNodeId): readonly Landing[] {
    const found = new Map<SpaceNodeId, Landing>();
    this.#land(id, id, [], new Set(), found);
    return [...found.values()];
  }

  #land(
    id: SpaceNodeId,
    tensor: SpaceNodeId,
    options: readonly Option[],
    seen: Set<SpaceNodeId>,
    found: Map<SpaceNodeId, Landing>,
  ): void {
    if (seen.has(id)) return;
    seen.add(id);
    const node = this.node(id);
    const choice = this.structure.choices.get(id);
    if (node.kind !== 'select' || (choice?.prefix && !this.choices)) {
      if (this.#taken && this.#taken.resolve(id) === undefined) return;
      found.set(id, { node: id, tensor, options, open: false });
      return;
    }
    if (this.choices) {
      const on = evaluateOpen(node.on, this.choices);
      const input = on === undefined ? undefined : node.inputs[on];
      if (input === undefined || on === undefined) return;
      const label = choice?.decision.options[on]?.label;
      const place = choice?.prefix && label !== undefined ? [...choice.prefix, label] : undefined;
      const option = choice && label !== undefined ? [{ decision: choice.decision.id, label, place }] : [];
      this.#land(input, tensor, [...options, ...option], seen, found);
    } else {
      for (const input of node.inputs)
        if (input !== undefined) this.#land(input, tensor, options, seen, found);
    }
  }

  /** The decisions that tell two values of a node's attributes apart. */
  askedBy(node: SpaceNode): readonly number[] {
    if (node.kind !== 'apply') return [];
    return Object.values(node.attributes).flatMap((open) => support(open).filter((id) => id < firstDerived));
  }
}
