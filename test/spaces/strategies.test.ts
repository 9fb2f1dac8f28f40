/**
 * Every strategy on every shipped space: it proposes members there, or `nas check` says why it cannot and what would.
 * docs/matrix.md is what is found.
 */
import { describe, expect, test } from 'vitest';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { relax } from '../../compiler/space/relax.ts';
import type { StrategySpace } from '../../runtime/search/host.ts';
import { strategyKey } from '../../runtime/search/seeds.ts';
import { type Score, simulate } from '../../runtime/search/simulate.ts';
import { checkStrategyFit, createStrategy, strategies } from '../../runtime/search/strategies/table.ts';
import { mapRows, softmaxRows, zeroLogits } from '../../runtime/share/alphas.ts';
import { methods } from '../../runtime/share/methods/table.ts';
import { deriveMember, rowsOf } from '../../runtime/share/relaxation.ts';
import { Random } from '../../util/random.ts';
import { long, patience } from '../long.ts';
import { compileShipped, shippedSpaces } from './shipped.ts';

/** Past the first batch of the policies in the long mode. */
const trials = long ? 24 : 6;

/** Where a strategy's own size would take minutes: the paper's predictors read a thousand candidates before every round. */
const smaller: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  pnas: { units: 4, pool: 16, ensemble: 1, epochs: 1 },
};

/** A fitness from 0 to 1 that says something of the answers: how early among their options they are. */
const score: Score = ({ architecture: { choices } }) => {
  const answered = choices.filter((choice) => choice >= 0);
  return [answered.reduce((sum, choice) => sum + 1 / (1 + choice), 0) / Math.max(1, answered.length)];
};

const compiled = shippedSpaces.map((shipped) => ({
  name: shipped.name,
  file: shipped.file,
  space: compileShipped(shipped),
}));
const names = Object.keys(strategies);

/** What a method would derive from alphas that mean nothing; the controller of ENAS is that of `reinforce`. */
function derivedFrom({ space, members }: StrategySpace, name: string): readonly Architecture[] {
  const random = new Random(3);
  if (!methods[name].gated) return [members.sample(random).architecture!];
  const { alphas } = relax(space, { batch: 1, mode: 'batch statistics', zero: true, gates: 'given' });
  const logits = mapRows(zeroLogits(alphas), (_, out) => out.forEach((__, i) => (out[i] = random.next())));
  return [deriveMember(space, members, rowsOf(space, alphas), softmaxRows(logits))];
}

describe.each(compiled)('on $name', ({ space }) => {
  test.each(names)(
    '%s',
    (name) => {
      const spec = { name, args: smaller[name] ?? {} };
      const reasons = checkStrategyFit(spec, space);
      for (const { hint } of reasons) expect(hint).toBeTruthy();
      if (reasons.length > 0) return;
      const derived = (): readonly Architecture[] => derivedFrom(space, name);
      const task = { space, key: strategyKey(7), trials, objectives: 1, derived };
      const outcomes = [...simulate(createStrategy(spec, task), task, trials, score)];
      expect(outcomes.length).toBeGreaterThan(0);
      for (const { architecture } of outcomes) expect(space.members.contains(architecture)).toBe(true);
    },
    patience,
  );
});

test('docs/matrix.md says which strategy works where', async () => {
  const rows = compiled.map(({ name, file, space }) => {
    const byReason = new Map<string, string[]>();
    for (const strategy of names) {
      const [reason] = checkStrategyFit({ name: strategy, args: {} }, space);
      if (!reason) continue;
      const text = reason.message.split(': ').slice(1).join(': ');
      byReason.set(text, [...(byReason.get(text) ?? []), `\`${strategy}\``]);
    }
    const refusals = [...byReason].map(([reason, some]) => `${some.join(', ')}, as ${reason}`);
    const { length } = names;
    const works = length - [...byReason.values()].flat().length;
    return `| [${name}](../spaces/${file}) | ${works} of ${length} | ${refusals.join('; ')} |`;
  });
  const text = [
    '# Which strategy works on which space',
    '',
    `Written by \`test/spaces/strategies.test.ts\`, which runs each of the ${names.length} strategies on each space that is shipped, or`,
    'finds the reason why it cannot work there. `nas check` gives the same reason, with what would work.',
    '',
    '| space | strategies | but not |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
  await expect(text.join('\n')).toMatchFileSnapshot('../../docs/matrix.md');
});
