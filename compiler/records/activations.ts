/**
 * What a node of a genome does with the sum that arrives at it. Beside the steep sigmoid of NEAT (Stanley & Miikkulainen 2002,
 * section 4.1) there are the functions that its descendants mix in one network (CPPNs, Stanley 2007).
 */

/** An activation function: what it makes of `x`, which has the steepness in it already. */
export interface GenomeActivation {
  readonly of: (x: number) => number;
  readonly doc: string;
}

/** The names of all activations. */
export const genomeActivationNames = [
  'sigmoid',
  'tanh',
  'relu',
  'identity',
  'sin',
  'gaussian',
  'abs',
] as const;

/** The name of an activation. */
export type GenomeActivationName = (typeof genomeActivationNames)[number];

/** Every activation that a genome may name. */
export const genomeActivations: { readonly [K in GenomeActivationName]: GenomeActivation } = {
  sigmoid: { of: (x) => 1 / (1 + Math.exp(-x)), doc: '1 / (1 + e^-x)' },
  tanh: { of: Math.tanh, doc: 'the hyperbolic tangent of x' },
  relu: { of: (x) => Math.max(0, x), doc: 'x above 0, else 0' },
  identity: { of: (x) => x, doc: 'x' },
  sin: { of: Math.sin, doc: 'the sine of x' },
  gaussian: { of: (x) => Math.exp(-x * x), doc: 'e^-(x x)' },
  abs: { of: Math.abs, doc: 'x without its sign' },
};

/** Whether an activation is called so. */
export function isGenomeActivation(name: string): name is GenomeActivationName {
  return Object.hasOwn(genomeActivations, name);
}
