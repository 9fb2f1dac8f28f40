/**
 * The tables of the store, as Kysely's types and as the SQL that makes them. A change of the tables is one
 * more entry at the end of {@link migrations}; published entries are never edited.
 */
import type { Generated } from 'kysely';

/** Marks a database file as ours (`PRAGMA application_id`): the letters "nasl". */
export const APPLICATION_ID: number = 0x6e61736c;

/** Which formats a file has gone through, and which version of this package took each step. */
export interface FormatRow {
  format: number;
  writer: string;
}

export interface ExperimentRow {
  id: string;
  space: string;
  search: string;
  overrides: string;
  seed: number;
  data: string;
  name: string;
  /** `maximize accuracy`, or several: `maximize accuracy, minimize latency(batch: 1)`. */
  objective: string;
  created: string;
  version: string;
  adapter: string | null;
}

export interface RunRow {
  id: Generated<number>;
  experiment: string;
  version: string;
  adapter: string | null;
  started: string;
  ended: string | null;
  reason: string | null;
}

export interface TrialRow {
  experiment: string;
  number: number;
  run: number;
  status: string;
  architecture: string;
  json: string;
  /** Decimal digits: ranks exceed 64 bits. */
  rank: string | null;
  seed: number;
  params: number;
  macs: number;
  loss: number | null;
  accuracy: number | null;
  images: number | null;
  epochLosses: string | null;
  diagnostic: string | null;
  started: string;
  finished: string;
  seconds: number;
  share: number | null;
  parent: number | null;
  /** JSON of what some evaluations tell besides. */
  more: string | null;
}

export interface FinalRow {
  experiment: string;
  trial: number;
  trials: number;
  run: number;
  seed: number;
  loss: number | null;
  accuracy: number | null;
  images: number;
  epochLosses: string;
  weights: string | null;
  architecture: string;
  started: string;
  finished: string;
  seconds: number;
}

/** Which process is searching an experiment; `beat` is its last sign of life, in ms since 1970. */
export interface ClaimRow {
  experiment: string;
  token: string;
  pid: number;
  host: string;
  beat: number;
}

/** All tables, by name. */
export interface Tables {
  formats: FormatRow;
  experiments: ExperimentRow;
  runs: RunRow;
  trials: TrialRow;
  finals: FinalRow;
  claims: ClaimRow;
}

/** Entry `i` brings a file from format `i` to format `i + 1`. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE formats (
    format INTEGER PRIMARY KEY,
    writer TEXT NOT NULL
  ) STRICT;
  CREATE TABLE experiments (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    search TEXT NOT NULL,
    overrides TEXT NOT NULL,
    seed REAL NOT NULL,
    data TEXT NOT NULL,
    name TEXT NOT NULL,
    objective TEXT NOT NULL,
    created TEXT NOT NULL,
    version TEXT NOT NULL,
    adapter TEXT
  ) STRICT;
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    experiment TEXT NOT NULL REFERENCES experiments ON DELETE CASCADE,
    version TEXT NOT NULL,
    adapter TEXT,
    started TEXT NOT NULL,
    ended TEXT,
    reason TEXT
  ) STRICT;
  CREATE INDEX runsByExperiment ON runs (experiment);
  CREATE TABLE trials (
    experiment TEXT NOT NULL REFERENCES experiments ON DELETE CASCADE,
    number INTEGER NOT NULL,
    run INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    architecture TEXT NOT NULL,
    json TEXT NOT NULL,
    rank TEXT,
    seed REAL NOT NULL,
    params REAL NOT NULL,
    macs REAL NOT NULL,
    loss REAL,
    accuracy REAL,
    images INTEGER,
    epochLosses TEXT,
    diagnostic TEXT,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (experiment, number)
  ) STRICT;
  CREATE TABLE finals (
    experiment TEXT NOT NULL REFERENCES experiments ON DELETE CASCADE,
    trial INTEGER NOT NULL,
    trials INTEGER NOT NULL,
    run INTEGER NOT NULL,
    seed REAL NOT NULL,
    loss REAL NOT NULL,
    accuracy REAL NOT NULL,
    images INTEGER NOT NULL,
    epochLosses TEXT NOT NULL,
    weights TEXT NOT NULL,
    architecture TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (experiment, trial)
  ) STRICT;
  CREATE TABLE claims (
    experiment TEXT PRIMARY KEY REFERENCES experiments ON DELETE CASCADE,
    token TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    beat REAL NOT NULL
  ) STRICT;
  `,
  // Trials with a budget or a parent, and with other measurements; finals that were looked up, not trained.
  `
  ALTER TABLE trials ADD COLUMN share REAL;
  ALTER TABLE trials ADD COLUMN parent INTEGER;
  ALTER TABLE trials ADD COLUMN more TEXT;
  CREATE TABLE newFinals (
    experiment TEXT NOT NULL REFERENCES experiments ON DELETE CASCADE,
    trial INTEGER NOT NULL,
    trials INTEGER NOT NULL,
    run INTEGER NOT NULL,
    seed REAL NOT NULL,
    loss REAL,
    accuracy REAL,
    images INTEGER NOT NULL,
    epochLosses TEXT NOT NULL,
    weights TEXT,
    architecture TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (experiment, trial)
  ) STRICT;
  INSERT INTO newFinals SELECT * FROM finals;
  DROP TABLE finals;
  ALTER TABLE newFinals RENAME TO finals;
  `,
];
