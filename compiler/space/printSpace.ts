/** Prints a Space for people: `nas show --space`. */
import { valuesOf } from './open.ts';
import type { Decision, Open, Space, SpaceNode, Test } from './space.ts';
import { formatStatic } from './values.ts';

/** The decisions with their options and conditions, then the nodes with their shapes and costs. */
export function printSpace(space: Space): string {
  const params = Object.entries(space.params).map(([name, value]) => `${name} = ${formatStatic(value)}`);
  const lines = [`space ${space.name}(${params.join(', ')})`, '', 'decisions'];
  for (const { id, path, options, exists } of space.decisions) {
    const labels = options.map((o) => o.label).join(', ');
    lines.push(`  d${id} ${path}: {${labels}}${condition(space, exists)}`);
  }
  lines.push('', 'nodes');
  for (const node of space.nodes) lines.push(`  ${printNode(space, node)}`);
  lines.push('', `output %${space.output}`);
  for (const { text, exists } of space.requirements) lines.push(`require ${text}${condition(space, exists)}`);
  return lines.join('\n') + '\n';
}

function printNode(space: Space, node: SpaceNode): string {
  const shape = open(node.shape, (s) => s.join('x'));
  switch (node.kind) {
    case 'input':
      return `%${node.id} = input ${node.name} : ${shape}`;
    case 'scanInput':
      return `%${node.id} = ${node.index === 0 ? 'element' : `state ${node.index}`} : ${shape}`;
    case 'scan': {
      const results = node.results.map((i) => `%${i}`).join(', ');
      return `%${node.id} = scan(%${node.sequence}; ${results}) : ${shape}${condition(space, node.exists)}`;
    }
    case 'select': {
      const inputs = node.inputs.map((i) => (i === undefined ? '-' : `%${i}`)).join(', ');
      return `%${node.id} = select(${where(space, node.on)}; ${inputs}) : ${shape}${condition(space, node.exists)}`;
    }
    case 'apply': {
      const inputs = node.inputs
        .map((input, i) => `%${input}${node.when[i] ? condition(space, node.when[i]) : ''}`)
        .join(', ');
      const attributes = Object.entries(node.attributes).map(([k, v]) => ` ${k}=${open(v, formatStatic)}`);
      const params = open(node.cost, (c) => String(c.params));
      const tail = `${shape}, ${params} params${condition(space, node.exists)}`;
      return `%${node.id} = ${node.operation}(${inputs})${attributes.join('')} : ${tail}   // ${node.site}`;
    }
  }
}

/** A fixed value, or the set of values that an open one takes. */
function open<T>(value: Open<T>, text: (value: T) => string): string {
  if (value.kind === 'fixed') return text(value.value);
  return `{${[...new Set(valuesOf(value).map(text))].join(' | ')}}`;
}

/** Which decisions an open number is read off. */
function where(space: Space, on: Open<number>): string {
  return on.kind === 'fixed' ? String(on.value) : `by ${space.decisions[on.decision]?.path ?? '?'}`;
}

/** ` if depth in {2, 3}`: printed exactly where one chain of tests decides, shortened otherwise. */
function condition(space: Space, exists: Open<boolean>): string {
  const parts: string[] = [];
  let current: Open<boolean> | undefined = exists;
  while (current?.kind === 'test') {
    const { decision: id, branches }: Test<boolean> = current;
    const decision: Decision | undefined = space.decisions[id];
    const alive: readonly number[] = branches.flatMap((b, i) =>
      i >= (decision?.options.length ?? 0) || b === undefined || (b.kind === 'fixed' && !b.value) ? [] : [i],
    );
    const labels = alive.map((i) => decision?.options[i]?.label ?? '?');
    if (alive.length < (decision?.options.length ?? 0)) {
      const options = labels.length === 1 ? `= ${labels.join('')}` : `in {${labels.join(', ')}}`;
      parts.push(`${decision?.path ?? '?'} ${options}`);
    }
    current = branches[alive[0] ?? 0];
  }
  return parts.length > 0 ? ` if ${parts.join(' and ')}` : '';
}
