/** Every bomb is refused by name, in a process with 256 MiB of memory. Nothing is asserted on time but that nothing hangs. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { bombs } from './bombs.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const runner = fileURLToPath(new URL('run.ts', import.meta.url));

/** Milliseconds after which a process hangs, on however slow a machine. */
const patience = 60_000;

/** The code of the first error, `none`, or how the process came to another end. */
function run(name: string): Promise<string> {
  return new Promise((resolve) => {
    const words = ['--max-old-space-size=256', '--import', tsx, runner, name];
    const child = spawn(process.execPath, words, { timeout: patience, killSignal: 'SIGKILL' });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('close', (code, signal) => {
      if (code !== 0)
        resolve(signal === 'SIGKILL' ? 'hangs' : `ends with ${String(code)}: ${err.slice(-1000)}`);
      else resolve((JSON.parse(out) as { readonly code?: string }).code ?? 'none');
    });
  });
}

test('bombs are refused', { timeout: 1_200_000 }, async () => {
  const found: Record<string, string> = {};
  const left = Object.keys(bombs);
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) found[name] = await run(name);
  };
  await Promise.all([work(), work()]);
  const wanted = Object.entries(bombs).map(([name, { code }]) => [name, code ?? 'none']);
  expect(found).toEqual(Object.fromEntries(wanted));
});
