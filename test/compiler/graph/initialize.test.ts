import { expect, test } from 'vitest';
import { initialValues } from '../../../compiler/graph/initialize.ts';

const he = { kind: 'he', fanIn: 18 } as const;

test('constants and rows', () => {
  expect([...initialValues('b', [3], { kind: 'constant', value: 0.5 }, 1)]).toEqual([0.5, 0.5, 0.5]);
  expect([...initialValues('s', [2, 3], { kind: 'rows', values: [0, 1] }, 1)]).toEqual([0, 0, 0, 1, 1, 1]);
  expect(() => initialValues('s', [3, 3], { kind: 'rows', values: [0, 1] }, 1)).toThrow(
    /2 row values for s of 3 x 3/,
  );
});

// Five standard errors of mean and variance.
test('he: normal with variance 2 / fanIn', () => {
  const values = [...initialValues('conv.kernel', [3, 3, 32, 64], he, 42)];
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(2 / 18 / values.length));
  expect(Math.abs(variance * 9 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
});

// A uniform variable has variance limit^2 / 3, and its square variance 4 limit^4 / 45.
test('uniform: even from -limit to limit', () => {
  const values = [...initialValues('lstm.kernel', [70, 140], { kind: 'uniform', limit: 0.08 }, 42)];
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + v ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan((5 * 0.08) / Math.sqrt(3 * values.length));
  expect(Math.abs(variance - 0.08 ** 2 / 3)).toBeLessThan(5 * 0.08 ** 2 * Math.sqrt(4 / 45 / values.length));
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.08));
});

test('depends on seed, name and index alone', () => {
  const values = initialValues('a', [4, 4], he, 1);
  expect(initialValues('a', [4, 4], he, 1)).toEqual(values);
  expect(initialValues('a', [2, 2], he, 1)).toEqual(values.slice(0, 4));
  expect(initialValues('b', [4, 4], he, 1)).not.toEqual(values);
  expect(initialValues('a', [4, 4], he, 2)).not.toEqual(values);
});

// Pinned, so that a change of seeds' meaning is seen: every published result would change with it.
test('known values', () => {
  expect([...initialValues('early.conv.kernel', [4], he, 7)]).toMatchInlineSnapshot(`
    [
      0.21137875318527222,
      -0.49580103158950806,
      0.8858795166015625,
      -0.03435481712222099,
    ]
  `);
});
