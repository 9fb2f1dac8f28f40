/**
 * The parameters of a plan: where they lie, and how an optimiser moves them. They are the plan's own, or weights that other plans
 * have, too, of which some may be slices of larger ones.
 */
import { invariant, present } from '../../util/invariant.ts';
import type { Graph, NodeId, ParameterNode } from '../graph/graph.ts';
import { sameShape } from '../ops/shapes.ts';
import { AVERAGE } from '../optimizers/average.ts';
import type { OptimizerRule } from '../optimizers/optimizer.ts';
import { optimizerOf } from '../optimizers/table.ts';
import { averageDispatch } from './kernels/average.ts';
import { clipDispatches } from './kernels/clip.ts';
import { optimizerDispatch } from './kernels/optimizer.ts';
import { sliceDispatch, sliceRange } from './kernels/slices.ts';
import type { BufferRange, OptimizerSlot, ParameterSlot, Profile, TensorSlot } from './plan.ts';
import type { Arena, PlanBuilder } from './planBuilder.ts';
import { joined, SHARED_PARAMETERS, type SharedLayout, type SharedSlot } from './shared.ts';

/** How parameters move. */
export interface MoveOptions {
  readonly optimizer: OptimizerRule;
  /** Gradients whose global norm is larger are scaled down to it; without it they are taken as they are. */
  readonly clip?: number;
  /** Keeps an average of the weights, of which this much stays at each step. */
  readonly ema?: number;
}

interface Options {
  readonly profile: Profile;
  readonly shared?: SharedLayout | undefined;
}

/** Weights that are slices of larger, shared ones: where they lie by themselves while a step lasts. */
interface Slices {
  readonly buffer: number;
  /** The buffer of shared weights. */
  readonly whole: BufferRange;
  readonly parts: readonly { readonly slot: SharedSlot; readonly own: ParameterSlot }[];
}

/** What the optimiser keeps of all weights, and of slices beside them. */
interface Kept {
  readonly name: string;
  readonly range: BufferRange;
  readonly slices: BufferRange | undefined;
}

export class PlanParameters {
  /** In the order in which they lie. */
  readonly slots: ParameterSlot[] = [];
  readonly nodes: ParameterNode[] = [];
  readonly #graph: Graph;
  readonly #builder: PlanBuilder;
  readonly #options: Options;
  readonly #slotOf: (node: ParameterNode, range: BufferRange) => ParameterSlot;
  /** Those that the optimiser moves: all that are trained, or of shared weights those alone. */
  readonly #moved: ParameterSlot[] = [];
  /** The weights of the graph that are smaller than the shared ones. */
  #slices: Slices | undefined;

  /** `slotOf` is told where a parameter lies, and gives its slot there. */
  constructor(
    graph: Graph,
    builder: PlanBuilder,
    options: Options,
    slotOf: (node: ParameterNode, range: BufferRange) => ParameterSlot,
  ) {
    this.#graph = graph;
    this.#builder = builder;
    this.#options = options;
    this.#slotOf = slotOf;
  }

  /**
   * Gives them their places: trained ones first, so that the optimiser's range has nothing else in it, and shared ones where they
   * lie. `isRead` says which some op reads, `bytesOf` how large they are as they lie.
   */
  place(isRead: (id: NodeId) => boolean, bytesOf: (node: ParameterNode) => number): void {
    const { shared } = this.#options;
    const trained = new Set(this.#graph.gradients.map(({ parameter }) => parameter));
    const parameters = this.#graph.nodes.filter((node) => node.kind === 'parameter');
    const place = (node: ParameterNode, range: BufferRange): ParameterSlot => {
      const slot = this.#slotOf(node, range);
      this.slots.push(slot);
      this.nodes.push(node);
      return slot;
    };
    if (shared) {
      const { buffer } = this.#builder.buffer(SHARED_PARAMETERS, shared.bytes, 'shared');
      const found = parameters.flatMap((node) => {
        const slot = shared.slots.get(node.name);
        // Behind a path that is `none` nobody reads a weight; it is then laid out as nobody needs it.
        const isUsed = isRead(node.id) || trained.has(node.id);
        return slot && isUsed ? [{ node, slot }] : [];
      });
      found.sort((a, b) => a.slot.offset - b.slot.offset);
      const isWhole = ({ node, slot }: (typeof found)[number]): boolean => sameShape(slot.shape, node.shape);
      for (const { node, slot } of found.filter(isWhole)) {
        const { offset, bytes } = slot;
        const placed = place(node, { buffer, offset, bytes });
        invariant(
          sameShape(placed.physicalShape, slot.physicalShape),
          `lower: ${node.name} is shared in another layout`,
        );
        if (trained.has(node.id)) this.#moved.push(placed);
      }
      const smaller = found.filter((one) => !isWhole(one));
      if (smaller.length > 0) {
        const arena = this.#builder.arena('slices', 'kept');
        const parts = smaller.map(({ node, slot }) => {
          const own = place(node, arena.take(bytesOf(node)));
          if (trained.has(node.id)) this.#moved.push(own);
          return { slot, own };
        });
        const whole = { buffer, offset: 0, bytes: shared.bytes };
        this.#slices = { buffer: arena.buffer, whole, parts };
        this.#copySlices('take', whole, undefined);
      }
    }
    const own = parameters.filter(({ name }) => !shared?.slots.has(name));
    if (shared && own.length === 0) return;
    const arena = this.#builder.arena(shared ? 'own parameters' : SHARED_PARAMETERS, 'kept');
    for (const isTrained of [true, false]) {
      for (const node of own) {
        if (trained.has(node.id) !== isTrained) continue;
        const placed = place(node, arena.take(bytesOf(node)));
        if (isTrained && !shared) this.#moved.push(placed);
      }
    }
  }

  /** Moves them by their gradients; what the optimiser keeps lies as they do. Undefined where there is nothing to move. */
  move(
    { optimizer: rule, clip, ema }: MoveOptions,
    gradients: Arena,
    gradientSlots: readonly TensorSlot[],
    step: BufferRange,
  ): OptimizerSlot | undefined {
    if (this.#moved.length === 0) return undefined;
    const builder = this.#builder;
    const { profile, shared } = this.#options;
    const bytes = builder.bytesOf(gradients.buffer);
    const factor = clip === undefined ? undefined : builder.scratch(16);
    if (clip !== undefined && factor) {
      builder.add(
        'clip',
        clipDispatches(bytes, clip),
        [{ buffer: gradients.buffer, offset: 0, bytes }],
        factor,
      );
    }
    const keep = (name: string): Kept => {
      const range = builder.buffer(name, shared?.bytes ?? bytes, shared ? 'shared' : 'kept');
      const slices =
        this.#slices && builder.buffer(`${name} of slices`, builder.bytesOf(this.#slices.buffer), 'kept');
      if (slices) this.#copySlices('take', range, slices);
      return { name, range, slices };
    };
    const states = optimizerOf(rule.name).states.map(keep);
    const average = ema === undefined ? undefined : keep(AVERAGE);
    const at = ({ range, slices }: Kept, of: BufferRange): BufferRange =>
      within(slices && of.buffer === this.#slices?.buffer ? slices : range, of);

    const byName = new Map(gradientSlots.map((slot) => [slot.name, slot]));
    const moved = joined(this.#moved.map((to) => ({ from: present(byName.get(to.name), to.name), to })));
    for (const { from, to } of moved) {
      builder.add(
        rule.name,
        [optimizerDispatch(profile, to.bytes, rule, factor !== undefined)],
        [from, step, ...(factor ? [factor] : []), ...states.map((state) => at(state, to))],
        to,
      );
    }
    if (average) {
      states.push(average);
      for (const { to } of moved) {
        builder.add(AVERAGE, [averageDispatch(profile, to.bytes)], [to, step], at(average, to));
      }
    }
    if (this.#slices) {
      this.#copySlices('put', this.#slices.whole, undefined);
      for (const { range, slices } of states) this.#copySlices('put', range, slices);
    }
    return { rule, ema, states: states.map(({ name, range }) => ({ name, range })) };
  }

  /** Copies slices of `whole`, the buffer of weights or of one of the optimiser's states, to or from where they lie by themselves. */
  #copySlices(direction: 'take' | 'put', whole: BufferRange, state: BufferRange | undefined): void {
    for (const { slot, own } of this.#slices?.parts ?? []) {
      const { offset, bytes } = slot;
      const larger = sliceRange(own, slot, within(whole, { buffer: whole.buffer, offset, bytes }));
      const smaller = state ? within(state, own.range) : own.range;
      const [from, to] = direction === 'take' ? [larger, smaller] : [smaller, larger];
      this.#builder.add(`${direction} ${own.name}`, [sliceDispatch(direction, own, slot)], [from], to);
    }
  }
}

/** The same part of another buffer. */
function within({ buffer }: BufferRange, { offset, bytes }: BufferRange): BufferRange {
  return { buffer, offset, bytes };
}
