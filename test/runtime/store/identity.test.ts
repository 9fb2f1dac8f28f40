/** What makes an experiment the same one. */
import { expect, it } from 'vitest';
import { canonicalJson, experimentId, type ExperimentIdentity } from '../../../runtime/store/identity.ts';

const identity: ExperimentIdentity = {
  space: 'space a { }',
  search: 'search b { }',
  overrides: { width: 8, depth: [1, 2] },
  seed: 1,
  data: 'abc',
};

it('is twelve hexadecimal digits that stay the same from version to version', () => {
  expect(experimentId(identity)).toMatchInlineSnapshot(`"568def9b9b11"`);
});

it('changes with every part, and with nothing else', () => {
  const others: Partial<ExperimentIdentity>[] = [
    { space: 'space a {}' },
    { search: 'search b' },
    { overrides: {} },
    { overrides: { width: 8, depth: [2, 1] } },
    { overrides: { width: '8', depth: [1, 2] } },
    { seed: 2 },
    { data: 'abd' },
  ];
  const ids = [identity, ...others.map((o) => ({ ...identity, ...o }))].map(experimentId);
  expect(new Set(ids).size).toBe(others.length + 1);
  const reordered = { data: 'abc', seed: 1, overrides: { depth: [1, 2], width: 8 }, budget: 3 };
  expect(experimentId({ ...identity, ...reordered })).toBe(experimentId(identity));
});

it('writes canonical JSON', () => {
  expect(canonicalJson({ b: 1, a: { d: undefined, c: [null, true, 'x'] } })).toBe(
    '{"a":{"c":[null,true,"x"]},"b":1}',
  );
  expect(canonicalJson(JSON.parse('{"__proto__": 1}'))).toBe('{"__proto__":1}');
});
