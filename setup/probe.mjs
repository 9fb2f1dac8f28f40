// Tries a driver in a child process and says whether it gives a working WebGPU adapter.
import { fileURLToPath } from 'node:url';
import { describeEnd, lastLines, run } from './run.mjs';

const CHILD = fileURLToPath(new URL('./probeChild.mjs', import.meta.url));
// A cold shader compile on a busy machine takes seconds; a driver that needs longer than this is of no use.
const TIMEOUT_MS = 45_000;

/**
 * Runs the probe for a driver choice. Returns `{ works: true, info }` or `{ works: false, why }`; the child's crash, hang
 * or babble is a reason like any other.
 */
export async function probeDriver(choice, { child = CHILD, timeoutMs = TIMEOUT_MS } = {}) {
  if (choice.driver === 'none') return { works: false, why: choice.why };
  const ended = await run(process.execPath, [child, JSON.stringify(choice)], { timeoutMs });
  for (const line of lastLines(ended.stdout, 5).reverse()) {
    if (!line.startsWith('{')) continue;
    try {
      return JSON.parse(line);
    } catch {
      // A half-written line: the process died while it spoke.
    }
  }
  const said = lastLines(ended.stderr, 1)[0];
  return {
    works: false,
    why: `the probe ended: ${describeEnd(ended, timeoutMs)}${said ? ` (${said})` : ''}`,
  };
}
