// `npm test`: set-up, type check, lint, format, then vitest, and one closing line with the counts. All of them run even when
// one fails, so that a run tells everything. With arguments (`npm test -- test/grammar`) only vitest runs, with those.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingLine, countTests } from './closingLine.mjs';
import { root } from './npm.mjs';
import { passOn } from './passOn.mjs';
import { run } from './run.mjs';
import { setUp } from './setup.mjs';

// Called by their files: it spares npx's start, and works where scripts have no PATH of node_modules.
const CHECKS = [
  {
    name: 'types',
    words: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json', '--pretty', 'false'],
  },
  { name: 'lint', words: ['node_modules/oxlint/bin/oxlint'] },
  {
    name: 'format',
    words: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  },
];

/** Runs one check; returns whether it is clean, having shown what it found where it is not. */
async function check({ name, words }) {
  const start = Date.now();
  const ended = await run(process.execPath, words, { cwd: root });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (ended.code === 0) {
    console.log(`${name}: clean (${seconds} s)`);
    return true;
  }
  console.log(`${name}: failed (${seconds} s)\n${ended.stdout}${ended.stderr}`);
  return false;
}

/** Runs vitest and returns its counts. */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'naslang-test-'));
  try {
    const file = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { code } = await passOn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args],
      {
        cwd: root,
      },
    );
    const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    return countTests(report, code ?? 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All of `npm test` but its closing line. */
async function testAll(args) {
  const { ok, step } = await setUp({ evenUnbuilt: true });
  if (!ok && step !== 'build') return { passed: 0, failed: 1, skipped: 0 };
  const failed = ok ? [] : ['build'];
  if (args.length === 0) {
    for (const one of CHECKS) if (!(await check(one))) failed.push(one.name);
  }
  const counts = await runTests(args);
  if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
  // Each counts as a failed test: a closing line without failures must mean that all is well.
  return { ...counts, failed: counts.failed + failed.length };
}

const counts = await testAll(process.argv.slice(2).filter((word) => word !== '--'));
const line = closingLine(counts);
console.log(line);
// For .ci/run, which prints it again after whatever npm adds.
if (process.env.NASLANG_CLOSING_LINE_FILE) writeFileSync(process.env.NASLANG_CLOSING_LINE_FILE, `${line}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
