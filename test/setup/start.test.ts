// Handing the terminal on: the exit code, a signal's passage, and the words after `--`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../setup/npm.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naslang-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that hands on to a program of this text, as `npm start` does to the search. */
function handOn(text: string) {
  const program = join(folder, 'program.mjs');
  writeFileSync(program, text);
  const passOn = pathToFileURL(join(root, 'setup', 'passOn.mjs')).href;
  writeFileSync(
    join(folder, 'parent.mjs'),
    `import { passOn } from ${JSON.stringify(passOn)};
     console.log(JSON.stringify(await passOn(process.execPath, [${JSON.stringify(program)}, '--seed', '2'])));`,
  );
  return spawn(process.execPath, [join(folder, 'parent.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function outputOf(child: ReturnType<typeof handOn>) {
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  return output;
}

test('the exit code and the arguments pass through', async () => {
  expect(await outputOf(handOn('console.log(process.argv.slice(2).join(" ")); process.exitCode = 7'))).toBe(
    '--seed 2\n{"code":7,"signal":null}\n',
  );
});

test.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT'] as const)(
  '%s reaches the program, which ends in order',
  async (signal) => {
    const child = handOn(
      `process.on('${signal}', () => { console.log('ending'); process.exit(5); }); setInterval(() => {}, 1e3); console.log('ready')`,
    );
    const output = outputOf(child);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await output).toBe('ready\nending\n{"code":5,"signal":null}\n');
  },
);

test.skipIf(process.platform === 'win32')('the signal that ended the program is known', async () => {
  expect(await outputOf(handOn("process.kill(process.pid, 'SIGKILL')"))).toBe(
    '{"code":null,"signal":"SIGKILL"}\n',
  );
});
