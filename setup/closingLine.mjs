// The last line of a test run, "12 passed, 0 failed, 1 skipped", read from vitest's JSON report.

/**
 * Counts a vitest JSON report (undefined where the runner left none). `exitCode` is the runner's: a file that could not be
 * loaded, an error outside any test or a crash has no failed test of its own, yet it must not count as success.
 */
export function countTests(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unloadable;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

/** The counts in words. */
export function closingLine({ passed, failed, skipped }) {
  const words = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? words : `${words}, ${skipped} skipped`;
}
