/**
 * The table of an experiment, in its folder of the store: whoever goes on with it predicts the same numbers, on whatever
 * machine, for the results of one experiment must be comparable.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../store/files.ts';
import { broken, parseLatencyTable, TABLE_LIMIT, type LatencyTable } from './form.ts';

/** Where the store in `folder` keeps the table of an experiment. */
export function keptTablePath(folder: string, experiment: string): string {
  return join(folder, 'experiments', experiment, 'latency.json');
}

/** The table in a file; undefined where there is no such file. Refuses what is no table. */
export async function readLatencyTable(path: string): Promise<LatencyTable | undefined> {
  let file;
  try {
    file = await open(path, 'r');
    const found = await file.stat();
    if (!found.isFile()) throw broken(path, 'it is no file');
    if (found.size > TABLE_LIMIT) throw broken(path, `it holds more than ${TABLE_LIMIT} bytes`);
    return parseLatencyTable(await file.readFile('utf8'), path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw broken(path, error.message);
  } finally {
    await file?.close();
  }
}

/** Writes a table, one row a line. */
export async function writeLatencyTable(path: string, table: LatencyTable): Promise<void> {
  await writeWhole(path, `${JSON.stringify(table, undefined, 2)}\n`);
}
