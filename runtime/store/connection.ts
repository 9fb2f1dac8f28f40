/**
 * One connection to the store's SQLite file: libsql underneath, Kysely's typed queries above. Both load
 * when a store is first opened, not with the program.
 */
import type { Kysely, SqliteDatabase, SqliteStatement } from 'kysely';
import type Database from 'libsql';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import { invariant } from '../../util/invariant.ts';
import { storeProblem } from './problems.ts';
import type { Tables } from './schema.ts';

/** A connection: typed queries for the tables, plain SQL for the rest. */
export interface Connection {
  readonly path: string;
  readonly db: Kysely<Tables>;
  /** Runs statements that return nothing. */
  exec(sql: string): void;
  /** The one number that a `PRAGMA` or a count returns. */
  number(sql: string): number;
  /** The first column of every row, as text. */
  texts(sql: string): string[];
  close(): Promise<void>;
}

/** How long a write waits for another program to finish its own, in milliseconds. */
const BUSY_TIMEOUT = 5000;

/** Opens the file, making it where it does not exist. Refuses where it cannot be opened. */
export async function connect(path: string, busyTimeout: number = BUSY_TIMEOUT): Promise<Connection> {
  const [{ Kysely, SqliteDialect }, Driver] = await Promise.all([import('kysely'), loadDriver(path)]);
  const translate = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeProblem(error, path);
    }
  };
  const raw = translate(() => new Driver(path, { timeout: busyTimeout }));

  const prepare = (sql: string): SqliteStatement => {
    // Writers queue at the start of a transaction, not in its middle, where waiting would be a deadlock.
    const statement = translate(() => raw.prepare(sql === 'begin' ? 'begin immediate' : sql));
    return {
      reader: statement.reader,
      all: (parameters) => translate(() => statement.all(...bindable(parameters))),
      run: (parameters) => {
        // A full disk makes SQLite roll back by itself; the error that tells so must not be masked by another.
        if (sql === 'rollback' && !raw.inTransaction) return { changes: 0, lastInsertRowid: 0 };
        return translate(() => statement.run(...bindable(parameters)));
      },
      iterate: (parameters) => translate(() => statement.iterate(...bindable(parameters))),
    };
  };
  // `.get()` is never used: it adds a property of its own to the row, and leaves the statement running.
  const database: SqliteDatabase = { prepare, close: () => raw.close() };
  const firstColumn = (sql: string): unknown[] =>
    prepare(sql)
      .all([])
      .map((row) => (typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined));

  return {
    path,
    db: new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }),
    exec: (sql) => {
      translate(() => raw.exec(sql));
    },
    number: (sql) => Number(firstColumn(sql)[0]),
    texts: (sql) => firstColumn(sql).map(String),
    close() {
      // Folds the log into the file as far as nobody else reads it; the rest is done by who closes last.
      try {
        prepare('pragma wal_checkpoint(passive)').all([]);
      } catch {
        // Closing loses nothing: the log holds all that was committed.
      }
      raw.close();
      return Promise.resolve();
    },
  };
}

async function loadDriver(path: string): Promise<typeof Database> {
  try {
    return (await import('libsql')).default;
  } catch (error) {
    const reason = `the database driver cannot be loaded (${error instanceof Error ? error.message : String(error)})`;
    const hint = 'install the package again, its optional dependencies included';
    throw new Refusal(diagnose('storeUnwritable', { path, reason }, { hint }));
  }
}

/** Any other type would end the process inside the driver instead of throwing. */
function bindable(parameters: readonly unknown[]): unknown[][] {
  for (const p of parameters) {
    invariant(
      p === null || typeof p === 'string' || (typeof p === 'number' && Number.isFinite(p)),
      `store: a value of type ${typeof p} cannot be stored`,
    );
  }
  return [[...parameters]];
}
