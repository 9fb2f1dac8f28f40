/** Trainings with a share of their epochs. */
import { describe, expect, it } from 'vitest';
import { defaultTrain } from '../../../compiler/search/train.ts';
import { shorten } from '../../../runtime/search/evaluation/shorten.ts';

describe('a share of a training', () => {
  it.each([
    [1, 10],
    [0.5, 5],
    [0.25, 3],
    [0.01, 1],
  ])('%f of ten epochs', (share, epochs) => {
    expect(shorten({ ...defaultTrain, epochs: 10 }, share).epochs).toBe(epochs);
  });

  it('leaves a whole training as it is', () => {
    const train = { ...defaultTrain, schedule: { name: 'step', every: 3, gamma: 0.5, warmup: 2 } as const };
    expect(shorten(train, 1)).toEqual(train);
  });

  it('shrinks what the schedule counts in epochs', () => {
    const schedule = { name: 'step', every: 30, gamma: 0.1, warmup: 4 } as const;
    expect(shorten({ ...defaultTrain, epochs: 100, schedule }, 0.5).schedule).toEqual({
      name: 'step',
      every: 15,
      gamma: 0.1,
      warmup: 2,
    });
    expect(shorten({ ...defaultTrain, epochs: 100, schedule }, 0.01).schedule).toEqual({
      name: 'step',
      every: 1,
      gamma: 0.1,
    });
    const cosine = { name: 'cosine', min: 0.01 } as const;
    expect(shorten({ ...defaultTrain, schedule: cosine }, 0.5).schedule).toEqual(cosine);
  });
});
