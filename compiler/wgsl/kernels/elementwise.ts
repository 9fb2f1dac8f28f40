/** Kernels that compute each element from the elements at the same place: several vec4 per thread. */
import type { OpName } from '../../ops/attributes.ts';
import { elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS, threadsFor } from '../grid.ts';
import type { Profile } from '../plan.ts';
import {
  dispatch,
  input,
  output,
  type Binding,
  type Dispatch,
  type Fusion,
  type KernelRule,
  type RuleContext,
} from '../rule.ts';
import { activationHelpers } from './activationHelpers.ts';
import { family, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';

const inputNames = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;

/**
 * Elements are taken `stride` apart, so that neighbouring threads read neighbouring vec4s. `width` folds a
 * long row of workgroups into two dimensions.
 */
const elementwiseKernel = family(
  (
    name: string,
    inputs: number,
    expression: string,
  ): KernelSource<'count' | 'stride' | 'width' | 'start' | 'factor'> => {
    const names = inputNames.slice(0, inputs);
    const body = new Lines().add(
      'let first = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'for (var i = first; i < u.count; i += u.stride) {',
      ...names.map((n) => `let ${n} = in_${n}[i${n === 'a' ? ' + u.start' : ''}];`),
      `y[i] = ${expression};`,
      '}',
    );
    return kernel({
      name,
      storage: [...reads(...names.map((n) => `in_${n}`)), writes('y')],
      fields: { count: 'i32', stride: 'i32', width: 'i32', start: 'i32', factor: 'f32' },
      workgroupSize: THREADS,
      helpers: helpersOf(expression),
      body,
    });
  },
);

interface Pieces {
  /** vec4s of the output. */
  readonly count: number;
  /** vec4s to skip in the first input. */
  readonly from?: number;
  readonly factor?: number;
}

/** A dispatch that computes `expression` of `a`, `b`, `c` (and `u.factor`) for `count` vec4s. */
export function elementwise(
  profile: Profile,
  name: string,
  expression: string,
  bindings: readonly Binding[],
  { count, from = 0, factor = 0 }: Pieces,
): Dispatch {
  const workgroups = Math.ceil(threadsFor(count, profile) / THREADS);
  const { width, height } = fold(workgroups);
  return dispatch(
    elementwiseKernel(name, bindings.length - 1, expression),
    bindings,
    { count, stride: width * height * THREADS, width, start: from, factor },
    [width, height, 1],
  );
}

/** vec4s of a context's output. */
function outputQuads(context: { readonly output: { readonly physical: readonly number[] } }): number {
  return elementsOf(context.output.physical) / 4;
}

/** A rule for an op whose kernel reads `inputs` tensors and computes an expression of them. */
export function elementwiseRule<K extends OpName>(
  inputs: number,
  expression: string,
  factor?: (context: RuleContext<K>) => number,
  name?: string,
): KernelRule<K> {
  return (context) => {
    const { node, profile, fusion } = context;
    const bindings = [...Array(inputs).keys()].map(input);
    return [
      elementwise(
        profile,
        fusedName(name ?? node.op, fusion),
        fused(expression, fusion),
        [...bindings, output],
        {
          count: outputQuads(context),
          factor: factor?.(context) ?? 0,
        },
      ),
    ];
  };
}

/** The name of a kernel with what is fused into it. */
export function fusedName(name: string, { relu }: Fusion): string {
  return relu ? `${name}_relu` : name;
}

/** The expression with what is fused to it. */
export function fused(expression: string, { relu }: Fusion): string {
  return relu ? `relu(${expression})` : expression;
}

/** Written as a choice, relu gives +0 for -0 and passes NaN on to the loss, where it is noticed. */
export const reluHelper: string = `fn relu(x: vec4f) -> vec4f {
  return select(x, vec4f(), x <= vec4f());
}`;

const helpers: Readonly<Record<string, string>> = { relu: reluHelper, ...activationHelpers };

/** The functions that an expression calls, and those that they call. */
function helpersOf(expression: string): string[] {
  const called = new Set<string>();
  const find = (text: string): void => {
    for (const [name, source] of Object.entries(helpers)) {
      if (called.has(name) || !new RegExp(`\\b${name}\\(`).test(text)) continue;
      called.add(name);
      find(source);
    }
  };
  find(expression);
  return Object.entries(helpers).flatMap(([name, source]) => (called.has(name) ? [source] : []));
}

export const reluRule: KernelRule<'relu'> = elementwiseRule(1, 'relu(a)');
export const reluGradientRule: KernelRule<'relu_gradient'> = elementwiseRule(
  2,
  'select(vec4f(), a, b > vec4f())',
);

/** A sum of two tensors, or of as many as were fused into it. */
export const addRule: KernelRule<'add'> = (context) => {
  const { length } = context.inputs;
  const { op } = context.node;
  const sum = inputNames.slice(0, length).join(' + ');
  return elementwiseRule<'add'>(length, sum, undefined, length === 2 ? op : `${op}_${length}`)(context);
};

export const subRule: KernelRule<'sub'> = elementwiseRule(2, 'a - b');
export const mulRule: KernelRule<'mul'> = elementwiseRule(2, 'a * b');
export const scaleRule: KernelRule<'scale'> = elementwiseRule(
  1,
  'u.factor * a',
  ({ node }) => node.attributes.factor,
);

/** Copies one row of a tensor. */
export const rowRule: KernelRule<'row'> = ({ node, inputs, output: out, profile }) => {
  const row = elementsOf(out.physical) / 4;
  const quads = elementsOf(inputs[0]?.physical.slice(1) ?? []) / 4;
  return [
    elementwise(profile, 'copy', 'a', [input(0), output], {
      count: row,
      from: node.attributes.index * quads,
    }),
  ];
};

/** Copies `bytes` of the input as they are. */
export function copyDispatch(profile: Profile, bytes: number): Dispatch {
  return elementwise(profile, 'copy', 'a', [input(0), output], { count: bytes / 16 });
}
