// The closing line of a test run: it must never say "0 failed" when something went wrong.
import { expect, test } from 'vitest';
import { closingLine, countTests } from '../../setup/closingLine.mjs';

const report = (changes: object = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...changes,
});
const line = (changes: object, exitCode: number) => closingLine(countTests(report(changes), exitCode));

test('counts what passed, failed and was skipped', () => {
  expect(line({}, 0)).toBe('3 passed, 0 failed');
  expect(line({ numFailedTests: 2 }, 1)).toBe('3 passed, 2 failed');
  expect(line({ numPendingTests: 1, numTodoTests: 1 }, 0)).toBe('3 passed, 0 failed, 2 skipped');
});

test('a file that cannot be loaded counts as failed', () => {
  expect(line({ testResults: [{ status: 'failed', assertionResults: [] }] }, 1)).toBe('3 passed, 1 failed');
});

test('a failing exit code without a failed test counts, and so does a missing report', () => {
  expect(line({}, 1)).toBe('3 passed, 1 failed');
  expect(closingLine(countTests(undefined, 0))).toBe('0 passed, 1 failed');
});
