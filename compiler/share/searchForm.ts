/**
 * A space as it is searched with shared weights: what the released code of DARTS changes about its cells until the search is
 * over (Liu, Simonyan & Yang 2019, section A.1). Networks, decisions and what is shared follow from the changed space as from
 * any other.
 */
import { present } from '../../util/invariant.ts';
import { fixed } from '../space/diagrams.ts';
import type { Apply, Space, SpaceNode, SpaceNodeId } from '../space/space.ts';
import type { OperationName } from '../ops/operations.ts';

export interface SearchFormOptions {
  /** Whether batch normalisation inside of cells has a trained scale and shift; as the space says unless told. */
  readonly affine?: boolean;
  /** Whether a batch normalisation without scale and shift follows every pool inside of a cell. */
  readonly normalizePools?: boolean;
}

const pools: ReadonlySet<OperationName> = new Set(['max_pool', 'avg_pool']);

/** The changed space; its decisions are those of `space`, costs are as they were. */
export function searchForm(space: Space, { affine, normalizePools = false }: SearchFormOptions): Space {
  if (affine !== false && !normalizePools) return space;
  const cells = new Set(space.decisions.flatMap(({ cell }) => cell ?? []));
  const nodes: SpaceNode[] = [];
  const places = new Map<SpaceNodeId, SpaceNodeId>();
  const placeOf = (id: SpaceNodeId): SpaceNodeId => present(places.get(id), 'a node of the searched space');
  const add = (node: SpaceNode): SpaceNodeId => nodes.push({ ...node, id: nodes.length }) - 1;
  // A scan and the inputs of its stage name each other: those come first, and its id is not known to anyone before it.
  for (const node of space.nodes) {
    const moved = withPlaces(node, placeOf);
    const inside = moved.kind === 'apply' && isInCell(moved.site, cells);
    if (!inside) {
      places.set(node.id, add(moved));
      continue;
    }
    const plain =
      affine === false && moved.operation === 'batch_norm'
        ? { ...moved, attributes: { ...moved.attributes, affine: fixed(false) } }
        : moved;
    const made = add(plain);
    places.set(node.id, normalizePools && pools.has(moved.operation) ? add(normalized(plain, made)) : made);
  }
  const auxiliary = space.auxiliary.map((head) => ({ ...head, node: placeOf(head.node) }));
  return { ...space, nodes, output: placeOf(space.output), auxiliary };
}

/** A normalisation of what a pool gives. */
function normalized(pool: Apply, id: SpaceNodeId): Apply {
  return {
    ...pool,
    operation: 'batch_norm',
    inputs: [id],
    when: [undefined],
    attributes: { epsilon: fixed(1e-5), momentum: fixed(0.1), affine: fixed(false) },
    site: `${pool.site}.batch_norm`,
  };
}

/** The node, reading what stands in the new places. */
function withPlaces(node: SpaceNode, placeOf: (id: SpaceNodeId) => SpaceNodeId): SpaceNode {
  switch (node.kind) {
    case 'input':
    case 'scanInput':
      return node;
    case 'apply':
      return { ...node, inputs: node.inputs.map(placeOf) };
    case 'select':
      return { ...node, inputs: node.inputs.map((id) => (id === undefined ? undefined : placeOf(id))) };
    case 'scan':
      return {
        ...node,
        sequence: placeOf(node.sequence),
        inputs: node.inputs.map(placeOf),
        results: node.results.map(placeOf),
      };
    default:
      return node satisfies never;
  }
}

/** Whether a site lies in the use of a cell. */
function isInCell(site: string, cells: ReadonlySet<string>): boolean {
  return site.split('.').some((part) => cells.has(part.replace(/_\d+$/, '')) || cells.has(part));
}
