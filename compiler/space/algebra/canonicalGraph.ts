/**
 * A text for a small graph that is the same for isomorphic graphs and for no others: colours are refined until nodes that
 * look alike have one colour (Weisfeiler & Leman 1968); where several are left in a colour, each in turn is singled out,
 * and the least of the texts is taken (McKay 1981). Nodes that a symmetry exchanges are tried once.
 */

/** A directed graph without cycles, with labels on its nodes and edges. */
export interface LabelledGraph {
  readonly labels: readonly string[];
  /** For each node, its outgoing edges. */
  readonly edges: readonly (readonly LabelledEdge[])[];
}

export interface LabelledEdge {
  readonly to: number;
  readonly label: number;
}

/** For each node its colour: 0 to n - 1, where a colour's number is the number of nodes in lower colours. */
type Colours = readonly number[];

/** The canonical text. */
export function canonicalText(graph: LabelledGraph): string {
  const incoming: LabelledEdge[][] = graph.labels.map(() => []);
  graph.edges.forEach((edges, from) => {
    for (const { to, label } of edges) incoming[to]?.push({ to: from, label });
  });
  const search = new Search(graph, incoming);
  // What is behind a node and before it, as far as two numbers tell, saves most rounds of refinement.
  const labels = graph.labels.map(hashLabel);
  const [behind, before] = [reachHashes(labels, graph.edges), reachHashes(labels, incoming)];
  const start = graph.labels.map((label, i) => `${label} ${behind[i] ?? 0} ${before[i] ?? 0}`);
  return search.least(search.refine(ranks(start)));
}

/** A number for everything that can be reached from each node: equal where it looks equal. */
function reachHashes(
  labels: readonly number[],
  edges: readonly (readonly LabelledEdge[])[],
): readonly number[] {
  const hashes: number[] = [];
  const hashOf = (node: number): number => {
    const known = hashes[node];
    if (known !== undefined) return known;
    // A sum does not depend on the order.
    let sum = 0;
    for (const { to, label } of edges[node] ?? []) sum = (sum + mix(hashOf(to), label + 1)) | 0;
    return (hashes[node] = mix(labels[node] ?? 0, sum));
  };
  return labels.map((_, node) => hashOf(node));
}

function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(b ^ (b >>> 15), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}

function hashLabel(label: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  return hash;
}

class Search {
  readonly #graph: LabelledGraph;
  readonly #incoming: readonly (readonly LabelledEdge[])[];

  constructor(graph: LabelledGraph, incoming: readonly (readonly LabelledEdge[])[]) {
    this.#graph = graph;
    this.#incoming = incoming;
  }

  /** Splits colours by the colours around them until nothing changes. */
  refine(colours: Colours): Colours {
    let current = colours;
    let count = new Set(current).size;
    while (count < current.length) {
      const signatures = current.map((colour, node) => {
        const out = around(this.#graph.edges[node] ?? [], current);
        return `${pad(colour)} ${out}<${around(this.#incoming[node] ?? [], current)}`;
      });
      current = ranks(signatures);
      const after = new Set(current).size;
      if (after === count) break;
      count = after;
    }
    return current;
  }

  /** The least text of all orders that the colours allow. */
  least(colours: Colours): string {
    const open = firstOpen(colours);
    if (!open) return this.#text(colours);
    // Two choices that lead to the same text by any way are exchanged by a symmetry; what follows is the same.
    const tried = new Set<string>();
    let best: string | undefined;
    for (const node of open) {
      const chosen = this.refine(singleOut(colours, node));
      const some = this.#anyText(chosen);
      if (tried.has(some)) continue;
      tried.add(some);
      const text = this.least(chosen);
      if (best === undefined || text < best) best = text;
    }
    return best ?? '';
  }

  /** The text of one of the orders. */
  #anyText(colours: Colours): string {
    let current = colours;
    for (let open = firstOpen(current); open; open = firstOpen(current)) {
      current = this.refine(singleOut(current, open[0] ?? 0));
    }
    return this.#text(current);
  }

  #text(order: Colours): string {
    const lines: string[] = [];
    order.forEach((place, node) => {
      const edges = (this.#graph.edges[node] ?? [])
        .map(({ to, label }) => `${label}:${order[to] ?? ''}`)
        .sort();
      lines[place] = `${this.#graph.labels[node] ?? ''} <- ${edges.join(' ')}`;
    });
    return lines.join('\n');
  }
}

const pad = (colour: number): string => String.fromCharCode(0x100 + colour);

function around(edges: readonly LabelledEdge[], colours: Colours): string {
  const parts = edges.map(({ to, label }) => pad(label) + pad(colours[to] ?? 0));
  return parts.length > 1 ? parts.sort().join('') : (parts[0] ?? '');
}

/** The rank of each text: the number of texts before it in order. Equal texts have one rank. */
function ranks(texts: readonly string[]): Colours {
  const order = texts.map((_, i) => i).sort((a, b) => compare(texts[a] ?? '', texts[b] ?? ''));
  const result: number[] = texts.map(() => 0);
  let rank = 0;
  order.forEach((node, place) => {
    if (place > 0 && texts[node] !== texts[order[place - 1] ?? 0]) rank = place;
    result[node] = rank;
  });
  return result;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The nodes of the lowest colour that has several. */
function firstOpen(colours: Colours): readonly number[] | undefined {
  const nodes: number[][] = [];
  colours.forEach((colour, node) => (nodes[colour] ??= []).push(node));
  return nodes.find((list) => list !== undefined && list.length > 1);
}

/** Gives a node its colour for itself, before the others of it. */
function singleOut(colours: Colours, node: number): Colours {
  const colour = colours[node] ?? 0;
  return colours.map((c, i) => (c === colour && i !== node ? c + 1 : c));
}
