/**
 * What an optimiser is: its parameters, the buffers that it keeps, and one step of it, twice: in plain numbers, and
 * in WGSL. Conventions are those of PyTorch. {@link optimizers} in `table.ts` lists them all.
 */

/** Stochastic gradient descent; weight decay is added to the gradient. */
export interface SgdSpec {
  readonly name: 'sgd';
  readonly lr: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/** Adam, and AdamW, whose weight decay is not part of the gradient. */
export interface AdamSpec<N extends 'adam' | 'adamw' = 'adam' | 'adamw'> {
  readonly name: N;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** RMSProp; weight decay is added to the gradient. */
export interface RmsPropSpec {
  readonly name: 'rmsprop';
  readonly lr: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** An optimiser with the values of its parameters: plain data. */
export type OptimizerSpec = SgdSpec | AdamSpec<'adam'> | AdamSpec<'adamw'> | RmsPropSpec;

export type OptimizerName = OptimizerSpec['name'];

/** How parameters move but for the learning rate, which comes with each step. */
export type WithoutRate<S extends OptimizerSpec> = S extends OptimizerSpec ? Omit<S, 'lr'> : never;

export type OptimizerRule = WithoutRate<OptimizerSpec>;

/** What values a parameter takes. */
export type ParameterKind = 'rate' | 'fraction' | 'amount' | 'epsilon' | 'flag';

/** One parameter: how the language calls it, what it takes, and what it is when it is left out. */
export interface OptimizerParameter<T> {
  readonly word: string;
  readonly kind: ParameterKind;
  readonly default: T;
  readonly doc: string;
}

type ParametersOf<S extends OptimizerSpec> = {
  readonly [K in Exclude<keyof S, 'name'>]: OptimizerParameter<S[K]>;
};

/**
 * Numbers that depend on how many steps there were, worked out in float64 where the step is started: an f32 cannot
 * hold 1 - 0.999^t for small t. An optimiser that needs none has ones.
 */
export type StepFactors = readonly [number, number];

/** Moves one weight: gives its new value, and leaves the new state in `state`. */
export type Move = (weight: number, gradient: number, state: Float64Array) => number;

export interface Optimizer<S extends OptimizerSpec = OptimizerSpec> {
  readonly doc: string;
  /** Where it is defined. */
  readonly paper: string;
  /** One step, for people. */
  readonly equations: string;
  readonly parameters: ParametersOf<S>;
  /** The buffers that it keeps, each as large as the parameters, zero at first. */
  readonly states: readonly string[];
  /** The factors of step `t`, counted from 1. */
  factors(spec: WithoutRate<S>, t: number): StepFactors;
  /** A step at learning rate `rate` with the factors of its number. */
  move(spec: WithoutRate<S>, rate: number, factors: StepFactors): Move;
  /** The constants of the kernel beside sizes. */
  readonly fields: Readonly<Record<string, 'f32' | 'u32'>>;
  constants(spec: WithoutRate<S>): Readonly<Record<string, number>>;
  /**
   * The same step in WGSL, on four weights. It sees the gradient `d`, `w`, `rate`, the factors `c0` and `c1`, the
   * constants in `u`, and its place `i` in each state and in `parameter`, which it writes.
   */
  readonly wgsl: readonly string[];
}

/** No number of this optimiser depends on how many steps there were. */
export const noFactors: StepFactors = [1, 1];

/** What the kinds take, in words, and whether a value is such. */
export const parameterKinds: {
  readonly [K in ParameterKind]: {
    readonly wanted: string;
    readonly accepts: (value: number | boolean) => boolean;
  };
} = {
  rate: { wanted: 'a number above 0', accepts: numbers((n) => n > 0) },
  fraction: { wanted: 'a number from 0 to below 1', accepts: numbers((n) => n >= 0 && n < 1) },
  amount: { wanted: 'a number of 0 or more', accepts: numbers((n) => n >= 0) },
  // A smaller one may be 0 on a device, and 0 / 0 would then spoil the padding.
  epsilon: { wanted: 'a number of 1e-30 or more', accepts: numbers((n) => n >= 1e-30) },
  flag: { wanted: '`true` or `false`', accepts: (value) => typeof value === 'boolean' },
};

function numbers(accepts: (n: number) => boolean): (value: number | boolean) => boolean {
  return (value) => typeof value === 'number' && Number.isFinite(value) && accepts(value);
}
