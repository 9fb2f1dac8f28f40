/** Reads the files that a command names, and says in the user's words why one cannot be read. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { refuse } from '../grammar/diagnostics.ts';
import type { Source } from '../grammar/source.ts';
import { pathFrom, type Terminal } from './terminal.ts';

/** No text that is read is larger; larger ones are not even loaded. In bytes. */
const SIZE_LIMIT = 16 * 1024 * 1024;

/** The text of a file, under the name that the user typed. Refuses what is no readable text. */
export async function readText(terminal: Terminal, path: string): Promise<Source> {
  const bytes = await readBytes(pathFrom(terminal, path), path);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refuse('notText', { path, problem: 'it is written in UTF-16' }, { hint: 'save it as UTF-8' });
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) return refuse('notText', { path, problem: `byte ${zero + 1} of it is zero` });
  try {
    return { name: path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refuse('notText', { path, problem: 'it is not valid UTF-8' }, { hint: 'save it as UTF-8' });
  }
}

async function readBytes(file: string, path: string): Promise<Buffer> {
  try {
    const stats = await stat(file);
    if (stats.isDirectory())
      return refuse('notAFile', { path }, { hint: 'name a file inside of this folder' });
    // A pipe is what a shell makes of `<(...)`; a device might never end.
    if (!stats.isFile() && !stats.isFIFO()) return refuse('notAFile', { path });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of createReadStream(file)) {
      const part = Buffer.from(chunk);
      chunks.push(part);
      bytes += part.length;
      if (bytes > SIZE_LIMIT) {
        return refuse('unreadableFile', { path, reason: 'it is far larger than any text of a space' });
      }
    }
    return Buffer.concat(chunks);
  } catch (error) {
    return explainFailure(error, path);
  }
}

function explainFailure(error: unknown, path: string): never {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refuse('noSuchFile', { path });
    case 'EACCES':
    case 'EPERM':
      return refuse('unreadableFile', { path, reason: 'reading it is not allowed' });
    case 'ENAMETOOLONG':
      return refuse('unreadableFile', { path: `${path.slice(0, 40)}...`, reason: 'its name is too long' });
    default:
      return refuse('unreadableFile', { path, reason: error.message });
  }
}
