/** Turns what SQLite and the file system complain of into diagnostics in the user's words. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The refusal that an error of the database at `path` amounts to, or the error itself where it is our fault. */
export function storeProblem(error: unknown, path: string): Error {
  if (error instanceof Refusal) return error;
  const diagnostic = databaseDiagnostic(error, path) ?? fileDiagnostic(error, path);
  if (diagnostic !== undefined) return new Refusal(diagnostic);
  return error instanceof Error ? error : new Error(String(error));
}

function databaseDiagnostic(error: unknown, path: string): Diagnostic | undefined {
  const code = resultCode(error);
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case BUSY:
    case LOCKED:
      return diagnose('storeBusy', { path }, { hint: 'close the other program and run the command again' });
    case FULL:
      return diskFull(path);
    case IOERR:
      // On some file systems a full disk shows itself as a failed extension of the shared log index.
      return nothingFree(path) ? diskFull(path) : unwritable(path, message);
    case READONLY:
      return unwritable(path, 'the file or its folder is read-only');
    case CANTOPEN:
      return unwritable(path, 'the file cannot be opened, or no file can be made beside it');
    case CORRUPT:
      return damaged(path, message);
    case NOTADB:
      return diagnose(
        'storeForeign',
        { path },
        { hint: `move ${path} aside, or choose another folder with \`--store\`` },
      );
    default:
      return undefined;
  }
}

/** The diagnostic for an error of the file system, or undefined where it is no such error. */
function fileDiagnostic(error: unknown, path: string): Diagnostic | undefined {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path);
    case 'EROFS':
      return unwritable(path, 'it lies on a read-only file system');
    case 'EACCES':
    case 'EPERM':
      return unwritable(path, 'writing there is not allowed');
    case 'EEXIST':
    case 'ENOTDIR':
      return unwritable(path, 'a file stands where a folder is needed');
    case 'EISDIR':
      return unwritable(path, 'a folder stands where a file is needed');
    case 'ENOENT':
      // Node.js says so, too, where a folder in the middle of a path cannot be made.
      return unwritable(path, 'the folder is not there and cannot be made');
    default:
      return error instanceof Error && 'syscall' in error ? unwritable(path, error.message) : undefined;
  }
}

/** The diagnostic for a store whose pages contradict each other. */
export function damaged(path: string, problem: string): Diagnostic {
  return diagnose(
    'storeDamaged',
    { path, problem },
    { hint: `move ${path} aside to begin anew; \`sqlite3 ${path} .recover\` may save what is readable` },
  );
}

function diskFull(path: string): Diagnostic {
  return diagnose(
    'diskFull',
    { path },
    { hint: 'make room and run the same command again; finished trials are kept' },
  );
}

function unwritable(path: string, reason: string): Diagnostic {
  return diagnose(
    'storeUnwritable',
    { path, reason },
    { hint: 'choose a folder that you may write to with `--store`' },
  );
}

/** The primary result code of SQLite that an error of libsql carries. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode & 0xff;
  // Failing to open is reported as a plain error whose text ends in the code.
  const match = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message);
  return match?.[1] === undefined ? undefined : Number(match[1]) & 0xff;
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function nothingFree(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}
