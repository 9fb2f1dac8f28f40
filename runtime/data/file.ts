/** Reads a data file that nobody vouches for: its size is bounded before and after decompression. */
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { diagnose, Refusal, refuse } from '../../grammar/diagnostics.ts';

/** What a user can do about a file that is not there. */
export interface FileAdvice {
  /** What the file is, as in "the digits data". */
  readonly what: string;
  readonly hint: string;
}

const gunzipBounded = promisify(gunzip);

/** The bytes of a file of at most `limit` bytes. Refuses when it is missing, no plain file or larger. */
export async function readDataFile(path: string, limit: number, advice: FileAdvice): Promise<Buffer> {
  let file;
  try {
    file = await open(path, 'r');
    const stat = await file.stat();
    // A device or a pipe has no size and might never end.
    if (!stat.isFile()) {
      refuse('dataFileMissing', { what: advice.what, path, reason: 'it is no file' }, { hint: advice.hint });
    }
    if (stat.size > limit) refuse('dataFileTooLarge', { path, limit }, { hint: advice.hint });
    return await file.readFile();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      diagnose(
        'dataFileMissing',
        { what: advice.what, path, reason: systemReason(error) },
        { hint: advice.hint },
      ),
    );
  } finally {
    await file?.close();
  }
}

/** Undoes gzip. Refuses when the bytes are no whole gzip file or hold more than `limit` bytes. */
export async function ungzip(bytes: Buffer, path: string, limit: number): Promise<Buffer> {
  try {
    return await gunzipBounded(bytes, { maxOutputLength: limit });
  } catch (error) {
    const code = errorCode(error);
    const hint = 'fetch the file anew';
    if (code === 'ERR_BUFFER_TOO_LARGE') return refuse('dataFileTooLarge', { path, limit }, { hint });
    const problem =
      code === 'Z_BUF_ERROR'
        ? 'it ends too early, as after an interrupted download'
        : `it is no gzip file or damaged (${error instanceof Error ? error.message : String(error)})`;
    return refuse('dataFileBroken', { path, problem }, { hint });
  }
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function systemReason(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'reading it is not allowed';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
