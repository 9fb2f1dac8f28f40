/** What `train(...)` of a search means: optimisers, schedules, clipping, and what is inherited. */
import { describe, expect, it } from 'vitest';
import { compileSearch } from '../../../compiler/compile.ts';
import { optimizerNames, optimizerOf, parametersOf } from '../../../compiler/optimizers/table.ts';
import { readProgram } from '../../../compiler/program.ts';
import type { TrainSpec } from '../../../compiler/search/search.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { vocabulary } from '../../../runtime/vocabulary.ts';

/** The trainings of a search with these fields, or the messages. */
function read(fields: string): { evaluate?: TrainSpec; retrain?: TrainSpec; told: readonly string[] } {
  const text = `nas 1

space small {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}

search s of small {
  data digits
  budget 1 trials
  ${fields}
}
`;
  const program = readProgram({ name: 'file.nas', text }, nodeHost());
  expect(program.diagnostics).toEqual([]);
  const { value, diagnostics } = compileSearch(program.value!, 's', [], vocabulary);
  const told = diagnostics.map(({ message, expected, hint }) =>
    [message, expected, hint].filter((part) => part !== undefined).join('; '),
  );
  const { evaluate, retrain } = value?.search ?? {};
  if (evaluate?.kind !== 'train' || retrain === undefined) return { told };
  return { evaluate: evaluate.train, retrain, told };
}

const evaluate = (args: string): TrainSpec | undefined => read(`evaluate train(${args})`).evaluate;
const told = (args: string): readonly string[] => read(`evaluate train(${args})`).told;

describe('optimisers', () => {
  it.each(optimizerNames)('%s has the defaults of its record', (name) => {
    const defaults = parametersOf(name).map(([key, parameter]) => [key, parameter.default] as const);
    expect(evaluate(`optimizer: ${name}`)?.optimizer).toEqual({ name, ...Object.fromEntries(defaults) });
    expect(Object.keys(optimizerOf(name).parameters)).toContain('lr');
  });

  it('take every parameter', () => {
    expect(
      evaluate('optimizer: adam(lr: 3e-4, beta1: 0.5, beta2: 0.99, epsilon: 1e-6, weight_decay: 1e-3)')
        ?.optimizer,
    ).toEqual({ name: 'adam', lr: 3e-4, beta1: 0.5, beta2: 0.99, epsilon: 1e-6, weightDecay: 1e-3 });
    expect(
      evaluate('optimizer: sgd(lr: 1, momentum: 0, nesterov: true, weight_decay: 3e-4)')?.optimizer,
    ).toEqual({
      name: 'sgd',
      lr: 1,
      momentum: 0,
      nesterov: true,
      weightDecay: 3e-4,
    });
    expect(evaluate('optimizer: rmsprop(alpha: 0.9, momentum: 0.5)')?.optimizer).toMatchObject({
      name: 'rmsprop',
      alpha: 0.9,
      momentum: 0.5,
    });
    expect(evaluate('optimizer: adamw(weight_decay: 0)')?.optimizer).toMatchObject({
      name: 'adamw',
      weightDecay: 0,
    });
  });

  it.each([
    ['optimizer: adma', 'there is no optimizer `adma`', 'adam'],
    ['optimizer: adam(lr: 0)', '`lr` cannot be 0', 'a number above 0'],
    ['optimizer: adam(beta1: 1)', '`beta1` cannot be 1', 'from 0 to below 1'],
    ['optimizer: adamw(weight_decay: -1)', '`weight_decay` cannot be -1', '0 or more'],
    ['optimizer: rmsprop(epsilon: 0)', '`epsilon` cannot be 0', '1e-30 or more'],
    ['optimizer: sgd(nesterov: 1)', '`nesterov` cannot be 1', '`true` or `false`'],
    ['optimizer: adam(beta_1: 0.9)', '`adam` has no argument `beta_1`', 'beta1'],
    ['clip: -1', '`clip` cannot be -1', 'a norm above 0'],
    ['recompute: 1', '`recompute` cannot be 1', '`true` or `false`'],
    ['ema: 1', '`ema` cannot be 1', 'above 0 and below 1'],
    ['drop_path: 1', '`drop_path` cannot be 1', 'from 0 to below 1'],
    ['label_smoothing: -0.1', '`label_smoothing` cannot be -0.1', 'from 0 to below 1'],
    ['auxiliary: -1', '`auxiliary` cannot be -1', 'a number from 0'],
    ['auxiliary: 0.4', '`auxiliary` weighs heads, and `small` has none', ''],
    ['flip: 1', '`flip` cannot be 1', '`true` or `false`'],
    ['crop: 0.5', '`crop` cannot be 0.5', 'a whole number of pixels'],
    ['crop: 9', '`crop` cannot be 9', 'at most 8 pixels: the images of the data are 8 x 8'],
    ['cutout: 12', '`cutout` cannot be 12', 'at most 8 pixels'],
    ['schedule: step(every: 1.5)', '`every` cannot be 1.5', 'a whole number of epochs'],
    ['schedule: step(gamma: 0)', '`gamma` cannot be 0', 'above 0 and at most 1'],
    ['schedule: cosine(warmup: 0.5)', '`warmup` cannot be 0.5', 'a whole number of epochs'],
    ['schedule: constant(min: 0.1)', '`constant` has no argument `min`', 'warmup'],
    ['schedule: cosine(min: 1)', '`min` cannot be 1', 'at most the learning rate, 0.05'],
    ['schedule: stepp', 'there is no schedule `stepp`', 'step'],
  ])('train(%s) is refused', (args, message, more) => {
    const [first, ...others] = told(args);
    expect(others).toEqual([]);
    expect(first).toContain(message);
    expect(first).toContain(more);
  });
});

describe('schedules and clipping', () => {
  it.each([
    ['constant', { name: 'constant' }],
    ['constant(warmup: 1)', { name: 'constant', warmup: 1 }],
    ['cosine', { name: 'cosine' }],
    // What is as it is by default leaves no trace, so that searches keep their identity.
    ['cosine(min: 0, warmup: 0)', { name: 'cosine' }],
    ['cosine(min: 0.001, warmup: 2)', { name: 'cosine', min: 0.001, warmup: 2 }],
    ['step', { name: 'step', every: 30, gamma: 0.1 }],
    ['step(every: 10, gamma: 0.5, warmup: 3)', { name: 'step', every: 10, gamma: 0.5, warmup: 3 }],
  ])('%s', (text, expected) => {
    expect(evaluate(`schedule: ${text}`)?.schedule).toStrictEqual(expected);
  });

  it('recompute', () => {
    expect(evaluate('recompute: true')?.recompute).toBe(true);
    expect(evaluate('recompute: false')).not.toHaveProperty('recompute');
  });

  it('clip and ema', () => {
    expect(evaluate('clip: 5')?.clip).toBe(5);
    expect(evaluate('ema: 0.999')?.ema).toBe(0.999);
    expect(evaluate('epochs: 1')).not.toHaveProperty('ema');
    expect(evaluate('epochs: 1')).not.toHaveProperty('clip');
  });

  it('what keeps a long training from learning by heart', () => {
    const all = 'drop_path: 0.2, label_smoothing: 0.1, flip: true, crop: 4, cutout: 6';
    const expected = { dropPath: 0.2, labelSmoothing: 0.1, flip: true, crop: 4, cutout: 6 };
    expect(evaluate(all)).toMatchObject(expected);
    // What is off leaves no trace; and it can be turned off for the winner.
    const off = 'drop_path: 0, label_smoothing: 0, flip: false, crop: 0, cutout: 0, auxiliary: 0';
    expect(evaluate(off)).toStrictEqual(evaluate('epochs: 5'));
    expect(read(`evaluate train(${all})\n  retrain train(${off})`).retrain).toStrictEqual(
      evaluate('epochs: 5'),
    );
    expect(read(`evaluate train(${all})\n  retrain train(epochs: 5)`).retrain).toMatchObject(expected);
  });

  it('`retrain` is as `evaluate` where it says nothing', () => {
    const both = read(
      `evaluate train(optimizer: adam(lr: 0.1, beta1: 0.5), schedule: step(every: 2), clip: 5)
  retrain train(epochs: 9, optimizer: adam(lr: 0.2))`,
    );
    expect(both.retrain).toEqual({
      ...both.evaluate,
      epochs: 9,
      optimizer: { name: 'adam', lr: 0.2, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    });
    const other = read('evaluate train(optimizer: sgd(momentum: 0.5))\n  retrain train(optimizer: rmsprop)');
    // Another optimiser's momentum is not inherited.
    expect(other.retrain?.optimizer).toMatchObject({ name: 'rmsprop', momentum: 0 });
  });
});
