/** Diagnostics of family 4: running a search. */
import type { Entries } from './entry.ts';
import { insightEntries, type InsightValues } from './insight.ts';
import { searchEntries, type SearchValues } from './search.ts';

/** What each message needs to know. */
export interface RunValues extends SearchValues, InsightValues {
  noAdapter: { reason: string };
  // 41xx: data sets
  dataUnknown: { name: string };
  dataArgumentUnknown: { data: string; argument: string };
  dataArgumentValue: { data: string; argument: string; value: string };
  dataFileMissing: { what: string; path: string; reason: string };
  dataFileTooLarge: { path: string; limit: number };
  dataFileBroken: { path: string; problem: string };
  dataColumns: { path: string; row: number; found: number };
  dataValue: { path: string; row: number; column: number; found: string };
  dataRows: { path: string; found: number };
  dataFileForm: { path: string; problem: string };
  dataNotFinite: { data: string; row: number; value: string };
  // 42xx: training
  batchTooLarge: { batch: number; images: number };
  lossNotFinite: { epoch: number; step: number };
  measurementNotFinite: { images: number };
  numberNotFinite: { op: string; value: string; when: string };
  weightsNotFinite: { tensor: string; value: string; when: string };
  dataDoesNotFit: { data: string; problem: string };
  // 43xx: the worker process
  workerLost: { how: string };
  workerSilent: { seconds: number };
  workerNotReady: { how: string };
  workerGaveUp: { times: number };
  workerError: { message: string };
  // 46xx: the device
  deviceLimit: { what: string; needed: number; limit: string; allowed: number };
  deviceLost: { reason: string };
  deviceError: { message: string };
  // 47xx: kernel sets
  kernelSetMissing: { path: string };
  kernelSetBroken: { path: string; problem: string };
  kernelSetForeign: { path: string; problem: string };
  kernelOutside: { kernel: string };
  tuningDamaged: { path: string; problem: string };
  // 48xx: tables of results
  resultColumn: { path: string; column: string };
  resultRow: { path: string; row: number; problem: string };
  resultDouble: { path: string; row: number; before: number };
  resultMissing: { path: string; key: string };
}

export const runEntries: Entries<RunValues> = {
  noAdapter: {
    code: 'NAS4001',
    severity: 'error',
    title: 'no WebGPU adapter',
    message: ({ reason }) => `no WebGPU adapter was found (${reason})`,
    explanation: `Networks run on WebGPU, which needs a graphics driver or a software one. \`npm run setup\` installs one where it can; \`nas doctor\` shows what was found.`,
  },

  dataUnknown: {
    code: 'NAS4101',
    severity: 'error',
    title: 'unknown data set',
    message: ({ name }) => `no data set is called \`${name}\``,
    explanation: `The field \`data\` of a search names a data set that this package can read, as in \`data digits\` or \`data digits(split: writers)\`.`,
  },
  dataArgumentUnknown: {
    code: 'NAS4102',
    severity: 'error',
    title: 'unknown argument of a data set',
    message: ({ data, argument }) => `the data set ${data} has no argument \`${argument}\``,
    explanation: `Each data set takes named arguments of its own. \`digits\` takes \`split\` (shuffled or writers) and \`path\` (a copy of the file).`,
  },
  dataArgumentValue: {
    code: 'NAS4103',
    severity: 'error',
    title: 'wrong value for an argument of a data set',
    message: ({ data, argument, value }) => `\`${argument}\` of the data set ${data} cannot be ${value}`,
    explanation: `The argument exists, but this value is not one that it can have.`,
  },
  dataFileMissing: {
    code: 'NAS4104',
    severity: 'error',
    title: 'data file cannot be read',
    message: ({ what, path, reason }) => `${what} cannot be read from ${path}: ${reason}`,
    explanation: `The file must exist, be a plain file, and be readable by you. Relative paths start at the folder in which the command runs.`,
  },
  dataFileTooLarge: {
    code: 'NAS4105',
    severity: 'error',
    title: 'data file too large',
    message: ({ path, limit }) => `${path} holds more than ${limit} bytes, more than this data set can have`,
    explanation: `Files are read only up to the size that the data set can have, so that a wrong or hostile file does not fill the memory.`,
  },
  dataFileBroken: {
    code: 'NAS4106',
    severity: 'error',
    title: 'data file damaged',
    message: ({ path, problem }) => `${path} cannot be decompressed: ${problem}`,
    explanation: `The file should be compressed with gzip and whole.`,
  },
  dataColumns: {
    code: 'NAS4107',
    severity: 'error',
    title: 'wrong number of columns',
    message: ({ path, row, found }) => `row ${row} of ${path} has ${found} value${found === 1 ? '' : 's'}`,
    explanation: `Every row of a table of images has the same number of values: the pixels and then the label.`,
  },
  dataValue: {
    code: 'NAS4108',
    severity: 'error',
    title: 'wrong value in a data file',
    message: ({ path, row, column, found }) =>
      `row ${row}, column ${column} of ${path} is ${JSON.stringify(found)}`,
    explanation: `Pixels and labels are whole numbers within the range of the data set.`,
  },
  dataRows: {
    code: 'NAS4109',
    severity: 'error',
    title: 'wrong number of rows',
    message: ({ path, found }) => `${path} has ${found} row${found === 1 ? '' : 's'}`,
    explanation: `The splits of a data set are made for its exact number of images. A file with another number is another data set.`,
  },
  dataNotFinite: {
    code: 'NAS4110',
    severity: 'error',
    title: 'a number in the data is none',
    message: ({ data, row, value }) => `row ${row} of the data ${data}, counted from 0, holds ${value}`,
    explanation: `Infinities and NaN ("not a number") spread to everything that is computed from them. A network cannot be trained on data that hold one.`,
  },
  dataFileForm: {
    code: 'NAS4111',
    severity: 'error',
    title: 'data file of another form',
    message: ({ path, problem }) => `${path} is not what it should be: ${problem}`,
    explanation: `CIFAR-10 in its binary form is a row of records of 3,073 bytes: the label, then 1,024 bytes each of red, green and blue. MNIST is four IDX files: a number that says which kind, how many items there are and how large they are, then a byte for each pixel or label.`,
  },
  batchTooLarge: {
    code: 'NAS4201',
    severity: 'error',
    title: 'batch larger than the data',
    message: ({ batch, images }) => `a batch of ${batch} images is more than the ${images} to train on`,
    explanation: `Training drops the last, incomplete batch of an epoch, so at least one whole batch must fit. Write a smaller \`batch\` in \`train(...)\`.`,
  },
  lossNotFinite: {
    code: 'NAS4202',
    severity: 'error',
    title: 'the training diverged',
    message: ({ epoch, step }) => `the loss is no finite number at step ${step} of epoch ${epoch}`,
    explanation: `The weights grew until a number no longer fitted. The trial counts as failed and the search goes on. When many trials end so, lower the learning rate \`lr\`, or normalise (\`batch_norm\`) after convolutions.`,
  },
  measurementNotFinite: {
    code: 'NAS4204',
    severity: 'error',
    title: 'the trained network gives no numbers',
    message: ({ images }) => `the loss of the trained network on ${images} images is no finite number`,
    explanation: `Training ended, but a weight or a running statistic no longer fits in a number. The trial counts as failed and the search goes on. When many trials end so, lower the learning rate \`lr\`.`,
  },
  numberNotFinite: {
    code: 'NAS4205',
    severity: 'error',
    title: 'an operation gave no finite number',
    message: ({ op, value, when }) => `\`${op}\` gave ${value} ${when}`,
    explanation: `This operation was the first whose result was infinite or NaN ("not a number") although all that went into it was finite; it stands behind its name where in the network it is. From there such numbers spread to all weights, so the training was stopped. The trial counts as failed and the search goes on. Most often weights have grown too large: lower the learning rate \`lr\`, clip gradients (\`clip\`), or normalise (\`batch_norm\`) after convolutions. Where the numbers that went in are of ordinary size, look for a division by 0 or the logarithm of 0.`,
  },
  weightsNotFinite: {
    code: 'NAS4206',
    severity: 'error',
    title: 'the weights hold what is no number',
    message: ({ tensor, value, when }) => `${tensor} held ${value} ${when}, before anything was computed`,
    explanation: `A weight, a running statistic or what the optimiser keeps was infinite or NaN ("not a number") to begin with, so nothing that was computed is to blame. The trial counts as failed and the search goes on.`,
  },
  dataDoesNotFit: {
    code: 'NAS4203',
    severity: 'error',
    title: 'network and data do not fit',
    message: ({ data, problem }) => `the network cannot be trained on ${data}: ${problem}`,
    explanation: `The input of the space must have the shape of the images, and its output at least one number for each class.`,
  },
  workerLost: {
    code: 'NAS4301',
    severity: 'error',
    title: 'the worker process ended',
    message: ({ how }) => `the worker process ended during a training (${how})`,
    explanation: `Networks are trained in a process of their own, so that a crash of the graphics driver ends one trial and not the search. A fresh worker takes the next trial.`,
  },
  workerSilent: {
    code: 'NAS4302',
    severity: 'error',
    title: 'the worker process hangs',
    message: ({ seconds }) => `the worker process gave no sign of life for ${seconds} s and was ended`,
    explanation: `A worker reports every epoch. One that says nothing for very long hangs, most often in the graphics driver. A fresh worker takes the next trial.`,
  },
  workerNotReady: {
    code: 'NAS4303',
    severity: 'error',
    title: 'the worker process did not start',
    message: ({ how }) => `the worker process did not get ready (${how})`,
    explanation: `The process that trains networks could not be started, or found no usable device. \`nas doctor\` shows what this machine offers.`,
  },
  workerGaveUp: {
    code: 'NAS4304',
    severity: 'error',
    title: 'too many workers were lost',
    message: ({ times }) => `${times} worker processes in a row were lost, so no other is started`,
    explanation: `One lost worker is bad luck; several without a single finished training mean that the device, the driver or this program does not work here. \`nas doctor\` shows what this machine offers.`,
  },
  workerError: {
    code: 'NAS4305',
    severity: 'error',
    title: 'internal error in the worker process',
    message: ({ message }) => message,
    explanation: `This is a mistake in naslang, not in your files. Please report it with the text of the message and of its notes.`,
  },
  deviceLimit: {
    code: 'NAS4601',
    severity: 'error',
    title: 'more than every WebGPU device offers',
    message: ({ what, needed, limit, allowed }) =>
      `${what} needs ${needed} of ${limit}, of which WebGPU promises ${allowed}`,
    explanation: `Networks are kept within the limits that every WebGPU device has (tensors of 128 MiB, for instance), so that a space that works here works everywhere. A smaller batch, smaller images or fewer channels bring the network below the limit. Nothing was allocated.`,
  },
  deviceLost: {
    code: 'NAS4602',
    severity: 'error',
    title: 'the device was lost',
    message: ({ reason }) => `the WebGPU device was lost (${reason})`,
    explanation: `The driver reset the device or ended it: it ran out of memory, hung or crashed. What was on the device is gone.`,
  },
  deviceError: {
    code: 'NAS4603',
    severity: 'error',
    title: 'the device refused work',
    message: ({ message }) => `the WebGPU device refused work: ${message}`,
    explanation: `The device has too little memory for the network, or the driver does not do what WebGPU asks of it. A smaller batch needs less memory; \`nas doctor\` shows which driver is in use.`,
  },

  kernelSetMissing: {
    code: 'NAS4701',
    severity: 'error',
    title: 'no kernel set',
    message: ({ path }) => `there is no kernel set in ${path}`,
    explanation: `A kernel set is a folder with a \`manifest.json\` that \`nas build\` writes: all shaders that the networks of a space can need, compiled ahead of time.`,
  },
  kernelSetBroken: {
    code: 'NAS4702',
    severity: 'error',
    title: 'kernel set damaged',
    message: ({ path, problem }) => `${path} cannot be used: ${problem}`,
    explanation: `Every file of a kernel set is named in its \`manifest.json\` with its hash, and is read only if it is what the manifest says: a plain file inside of the folder, whole and unchanged. \`nas build\` repairs the set. Without a set everything works too; shaders are then compiled when the first network needs them.`,
  },
  kernelSetForeign: {
    code: 'NAS4703',
    severity: 'error',
    title: 'kernel set of something else',
    message: ({ path, problem }) => `the kernel set in ${path} is not for this: ${problem}`,
    explanation: `Shaders follow from the space, the batch, the optimiser, the kind of device and the version of naslang. A set is used only for what it was built for; \`nas build\` builds another.`,
  },
  kernelOutside: {
    code: 'NAS4704',
    severity: 'error',
    title: 'kernel outside of the set',
    message: ({ kernel }) => `the kernel \`${kernel}\` is not in the kernel set that was loaded`,
    explanation: `A kernel set holds what the networks of its space need at its batch. Where a device is told to keep to the set, another network is refused before anything is allocated; else its kernels are compiled, and counted.`,
  },

  ...searchEntries,
  ...insightEntries,
  tuningDamaged: {
    code: 'NAS4705',
    severity: 'error',
    title: 'measured choices damaged',
    message: ({ path, problem }) => `${path} cannot be used: ${problem}`,
    explanation: `An experiment that was begun with \`--tune\` keeps which kernels were fastest, so that going on with it runs the same ones and gives the same bits. With that file gone or changed this cannot be promised: put it back, or begin anew with \`--fresh\`.`,
  },

  resultColumn: {
    code: 'NAS4801',
    severity: 'error',
    title: 'table of results without a column',
    message: ({ path, column }) => `${path} has no column \`${column}\``,
    explanation: `A table of results is a CSV file (RFC 4180) whose first line names its columns; lines before it that begin with \`#\` are comments.`,
  },
  resultRow: {
    code: 'NAS4802',
    severity: 'error',
    title: 'wrong row in a table of results',
    message: ({ path, row, problem }) => `row ${row} of ${path} is wrong: ${problem}`,
    explanation: `Every row of a table of results has a value for each column: a key that is an architecture as the notation writes it, and finite numbers in the columns that are read. Rows are counted from 1, without the line of names.`,
  },
  resultDouble: {
    code: 'NAS4803',
    severity: 'error',
    title: 'architecture twice in a table of results',
    message: ({ path, row, before }) => `rows ${before} and ${row} of ${path} are of the same architecture`,
    explanation: `A table of results says once what becomes of an architecture. Two rows, equal or not, leave open which of them counts; take one out, or put their mean in their place.`,
  },
  resultMissing: {
    code: 'NAS4804',
    severity: 'error',
    title: 'architecture missing in a table of results',
    message: ({ path, key }) => `${path} has no row for ${key}`,
    explanation: `The space holds this architecture and the table does not, so nothing is known of it. The trial counts as failed and the search goes on. Where many are missing, restrict the space with \`require\` to what the table covers.`,
  },
};
