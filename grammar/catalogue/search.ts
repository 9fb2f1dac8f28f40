/** Diagnostics 44xx and 45xx of family 4: the store of results, and the search itself. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface SearchValues {
  // 44xx: the store
  storeNewer: { path: string; format: number; writer: string; known: number; version: string };
  storeDamaged: { path: string; problem: string };
  storeForeign: { path: string };
  storeUnwritable: { path: string; reason: string };
  diskFull: { path: string };
  storeBusy: { path: string };
  storeMissing: { path: string };
  experimentUnknown: { experiment: string; path: string };
  experimentRunning: { experiment: string; pid: number; host: string; seconds: number };
  experimentTaken: { experiment: string };
  weightsMissing: { path: string };
  tensorFileBroken: { path: string; problem: string };
  // 45xx: the search
  strategyUnknown: { name: string };
  strategyArgumentUnknown: { strategy: string; argument: string };
  strategyArgumentValue: { strategy: string; argument: string; value: string };
  adapterChanged: { before: string; now: string };
  versionChanged: { before: string; now: string };
  replayDiffers: { experiment: string; trial: number; stored: string; proposed: string };
  resultNotFinite: { what: string };
  noWinner: { trials: number };
  retrainingFailed: { trial: number };
  testReadAgain: { times: number };
  scheduleTooLong: { strategy: string; reason: string };
  strategyUnfit: { strategy: string; space: string; problem: string };
  functionChanged: { site: string; what: string };
  functionLost: { kept: number; missing: number };
}

/** The entries of {@link SearchValues}. */
export const searchEntries: Entries<SearchValues> = {
  storeNewer: {
    code: 'NAS4401',
    severity: 'error',
    title: 'store written by a newer version',
    message: ({ path, format, writer, known, version }) =>
      `the store ${path} was written by naslang ${writer} in format ${format}; this is naslang ${version}, which knows formats up to ${known}`,
    explanation: `The store of results is brought up to date by whichever version opens it; an older version cannot know what the newer one meant. Use the newer version, or keep the results of the two apart with another store folder (\`--store\`).`,
  },
  storeDamaged: {
    code: 'NAS4402',
    severity: 'error',
    title: 'store damaged',
    message: ({ path, problem }) => `the store ${path} is damaged: ${problem}`,
    explanation: `The file is a SQLite database whose pages contradict each other, as after a failing disk or a copy made while a search was writing. Move it aside; \`sqlite3 FILE .recover\` may save what is readable. A search started again without it begins anew.`,
  },
  storeForeign: {
    code: 'NAS4403',
    severity: 'error',
    title: 'file is no store of naslang',
    message: ({ path }) => `${path} is no store of naslang`,
    explanation: `The place where results are kept holds a file that another program made. It is left as it is. Move it aside, or choose another folder with \`--store\`.`,
  },
  storeUnwritable: {
    code: 'NAS4404',
    severity: 'error',
    title: 'store cannot be written',
    message: ({ path, reason }) => `results cannot be written to ${path}: ${reason}`,
    explanation: `Results are kept in the folder \`.nas\` of the folder in which the command runs, or where \`--store\` says. It must be a folder in which you may create and change files; even reading results needs that, because the database keeps a log beside it.`,
  },
  diskFull: {
    code: 'NAS4405',
    severity: 'error',
    title: 'disk full',
    message: ({ path }) => `the disk is full: nothing more can be written to ${path}`,
    explanation: `Every trial that had finished is kept. Make room and run the same command again: the search goes on with the trial that could not be recorded.`,
  },
  storeBusy: {
    code: 'NAS4406',
    severity: 'error',
    title: 'store busy',
    message: ({ path }) => `another program keeps the store ${path} locked`,
    explanation: `A write takes a few milliseconds, so a lock that lasts means that another program (a database browser, a backup) has the file open in a transaction. Close it and run the same command again.`,
  },
  storeMissing: {
    code: 'NAS4407',
    severity: 'error',
    title: 'no results here',
    message: ({ path }) => `there are no results at ${path}`,
    explanation: `\`nas search\` makes the store when it first runs, in the folder \`.nas\` of the folder in which it runs or where \`--store\` says.`,
  },
  experimentUnknown: {
    code: 'NAS4408',
    severity: 'error',
    title: 'unknown experiment',
    message: ({ experiment, path }) => `the store ${path} has no experiment ${experiment}`,
    explanation: `An experiment is the same when space and search (comments and budget aside), overrides, seed and data are. A change to any of them is another experiment with another identity.`,
  },
  experimentRunning: {
    code: 'NAS4409',
    severity: 'error',
    title: 'experiment already running',
    message: ({ experiment, pid, host, seconds }) =>
      `experiment ${experiment} is being searched by process ${pid} on ${host}, which gave a sign of life ${seconds} s ago`,
    explanation: `Two searches of one experiment would number the same trials. Wait for the other one or stop it; what it finished is kept, and the same command goes on from there. When the other process is dead, its claim lapses by itself: at once on the same machine, after a minute otherwise.`,
  },
  experimentTaken: {
    code: 'NAS4410',
    severity: 'error',
    title: 'another process took over the experiment',
    message: ({ experiment }) =>
      `another process took over experiment ${experiment} while this one was not answering`,
    explanation: `A search that is suspended (Ctrl-Z, a sleeping machine) for more than a minute loses its claim to the experiment when another search of it starts. Nothing that it recorded is lost; the trial it was running is left to the other.`,
  },
  weightsMissing: {
    code: 'NAS4411',
    severity: 'warning',
    title: 'weights are gone',
    message: ({ path }) => `the trained weights are no longer at ${path}`,
    explanation: `The results of a finished experiment are in the store, its weights in files beside it. The files were moved or removed. \`--fresh\` forgets the experiment, so that searching again makes them anew.`,
  },
  tensorFileBroken: {
    code: 'NAS4412',
    severity: 'error',
    title: 'broken file of tensors',
    message: ({ path, problem }) => `${path} is no valid safetensors file: ${problem}`,
    explanation: `The file should be in the safetensors format with 32-bit floating-point tensors, whole and unchanged.`,
  },

  strategyUnknown: {
    code: 'NAS4501',
    severity: 'error',
    title: 'unknown search strategy',
    message: ({ name }) => `no search strategy is called \`${name}\``,
    explanation: `The field \`strategy\` of a search names how architectures are proposed, as in \`strategy random\`.`,
  },
  strategyArgumentUnknown: {
    code: 'NAS4502',
    severity: 'error',
    title: 'unknown argument of a strategy',
    message: ({ strategy, argument }) => `the strategy ${strategy} has no argument \`${argument}\``,
    explanation: `Each strategy takes named arguments of its own; \`random\` takes none.`,
  },
  strategyArgumentValue: {
    code: 'NAS4503',
    severity: 'error',
    title: 'wrong value for an argument of a strategy',
    message: ({ strategy, argument, value }) =>
      `\`${argument}\` of the strategy ${strategy} cannot be ${value}`,
    explanation: `The argument exists, but this value is not one that it can have.`,
  },
  adapterChanged: {
    code: 'NAS4504',
    severity: 'warning',
    title: 'another adapter',
    message: ({ before, now }) =>
      `earlier trials of this experiment ran on ${before}; this one runs on ${now}`,
    explanation: `Sums are rounded differently on another adapter, so the last digits of later trials may not be what they would have been. The store records which run, and so which adapter, made each trial.`,
  },
  versionChanged: {
    code: 'NAS4505',
    severity: 'warning',
    title: 'another version',
    message: ({ before, now }) =>
      `earlier trials of this experiment were made by naslang ${before}; this is naslang ${now}`,
    explanation: `Another version may compute the same network with other rounding. The store records which run, and so which version, made each trial.`,
  },
  replayDiffers: {
    code: 'NAS4506',
    severity: 'error',
    title: 'experiment cannot be continued',
    message: ({ experiment, trial, stored, proposed }) =>
      `experiment ${experiment} cannot be continued: its trial ${trial} is ${stored}, but this version would have tried ${proposed}`,
    explanation: `A search goes on by proposing the earlier trials again in order. Here the proposals differ, so this version of naslang samples the space in another way than the one that began. Finish the experiment with the version that began it, or start it anew with \`--fresh\`.`,
  },
  resultNotFinite: {
    code: 'NAS4507',
    severity: 'error',
    title: 'result is no number',
    message: ({ what }) => `the evaluation ended with a ${what} that is no finite number`,
    explanation: `The trial counts as failed and the search goes on. When many trials end so, lower the learning rate \`lr\`.`,
  },
  noWinner: {
    code: 'NAS4508',
    severity: 'error',
    title: 'no trial succeeded',
    message: ({ trials }) =>
      trials === 0
        ? 'there is no winner: no trial was made'
        : trials === 1
          ? 'there is no winner: the only trial failed'
          : `there is no winner: all ${trials} trials failed`,
    explanation: `\`nas trials\` shows why each of them failed. When the reason is the learning rate, lower it; when it is the device, see \`nas doctor\`. A larger budget goes on from here.`,
  },
  retrainingFailed: {
    code: 'NAS4509',
    severity: 'error',
    title: 'the winner could not be trained anew',
    message: ({ trial }) => `trial ${trial} won, but training it anew failed`,
    explanation: `The trials are kept. Running the same command again repeats only this last training. When it diverges, the \`retrain\` settings are too bold for this network: write others, or lower \`lr\`.`,
  },
  testReadAgain: {
    code: 'NAS4510',
    severity: 'note',
    title: 'test images read again',
    message: ({ times }) => `the test images have now been read ${times} times in this experiment`,
    explanation: `The final network is measured on the test images once. A larger budget that finds a better architecture makes another final network, which is measured too. The more often one looks and goes on, the less the last figure says about new images; every reading stays in the store.`,
  },
  scheduleTooLong: {
    code: 'NAS4511',
    severity: 'warning',
    title: 'too few trials for the schedule of the strategy',
    message: ({ strategy, reason }) => `too few trials for the strategy ${strategy}: ${reason}`,
    explanation: `A strategy learns on a schedule: it draws at random first, or explores less and less. With fewer trials than that needs it hardly differs from random search.`,
  },
  strategyUnfit: {
    code: 'NAS4512',
    severity: 'error',
    title: 'strategy cannot work on this space',
    message: ({ strategy, space, problem }) => `${strategy} cannot search ${space}: ${problem}`,
    explanation: `Some strategies, or some settings of one, ask for something that the space must have. The hint says what would do; \`random\` works on every space.`,
  },
  functionChanged: {
    code: 'NAS4541',
    severity: 'note',
    title: 'child differs from its parent',
    message: ({ site, what }) =>
      `the child does not begin with its parent's function: at ${site} it has ${what}`,
    explanation: `A child that inherits weights begins with what its parent computes where weights exist that make it so: wider layers, layers and paths that begin as the identity, copies of a path that are averaged. A pool cannot be the identity, and a ReLU is one only on what is never negative. There the child takes over all other weights and has to make up for the difference in training.`,
  },
  functionLost: {
    code: 'NAS4542',
    severity: 'note',
    title: 'child is another network',
    message: ({ kept, missing }) =>
      `the child is not its parent with something added: it inherits ${kept} tensors of equal names and shapes, ${missing} begin anew`,
    explanation: `No weights were found that make the child compute what its parent does, or nearly so. It takes over the tensors whose names and shapes are the same; all others begin as in a training from scratch.`,
  },
};
