/** Opens a store: makes or finds the file, checks that it is ours and whole, and brings it up to date. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, Refusal, refuse } from '../../grammar/diagnostics.ts';
import { connect, type Connection } from './connection.ts';
import { damaged, storeProblem } from './problems.ts';
import { APPLICATION_ID, migrations } from './schema.ts';
import { Store } from './Store.ts';
import { realSystem, type StoreSystem } from './system.ts';

/** The folder in which results are kept, unless the user says otherwise. */
export const DEFAULT_STORE: string = '.nas';

export interface StoreOptions {
  /** Where results are kept: `store.db` and the folder `experiments/`. */
  readonly folder: string;
  /** Version of this package, recorded with what it writes. */
  readonly version: string;
  /** Whether a store is made where there is none; otherwise that is refused. */
  readonly create: boolean;
  /** Clock and processes; tests give others. */
  readonly system?: Partial<StoreSystem> | undefined;
}

/** Opens the store in a folder. Refuses when it is newer, damaged, foreign, not writable or not there. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, version } = options;
  const path = join(folder, 'store.db');
  if (!options.create && !existsSync(path)) {
    refuse('storeMissing', { path }, { hint: 'run `nas search` first, or name the folder with `--store`' });
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw storeProblem(error, folder);
  }
  const connection = await connect(path);
  try {
    checkOrigin(connection);
    await useLog(connection);
    // Damage is found now rather than after hours of training.
    const problem = connection.texts('pragma quick_check(1)')[0];
    if (problem !== 'ok') throw new Refusal(damaged(path, problem ?? 'its pages cannot be checked'));
    migrate(connection, version);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return new Store(connection, folder, version, { ...realSystem, ...options.system });
}

/** Refuses a database of another program. A file without tables is taken as new. */
function checkOrigin(connection: Connection): void {
  const owner = connection.number('pragma application_id');
  if (owner === APPLICATION_ID) return;
  if (owner === 0 && connection.number('select count(*) from sqlite_master') === 0) return;
  refuse(
    'storeForeign',
    { path: connection.path },
    { hint: `move ${connection.path} aside, or choose another folder with \`--store\`` },
  );
}

/**
 * Write-ahead logging: readers see whole transactions while a search writes. The switch does not wait for
 * other connections by itself, so that two programs that make one store at once may collide here.
 */
async function useLog(connection: Connection): Promise<void> {
  const attempts = 50;
  for (let attempt = 1; ; attempt++) {
    try {
      connection.exec('pragma journal_mode = wal');
      break;
    } catch (error) {
      const busy =
        error instanceof Refusal && error.diagnostics[0]?.code === diagnose('storeBusy', { path: '' }).code;
      if (!busy || attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
  // `full`: a finished trial survives a power cut, for some milliseconds each.
  connection.exec('pragma synchronous = full; pragma foreign_keys = on');
}

/** Applies the migrations that the file has not seen, all or none. */
function migrate(connection: Connection, version: string): void {
  connection.exec('begin immediate');
  try {
    // Looked up inside the transaction: another program may have made the tables meanwhile.
    const made = connection.number('pragma application_id') === APPLICATION_ID;
    const format = made ? connection.number('select max(format) from formats') : 0;
    if (format > migrations.length) {
      const writer = connection.texts('select writer from formats order by format desc limit 1')[0] ?? '?';
      refuse(
        'storeNewer',
        { path: connection.path, format, writer, known: migrations.length, version },
        { hint: `use naslang ${writer} or newer, or keep results elsewhere with \`--store\`` },
      );
    }
    migrations.slice(format).forEach((statements, i) => {
      connection.exec(statements);
      connection.exec(
        `insert into formats (format, writer) values (${format + i + 1}, '${version.replaceAll("'", "''")}')`,
      );
    });
    if (!made) connection.exec(`pragma application_id = ${APPLICATION_ID}`);
    connection.exec('commit');
  } catch (error) {
    try {
      connection.exec('rollback');
    } catch {
      // SQLite has rolled back by itself.
    }
    throw error;
  }
}
