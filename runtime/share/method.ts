/** The contract of methods that share weights: they train a supernet epoch by epoch, then say which networks they would take. */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { Members } from '../../compiler/space/members.ts';
import type { Random } from '../../util/random.ts';
import type { Supernet } from './Supernet.ts';

/** What a method works with. */
export interface MethodTask {
  readonly supernet: Supernet;
  readonly members: Members;
  /** Epochs that there will be in all. Schedules come to their end in them. */
  readonly epochs: number;
  /** Batches of an epoch. */
  readonly steps: number;
  /** The rows of the batch that step `step` of an epoch trains weights on. */
  readonly trainBatch: (epoch: number, step: number) => Int32Array;
  /** The rows of a batch of validation images: drawing `index` of an epoch. */
  readonly validationBatch: (epoch: number, index: number) => Int32Array;
  /** The learning rate of weights. */
  readonly rate: (epoch: number, step: number) => number;
  /** A stream of randomness of its own for each purpose and step. */
  readonly random: (purpose: string, epoch: number, step: number) => Random;
}

/** What an epoch came to. */
export interface EpochReport {
  /** Mean training loss. */
  readonly loss: number;
  /** Mean entropy of the distributions over options in nats, where there are such. */
  readonly entropy?: number;
  /** The architecture that would be taken now, where the method has an opinion. */
  readonly leading?: Architecture;
  /** Further numbers by name, for people and records. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** What a method keeps beside the weights, as JSON. */
export type MethodState = Readonly<Record<string, unknown>>;

/** A method at work. What it does is a function of its task and of its state alone, so that a search that was killed goes on as it would have. */
export interface SharingMethod {
  /** Trains for epoch `epoch`, from 0. */
  readonly epoch: (epoch: number) => Promise<EpochReport>;
  /** The networks that it would take, the best first; empty where it leaves that to a strategy. */
  readonly candidates: (count: number) => Promise<readonly Architecture[]>;
  readonly save: () => MethodState;
  /** Takes up what was saved. */
  readonly load: (state: MethodState) => void;
}
