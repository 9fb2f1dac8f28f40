/**
 * One search of an experiment at a time: a row that names the process and its last sign of life. A claim
 * whose process is dead, or has been silent for a minute, lapses; whoever lost one cannot write any more.
 */
import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { refuse } from '../../grammar/diagnostics.ts';
import type { ClaimRow, Tables } from './schema.ts';
import type { StoreSystem } from './system.ts';

/** Milliseconds of silence after which a claim lapses. */
export const CLAIM_LAPSES: number = 60_000;

/** Claims held by this process: a row with our own process number that is not among them is another's. */
const held = new Set<string>();

/** Claims an experiment and returns the token that later writes show. Refuses while another search holds it. */
export async function claim(
  tx: Transaction<Tables>,
  experiment: string,
  system: StoreSystem,
): Promise<string> {
  await refuseIfClaimed(tx, experiment, system);
  const token = randomUUID();
  const row = { token, pid: system.pid, host: system.host, beat: system.now() };
  await tx
    .insertInto('claims')
    .values({ experiment, ...row })
    .onConflict((c) => c.column('experiment').doUpdateSet(row))
    .execute();
  held.add(token);
  return token;
}

/** Refuses while a search holds the experiment. */
export async function refuseIfClaimed(
  tx: Transaction<Tables>,
  experiment: string,
  system: StoreSystem,
): Promise<void> {
  const row = await tx
    .selectFrom('claims')
    .selectAll()
    .where('experiment', '=', experiment)
    .executeTakeFirst();
  if (row === undefined || hasLapsed(row, system)) return;
  refuse(
    'experimentRunning',
    {
      experiment,
      pid: row.pid,
      host: row.host,
      seconds: Math.max(0, Math.round((system.now() - row.beat) / 1000)),
    },
    { hint: 'wait for it or stop it; the same command then goes on where it ended' },
  );
}

/** Renews a claim, as a sign of life and before every write. Refuses when another search took it over. */
export async function renew(
  db: Kysely<Tables>,
  experiment: string,
  token: string,
  system: StoreSystem,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('claims')
    .set({ beat: system.now() })
    .where('experiment', '=', experiment)
    .where('token', '=', token)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    refuse(
      'experimentTaken',
      { experiment },
      { hint: 'leave it to the other process, or stop that one first' },
    );
  }
}

/** This process stops acting on a claim, whether or not it can still be given back. */
export function abandon(token: string): void {
  held.delete(token);
}

/** Gives a claim back. */
export async function release(db: Kysely<Tables>, experiment: string, token: string): Promise<void> {
  await db.deleteFrom('claims').where('experiment', '=', experiment).where('token', '=', token).execute();
}

function hasLapsed(row: ClaimRow, system: StoreSystem): boolean {
  // Either direction: a clock that was set back must not keep a claim alive for ever.
  if (Math.abs(system.now() - row.beat) > CLAIM_LAPSES) return true;
  if (row.host !== system.host) return false;
  // Containers reuse process numbers: ours, in a row that we did not write, is from an earlier life.
  if (row.pid === system.pid) return !held.has(row.token);
  return !system.isAlive(row.pid);
}
