/** What becomes of the loops of templates. That they turn as often as they should is tried on a device: `frame.test.ts`. */
import { expect, it } from 'vitest';
import { dispatch } from '../../../compiler/wgsl/rule.ts';
import { kernel, Lines, writes } from '../../../compiler/wgsl/source.ts';
import { InvariantError } from '../../../util/invariant.ts';

const source = kernel({
  name: 'loops',
  storage: [writes('y')],
  fields: { size: 'i32', begin: 'i32', end: 'i32' },
  workgroupSize: 8,
  body: new Lines().add(
    'for (var i = 0; i < u.size; i++) {',
    'for (var k = u.begin; k < u.end; k += 3) {',
    'y[i] += vec4f(f32(k));',
    '}',
    '}',
  ),
});

it('are tested at their end, and before it only where a bound is no size', () => {
  expect(source.wgsl.slice(source.wgsl.indexOf('  for (var i')))
    .toBe(`  for (var i = 0; i < 2147483647; i++) {
    if (u.begin < u.end) {
      var k = u.begin;
      for (var k_turn = 0; k_turn < 2147483647; k_turn++) {
        y[y_at + i] += vec4f(f32(k));
        k += 3;
        if (k >= u.end) {
          break;
        }
      }
    }
    if (i + 1 >= u.size) {
      break;
    }
  }
}
`);
});

it('run to sizes that are at least one', () => {
  const values = { size: 0, begin: 0, end: 0 };
  expect(() => dispatch(source, [], values, [1, 1, 1])).toThrow(InvariantError);
  expect(dispatch(source, [], { ...values, size: 1 }, [1, 1, 1]).words).toHaveLength(3);
});

it('may not go on from their middle, past the test', () => {
  const body = new Lines().add('for (var i = 0; i < u.size; i++) {', 'if (i == 3) { continue; }', '}');
  const make = (): unknown =>
    kernel({ name: 'on', storage: [writes('y')], fields: { size: 'i32' }, workgroupSize: 8, body });
  expect(make).toThrow(InvariantError);
});
