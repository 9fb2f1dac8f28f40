/**
 * A test for numbers that are none. WGSL lets an implementation take it that neither infinities nor NaN occur (WGSL,
 * section 15.7.2), so that `x != x` may be folded to false: bits decide. Those of infinities and NaN, without the sign, are
 * 0x7f800000 and above, and of no other number.
 */
import { THREADS, walk, walkFields, walkLines, type WalkField } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, input, output, type Dispatch } from '../rule.ts';
import { kernel, Lines, type KernelSource } from '../source.ts';

const notFinite: KernelSource<WalkField> = kernel({
  name: 'not_finite',
  storage: [
    { name: 'numbers', type: 'vec4u', access: 'read' },
    { name: 'alarm', type: 'atomic<u32>', access: 'read_write' },
  ],
  fields: walkFields,
  workgroupSize: THREADS,
  body: new Lines().add(
    'var most = vec4u();',
    ...walkLines('most = max(most, numbers[i] & vec4u(0x7fffffffu));'),
    'if (max(max(most.x, most.y), max(most.z, most.w)) >= 0x7f800000u) {',
    'atomicStore(&(alarm[0]), 1u);',
    '}',
  ),
});

/** Sets the output, one u32, to 1 where a number among `bytes` of f32 (input 0) is infinite or NaN; else leaves it. */
export function notFiniteDispatch(profile: Profile, bytes: number): Dispatch {
  const { values, workgroups } = walk(bytes / 16, profile, 16);
  return dispatch(notFinite, [input(0), output], values, workgroups);
}
