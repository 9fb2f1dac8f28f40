/** Kernels of quotients, powers, extremes and choices, element by element. */
import { input, output, type KernelRule } from '../rule.ts';
import { channelDispatch, channelKernel, extentOf, keepLanes, mapSlicing } from './channels.ts';
import { elementwiseRule } from './elementwise.ts';

/** A rule whose expression of `a` and `b` is not zero where both are: padding must stay zero. */
function maskedRule<K extends 'div' | 'pow'>(
  name: K,
  expression: string,
  helpers: readonly string[] = [],
): KernelRule<K> {
  const source = channelKernel({
    name,
    inputs: ['p', 'q'],
    before: [keepLanes],
    each: ['let a = p[i];', 'let b = q[i];', `y[i] = select(vec4f(), ${expression}, keep);`],
    helpers,
  });
  return ({ output: out, profile }) => [
    channelDispatch(source, [input(0), input(1), output], mapSlicing(extentOf(out), profile)),
  ];
}

/**
 * A power by way of logarithms, which WGSL defines for positive bases: the sign is added for negative ones,
 * where odd whole exponents keep it and broken ones have no result.
 */
const power = `fn power(a: vec4f, b: vec4f) -> vec4f {
  let size = exp2(b * log2(select(abs(a), vec4f(1), a == vec4f())));
  var quiet = vec4u(0x7fc00000u);
  let odd = abs(b - 2 * floor(b / 2)) == vec4f(1);
  let signed = select(size, -size, odd);
  let below = select(bitcast<vec4f>(quiet), signed, b == floor(b));
  let finite = select(size, below, a < vec4f());
  let at_zero = select(1 / abs(a), vec4f(), b > vec4f());
  return select(select(finite, at_zero, a == vec4f()), vec4f(1), b == vec4f());
}`;

export const divRule: KernelRule<'div'> = maskedRule('div', 'a / b');
export const powRule: KernelRule<'pow'> = maskedRule('pow', 'power(a, b)', [power]);
export const maximumRule: KernelRule<'maximum'> = elementwiseRule(2, 'max(a, b)');
export const minimumRule: KernelRule<'minimum'> = elementwiseRule(2, 'min(a, b)');
export const greaterRule: KernelRule<'greater'> = elementwiseRule(2, 'select(vec4f(), vec4f(1), a > b)');
export const whereRule: KernelRule<'where'> = elementwiseRule(3, 'select(c, b, a != vec4f())');
