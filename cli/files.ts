/** Reads the files that a command names, and says in the user's words why one cannot be read. */
import { open } from 'node:fs/promises';
import { refuse } from '../grammar/diagnostics.ts';
import type { Source } from '../grammar/source.ts';
import { pathFrom, type Terminal } from './terminal.ts';

/** No text that is read is larger; larger ones are not even loaded. In bytes. */
const SIZE_LIMIT = 16 * 1024 * 1024;

/** The text of a file, under the name that the user typed. Refuses what is no readable text. */
export async function readText(terminal: Terminal, path: string): Promise<Source> {
  const bytes = await readBytes(pathFrom(terminal, path), path);
  const zero = bytes.indexOf(0);
  if (zero >= 0) return refuse('notText', { path, problem: `byte ${zero + 1} of it is zero` });
  try {
    return { name: path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refuse('notText', { path, problem: 'it is not valid UTF-8' }, { hint: 'save it as UTF-8' });
  }
}

async function readBytes(file: string, path: string): Promise<Buffer> {
  let handle;
  try {
    handle = await open(file, 'r');
    const stat = await handle.stat();
    if (stat.isDirectory())
      return refuse('notAFile', { path }, { hint: 'name a file inside of this folder' });
    if (stat.size > SIZE_LIMIT) {
      return refuse('unreadableFile', {
        path,
        reason: `it holds ${stat.size} bytes, more than any space needs`,
      });
    }
    return await handle.readFile();
  } catch (error) {
    return explainFailure(error, path);
  } finally {
    await handle?.close();
  }
}

function explainFailure(error: unknown, path: string): never {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refuse('noSuchFile', { path });
    case 'EISDIR':
      return refuse('notAFile', { path });
    case 'EACCES':
    case 'EPERM':
      return refuse('unreadableFile', { path, reason: 'reading it is not allowed' });
    case 'ENAMETOOLONG':
      return refuse('unreadableFile', { path, reason: 'its name is too long' });
    default:
      throw error;
  }
}
