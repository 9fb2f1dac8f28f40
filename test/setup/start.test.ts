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

/** A process that hands on to a program of this text, as `npm start` does to the search; inside a shell if asked. */
function handOn(text: string, { shell = false } = {}) {
  const program = join(folder, 'program.mjs');
  writeFileSync(program, text);
  const passOn = pathToFileURL(join(root, 'setup', 'passOn.mjs')).href;
  writeFileSync(
    join(folder, 'parent.mjs'),
    `import { passOn } from ${JSON.stringify(passOn)};
     console.log(JSON.stringify(await passOn(process.execPath, [${JSON.stringify(program)}, '--seed', '2'])));`,
  );
  const words = [process.execPath, join(folder, 'parent.mjs')];
  if (!shell) return spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  // As npm does it. The second command keeps the shell from making way for the first.
  const env = { ...process.env, npm_lifecycle_event: 'start' };
  return spawn('sh', ['-c', `"${words[0]}" "${words[1]}"; true`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
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

test.skipIf(process.platform === 'win32')(
  'when npm is ended, which ends only its shell, the program ends too',
  async () => {
    const child = handOn(
      "process.on('SIGTERM', () => { console.log('ending'); process.exit(5); }); setInterval(() => {}, 1e3); console.log('ready')",
      { shell: true },
    );
    const output = outputOf(child);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await output).toBe('ready\nending\n{"code":5,"signal":null}\n');
  },
);
