/**
 * The names of a space's decisions as a tree, and how written paths are followed in it: segments may be left out where one name
 * remains possible.
 */
import { didYouMean } from '../../util/didYouMean.ts';
import type { Decision, Space, Subset } from './space.ts';

/** Names of decisions as a tree: `normal.n[0].h[s0]` stands below `h`, below `[0]`, below `n`, below `normal`. */
export interface NameTree {
  readonly path: string;
  readonly children: Map<string, NameTree>;
  decision?: Decision;
  subset?: Subset;
}

/** The names of all decisions and subsets of a space. */
export function treeOf(space: Space): NameTree {
  const root: NameTree = { path: '', children: new Map() };
  const at = (path: string): NameTree => {
    let tree = root;
    for (const segment of segmentsOf(path)) {
      const child = tree.children.get(segment) ?? { path: join(tree.path, segment), children: new Map() };
      tree.children.set(segment, child);
      tree = child;
    }
    return tree;
  };
  for (const decision of space.decisions) {
    if (decision.kind !== 'member') at(decision.path).decision = decision;
  }
  for (const subset of space.subsets) at(subset.path).subset = subset;
  return root;
}

const join = (path: string, segment: string): string =>
  path === '' || segment.startsWith('[') ? `${path}${segment}` : `${path}.${segment}`;

/** `n[0].h[s[1]]` is `n`, `[0]`, `h`, `[s[1]]`. */
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  let [start, depth] = [0, 0];
  const cut = (end: number): void => {
    if (end > start) segments.push(path.slice(start, end));
  };
  for (let i = 0; i < path.length; i++) {
    const c = path[i];
    if (c === '[' && depth++ === 0) {
      cut(i);
      start = i;
    } else if (c === ']' && --depth === 0) {
      cut(i + 1);
      start = i + 1;
    } else if (c === '.' && depth === 0) {
      cut(i);
      start = i + 1;
    }
  }
  cut(path.length);
  return segments;
}

/** Where a segment leads: names that are left out are filled in where one way remains; otherwise why it leads nowhere. */
export function follow(
  tree: NameTree,
  segment: string,
): { readonly tree: NameTree } | { readonly problem: string; readonly hint: string | undefined } {
  const child = tree.children.get(segment);
  if (child) return { tree: child };
  const found = below(tree, segment);
  const [only] = found;
  if (only && found.length === 1) return { tree: only };
  if (found.length > 1) {
    const shown = found.slice(0, 3).map((t) => `\`${t.path}\``);
    return { problem: `\`${segment}\` may be ${shown.join(' or ')}`, hint: undefined };
  }
  const where = tree.path === '' ? 'this space' : `\`${tree.path}\``;
  const names = [...tree.children.keys()];
  const has = names.length > 0 ? `it has ${names.slice(0, 8).join(', ')}` : undefined;
  return { problem: `${where} has nothing called \`${segment}\``, hint: didYouMean(segment, names) ?? has };
}

/** The one name that remains possible below a tree that is neither decision nor subset. */
export function onlyChild(tree: NameTree): NameTree | undefined {
  const [child, ...others] = tree.children.values();
  return others.length === 0 ? child : undefined;
}

/** The nearest trees called `segment` below `tree`, past names that are left out. */
export function below(tree: NameTree, segment: string): readonly NameTree[] {
  let level = [...tree.children.values()];
  for (let depth = 0; depth < 16 && level.length > 0; depth++) {
    const found = level.flatMap((t) => t.children.get(segment) ?? []);
    if (found.length > 0) return found;
    level = level.flatMap((t) => [...t.children.values()]);
  }
  return [];
}
