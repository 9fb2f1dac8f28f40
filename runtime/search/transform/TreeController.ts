/** Samples trees of paths one decision after the other, and learns from what became of them (Cai et al. 2018b, section 3.3). */
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { present } from '../../../util/invariant.ts';
import type { Random } from '../../../util/random.ts';
import type { NamedTensors } from '../../execute/reference.ts';
import { drawn } from '../controllers/draw.ts';
import { Kept } from '../controllers/Kept.ts';
import { Learner } from '../controllers/Learner.ts';
import { FORBIDDEN } from '../controllers/steps.ts';
import type { PathTree, TreeNode, TreePath } from './PathTree.ts';
import {
  actorGraph,
  actorTraining,
  subtrees,
  treeWeightGraph,
  type ActorName,
  type TreeForm,
  type TreeShape,
} from './treeGraph.ts';

export interface TreeSettings {
  readonly embedding: number;
  readonly units: number;
  readonly entropy: number;
}

/** What one head of an actor could decide and decided; undefined where it was not asked. */
type HeadAnswer = { readonly offered: readonly number[]; readonly taken: number } | undefined;

interface Action {
  readonly actor: ActorName;
  readonly tree: TreeShape;
  readonly focus: number;
  /** The numbers of the edges and merges of the tree. */
  readonly read: NamedTensors;
  readonly heads: readonly HeadAnswer[];
}

/** How an architecture came to be. */
export interface TreeTrace {
  readonly architecture: Architecture;
  readonly actions: readonly Action[];
}

/** A decision that is still to be made. */
interface Pending {
  readonly actor: ActorName;
  readonly decision: DecisionId;
}

/** Attempts at a tree that is a member and has a node put in. */
const attemptLimit = 50;

export class TreeController {
  readonly #trees: PathTree;
  readonly #settings: TreeSettings;
  readonly #isMember: (architecture: Architecture) => boolean;
  readonly #labels: Readonly<Record<ActorName, readonly string[]>>;
  /** How paths are merged, `add` and `cat`, each with the labels that do so. */
  readonly #merges: readonly { readonly stem: string; readonly labels: readonly string[] }[];
  readonly #form: TreeForm;
  readonly #learner: Learner;
  readonly #graphs = new Kept<Graph>(512);

  constructor(
    trees: PathTree,
    settings: TreeSettings,
    isMember: (architecture: Architecture) => boolean,
    seed: number,
  ) {
    this.#trees = trees;
    this.#settings = settings;
    this.#isMember = isMember;
    this.#labels = {
      merge: trees.labels('branch'),
      insert: trees.labels('insert'),
      edge: trees.labels('replace'),
    };
    const stems = new Map<string, string[]>();
    for (const label of this.#labels.merge)
      stems.set(stemOf(label), [...(stems.get(stemOf(label)) ?? []), label]);
    this.#merges = [...stems].map(([stem, labels]) => ({ stem, labels }));
    const size = (labels: readonly string[]): number => Math.max(1, labels.length);
    const counts = this.#merges.filter(({ labels }) => labels.length > 1).map(({ labels }) => labels.length);
    this.#form = {
      embedding: settings.embedding,
      units: settings.units,
      edges: size(this.#labels.edge),
      merges: size(this.#merges.map(({ stem }) => stem)),
      ordered: 2,
      heads: {
        merge: [size(this.#merges.map(({ stem }) => stem)), ...counts],
        insert: [size(this.#labels.insert)],
        edge: [size(this.#labels.edge)],
      },
    };
    this.#learner = new Learner(treeWeightGraph(this.#form), seed);
  }

  /** Architectures grown from one. As in the paper only trees with a node put in count as new, where one can be. */
  sample(start: Architecture, rows: number, random: Random): readonly TreeTrace[] {
    return Array.from({ length: rows }, () => {
      let trace: TreeTrace = { architecture: start, actions: [] };
      for (let attempt = 0; attempt < attemptLimit; attempt++) {
        const grown = this.#grow(start, random);
        const isNew = grown.hasNode || !grown.couldInsert;
        if (!this.#isMember(grown.trace.architecture)) continue;
        trace = grown.trace;
        if (isNew) break;
      }
      return trace;
    });
  }

  /** Learns from the traces of a batch, each as much better than the baseline as its advantage says. */
  learn(traces: readonly TreeTrace[], advantages: readonly number[], rate: number): void {
    this.#learner.learn(this.#gradients(traces, advantages), rate);
  }

  *#gradients(traces: readonly TreeTrace[], advantages: readonly number[]): Generator<NamedTensors> {
    const entropy = this.#settings.entropy / traces.length;
    for (const [i, { actions }] of traces.entries()) {
      const advantage = (advantages[i] ?? 0) / traces.length;
      for (const action of actions) {
        const { actor, tree, focus } = action;
        const graph = this.#graph(`train ${traces.length}`, action, () =>
          actorTraining(this.#form, tree, focus, actor, entropy),
        );
        const weight = { shape: [1], data: Float64Array.of(advantage) };
        yield this.#learner.gradients(graph, {
          ...action.read,
          ...this.#answers(action),
          advantages: weight,
        });
      }
    }
  }

  #grow(
    start: Architecture,
    random: Random,
  ): { readonly trace: TreeTrace; readonly hasNode: boolean; readonly couldInsert: boolean } {
    let architecture = start;
    const actions: Action[] = [];
    const pending: Pending[] = this.#trees
      .roots(start)
      .map(({ merge }): Pending => ({ actor: 'merge', decision: merge }))
      .reverse();
    let [hasNode, couldInsert] = [false, false];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { actor, decision } = next;
      const offered = this.#trees.offered(architecture, decision);
      // What is decided already, as in a later stage of a search, stays.
      const isOpen = offered.length > 1 && this.#trees.isUnchanged(architecture, decision);
      if (isOpen) {
        const action = this.#decide(architecture, next, offered, random);
        actions.push(action);
        architecture = this.#trees.answer(architecture, decision, this.#labelOf(action));
      }
      if (actor === 'insert') {
        couldInsert ||= offered.length > 1;
        hasNode ||= !this.#trees.isUnchanged(architecture, decision);
      }
      pending.push(...this.#behind(architecture, next));
    }
    return { trace: { architecture, actions }, hasNode, couldInsert };
  }

  /** What is to be decided after a decision, last first: operations of paths before nodes behind them, depth first. */
  #behind(architecture: Architecture, { actor, decision }: Pending): readonly Pending[] {
    if (actor === 'edge') return [];
    if (actor === 'insert') {
      const path = this.#roots(architecture).find(({ insert }) => insert === decision);
      return path?.next ? [{ actor: 'merge', decision: path.next.merge }] : [];
    }
    const { paths } = this.#trees.node(architecture, decision);
    const edges = paths
      .flatMap(({ edge }) => edge ?? [])
      .map((id): Pending => ({ actor: 'edge', decision: id }));
    const inserts = paths.flatMap(({ insert }) => insert ?? []);
    return [...edges, ...inserts.map((id): Pending => ({ actor: 'insert', decision: id }))].reverse();
  }

  #roots(architecture: Architecture): readonly TreePath[] {
    const of = ({ paths }: TreeNode): readonly TreePath[] =>
      paths.flatMap((path) => [path, ...(path.next ? of(path.next) : [])]);
    return this.#trees.roots(architecture).flatMap(of);
  }

  #decide(
    architecture: Architecture,
    { actor, decision }: Pending,
    offered: readonly string[],
    random: Random,
  ): Action {
    const { tree, focus, read } = this.#read(architecture, decision);
    const options = this.#offeredTo(actor, offered);
    const asked = { actor, tree, focus, read, heads: options.map((o) => ({ offered: o, taken: -1 })) };
    const graph = this.#graph('sample', asked, () => actorGraph(this.#form, tree, focus, actor));
    const outputs = this.#learner.outputs(graph, { ...read, ...this.#answers(asked) });
    const taken = (head: number): HeadAnswer => {
      const log = present(outputs[`log.${head}`], 'log-probabilities').data;
      const among = options[head] ?? [];
      const option = drawn(among, (o) => Math.exp(log[o] ?? -Infinity), random);
      return option === undefined ? undefined : { offered: among, taken: option };
    };
    const first = taken(0);
    const second = actor === 'merge' && first ? this.#countHead(first.taken) : undefined;
    const heads = options.map((_, h) => (h === 0 ? first : h === second ? taken(h) : undefined));
    return { ...asked, heads };
  }

  /** For each head of an actor the options that lead to one of some labels. */
  #offeredTo(actor: ActorName, labels: readonly string[]): readonly (readonly number[])[] {
    const among = (all: readonly string[]): readonly number[] =>
      all.flatMap((label, i) => (labels.includes(label) ? [i] : []));
    if (actor !== 'merge') return [among(this.#labels[actor])];
    const stems = this.#merges.flatMap(({ labels: all }, i) => (among(all).length > 0 ? [i] : []));
    const several = this.#merges.filter(({ labels: all }) => all.length > 1);
    return [stems, ...several.map(({ labels: all }) => among(all))];
  }

  /** The head that says how many paths a way to merge has; undefined where there is one number of them. */
  #countHead(merge: number): number | undefined {
    const before = this.#merges.slice(0, merge).filter(({ labels }) => labels.length > 1).length;
    return (this.#merges[merge]?.labels.length ?? 0) > 1 ? before + 1 : undefined;
  }

  #labelOf({ actor, heads }: Action): string {
    const first = heads[0]?.taken ?? -1;
    if (actor !== 'merge') return this.#labels[actor][first] ?? '';
    const labels = this.#merges[first]?.labels ?? [];
    const count = this.#countHead(first);
    return labels[count === undefined ? 0 : (heads[count]?.taken ?? 0)] ?? '';
  }

  /** The tree that a decision belongs to as the controller reads it, and the place of the path that it is about. */
  #read(
    architecture: Architecture,
    decision: DecisionId,
  ): { readonly tree: TreeShape; readonly focus: number; readonly read: NamedTensors } {
    const edges: number[] = [];
    const merges: number[] = [];
    let focus = -1;
    // Numbers as `subtrees` counts them: a path before those behind it.
    const shape = (path: TreePath | undefined, node: TreeNode | undefined): TreeShape => {
      const number = edges.length;
      const edge = path?.edge;
      const isOpen = edge !== undefined && this.#trees.isUnchanged(architecture, edge);
      edges.push(
        edge === undefined || isOpen
          ? this.#form.edges
          : this.#labels.edge.indexOf(this.#trees.label(architecture, edge)),
      );
      const stem = node ? stemOf(this.#trees.label(architecture, node.merge)) : '';
      merges.push(this.#merges.findIndex((merge) => merge.stem === stem));
      if (path?.edge === decision || path?.insert === decision) focus = number;
      const paths = node?.paths ?? [];
      // A node is decided on by the first of its paths.
      if (node?.merge === decision) focus = number + 1;
      const behind = paths.map((p) => shape(p, p.next));
      const merge = paths.length < 2 ? 'none' : stem.startsWith('c') ? 'ordered' : 'sum';
      return { isRoot: path === undefined, merge, paths: behind };
    };
    for (const root of this.#trees.roots(architecture)) {
      edges.length = merges.length = 0;
      const tree = shape(undefined, root);
      if (focus < 0) continue;
      const read: Record<string, NamedTensors[string]> = {};
      subtrees(tree).forEach((_, i) => {
        read[`edge.${i}`] = { shape: [1], data: Int32Array.of(edges[i] ?? 0) };
        read[`merge.${i}`] = { shape: [1], data: Int32Array.of(Math.max(0, merges[i] ?? 0)) };
      });
      return { tree, focus: Math.min(focus, subtrees(tree).length - 1), read };
    }
    return { tree: { isRoot: true, merge: 'none', paths: [] }, focus: 0, read: {} };
  }

  #answers({ actor, heads }: Action): NamedTensors {
    const inputs: Record<string, NamedTensors[string]> = {};
    for (const [h, size] of this.#form.heads[actor].entries()) {
      const answer = heads[h];
      const offered = Float64Array.from({ length: size }, (_, option) =>
        answer === undefined || answer.offered.length === 0 || answer.offered.includes(option)
          ? 0
          : FORBIDDEN,
      );
      const taken = Float64Array.from({ length: size }, (_, option) => (answer?.taken === option ? 1 : 0));
      inputs[`offered.${h}`] = { shape: [1, size], data: offered };
      inputs[`taken.${h}`] = { shape: [1, size], data: taken };
      inputs[`asked.${h}`] = { shape: [1], data: Float64Array.of(answer ? 1 : 0) };
    }
    return inputs;
  }

  #graph(purpose: string, { actor, tree, focus }: Action, make: () => Graph): Graph {
    return this.#graphs.get(`${purpose} ${actor} ${focus} ${textOf(tree)}`, make);
  }
}

/** `add` of `add_3`. */
function stemOf(label: string): string {
  return label.replace(/_?\d+$/, '');
}

function textOf({ merge, paths }: TreeShape): string {
  return `${merge}(${paths.map(textOf).join()})`;
}
