/** The methods that train a supernet, by the name that a search gives: what each is told, and how it is made. */
import type { MethodSpec } from '../../../compiler/search/search.ts';
import type { OptimizerSpec } from '../../../compiler/optimizers/optimizer.ts';
import { invariant, present } from '../../../util/invariant.ts';
import {
  notNegative,
  numberOf,
  positive,
  probability,
  real,
  whole,
} from '../../search/strategies/arguments.ts';
import type { StrategySpace } from '../../search/host.ts';
import type { Key } from '../../search/seeds.ts';
import type { StrategyArgument, StrategyArguments } from '../../search/strategy.ts';
import type { MethodTask, SharingMethod } from '../method.ts';
import type { SearchFormOptions } from '../../../compiler/share/searchForm.ts';
import { darts } from './darts.ts';
import { enas } from './enas.ts';
import { gdas } from './gdas.ts';
import { oneShot } from './oneShot.ts';
import { paths } from './paths.ts';
import { proxyless } from './proxyless.ts';
import { snas } from './snas.ts';

/** What the supernet of a method has and the space has not. */
export interface SupernetForm extends SearchFormOptions {
  /** Every gate has one alternative more, which is nothing: DARTS's zero operation. */
  readonly zero?: boolean;
}

export interface MethodContext {
  readonly task: MethodTask;
  readonly args: StrategyArguments;
  readonly searched: StrategySpace;
  readonly optimizer: OptimizerSpec;
  readonly key: Key;
}

export interface MethodKind {
  readonly doc: string;
  readonly arguments: Readonly<Record<string, StrategyArgument>>;
  /** Whether it says itself which networks it would take; else a strategy proposes them. */
  readonly derives: boolean;
  /** Whether all alternatives stand in one graph, with gates; then the space must be one that can be relaxed. */
  readonly gated: boolean;
  /** What its supernet has beside the space. */
  readonly form: (args: StrategyArguments) => SupernetForm;
  readonly create: (context: MethodContext) => SharingMethod;
}

const flag = (doc: string, otherwise: boolean): StrategyArgument => ({
  doc,
  otherwise,
  expected: '`true` or `false`',
  accepts: (value) => typeof value === 'boolean',
});

const plainForm = (): SupernetForm => ({});

/** As the released code of DARTS relaxes its cells. */
const formArguments = (zero: boolean): Readonly<Record<string, StrategyArgument>> => ({
  zero: flag('Whether every choice has one alternative more while it is relaxed, which is nothing.', zero),
  affine: flag(
    'Whether batch normalisation inside of cells has a scale and a shift during the search.',
    false,
  ),
  normalize_pools: flag(
    'Whether a batch normalisation follows pools inside of cells during the search.',
    true,
  ),
});

const relaxedForm = (args: StrategyArguments): SupernetForm => ({
  zero: args['zero'] === true,
  normalizePools: args['normalize_pools'] === true,
  ...(args['affine'] === false ? { affine: false } : {}),
});

const alphaArguments = (lr: number, decay: number): Readonly<Record<string, StrategyArgument>> => ({
  lr: positive('Learning rate of the alphas (Adam).', lr),
  decay: notNegative('Weight decay of the alphas.', decay),
});

const temperatures = (first: number, last: number): Readonly<Record<string, StrategyArgument>> => ({
  from: positive('Temperature of the first step.', first),
  to: positive('Temperature of the last step; it changes on a line.', last),
});

const temperatureOf = (args: StrategyArguments): [number, number] => [
  numberOf(args, 'from'),
  numberOf(args, 'to'),
];

export const methods: Readonly<Record<string, MethodKind>> = {
  paths: {
    doc: 'Each batch trains one network, each equally likely (Li & Talwalkar 2019; Guo et al. 2020).',
    arguments: {},
    derives: false,
    gated: false,
    form: plainForm,
    create: ({ task }) => paths(task),
  },
  one_shot: {
    doc: 'All alternatives are summed, and paths drop out more and more (Bender et al. 2018).',
    arguments: {
      rate: real(
        'r: the probability that all paths that come together drop at the end of the training.',
        0.05,
        'a number above 0 and below 1',
        (r) => r > 0 && r < 1,
      ),
    },
    derives: false,
    gated: true,
    form: plainForm,
    create: ({ task, args }) => oneShot(task, { rate: numberOf(args, 'rate') }),
  },
  enas: {
    doc: 'An LSTM controller draws the network of each batch, and learns from accuracies on validation batches (Pham et al. 2018).',
    arguments: {
      lr: positive('Learning rate of the controller (Adam).', 1e-3),
      updates: whole('Updates of the controller in an epoch.', 50, 1),
      batch: whole('Networks that are drawn for one update.', 20, 1),
      decay: probability(
        'How much of the baseline, a moving average of rewards, stays at each reward.',
        0.99,
      ),
      entropy: notNegative('Weight of the entropy of the controller in what is maximised.', 1e-4),
      layers: whole('LSTM layers of the controller.', 1, 1),
      units: whole('Units of each layer.', 64, 1),
      limit: positive('Weights begin evenly distributed from minus this number to this number.', 0.1),
      temperature: positive('Scores are divided by it.', 1),
      tanh: notNegative('Keeps scores between minus this number and this number; 0: does not.', 1.5),
    },
    derives: true,
    gated: false,
    form: plainForm,
    create: ({ task, args, searched, key }) =>
      enas(
        task,
        searched,
        {
          lr: numberOf(args, 'lr'),
          updates: numberOf(args, 'updates'),
          batch: numberOf(args, 'batch'),
          decay: numberOf(args, 'decay'),
          entropy: numberOf(args, 'entropy'),
          policy: {
            layers: numberOf(args, 'layers'),
            units: numberOf(args, 'units'),
            limit: numberOf(args, 'limit'),
            temperature: numberOf(args, 'temperature'),
            tanh: numberOf(args, 'tanh'),
          },
        },
        key,
      ),
  },
  darts: {
    doc: 'Every choice is the mean of its alternatives by a softmax over alphas, which move by the validation loss (Liu, Simonyan & Yang 2019).',
    arguments: {
      order: real(
        '1: first order; 2: the alphas see what one step of the weights would do.',
        1,
        '1 or 2',
        (n) => n === 1 || n === 2,
      ),
      ...alphaArguments(3e-4, 1e-3),
      ...formArguments(true),
    },
    derives: true,
    gated: true,
    form: relaxedForm,
    create: ({ task, args, optimizer }) =>
      darts(task, {
        order: numberOf(args, 'order') === 2 ? 2 : 1,
        lr: numberOf(args, 'lr'),
        weightDecay: numberOf(args, 'decay'),
        optimizer,
      }),
  },
  snas: {
    doc: 'Gates are draws of the concrete distribution, whose temperature falls; weights and alphas move together (Xie et al. 2019).',
    arguments: { ...alphaArguments(3e-4, 1e-3), ...temperatures(1, 0.03), ...formArguments(true) },
    derives: true,
    gated: true,
    form: relaxedForm,
    create: ({ task, args }) =>
      snas(task, {
        lr: numberOf(args, 'lr'),
        weightDecay: numberOf(args, 'decay'),
        temperature: temperatureOf(args),
      }),
  },
  gdas: {
    doc: 'As SNAS, but one alternative of each draw is computed, as it is (Dong & Yang 2019).',
    arguments: { ...alphaArguments(3e-4, 1e-3), ...temperatures(10, 1), ...formArguments(false) },
    derives: true,
    gated: true,
    form: relaxedForm,
    create: ({ task, args }) =>
      gdas(task, {
        lr: numberOf(args, 'lr'),
        weightDecay: numberOf(args, 'decay'),
        temperature: temperatureOf(args),
      }),
  },
  proxyless: {
    doc: 'Weights are trained on single paths; alphas by two paths at a time, of which one is let through (Cai, Zhu & Han 2019).',
    arguments: {
      lr: positive('Learning rate of the alphas (Adam).', 1e-3),
      every: whole('Weight steps from one step of the alphas to the next.', 5, 1),
      warmup: whole('Epochs in which weights alone are trained.', 1, 0),
    },
    derives: true,
    gated: true,
    form: plainForm,
    create: ({ task, args }) =>
      proxyless(task, {
        lr: numberOf(args, 'lr'),
        every: numberOf(args, 'every'),
        warmup: numberOf(args, 'warmup'),
      }),
  },
};

/** The method of a name that was checked. */
export function methodOf({ name }: MethodSpec): MethodKind {
  const kind = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return present(kind, `the method ${name}`);
}

/** A value for every argument: what the search says, or the default. */
export function methodArguments(kind: MethodKind, { args }: MethodSpec): StrategyArguments {
  return Object.fromEntries(
    Object.entries(kind.arguments).map(([name, argument]) => {
      const value = args[name] ?? argument.otherwise;
      invariant(argument.accepts(value), `the value of ${name} was checked`);
      return [name, value];
    }),
  );
}
