/** Diagnostics 442x of family 4: training one architecture, and the trained network that can be taken away. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface TrainingValues {
  checkpointBroken: { path: string; problem: string };
  checkpointForeign: { path: string; problem: string };
  trainedMissing: { path: string };
  trainedBroken: { path: string; problem: string };
  trainedForeign: { path: string };
  weightsForeign: { path: string; problem: string };
  nothingToTrain: { search: string };
  noHeads: { space: string };
  noPaths: { architecture: string };
  resumedElsewhere: { before: string; now: string };
  dataChanged: { data: string };
}

/** The entries of {@link TrainingValues}. */
export const trainingEntries: Entries<TrainingValues> = {
  checkpointBroken: {
    code: 'NAS4421',
    severity: 'error',
    title: 'checkpoint damaged',
    message: ({ path, problem }) => `the checkpoint ${path} is damaged: ${problem}`,
    explanation: `A training leaves a checkpoint after its epochs, from which the same command goes on. Checkpoints are written whole or not at all, so this one was changed, or cut off, by something else. \`--fresh\` removes it and trains from the beginning.`,
  },
  checkpointForeign: {
    code: 'NAS4422',
    severity: 'error',
    title: 'checkpoint of another training',
    message: ({ path, problem }) => `the checkpoint ${path} is of another training: ${problem}`,
    explanation: `A training goes on from a checkpoint only where it would have come to the same: the same space and architecture, the same \`train(...)\`, data and seed. Give another folder with \`--out\`, or \`--fresh\`, which removes what is there and trains from the beginning.`,
  },
  trainedMissing: {
    code: 'NAS4423',
    severity: 'error',
    title: 'no trained network here',
    message: ({ path }) => `there is no trained network at ${path}`,
    explanation: `\`nas train FILE ARCH\` leaves a folder with \`model.json\`, \`space.nas\` and \`weights.safetensors\` once it has come to its end; \`nas evaluate\` takes that folder. While a training is under way the folder holds a checkpoint only.`,
  },
  trainedBroken: {
    code: 'NAS4424',
    severity: 'error',
    title: 'trained network damaged',
    message: ({ path, problem }) => `the trained network ${path} is damaged: ${problem}`,
    explanation: `\`model.json\` names the other files of the folder with their SHA-256 hashes, so that a score is never that of something else. Copy the folder anew; to measure other weights, use \`nas evaluate FILE ARCH --weights WEIGHTS\`.`,
  },
  trainedForeign: {
    code: 'NAS4425',
    severity: 'error',
    title: 'another trained network in the folder',
    message: ({ path }) => `${path} holds a network that was trained otherwise`,
    explanation: `A folder holds one trained network. This one is of another architecture, or of another \`train(...)\`, data or seed. Give another folder with \`--out\`, or \`--fresh\`, which removes what is there.`,
  },
  weightsForeign: {
    code: 'NAS4426',
    severity: 'error',
    title: 'weights of another network',
    message: ({ path, problem }) => `the weights in ${path} are not those of this network: ${problem}`,
    explanation: `Each parameter and each running statistic of the network must be in the file under its name, in its shape. Weights fit the architecture, at the same parameters of the space, with which they were trained: \`--set\` and \`--search\` say at which.`,
  },
  nothingToTrain: {
    code: 'NAS4427',
    severity: 'error',
    title: 'a search that trains nothing',
    message: ({ search }) => `the search \`${search}\` looks up results and says nothing of a training`,
    explanation: `\`nas train\` trains as the \`retrain\` of a search says, or its \`evaluate train(...)\`, on its \`data\`. A search with \`evaluate tabular(...)\` has none of these: name another one with \`--search\`.`,
  },
  noHeads: {
    code: 'NAS4428',
    severity: 'error',
    title: 'no auxiliary heads to weigh',
    message: ({ space }) => `\`auxiliary\` weighs heads, and \`${space}\` has none at these parameters`,
    explanation: `\`auxiliary: 0.4\` adds the losses of auxiliary heads, each times 0.4, to the loss of the output. A space declares such a head by an output with a name: \`output aux: ...\`. Leave \`auxiliary\` out, or set it to 0, where there is none.`,
  },
  noPaths: {
    code: 'NAS4429',
    severity: 'warning',
    title: 'no paths to drop',
    message: ({ architecture }) => `\`drop_path\` has nothing to drop in ${architecture}`,
    explanation: `A path is a term of a sum that this sum alone reads and that is computed where the sum stands; what comes from elsewhere is an identity and always stays. A network without such sums is trained as if \`drop_path\` were left out.`,
  },
  resumedElsewhere: {
    code: 'NAS4430',
    severity: 'warning',
    title: 'training that goes on elsewhere',
    message: ({ before, now }) => `the epochs so far were trained by ${before}; this is ${now}`,
    explanation: `Another adapter, or another version of naslang, may round differently, so the last digits of the trained network may not be what they would have been. \`--fresh\` trains all of it here.`,
  },
  dataChanged: {
    code: 'NAS4431',
    severity: 'warning',
    title: 'other data than those of the training',
    message: ({ data }) => `the data set ${data} is not the one that the network was trained on`,
    explanation: `The trained network keeps a hash of its data: of the file, of the arguments, and of how images are split. Another split may have test images that the network was trained on.`,
  },
};
