/** What methods that learn alphas have in common: the numbers themselves, how Adam moves them, what is derived of them and kept. */
import type { DecisionId } from '../../compiler/space/space.ts';
import type { Alphas } from '../../compiler/space/relax.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { meanOf } from '../../util/statistics/summary.ts';
import {
  AlphaAdam,
  matricesOf,
  meanEntropy,
  plain,
  softmaxRows,
  type AdamSettings,
  type AdamState,
  type Matrices,
  type PlainMatrices,
} from './alphas.ts';
import { initialAlphas } from './initialAlphas.ts';
import type { EpochReport, MethodTask, SharingMethod } from './method.ts';
import { deriveMember, rowsOf, type GateRow } from './relaxation.ts';

/** How far Adam moves alphas, and the decay that it adds to their gradient. */
export type AlphaSettings = Pick<AdamSettings, 'lr' | 'weightDecay'>;

export class LearnedAlphas {
  /** The decisions that have gates, by the matrix that holds theirs. */
  readonly alphas: readonly Alphas[];
  /** Where the gate of each decision stands. */
  readonly rows: ReadonlyMap<DecisionId, GateRow>;
  readonly #task: MethodTask;
  readonly #adam: AlphaAdam;
  #logits: Matrices;

  /** `begin` gives the logits to begin with. */
  constructor(task: MethodTask, settings: AdamSettings, begin: (alphas: readonly Alphas[]) => Matrices) {
    this.#task = task;
    this.alphas = task.supernet.alphas;
    this.rows = rowsOf(task.supernet.space, this.alphas);
    this.#adam = new AlphaAdam(settings);
    this.#logits = begin(this.alphas);
  }

  /** As the released code of DARTS has them: begun near 0, moved by Adam with betas 0.5 and 0.999. */
  static asInDarts(task: MethodTask, { lr, weightDecay }: AlphaSettings): LearnedAlphas {
    return new LearnedAlphas(task, { lr, beta1: 0.5, beta2: 0.999, weightDecay }, (alphas) =>
      initialAlphas(alphas, task.random('alphas', 0, 0)),
    );
  }

  get logits(): Matrices {
    return this.#logits;
  }

  /** The softmax of each row. */
  get shares(): Matrices {
    return softmaxRows(this.#logits);
  }

  /** A step of Adam down a gradient, in the rows that are moved; `after` changes what it came to. */
  move(
    gradient: Matrices,
    isMoved?: (name: string, row: number) => boolean,
    after: (before: Matrices, moved: Matrices) => Matrices = (_, moved) => moved,
  ): void {
    this.#logits = after(this.#logits, this.#adam.step(this.#logits, gradient, isMoved));
  }

  /** A method whose epochs are `epoch`, which gives the training loss of each step. */
  asMethod(epoch: (epoch: number) => Promise<readonly number[]>): SharingMethod {
    return {
      epoch: async (number): Promise<EpochReport> => {
        const losses = await epoch(number);
        return { loss: meanOf(losses), entropy: meanEntropy(this.shares), leading: this.#leading() };
      },
      candidates: () => Promise.resolve([this.#leading()]),
      save: () => ({ logits: plain(this.#logits), adam: this.#adam.save() }),
      load: ({ logits, adam }) => {
        this.#logits = matricesOf(logits as PlainMatrices); // `save` wrote it
        this.#adam.load(adam as AdamState);
      },
    };
  }

  #leading(): Architecture {
    const { supernet, members } = this.#task;
    return deriveMember(supernet.space, members, this.rows, this.shares);
  }
}
