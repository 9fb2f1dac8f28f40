/** The store: reads experiments, begins and forgets them. What a running search writes goes through a Session. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { claim, refuseIfClaimed } from './claims.ts';
import type { Connection } from './connection.ts';
import { experimentId } from './identity.ts';
import { storeProblem } from './problems.ts';
import type { ExperimentRecord, FinalRecord, RunRecord, TrialRecord } from './records.ts';
import { experimentRecord, experimentRow, finalRecord, runRecord, trialRecord } from './rows.ts';
import { Session } from './Session.ts';
import type { StoreSystem } from './system.ts';

/** What a search says when it begins. */
export type NewExperiment = Pick<ExperimentRecord, 'identity' | 'name' | 'objectives' | 'adapter'>;

/** What the store has on one experiment. */
export interface Experiment {
  readonly record: ExperimentRecord;
  /** In the order of their numbers. */
  readonly trials: readonly TrialRecord[];
  /** In the order in which they were made. */
  readonly finals: readonly FinalRecord[];
  readonly runs: readonly RunRecord[];
}

/** An open store. Made by `openStore`. */
export class Store {
  readonly folder: string;
  /** Version of this package, recorded with what it writes. */
  readonly version: string;
  readonly #connection: Connection;
  readonly #system: StoreSystem;

  constructor(connection: Connection, folder: string, version: string, system: StoreSystem) {
    this.#connection = connection;
    this.folder = folder;
    this.version = version;
    this.#system = system;
  }

  /** All experiments, newest first. */
  async experiments(): Promise<readonly ExperimentRecord[]> {
    const rows = await this.#connection.db
      .selectFrom('experiments')
      .selectAll()
      .orderBy('created', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(experimentRecord);
  }

  /** All that is known of one experiment, as of one moment; undefined where there is none of this name. */
  async read(id: string): Promise<Experiment | undefined> {
    const connection = this.#connection;
    return connection.db.connection().execute(async (db) => {
      // Not Kysely's own transaction, which would wait for a search that is writing.
      connection.exec('begin deferred');
      try {
        const row = await db.selectFrom('experiments').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return undefined;
        const trials = db.selectFrom('trials').selectAll().where('experiment', '=', id).orderBy('number');
        const finals = db.selectFrom('finals').selectAll().where('experiment', '=', id).orderBy('trials');
        const runs = db.selectFrom('runs').selectAll().where('experiment', '=', id).orderBy('id');
        return {
          record: experimentRecord(row),
          trials: (await trials.execute()).map(trialRecord),
          finals: (await finals.execute()).map(finalRecord),
          runs: (await runs.execute()).map(runRecord),
        };
      } finally {
        connection.exec('commit');
      }
    });
  }

  /**
   * Begins or continues an experiment: records the run and claims the experiment for this process.
   * Refuses while another process searches it.
   */
  async begin(begun: NewExperiment): Promise<Session> {
    const { identity, adapter } = begun;
    const id = experimentId(identity);
    const now = new Date(this.#system.now()).toISOString();
    const row = experimentRow({ ...begun, id, created: now, version: this.version });
    const { token, run } = await this.#connection.db.transaction().execute(async (tx) => {
      await tx
        .insertInto('experiments')
        .values(row)
        .onConflict((c) => c.doNothing())
        .execute();
      const owner = await claim(tx, id, this.#system);
      const added = await tx
        .insertInto('runs')
        .values({ experiment: id, version: this.version, adapter: adapter ?? null, started: now })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { token: owner, run: added.id };
    });
    return new Session(this.#connection.db, this.folder, id, run, token, this.#system);
  }

  /**
   * Removes an experiment with its trials and files; false where there is none of this name. Refuses while
   * it is being searched.
   */
  async forget(id: string): Promise<boolean> {
    const known = await this.#connection.db.transaction().execute(async (tx) => {
      await refuseIfClaimed(tx, id, this.#system);
      const { numDeletedRows } = await tx.deleteFrom('experiments').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
    const folder = join(this.folder, 'experiments', id);
    try {
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      throw storeProblem(error, folder);
    }
    return known;
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#connection.close();
  }
}
