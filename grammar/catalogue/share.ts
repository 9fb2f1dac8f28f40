/** Diagnostics 483x of family 4: weights that networks share. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface ShareValues {
  supernetDiverged: { epoch: number };
  needsShared: { strategy: string };
  methodTwice: { strategy: string };
  skipCollapse: { cell: string; skips: number; edges: number };
}

/** The entries of {@link ShareValues}. */
export const shareEntries: Entries<ShareValues> = {
  supernetDiverged: {
    code: 'NAS4831',
    severity: 'error',
    title: 'the supernet diverged',
    message: ({ epoch }) => `the loss of the supernet is no number in epoch ${epoch}`,
    explanation: `Weights that are shared take steps for one network after another, and one that is too large spoils them for all. Lower the learning rate of \`evaluate shared(...)\`, give it \`clip: 5\`, or lower the rate of the alphas.`,
  },
  needsShared: {
    code: 'NAS4833',
    severity: 'error',
    title: 'a strategy that shares weights',
    message: ({ strategy }) =>
      `\`${strategy}\` trains a supernet, and this search trains each candidate by itself`,
    explanation: `Write \`evaluate shared(epochs: ..., batch: ..., optimizer: ...)\`: how the shared weights are trained. The networks that the strategy derives are then scored with them.`,
  },
  methodTwice: {
    code: 'NAS4834',
    severity: 'error',
    title: 'two ways to train one supernet',
    message: ({ strategy }) => `\`${strategy}\` trains the supernet itself`,
    explanation: `\`train: paths\` and \`train: one_shot\` say how a supernet is trained whose networks another strategy proposes. \`darts\`, \`enas\` and their like train it in their own way: leave \`train\` out.`,
  },
  skipCollapse: {
    code: 'NAS4835',
    severity: 'warning',
    title: 'the search collapses to skip connections',
    message: ({ cell, skips, edges }) =>
      `${skips} of ${edges} operations of \`${cell}\` would be skip connections`,
    explanation: `Long differentiable searches tend to favour skip connections, which train fastest while weights are shared, and end in poor networks (Zela et al. 2020). Search for fewer epochs, take a larger weight decay, or limit them with \`require count(op == skip_connect) <= 4\`.`,
  },
};
