/** Lowers a Graph to a Plan: picks kernels for its ops and memory for its tensors. */
import { Refusal } from '../../grammar/diagnostics.ts';
import { InvariantError, invariant } from '../../util/invariant.ts';
import type { Graph, GraphNode, NodeId, OpNode, OpNodeOf, StateNode } from '../graph/graph.ts';
import { opLabel } from '../graph/opLabel.ts';
import type { OpName } from '../ops/attributes.ts';
import { elementsOf, sameShape } from '../ops/shapes.ts';
import type { AugmentSpec } from '../search/search.ts';
import { fuse } from './fuse.ts';
import { copyDispatch } from './kernels/elementwise.ts';
import { liesAlike } from './kernels/places.ts';
import { AUGMENT_WORDS, augmentBatch } from './kernels/augment.ts';
import { gatherBatch, recordScalars, STEP_BYTES } from './kernels/step.ts';
import { physicalBytes, physicalShape, takesWeights, weightNodes } from './layout.ts';
import { limitProblems } from './limits.ts';
import type { BufferRange, Feed, ParameterSlot, Plan, Profile, RecordSlot, TensorSlot } from './plan.ts';
import { PlanBuilder, type Arena, type Place } from './planBuilder.ts';
import { PlanParameters, type MoveOptions } from './planParameters.ts';
import { input, output, type Fusion, type KernelRule, type Operand, type RuleContext } from './rule.ts';
import { nodeOf, schedule, type Schedule, type Unit } from './schedule.ts';
import { separateLayouts } from './separateLayouts.ts';
import type { SharedLayout } from './shared.ts';
import { kernelTable } from './table.ts';
import { sampleOf, type OpenChoice, type Question } from './tuning.ts';

/** How inputs are filled from data that stays on the device. */
export interface FeedOptions {
  /** Most row numbers that are fed at once: the images of an epoch, filled up to whole batches. */
  readonly capacity: number;
  /** How images are changed on the way: what each of them is to become stands beside its row number. */
  readonly augment?: AugmentSpec | undefined;
}

export interface PlanOptions {
  readonly profile: Profile;
  /** Without it inputs are written by the host before each run. */
  readonly feed?: FeedOptions;
  /** Steps whose scalar outputs are recorded before the host reads them; 1024 by default. */
  readonly recordSlots?: number;
  /** Whether neighbouring ops are fused; on by default. */
  readonly fuse?: boolean;
  /** Where weights lie that other networks have, too; the graph's other parameters are its own. */
  readonly shared?: SharedLayout | undefined;
  /** Whether equal work on different tensors runs at once, in one dispatch; on by default. Changes no bit of any result. */
  readonly merge?: boolean;
}

export interface TrainingOptions extends PlanOptions, MoveOptions {}

/** The plan of a training step, program `train`: forward, backward, running statistics, optimiser. */
export function planTraining(graph: Graph, options: TrainingOptions): Plan {
  return new Lowering(graph, options, true).plan('train', options);
}

/** The plan of all gradients of a graph, program `gradients`: forward, backward, running statistics. Nothing is moved. */
export function planGradients(graph: Graph, options: PlanOptions): Plan {
  return new Lowering(graph, options, true).plan('gradients', undefined);
}

/** The plan of a forward pass, program `evaluate`. Gradients and updates of the graph are left out. */
export function planInference(graph: Graph, options: PlanOptions): Plan {
  return new Lowering(graph, options, false).plan('evaluate', undefined);
}

class Lowering {
  readonly #graph: Graph;
  readonly #options: PlanOptions;
  readonly #training: boolean;
  readonly #builder: PlanBuilder;
  readonly #weights: ReadonlySet<NodeId>;
  /** Where each node's value lies. */
  readonly #places = new Map<NodeId, Place>();
  /** Each node's value as it lies there, where it was asked for. */
  readonly #operands: (Operand | undefined)[];
  /** What the units that are run read. */
  #read: ReadonlySet<NodeId> = new Set();
  readonly #parameters: PlanParameters;
  readonly #states: ParameterSlot[] = [];
  readonly #constants: ParameterSlot[] = [];
  readonly #inputs: TensorSlot[] = [];
  readonly #outputs: TensorSlot[] = [];
  readonly #gradients: TensorSlot[] = [];
  readonly #choices = new Map<string, OpenChoice>();

  constructor(graph: Graph, options: PlanOptions, training: boolean) {
    this.#graph = separateLayouts(graph);
    this.#options = options;
    this.#builder = new PlanBuilder(options.merge ?? true);
    this.#training = training;
    this.#weights = weightNodes(this.#graph);
    this.#operands = Array.from<Operand | undefined>({ length: this.#graph.nodes.length });
    this.#parameters = new PlanParameters(this.#graph, this.#builder, options, (node, range) => {
      this.#places.set(node.id, range);
      return { ...this.#slot(node.name, node, range), init: node.init };
    });
  }

  plan(program: string, training: TrainingOptions | undefined): Plan {
    const builder = this.#builder;
    const scheduled = this.#schedule();
    this.#read = readBy(scheduled);
    const step = builder.buffer('step', STEP_BYTES, 'input');
    this.#parameters.place(
      (id) => this.#read.has(id),
      (node) => this.#bytes(node),
    );
    const gradients = this.#training ? builder.arena('gradients', 'kept') : undefined;
    const copies = gradients ? this.#placeGradients(gradients) : [];
    this.#placeStates();
    copies.push(...this.#placeOutputs());
    const feed = this.#placeInputs(scheduled, step);
    this.#placeConstants();

    const inPlace = this.#inPlaceUpdates();
    const late = scheduled.units.filter((unit) => inPlace.has(unit.output));
    for (const unit of scheduled.units) if (!inPlace.has(unit.output)) this.#lower(unit);
    for (const [from, to, label] of copies) this.#copy(from, to, label);
    this.#updateStates(inPlace, late);
    const records = this.#record(step);
    const optimizer =
      training && gradients && this.#parameters.move(training, gradients, this.#gradients, step);
    const plan: Plan = {
      profile: this.#options.profile,
      choices: [...this.#choices.values()],
      ...builder.finish(program),
      parameters: this.#parameters.slots,
      states: this.#states,
      inputs: this.#inputs,
      outputs: this.#outputs,
      gradients: this.#gradients,
      constants: this.#constants,
      records,
      step,
      feed,
      optimizer,
    };
    const problems = limitProblems(plan);
    if (problems.length > 0) throw new Refusal(...problems);
    return plan;
  }

  #schedule(): Schedule {
    const { outputs, gradients, updates } = this.#graph;
    const roots = new Set<NodeId>(Object.values(outputs));
    if (this.#training) {
      for (const { gradient } of gradients) roots.add(gradient);
      for (const { value } of updates) roots.add(value);
    }
    const scheduled = schedule(this.#graph, roots);
    return this.#options.fuse === false ? scheduled : fuse(scheduled);
  }

  /** The slot of a node in `range`. */
  #slot(name: string, node: GraphNode, range: BufferRange): TensorSlot {
    const { shape, dtype, physical } = this.#operand(node.id);
    return { name, shape, physicalShape: physical, dtype, range };
  }

  /** Input `index` as an op sees it. */
  #inputOperand(reader: Pick<OpNode, 'id' | 'op'>, id: NodeId, index: number): Operand {
    if (!this.#weights.has(id) || takesWeights(reader, index, this.#weights)) return this.#operand(id);
    const { shape, dtype } = nodeOf(this.#graph, id);
    return { shape, physical: physicalShape(shape, false), dtype };
  }

  #bytes({ id }: GraphNode): number {
    return physicalBytes(this.#operand(id).physical);
  }

  /**
   * Gives each gradient the offset of its parameter. An op writes there directly where nobody else reads its
   * value: whoever did could not write to the same arena.
   */
  #placeGradients(arena: Arena): [NodeId, BufferRange, string][] {
    const copies: [NodeId, BufferRange, string][] = [];
    const shared = new Set(Object.values(this.#graph.outputs));
    const seen = new Set<NodeId>();
    const byParameter = new Map<NodeId, NodeId>();
    for (const { parameter, gradient } of this.#graph.gradients) {
      if (seen.has(gradient) || this.#read.has(gradient)) shared.add(gradient);
      seen.add(gradient);
      byParameter.set(parameter, gradient);
    }
    for (const node of this.#parameters.nodes) {
      const { name } = node;
      const gradientId = byParameter.get(node.id);
      if (gradientId === undefined) continue;
      const gradient = nodeOf(this.#graph, gradientId);
      const range = arena.take(this.#bytes(node));
      this.#gradients.push(this.#slot(name, node, range));
      const [own, other] = [this.#operand(node.id).physical, this.#operand(gradient.id).physical];
      if (node.shape.length > 2 && !sameShape(own, other)) {
        throw new InvariantError(`lower: the gradient of ${name} is not laid out as its parameter`);
      }
      if (gradient.kind === 'op' && !shared.has(gradientId)) {
        this.#places.set(gradientId, range);
      } else copies.push([gradientId, range, `gradient of ${name}`]);
    }
    return copies;
  }

  #placeStates(): void {
    const states = this.#graph.nodes.filter((node): node is StateNode => node.kind === 'state');
    if (states.length === 0) return;
    const arena = this.#builder.arena('states', 'kept');
    for (const node of states) {
      const range = arena.take(this.#bytes(node));
      this.#places.set(node.id, range);
      this.#states.push({ ...this.#slot(node.name, node, range), init: node.init });
    }
  }

  /** Each output has a buffer of its own, because later ops may read one while another is written. */
  #placeOutputs(): [NodeId, BufferRange, string][] {
    const copies: [NodeId, BufferRange, string][] = [];
    for (const [name, id] of Object.entries(this.#graph.outputs)) {
      const node = nodeOf(this.#graph, id);
      const range = this.#builder.buffer(`output ${name}`, this.#bytes(node), 'output');
      this.#outputs.push(this.#slot(name, node, range));
      if (node.kind === 'op' && !this.#places.has(id)) this.#places.set(id, range);
      else copies.push([id, range, `output ${name}`]);
    }
    return copies;
  }

  #placeInputs(scheduled: Schedule, step: BufferRange): Feed | undefined {
    const data: Record<string, { buffer: number; rowElements: number }> = {};
    const { feed } = this.#options;
    const indices = feed && this.#builder.buffer('indices', feed.capacity * 4, 'input');
    const changes =
      feed?.augment && this.#builder.buffer('augmentation', feed.capacity * AUGMENT_WORDS * 4, 'input');
    for (const node of this.#graph.nodes) {
      if (node.kind !== 'input' || !(this.#read.has(node.id) || scheduled.roots.has(node.id))) continue;
      const range = this.#builder.buffer(`input ${node.name}`, this.#bytes(node), 'input');
      this.#places.set(node.id, range);
      this.#inputs.push(this.#slot(node.name, node, range));
      if (!indices) continue;
      const resident = this.#builder.buffer(`data of ${node.name}`, 0, 'resident');
      data[node.name] = { buffer: resident.buffer, rowElements: elementsOf(node.shape.slice(1)) };
      const label = `gather ${node.name}`;
      if (changes && feed.augment && node.dtype === 'f32' && node.shape.length === 4) {
        const bindings = [input(0), input(1), input(2), input(3), output] as const;
        const batch = augmentBatch(this.#operand(node.id), feed.augment, bindings);
        this.#builder.add(label, [batch], [resident, indices, changes, step], range);
        continue;
      }
      const batch = gatherBatch(this.#operand(node.id), [input(0), input(1), input(2), output]);
      this.#builder.add(label, [batch], [resident, indices, step], range);
    }
    return (
      feed && indices && { indices, capacity: feed.capacity, data, ...(changes && { augmentation: changes }) }
    );
  }

  #placeConstants(): void {
    const constants = this.#graph.nodes.filter((node) => node.kind === 'constant');
    if (constants.length === 0) return;
    const arena = this.#builder.arena('constants', 'kept');
    for (const node of constants) {
      const range = arena.take(this.#bytes(node));
      this.#places.set(node.id, range);
      const slot = this.#slot(`constant ${node.id}`, node, range);
      this.#constants.push({ ...slot, init: { kind: 'constant', value: node.value } });
    }
  }

  /** The place of a node's value; an op's that has none yet gets scratch memory. */
  #place(id: NodeId): Place {
    const known = this.#places.get(id);
    if (known) return known;
    const place = this.#builder.scratch(this.#bytes(nodeOf(this.#graph, id)));
    this.#places.set(id, place);
    return place;
  }

  #operand(id: NodeId): Operand {
    const known = this.#operands[id];
    if (known) return known;
    const { shape, dtype } = nodeOf(this.#graph, id);
    const operand = { shape, physical: physicalShape(shape, this.#weights.has(id)), dtype };
    this.#operands[id] = operand;
    return operand;
  }

  #lower({ node, inputs, output: id, fusion }: Unit): void {
    const [first] = inputs;
    if (node.op === 'reshape' && first !== undefined && !this.#places.has(id)) {
      // The same memory seen in another shape: nothing is computed.
      if (liesAlike(this.#operand(first), this.#operand(id))) {
        this.#places.set(id, this.#place(first));
        return;
      }
    }
    this.#apply(node, fusion, inputs, id, this.#place(id));
  }

  #apply<K extends OpName>(
    node: OpNodeOf<K>,
    fusion: Fusion,
    inputs: readonly NodeId[],
    outputId: NodeId,
    to: Place,
  ): void {
    const context: RuleContext<K> = {
      node,
      inputs: inputs.map((id, index) => this.#inputOperand(node, id, index)),
      output: this.#operand(outputId),
      profile: this.#options.profile,
      fusion,
    };
    const rule: KernelRule<K> = kernelTable[node.op];
    const dispatches = rule(context);
    for (const { asked } of dispatches) if (asked) this.#ask(asked, node);
    this.#builder.add(
      opLabel(node),
      dispatches,
      inputs.map((id) => this.#place(id)),
      to,
      node.late === true,
    );
  }

  /** Remembers a question, with the first op that asks it. */
  #ask<K extends OpName>(asked: Question, node: OpNodeOf<K>): void {
    if (this.#choices.has(asked.question)) return;
    const inputs = node.inputs.map((id) => {
      const { shape, dtype } = nodeOf(this.#graph, id);
      return { shape, dtype, weight: this.#weights.has(id) };
    });
    this.#choices.set(asked.question, { ...asked, sample: sampleOf(node, inputs) });
  }

  #copy(from: NodeId, to: BufferRange, label: string): void {
    const bytes = Math.min(to.bytes, this.#bytes(nodeOf(this.#graph, from)));
    this.#builder.add(label, [copyDispatch(this.#options.profile, bytes)], [this.#place(from)], to);
  }

  /**
   * Statistics whose new value nobody else reads are moved where they lie, after all that reads the old
   * value: no dispatch may read and write the buffer of states otherwise.
   */
  #inPlaceUpdates(): ReadonlySet<NodeId> {
    const found = new Set<NodeId>();
    if (!this.#training) return found;
    for (const { state, value } of this.#graph.updates) {
      const node = nodeOf(this.#graph, value);
      const moves = node.kind === 'op' && node.op === 'update_statistics' && node.inputs[0] === state;
      if (moves && !this.#read.has(value) && !this.#places.has(value)) found.add(value);
    }
    return found;
  }

  #updateStates(inPlace: ReadonlySet<NodeId>, late: readonly Unit[]): void {
    if (!this.#training) return;
    for (const { state, value } of this.#graph.updates) {
      if (inPlace.has(value)) continue;
      const to = this.#place(state);
      invariant('buffer' in to, 'lower: a state lies in kept memory');
      this.#copy(value, to, 'update state');
    }
    for (const { node, inputs, output: id } of late) {
      const [state] = inputs;
      invariant(state !== undefined, 'lower: update_statistics has a state');
      this.#apply(node, { inPlace: true }, inputs, id, this.#place(state));
    }
  }

  #record(step: BufferRange): RecordSlot | undefined {
    const scalars = this.#outputs.filter(({ shape }) => sameShape(shape, [1]));
    if (scalars.length === 0) return undefined;
    const slots = this.#options.recordSlots ?? 1024;
    const to = this.#builder.buffer('records', slots * scalars.length * 4, 'output');
    const bindings = scalars.map((_, i) => input(i));
    this.#builder.add(
      'record',
      [recordScalars(bindings, input(scalars.length), output, slots)],
      [...scalars.map(({ range }) => range), step],
      to,
    );
    return { names: scalars.map(({ name }) => name), slots, range: to };
  }
}

/** The nodes that some units read. */
function readBy({ units }: Schedule): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  for (const { inputs } of units) for (const id of inputs) found.add(id);
  return found;
}
