/** A running search's hold on its experiment: every write shows that the hold is still its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely, Transaction } from 'kysely';
import { refuse } from '../../grammar/diagnostics.ts';
import { abandon, release, renew } from './claims.ts';
import { removeDrafts, writeWhole } from './files.ts';
import type { FinalRecord, RunEnd, TrialRecord } from './records.ts';
import { finalRow, trialRow } from './rows.ts';
import { decodeSafetensors, encodeSafetensors, type Tensors } from './safetensors.ts';
import type { Tables } from './schema.ts';
import type { StoreSystem } from './system.ts';

/** A final network before it is stored. */
export type NewFinal = Omit<FinalRecord, 'run' | 'weights' | 'architecture'>;

/** What a final network consists of besides its record. */
export interface FinalFiles {
  /** Undefined where nothing was trained. */
  readonly tensors: Tensors | undefined;
  /** The architecture as JSON and as short text. */
  readonly json: unknown;
  readonly architecture: string;
}

/** Made by `Store.begin`; {@link end} gives the experiment back. */
export class Session {
  readonly experiment: string;
  /** Number of this run of the program. */
  readonly run: number;
  readonly #db: Kysely<Tables>;
  readonly #folder: string;
  readonly #token: string;
  readonly #system: StoreSystem;
  readonly #timer: NodeJS.Timeout;

  constructor(
    db: Kysely<Tables>,
    folder: string,
    experiment: string,
    run: number,
    token: string,
    system: StoreSystem,
  ) {
    this.#db = db;
    this.#folder = folder;
    this.experiment = experiment;
    this.run = run;
    this.#token = token;
    this.#system = system;
    // What goes wrong here goes wrong again at the next write, where it is reported.
    const beat = (): void => void renew(db, experiment, token, system).catch(() => undefined);
    this.#timer = setInterval(beat, system.heartbeat).unref();
  }

  /** Keeps a trial, in one transaction: it is there wholly or not at all. */
  async addTrial(trial: TrialRecord): Promise<void> {
    await this.#write(async (tx) => {
      await tx.insertInto('trials').values(trialRow(this.experiment, trial)).execute();
    });
  }

  /** Keeps a final network: its files first, then the row that names them. */
  async addFinal(final: NewFinal, files: FinalFiles): Promise<FinalRecord> {
    await renew(this.#db, this.experiment, this.#token, this.#system);
    const stem = `experiments/${this.experiment}/trial-${final.trial}`;
    const weights = files.tensors && `${stem}.safetensors`;
    const record = { ...final, run: this.run, weights, architecture: `${stem}.json` };
    await removeDrafts(join(this.#folder, 'experiments', this.experiment));
    if (files.tensors && weights !== undefined) {
      const { experiment } = this;
      const bytes = encodeSafetensors(files.tensors, { experiment, architecture: files.architecture });
      await writeWhole(join(this.#folder, weights), bytes);
    }
    await writeWhole(
      join(this.#folder, record.architecture),
      `${JSON.stringify(files.json, undefined, 2)}\n`,
    );
    await this.#write(async (tx) => {
      await tx.insertInto('finals').values(finalRow(this.experiment, record)).execute();
    });
    return record;
  }

  /**
   * Keeps the trained tensors of a trial for those that begin with them. To be called before the trial is added: a file
   * without its trial is written again.
   */
  async keepTensors(trial: number, tensors: Tensors, architecture: string): Promise<void> {
    await renew(this.#db, this.experiment, this.#token, this.#system);
    const { experiment } = this;
    await writeWhole(this.#tensorPath(trial), encodeSafetensors(tensors, { experiment, architecture }));
  }

  /** Where a supernet is kept from epoch to epoch, and the name of what it belongs to. */
  get supernet(): { readonly path: string; readonly fingerprint: string } {
    const path = join(this.#folder, 'experiments', this.experiment, 'supernet.safetensors');
    return { path, fingerprint: this.experiment };
  }

  /** What {@link keepTensors} kept. Refuses where the file is gone or damaged. */
  async readTensors(trial: number): Promise<Tensors> {
    const path = this.#tensorPath(trial);
    let bytes;
    try {
      bytes = await readFile(path);
    } catch {
      return refuse('keptMissing', { trial, path }, { hint: 'begin anew with `--fresh`' });
    }
    return decodeSafetensors(bytes, path).tensors;
  }

  #tensorPath(trial: number): string {
    return join(this.#folder, 'experiments', this.experiment, 'kept', `trial-${trial}.safetensors`);
  }

  /** Records on which adapter this run works, once a training told it. */
  async setAdapter(adapter: string): Promise<void> {
    await this.#write(async (tx) => {
      await tx.updateTable('runs').set({ adapter }).where('id', '=', this.run).execute();
      await tx
        .updateTable('experiments')
        .set({ adapter })
        .where('id', '=', this.experiment)
        .where('adapter', 'is', null)
        .execute();
    });
  }

  /** Ends the run and gives the experiment back. */
  async end(reason: RunEnd): Promise<void> {
    clearInterval(this.#timer);
    abandon(this.#token);
    const ended = new Date(this.#system.now()).toISOString();
    await this.#write(async (tx) => {
      await tx.updateTable('runs').set({ ended, reason }).where('id', '=', this.run).execute();
      await release(tx, this.experiment, this.#token);
    });
  }

  async #write(work: (tx: Transaction<Tables>) => Promise<void>): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await renew(tx, this.experiment, this.#token, this.#system);
      await work(tx);
    });
  }
}
