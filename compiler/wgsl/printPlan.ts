/** Prints a Plan for people: `nas show --plan`. */
import type { BufferRange, Plan, PlanDispatch } from './plan.ts';

/** What a dispatch serves: `conv early.conv`, and how many others like it. */
export function labelOf({ instances: [first, ...others] }: PlanDispatch): string {
  const label = first?.label ?? '';
  return others.length === 0 ? label : `${label} and ${others.length} more`;
}

/** The plan as text: buffers, tensors, kernels and the dispatches of each program. */
export function printPlan(plan: Plan): string {
  const { buffers, kernels, programs, profile } = plan;
  const lanes = profile.subgroupSize === undefined ? 'no subgroups' : `subgroups of ${profile.subgroupSize}`;
  const at = ({ buffer, offset }: BufferRange): string => {
    const name = buffers[buffer]?.name ?? `buffer ${buffer}?`;
    return offset === 0 ? name : `${name}+${offset}`;
  };
  const tensors = [...plan.parameters, ...plan.states, ...plan.inputs, ...plan.outputs];
  return [
    `plan for ${profile.kind}, ${lanes}`,
    '',
    'buffers',
    ...table(buffers.map((b, i) => [`${i}`, b.name, b.role, b.role === 'resident' ? '-' : `${b.bytes}`])),
    '',
    'tensors',
    ...table(
      tensors.map((t) => [
        t.name,
        t.dtype,
        t.shape.join('x'),
        `in ${t.physicalShape.join('x')}`,
        at(t.range),
      ]),
    ),
    '',
    'kernels',
    ...table(kernels.map((k, i) => [`${i}`, k.name, k.bindings.join(' ')])),
    ...Object.entries(programs).flatMap(([name, dispatches]) => [
      '',
      `program ${name}`,
      ...table(
        dispatches.map((d, i) => [
          `${i}`,
          labelOf(d),
          kernels[d.kernel]?.name ?? `kernel ${d.kernel}?`,
          d.workgroups.join('x'),
          d.instances.map(({ ranges }) => ranges.map(at).join(', ')).join(' | '),
        ]),
      ),
    ]),
    '',
  ].join('\n');
}

/** Rows with their columns lined up. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}
