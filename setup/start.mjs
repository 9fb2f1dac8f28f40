// `npm start`: sets up, then searches the space of the digits with the command that was built. What follows `--` goes to
// the search: `npm start -- --seed 2`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { passOn } from './passOn.mjs';
import { root } from './npm.mjs';
import { setUp } from './setup.mjs';

const main = join(root, 'dist', 'cli', 'main.js');

if (!(await setUp()).ok) process.exitCode = 1;
else if (!existsSync(main)) {
  process.stderr.write('naslang: the build has no command line (dist/cli/main.js)\n');
  process.exitCode = 1;
} else {
  const words = [main, 'search', join('spaces', 'digits.nas'), ...process.argv.slice(2)];
  const { code, signal } = await passOn(process.execPath, words, { cwd: root });
  // End as the search ended, so that a shell or a service sees the same.
  if (signal !== null) process.kill(process.pid, signal);
  else process.exitCode = code;
}
