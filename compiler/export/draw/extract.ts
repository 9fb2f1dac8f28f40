/** From a space, or from one architecture of it, to a Drawing. */
import { present } from '../../../util/invariant.ts';
import type { Architecture } from '../../space/architecture.ts';
import { firstDerived, type Space, type SpaceNode, type SpaceNodeId } from '../../space/space.ts';
import { drawBody } from './body.ts';
import type { Drawing, Panel } from './drawing.ts';
import { joined } from './paths.ts';
import { Structure } from './structure.ts';
import { Syntax } from './syntax.ts';
import { gatherUnits, isInside, type Scope } from './units.ts';
import { Walker } from './walk.ts';

/** Draws every cell, then the network around them: as an architecture takes it, or with all that is open. */
export function extractDrawing(space: Space, architecture?: Architecture, name?: string): Drawing {
  const structure = new Structure(space, new Syntax(space));
  const walker = new Walker(structure, architecture?.choices);
  const cells = cellsToDraw(structure, architecture !== undefined);
  const panels = cells.flatMap(({ cell, title }): Panel[] => {
    const scope = scopeOf(walker, cell);
    return scope ? [drawBody(walker, scope, { name: cell, title, cell })] : [];
  });
  const whole: Scope = { prefix: [], results: [space.output] };
  const title = cells.length > 0 ? 'network' : (name ?? space.name);
  panels.push(drawBody(walker, whole, { name: space.name, title, cell: undefined }));
  return { title: name ?? space.name, description: describe(panels), panels };
}

/** The same in words, for those who do not see the picture. */
export function describe(panels: readonly Panel[]): string {
  return panels
    .map(({ title, notes, boxes, edges }) => {
      const names = new Map(
        boxes.map(({ id, lines, times }) => [
          id,
          `${lines.join(' ')}${times === undefined ? '' : ` (${times} times)`}`,
        ]),
      );
      const ways = edges.map(({ from, to, label }) => {
        const by = label === '' ? '' : ` by ${label}`;
        return `${names.get(from) ?? ''} to ${names.get(to) ?? ''}${by}`;
      });
      return `${[title, ...notes].join('; ')}: ${ways.join(', ')}.`;
    })
    .join(' ');
}

/** Cells of one form look alike as long as nothing is chosen: one of them is drawn. */
function cellsToDraw(
  { cellNames, syntax }: Structure,
  chosen: boolean,
): readonly { readonly cell: string; readonly title: string }[] {
  const drawn = new Set<string>();
  return [...cellNames].flatMap((cell) => {
    const form = cell.replace(/\[\d+\]$/, '');
    if (!chosen && drawn.has(form)) return [];
    drawn.add(form);
    const contract = syntax.cells.get(form)?.contract;
    const count = [...cellNames].filter((other) => other.replace(/\[\d+\]$/, '') === form).length;
    const shown = chosen || count === 1 ? cell : `${form}[0..${count - 1}]`;
    const kind = contract === undefined || contract === form ? 'cell' : `${contract} cell`;
    return [{ cell, title: contract === form ? `${contract} cell` : `${kind} ${shown}` }];
  });
}

/** The use of a cell that tells its inputs apart best: the first cells of a network read the stem twice. */
function scopeOf(walker: Walker, cell: string): Scope | undefined {
  const { structure } = walker;
  const prefixes = new Map<string, readonly string[]>();
  for (const { id } of structure.space.nodes) {
    const path = structure.path(id);
    const at = path.findIndex((segment) => structure.cellOf(segment) === cell);
    if (at >= 0) prefixes.set(joined(path.slice(0, at + 1)), path.slice(0, at + 1));
  }
  let best: { readonly scope: Scope; readonly inputs: number } | undefined;
  // The first few uses show all that there is to tell apart.
  for (const prefix of [...prefixes.values()].slice(0, 24)) {
    const scope = { prefix, results: resultsOf(walker, prefix, cell) };
    const sources = new Set(
      gatherUnits(walker, scope).links.flatMap(({ from }) => (typeof from === 'number' ? [from] : [])),
    );
    if (!best || sources.size > best.inputs) best = { scope, inputs: sources.size };
    if (sources.size >= (structure.syntax.cells.get(cell.replace(/\[\d+\]$/, ''))?.tensors.length ?? 1))
      break;
  }
  return best?.scope;
}

/**
 * What leaves a body: nodes that others read. A body is built in one go, so that its nodes stand in a row; a selection by the
 * cell's own decisions at the end is still of the cell.
 */
function resultsOf(walker: Walker, prefix: readonly string[], cell: string): readonly SpaceNodeId[] {
  const { space, choices } = walker.structure;
  const built = space.nodes.filter((node) => node.kind === 'apply' && isInside(walker, node.id, prefix));
  const first = present(built[0], `a node of the cell ${cell}`).id;
  let last = present(built.at(-1), `a node of the cell ${cell}`).id;
  for (let node = space.nodes[last + 1]; node?.kind === 'select'; node = space.nodes[last + 1]) {
    const { on, inputs } = node;
    const known = choices.has(node.id) && walker.structure.path(node.id).length > 0;
    // Whether a tensor is there at all may have a name of its own.
    const decided =
      on.kind === 'test' && (on.decision >= firstDerived || space.decisions[on.decision]?.cell === cell);
    const own = known ? isInside(walker, node.id, prefix) : decided;
    if (!own || !inputs.some((input) => input !== undefined && input >= first)) break;
    last = node.id;
  }
  const isOwn = (id: SpaceNodeId): boolean => id >= first && id <= last;
  const read = new Set([space.output, ...space.auxiliary.map(({ node }) => node)]);
  for (const node of space.nodes) {
    if (!isOwn(node.id)) for (const input of inputsOf(node)) read.add(input);
  }
  const results = [...read].filter(isOwn).sort((a, b) => a - b);
  return results.length > 0 ? results : [last];
}

function inputsOf(node: SpaceNode): readonly SpaceNodeId[] {
  if (node.kind === 'apply') return node.inputs;
  if (node.kind === 'select') return node.inputs.flatMap((input) => input ?? []);
  return node.kind === 'scan' ? [node.sequence, ...node.results] : [];
}
