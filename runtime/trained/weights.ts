/** The tensors of a network out of a file: all of them, in its shapes, and no others. */
import type { Graph } from '../../compiler/graph/graph.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { countOf } from '../../util/words.ts';
import type { Tensors } from '../train/executor.ts';

const isKept = (node: Graph['nodes'][number]): boolean => node.kind === 'parameter' || node.kind === 'state';

/** The parameters and states of `graph`, out of tensors that may hold more. */
export function tensorsOf(graph: Graph, tensors: Tensors): Tensors {
  const names = new Set(graph.nodes.flatMap((node) => ('name' in node && isKept(node) ? [node.name] : [])));
  return new Map([...tensors].filter(([name]) => names.has(name)));
}

/** Why tensors are not those of a network, in words; undefined where they are. `training` names what only training has. */
export function weightProblem(graph: Graph, training: Graph, tensors: Tensors): string | undefined {
  const missing: string[] = [];
  for (const node of graph.nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    const found = tensors.get(node.name);
    if (!found) missing.push(node.name);
    else if (found.shape.join() !== node.shape.join()) {
      return `\`${node.name}\` is [${found.shape.join(', ')}] there, and [${node.shape.join(', ')}] in the network`;
    }
  }
  const [first] = missing;
  if (first !== undefined) {
    const others = missing.length > 1 ? `, and ${countOf(missing.length - 1, 'more tensor')}` : '';
    return `they lack \`${first}\`${others}`;
  }
  const known = new Set(
    [graph, training].flatMap(({ nodes }) => nodes.flatMap((node) => ('name' in node ? [node.name] : []))),
  );
  const stranger = [...tensors.keys()].find((name) => !known.has(name));
  return stranger === undefined ? undefined : `they hold \`${stranger}\`, which the network does not have`;
}

/** The tensors that a measurement of `graph` needs. Refuses those of another network; `path` says where they are from. */
export function checkedWeights(graph: Graph, training: Graph, tensors: Tensors, path: string): Tensors {
  const problem = weightProblem(graph, training, tensors);
  if (problem !== undefined) refuse('weightsForeign', { path, problem });
  return tensorsOf(graph, tensors);
}
