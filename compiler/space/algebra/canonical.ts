/**
 * The canonical form of an architecture: a text that two architectures of a space share exactly when they are the same
 * network, up to the names and the order of things (see {@link networkOf} for what makes no difference).
 *
 * NAS-Bench-201 has 15,625 architectures, and 6,466 different strings by the rule of its paper (Dong & Yang 2020), which
 * writes each node out as the sum of its edges. Here they are 5,875 networks. The strings keep terms of sums that are dead,
 * such as an edge from a node that no signal reaches, and a pool of zeros beside zeros; and they write a node that is
 * read twice out twice, as if it were two.
 */
import type { Architecture } from '../architecture.ts';
import type { Space } from '../space.ts';
import { canonicalText, type LabelledEdge } from './canonicalGraph.ts';
import { hashText } from './hash.ts';
import { networkOf, type Network } from './network.ts';

/** The canonical form as a text. */
export function canonical(space: Space, { choices }: Architecture): string {
  return canonicalParts(networkOf(space, choices), new Map()).join('\n--\n');
}

/** A key of the canonical form: 32 hexadecimal digits. */
export function canonicalHash(space: Space, architecture: Architecture): string {
  return hashText(canonical(space, architecture));
}

/**
 * The canonical texts of the parts between waists. A waist is a tensor that every way from an input to an output passes;
 * what is before and what is after it have nothing else in common. `known` remembers parts by how they are numbered.
 */
export function canonicalParts(network: Network, known: Map<string, string>): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (const end of waistsOf(network)) {
    // Labels are replaced by their places in order: cells of one form differ by their widths alone.
    const labels = [...new Set(network.nodes.slice(start, end + 1).map(({ label }) => label))].sort();
    const places = new Map(labels.map((label, i) => [label, String(i)]));
    const key = keyOf(network, places, start, end);
    let text = known.get(key);
    if (text === undefined) known.set(key, (text = canonicalText(graphOf(network, places, start, end))));
    parts.push(`${labels.join('; ')}\n${text}`);
    start = end + 1;
  }
  return parts;
}

/** The last nodes of the parts, ascending; the last of them is the last node, together with the outputs. */
function waistsOf({ nodes, outputs }: Network): readonly number[] {
  const last = nodes.length - 1;
  // A scan's stage is around what it reads, not behind it.
  if (nodes.some(({ scan }) => scan !== undefined)) return [last];
  const reads = nodes.map((_, i) => i);
  const shares = nodes.map((_, i) => i);
  const sites = new Map<string, number>();
  nodes.forEach(({ inputs, site }, i) => {
    for (const input of inputs) if (input >= 0) reads[input] = i;
    if (site === undefined) return;
    const first = sites.get(site) ?? i;
    sites.set(site, first);
    shares[first] = i;
  });
  for (const [, node] of outputs) if (node !== undefined && node < last) reads[node] = last + 1;
  const waists: number[] = [];
  let [readUpTo, sharedUpTo] = [0, 0];
  for (let i = 0; i < last; i++) {
    sharedUpTo = Math.max(sharedUpTo, shares[i] ?? i);
    // What is constant may stand on either side.
    const free = nodes[i]?.constant === false && (reads[i] ?? i) <= last;
    if (free && readUpTo <= i && sharedUpTo <= i) waists.push(i);
    readUpTo = Math.max(readUpTo, reads[i] ?? i);
  }
  return [...waists, last];
}

type Places = ReadonlyMap<string, string>;

function keyOf({ nodes, outputs }: Network, places: Places, start: number, end: number): string {
  const sites = new Map<string, number>();
  const lines = nodes.slice(start, end + 1).map(({ label, inputs, ordered, site, scan }) => {
    const shared = site === undefined ? -1 : (sites.get(site) ?? sites.size);
    if (site !== undefined) sites.set(site, shared);
    const read = inputs.map((input) => (input < 0 ? 'zero' : input < start ? 'before' : input - start));
    return `${places.get(label) ?? ''}${ordered ? '|' : '+'}${read.join()}|${shared}|${scan ?? ''}`;
  });
  const ends =
    end === nodes.length - 1 ? outputs.map(([name, node]) => `${name}=${(node ?? NaN) - start}`) : [];
  return [...lines, ...ends].join('\n');
}

/** Labels of edges that are not the place of an input. */
const anyPlace = 0;
const ofSite = 1;
const ofScan = 2;
const firstPlace = 3;

function graphOf(
  { nodes, outputs }: Network,
  places: Places,
  start: number,
  end: number,
): { labels: string[]; edges: LabelledEdge[][] } {
  const labels: string[] = [];
  const edges: LabelledEdge[][] = [];
  const add = (label: string, out: LabelledEdge[] = []): number => {
    labels.push(label);
    edges.push(out);
    return labels.length - 1;
  };
  const part = nodes.slice(start, end + 1);
  part.forEach(({ label }) => add(places.get(label) ?? ''));
  const before = start > 0 ? add('before') : -1;
  const place = (node: number): number => (node < start ? before : node - start);
  const sites = new Map<string, number[]>();
  const scans = new Map<number, number[]>();
  part.forEach(({ inputs, ordered, site, scan }, i) => {
    edges[i] = inputs.flatMap((input, at) =>
      input < 0 ? [] : [{ to: place(input), label: ordered ? firstPlace + at : anyPlace }],
    );
    if (site !== undefined) sites.set(site, [...(sites.get(site) ?? []), i]);
    if (scan !== undefined) scans.set(scan, [...(scans.get(scan) ?? []), i]);
  });
  for (const [groups, label] of [
    [sites, ofSite],
    [scans, ofScan],
  ] as const) {
    for (const members of groups.values()) {
      // Weights that one node owns are told by its having them; shared ones are a node that all of them point at.
      const group = add(label === ofSite ? `weights of ${members.length > 1 ? 'several' : 'one'}` : 'scan');
      for (const member of members) edges[member]?.push({ to: group, label });
    }
  }
  if (end === nodes.length - 1) {
    for (const [name, node] of outputs) {
      add(`result ${name}`, node === undefined ? [] : [{ to: place(node), label: anyPlace }]);
    }
  }
  return { labels, edges };
}
