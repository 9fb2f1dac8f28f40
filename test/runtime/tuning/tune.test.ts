/** Choices that are measured: every candidate computes the same, answers are candidates, known ones are not measured again. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import type { Plan, Profile } from '../../../compiler/wgsl/plan.ts';
import { answer, pick, sampleGraph, sizeClass, type Tuning } from '../../../compiler/wgsl/tuning.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { fastest, tune, type Measured } from '../../../runtime/tuning/tune.ts';
import { labelsFor } from '../../arbitraries/tensors.ts';
import { feedsFor } from '../../compiler/ops/gradientCheck.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';
import { relativeError, useDevice } from '../execute/onDevice.ts';

const device = useDevice();
const graph = differentiate(checkNetwork(), 'loss');
const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
const planWith = (profile: Profile): Plan => verifyPlan(planTraining(graph, { profile, optimizer }));

/** The answers that take candidate `k` of every question, or its last. */
function allOf({ choices }: Plan, k: number): Tuning {
  return Object.fromEntries(
    choices.map(({ question, candidates: c }) => [question, c[Math.min(k, c.length - 1)] ?? '']),
  );
}

describe('questions', () => {
  const guess = { kind: 'cpu', subgroupSize: 8 } as const;
  const things = new Map([
    ['one', 1],
    ['two', 2],
  ]);

  it('are answered by the profile, or by the first candidate', () => {
    expect(pick(guess, 'q', things).chosen).toBe(1);
    expect(pick({ ...guess, tuning: { q: 'two' } }, 'q', things).chosen).toBe(2);
    expect(pick({ ...guess, tuning: { other: 'two' } }, 'q', things).chosen).toBe(1);
  });

  it('take no answer that is no candidate', () => {
    const asked = { question: 'constructor', candidates: ['one', 'two'] } as const;
    expect(answer({ ...guess, tuning: { constructor: 'three' } }, asked)).toBe('one');
    expect(answer(guess, asked)).toBe('one');
  });

  it('are not asked where there is one way', () => {
    expect(pick(guess, 'q', new Map([['only', 1]])).asked).toBeUndefined();
    expect(
      planWith({ kind: 'gpu', subgroupSize: undefined }).choices.filter(({ question }) =>
        question.startsWith('gather'),
      ),
    ).toEqual([]);
  });

  it('have sizes within a factor of two in common', () => {
    expect([1, 2, 600, 1000, 1024, 1025].map(sizeClass)).toEqual([
      '2^0',
      '2^1',
      '2^10',
      '2^10',
      '2^10',
      '2^11',
    ]);
  });

  it('come with an op that asks them again when it is planned alone', () => {
    for (const { question, sample } of planWith(guess).choices) {
      const alone = sampleGraph(sample);
      const { choices } = planTraining({ ...alone, gradients: [] }, { profile: guess, optimizer });
      expect(choices.map((choice) => choice.question)).toContain(question);
    }
  });
});

it('every candidate gives the gradients of the reference', async () => {
  const feeds = feedsFor(graph, 5, 'normal', { labels: labelsFor(64, 10, 5) });
  const expected = runReference(graph, feeds, { precision: 'f64' });
  const { profile } = device();
  const guessed = planWith(profile);
  const most = Math.max(...guessed.choices.map(({ candidates }) => candidates.length));
  expect(most).toBeGreaterThan(1);
  for (let k = 0; k < most; k += 1) {
    const plan = planWith({ ...profile, tuning: allOf(guessed, k) });
    if (k > 0)
      expect(plan.kernels.map(({ name }) => name)).not.toEqual(guessed.kernels.map(({ name }) => name));
    const execution = await prepare(device(), plan);
    const tensors = Object.entries({ ...feeds.parameters, ...feeds.states });
    execution.writeTensors(new Map(tensors.map(([name, { data }]) => [name, Float32Array.from(data)])));
    for (const { name, dtype } of plan.inputs) {
      const { data } = feeds.inputs[name];
      execution.writeInput(name, dtype === 'i32' ? Int32Array.from(data) : Float32Array.from(data));
    }
    await execution.run('train', [{ learningRate: 0 }]);
    const gradients = await execution.readGradients();
    for (const [name, { data }] of Object.entries(expected.gradients)) {
      expect(relativeError(gradients.get(name)!, data), `${name}, candidate ${k}`).toBeLessThan(1e-3);
    }
    execution.destroy();
  }
});

describe('tune', () => {
  it('answers every question with a candidate, and measures each once', async () => {
    const { choices } = planWith(device().profile);
    const seen: Measured[] = [];
    const answers = await tune(device(), [...choices, ...choices], {
      rounds: 1,
      watch: (m) => void seen.push(m),
    });
    expect(Object.keys(answers).sort()).toEqual(choices.map(({ question }) => question).sort());
    expect(seen).toHaveLength(choices.length);
    for (const { question, candidates } of choices) {
      expect(candidates).toContain(answers[question]);
      const { times } = seen.find((measured) => measured.question === question)!;
      expect(Object.keys(times).sort()).toEqual([...candidates].sort());
    }
    // The same answers, the same kernels.
    const tuned = { ...device().profile, tuning: answers };
    expect(planWith(tuned).kernels).toEqual(planWith({ ...tuned, tuning: { ...answers } }).kernels);
  });

  it('measures nothing that is known, and measures anew what is known as no candidate', async () => {
    const [choice] = planWith(device().profile).choices;
    const measured: string[] = [];
    const watch = ({ question }: Measured): void => void measured.push(question);
    const last = choice.candidates.at(-1)!;
    const known = { [choice.question]: last };
    expect(await tune(device(), [choice], { known, watch })).toEqual(known);
    expect(measured).toEqual([]);
    const wrong = { [choice.question]: 'as fast as light' };
    const [answered] = Object.values(await tune(device(), [choice], { known: wrong, rounds: 1, watch }));
    expect(choice.candidates).toContain(answered);
    expect(measured).toEqual([choice.question]);
  });

  it('keeps a guess that is hardly slower', () => {
    const candidates = ['guess', 'other', 'third'] as const;
    expect(fastest({ candidates }, { guess: 1, other: 0.97, third: 2 })).toBe('guess');
    expect(fastest({ candidates }, { guess: 1, other: 0.9, third: 0.8 })).toBe('third');
    expect(fastest({ candidates }, {})).toBe('guess');
  });
});
