/** Asks a process of its own for one line of JSON: what touches a driver may crash, and that must be a finding, not our end. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The line, or how the process ended without one. */
export type ChildLine = { readonly line: string } | { readonly end: string };

/**
 * Runs a module with some arguments until it has ended or `milliseconds` are over. The module is named without its ending:
 * built, it is a .js beside a .js; run from sources, Node needs a loader to read it.
 */
export function childLine(
  module: string,
  from: string,
  args: readonly string[],
  milliseconds: number,
): Promise<ChildLine> {
  const fromSources = from.endsWith('.ts');
  const child = fileURLToPath(new URL(`${module}.${fromSources ? 'ts' : 'js'}`, from));
  const loader = fromSources
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return new Promise((resolve) => {
    const limits = { timeout: milliseconds, maxBuffer: 16 * 1024 * 1024 };
    execFile(process.execPath, [...loader, child, ...args], limits, (error, stdout, stderr) => {
      // The answer counts even where the process crashed on its way out.
      const line = stdout.split('\n').find((text) => text === 'null' || text.startsWith('{'));
      if (line !== undefined) {
        resolve({ line });
        return;
      }
      const how = error?.killed
        ? `no answer in ${milliseconds / 1000} s`
        : (error?.signal ?? `exit code ${error?.code ?? 0}`);
      const said = stderr.trim().split('\n').at(-1) ?? '';
      resolve({ end: `${how}${said === '' ? '' : `: ${said}`}` });
    });
  });
}
