import { describe, expect, it } from 'vitest';
import { curriculumOf } from '../../../../runtime/search/controllers/curriculum.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { mixed, proposed, run } from '../strategies/helpers.ts';
import { checkStrategyFit } from '../../../../runtime/search/strategies/table.ts';

/** Depths in no order. */
const deep = compileText(`nas 1
space deep {
  input x: image[8, 8, 2]
  output x |> repeat choose depth { 12, 6, 8, 10 } { conv(choose f { 2, 4 }, 1) } |> classifier(2)
}`);

describe('the depth curriculum', () => {
  const { space } = deep;
  const depth = space.decisions.find(({ path }) => path === 'depth')!;
  const offer = curriculumOf(space, { name: 'depth', start: 6, grow: 2, every: 1600 });
  const values = (trials: number, options: readonly number[] = [0, 1, 2, 3]): readonly unknown[] =>
    offer(trials)(depth.id, options).map((option) => depth.options[option].value);

  it('opens two layers more after every 1,600 networks', () => {
    expect(values(0)).toEqual([6]);
    expect(values(1599)).toEqual([6]);
    expect(values(1600)).toEqual([6, 8]);
    expect(values(4799)).toEqual([6, 8, 10]);
    expect(values(4800)).toEqual([12, 6, 8, 10]);
  });
  it('offers the least deep where all are deeper', () => {
    expect(values(0, [0, 3])).toEqual([10]);
  });
  it('leaves other decisions alone', () => {
    const other = space.decisions.find(({ path }) => path.endsWith('.f'))!;
    expect(offer(0)(other.id, [0, 1])).toEqual([0, 1]);
  });
});

describe('reinforce with a curriculum', () => {
  it('scales it with the number of trials', () => {
    const outcomes = run('reinforce', deep, () => 0.5, {
      trials: 64,
      args: { depth: 'depth', batch: 4 },
    });
    const { id, options } = deep.space.decisions.find(({ path }) => path === 'depth')!;
    const depths = outcomes.map(({ architecture }) => Number(options[architecture.choices[id]].value));
    // An eighth of 64: at the eighth trial 8, at the sixteenth 10, ...
    depths.forEach((value, trial) => expect(value).toBeLessThanOrEqual(6 + 2 * Math.floor(trial / 8)));
    expect(new Set(depths)).toEqual(new Set([6, 8, 10, 12]));
  });
  it('is refused where there is no such depth', () => {
    const spec = { name: 'reinforce', args: { depth: 'kind' } };
    expect(checkStrategyFit(spec, mixed())).toMatchObject([{ code: 'NAS4512' }]);
    expect(checkStrategyFit({ ...spec, args: { depth: 'depth' } }, mixed())).toEqual([]);
  });
  it('is none where it is not asked for', () => {
    const options = { trials: 20, seed: 4 };
    expect(proposed(run('reinforce', deep, () => 0.5, options))).not.toEqual(
      proposed(run('reinforce', deep, () => 0.5, { ...options, args: { depth: 'depth' } })),
    );
  });
});
