/** DropPath: whole examples made zero, the others scaled. Several vec4 per thread. */
import { elementsOf } from '../../ops/shapes.ts';
import { THREADS, walk, walkFields, walkLines, type WalkField } from '../grid.ts';
import { dispatch, input, output, type KernelRule } from '../rule.ts';
import { divideHelper, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { hashHelper } from './activation.ts';

const dropPathKernel: KernelSource<WalkField | 'perExample' | 'inversePerExample'> = kernel({
  name: 'drop_path',
  storage: [...reads('x', 'key', 'step', 'rate'), writes('y')],
  fields: { ...walkFields, perExample: 'i32', inversePerExample: 'f32' },
  workgroupSize: THREADS,
  helpers: [divideHelper, hashHelper],
  body: new Lines().add(
    'let seed = hash(u32(step[0].x) ^ hash(u32(key[0].x)));',
    // Exact: a float times a power of two.
    'let below = floor(rate[0].x * 16777216.0);',
    'let factor = 16777216.0 / (16777216.0 - below);',
    ...walkLines(
      'let example = divide(i, u.perExample, u.inversePerExample);',
      'let drops = (hash(u32(example) ^ seed) >> 8u) < u32(below);',
      'y[i] = select(factor * x[i], vec4f(), drops);',
    ),
  ),
});

export const dropPathRule: KernelRule<'drop_path'> = ({ output: out, profile }) => {
  const count = elementsOf(out.physical) / 4;
  const perExample = count / (out.shape[0] ?? 1);
  const { values, workgroups } = walk(count, profile);
  return [
    dispatch(
      dropPathKernel,
      [input(0), input(1), input(2), input(3), output],
      { ...values, perExample, inversePerExample: 1 / perExample },
      workgroups,
    ),
  ];
};
