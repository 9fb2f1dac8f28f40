/** Kernels that compute each element from the elements at the same place: several vec4 per thread. */
import type { OpName } from '../../ops/attributes.ts';
import { elementsOf } from '../../ops/shapes.ts';
import { THREADS, walk, walkFields, walkLines, type WalkField } from '../grid.ts';
import type { Profile } from '../plan.ts';
import {
  dispatch,
  input,
  inputFrom,
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

const elementwiseKernel = family(
  (name: string, inputs: number, expression: string): KernelSource<WalkField | 'factor'> => {
    const names = inputNames.slice(0, inputs);
    return kernel({
      name,
      storage: [...reads(...names.map((n) => `in_${n}`)), writes('y')],
      fields: { ...walkFields, factor: 'f32' },
      workgroupSize: THREADS,
      helpers: helpersOf(expression),
      body: new Lines().add(
        ...walkLines(...names.map((n) => `let ${n} = in_${n}[i];`), `y[i] = ${expression};`),
      ),
    });
  },
);

interface Pieces {
  /** vec4s of the output. */
  readonly count: number;
  readonly factor?: number;
}

/** A dispatch that computes `expression` of `a`, `b`, `c` (and `u.factor`) for `count` vec4s. */
export function elementwise(
  profile: Profile,
  name: string,
  expression: string,
  bindings: readonly Binding[],
  { count, factor = 0 }: Pieces,
): Dispatch {
  const { values, workgroups } = walk(count, profile);
  const source = elementwiseKernel(name, bindings.length - 1, expression);
  return dispatch(source, bindings, { ...values, factor }, workgroups);
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
export function helpersOf(expression: string): string[] {
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
export const rowRule: KernelRule<'row'> = ({ node, output: out, profile }) => {
  const elements = elementsOf(out.physical);
  const from = inputFrom(0, node.attributes.index * elements * 4);
  return [elementwise(profile, 'copy', 'a', [from, output], { count: elements / 4 })];
};

/** Copies `bytes` of the input as they are. */
export function copyDispatch(profile: Profile, bytes: number): Dispatch {
  return elementwise(profile, 'copy', 'a', [input(0), output], { count: bytes / 16 });
}
