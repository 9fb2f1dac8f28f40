/**
 * The meta-controller of path-level transformation as Graphs (Cai, Yang, Zhang, Han & Yu 2018, section 3.3): a tree-LSTM (Tai,
 * Socher & Manning 2015) reads a tree of paths from its leaves to its root and back; the state of the path in question is
 * what an actor with one hidden layer decides by. Paths that are added are read as a sum, those that are concatenated in
 * order.
 */
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { present } from '../../../util/invariant.ts';
import { dense, denseWeights, glorot, lstmStep, lstmWeights, type LstmState } from '../controllers/lstm.ts';
import { rowSums } from '../controllers/policyGraph.ts';
import { trainingOf } from './chainGraph.ts';

/** The actions, in the order in which they are decided of a path. */
export type ActorName = 'merge' | 'insert' | 'edge';

export interface TreeForm {
  readonly embedding: number;
  readonly units: number;
  /** Numbers of kinds of edges and of merges; the ids past them are read as zeros. */
  readonly edges: number;
  readonly merges: number;
  /** Most paths of a concatenation that are read in order. */
  readonly ordered: number;
  /** Sizes of what each actor decides at once. */
  readonly heads: Readonly<Record<ActorName, readonly number[]>>;
}

/** A path and all behind it, or the root, which has no edge. */
export interface TreeShape {
  readonly isRoot: boolean;
  /** How the paths behind are merged: not at all where there is one or none. */
  readonly merge: 'none' | 'sum' | 'ordered';
  readonly paths: readonly TreeShape[];
}

/** The subtrees in the order in which their inputs are numbered: each before those behind it. */
export function subtrees(tree: TreeShape): readonly TreeShape[] {
  return [tree, ...tree.paths.flatMap(subtrees)];
}

/** Adds weights when they are first asked for. */
class Weights {
  readonly builder: GraphBuilder;
  readonly form: TreeForm;
  readonly #known = new Map<string, NodeId>();

  constructor(builder: GraphBuilder, form: TreeForm) {
    this.builder = builder;
    this.form = form;
  }

  /** x W + b */
  dense(name: string, x: NodeId, outputs: number): NodeId {
    const inputs = this.builder.shape(x)[1] ?? 0;
    const [kernel, bias] = [`${name}.kernel`, `${name}.bias`];
    if (!this.#known.has(kernel)) {
      const added = denseWeights(this.builder, name, [inputs, outputs], glorot(inputs, outputs));
      this.#known.set(kernel, added.kernel).set(bias, added.bias);
    }
    const weights = [kernel, bias].map((n) => present(this.#known.get(n), n)) as [NodeId, NodeId];
    return dense(this.builder, x, { kernel: weights[0], bias: weights[1] });
  }

  embedding(name: string, rows: number, id: NodeId): NodeId {
    const table =
      this.#known.get(name) ??
      this.builder.parameter(name, [rows, this.form.embedding], { kind: 'uniform', limit: 0.1 });
    this.#known.set(name, table);
    return this.builder.op('embedding', [id, table], {});
  }
}

/** All weights, in the order in which some tree of every form asks for them. */
export function treeWeightGraph(form: TreeForm): Graph {
  const builder = new GraphBuilder();
  const weights = new Weights(builder, form);
  const edges = edgeCells(builder, form);
  const leaf: TreeShape = { isRoot: false, merge: 'none', paths: [] };
  for (const merge of ['sum', 'ordered'] as const) {
    const paths = Array.from({ length: form.ordered }, () => leaf);
    stateOf(weights, edges, { isRoot: true, merge, paths }, 1, `${merge}.`);
  }
  const state = builder.constant(0, [1, 2 * form.units]);
  for (const actor of ['merge', 'insert', 'edge'] as const) scores(weights, actor, state);
  return builder.finish();
}

interface EdgeCells {
  readonly up: ReturnType<typeof lstmWeights>;
  readonly down: ReturnType<typeof lstmWeights>;
}

function edgeCells(builder: GraphBuilder, { embedding, units }: TreeForm): EdgeCells {
  const cell = (name: string): ReturnType<typeof lstmWeights> =>
    lstmWeights(builder, name, units, glorot(embedding + units, units), embedding);
  return { up: cell('edge.up'), down: cell('edge.down') };
}

/** The states of subtree `focus` from below and from above, [1, 2 units]. Inputs: `edge.i` and `merge.i` [1] of each subtree. */
function stateOf(weights: Weights, edges: EdgeCells, tree: TreeShape, focus: number, prefix = ''): NodeId {
  const { builder, form } = weights;
  const all = subtrees(tree);
  const zeros = builder.constant(0, [1, form.units]);
  const nothing: LstmState = { hidden: zeros, cell: zeros };
  const read = (kind: 'edge' | 'merge', i: number): NodeId => {
    const id = builder.input(`${prefix}${kind}.${i}`, [1], 'i32');
    return weights.embedding(kind, kind === 'edge' ? form.edges : form.merges, id);
  };
  const number = new Map(all.map((subtree, i) => [subtree, i]));
  const edgeOf = all.map(({ isRoot }, i) => (isRoot ? undefined : read('edge', i)));
  const mergeOf = all.map(({ merge }, i) => (merge === 'none' ? undefined : read('merge', i)));
  const up: LstmState[] = [];
  const climb = (subtree: TreeShape): LstmState => {
    const i = number.get(subtree) ?? 0;
    const below = subtree.paths.map(climb);
    const merge = mergeOf[i];
    const merged =
      merge === undefined
        ? (below[0] ?? nothing)
        : mergeStep(weights, `up.${subtree.merge}`, merge, below, undefined, nothing);
    const edge = edgeOf[i];
    const state = edge === undefined ? merged : lstmStep(builder, edges.up, edge, merged);
    up[i] = state;
    return state;
  };
  climb(tree);
  const down: LstmState[] = [];
  const descend = (subtree: TreeShape, over: TreeShape | undefined): void => {
    const i = number.get(subtree) ?? 0;
    let state = nothing;
    if (over) {
      const parent = number.get(over) ?? 0;
      state = present(down[parent], 'the state of a parent');
      const merge = mergeOf[parent];
      if (merge !== undefined) {
        // What stands beside it, and nothing in its own place.
        const beside = over.paths.map((path) =>
          path === subtree ? nothing : (up[number.get(path) ?? 0] ?? nothing),
        );
        state = mergeStep(weights, `down.${over.merge}`, merge, beside, state, nothing);
      }
    }
    const edge = edgeOf[i];
    down[i] = edge === undefined ? state : lstmStep(builder, edges.down, edge, state);
    for (const path of subtree.paths) descend(path, subtree);
  };
  descend(tree, undefined);
  return builder.op('concat', [up[focus]?.hidden ?? zeros, down[focus]?.hidden ?? zeros], {});
}

/** A tree-LSTM cell: child-sum (Tai et al. 2015, section 3.1) or N-ary (section 3.2), with the state from above beside it. */
function mergeStep(
  weights: Weights,
  name: string,
  x: NodeId,
  children: readonly LstmState[],
  parent: LstmState | undefined,
  nothing: LstmState,
): LstmState {
  const { builder, form } = weights;
  const { units } = form;
  const add = (a: NodeId, b: NodeId): NodeId => builder.op('add', [a, b], {});
  const mul = (a: NodeId, b: NodeId): NodeId => builder.op('mul', [a, b], {});
  const joined = (...parts: readonly NodeId[]): NodeId => builder.op('concat', parts, {});
  const activated = (kind: 'sigmoid' | 'tanh', y: NodeId): NodeId =>
    builder.op('activation', [y], { name: kind });
  const above = parent ? [parent.hidden] : [];
  const isOrdered = name.endsWith('ordered') && children.length <= form.ordered;
  const cell = isOrdered ? name : name.replace('ordered', 'sum');
  const places = isOrdered
    ? Array.from({ length: form.ordered }, (_, k) => (children[k] ?? nothing).hidden)
    : [children.map(({ hidden }) => hidden).reduce(add)];
  const all = joined(x, ...places, ...above);
  const gate = (which: string, from: NodeId, kind: 'sigmoid' | 'tanh' = 'sigmoid'): NodeId =>
    activated(kind, weights.dense(`${cell}.${which}`, from, units));
  const forgotten = children.map(({ hidden, cell: kept }, k) =>
    mul(isOrdered ? gate(`forget.${k}`, all) : gate('forget', joined(x, hidden, ...above)), kept),
  );
  if (parent) forgotten.push(mul(gate('forget.above', all), parent.cell));
  const written = mul(gate('input', all), gate('candidate', all, 'tanh'));
  const next = forgotten.reduce(add, written);
  return { hidden: mul(gate('output', all), activated('tanh', next)), cell: next };
}

/** What an actor scores, one for each of its heads; each has a hidden layer of 2.5 times the state of its own. */
function scores(weights: Weights, actor: ActorName, state: NodeId): readonly NodeId[] {
  const { builder, form } = weights;
  const hidden = Math.round(5 * form.units);
  return form.heads[actor].map((size, h) => {
    const layer = builder.op('relu', [weights.dense(`${actor}.${h}.hidden`, state, hidden)], {});
    return weights.dense(`${actor}.${h}.scores`, layer, size);
  });
}

function logarithms(
  builder: GraphBuilder,
  form: TreeForm,
  tree: TreeShape,
  focus: number,
  actor: ActorName,
): readonly NodeId[] {
  const weights = new Weights(builder, form);
  const state = stateOf(weights, edgeCells(builder, form), tree, focus);
  return scores(weights, actor, state).map((score, h) => {
    const offered = builder.input(`offered.${h}`, [1, form.heads[actor][h] ?? 1]);
    return builder.op('log_softmax', [builder.op('add', [score, offered], {})], {});
  });
}

/** Outputs `log.h` [1, size]: the log-probabilities of each head of an actor. Inputs beside the tree: `offered.h` [1, size]. */
export function actorGraph(form: TreeForm, tree: TreeShape, focus: number, actor: ActorName): Graph {
  const builder = new GraphBuilder();
  logarithms(builder, form, tree, focus, actor).forEach((log, h) => (builder.outputs[`log.${h}`] = log));
  return builder.finish();
}

/** The loss of one action; inputs beside: `taken.h` [1, size], `asked.h` [1], `advantages` [1]. */
export function actorTraining(
  form: TreeForm,
  tree: TreeShape,
  focus: number,
  actor: ActorName,
  entropy: number,
): Graph {
  const builder = new GraphBuilder();
  let [logProbability, surprise] = [builder.constant(0, [1]), builder.constant(0, [1])];
  logarithms(builder, form, tree, focus, actor).forEach((log, h) => {
    const size = form.heads[actor][h] ?? 1;
    const dot = (a: NodeId, b: NodeId): NodeId => rowSums(builder, builder.op('mul', [a, b], {}));
    logProbability = builder.op(
      'add',
      [logProbability, dot(log, builder.input(`taken.${h}`, [1, size]))],
      {},
    );
    const information = dot(builder.op('activation', [log], { name: 'exp' }), log);
    const asked = builder.op('mul', [information, builder.input(`asked.${h}`, [1])], {});
    surprise = builder.op('sub', [surprise, asked], {});
  });
  return trainingOf(builder, 1, logProbability, surprise, entropy);
}
