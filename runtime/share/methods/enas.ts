/**
 * ENAS (Pham et al. 2018): an LSTM controller draws networks, which all share one set of weights. Two phases alternate in each epoch:
 * the weights are trained on the training images, each batch on one network of the controller's; then the controller is trained by
 * REINFORCE, the reward being the accuracy of a drawn network on one validation batch (section 2.2).
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { present } from '../../../util/invariant.ts';
import { meanOf } from '../../../util/statistics/summary.ts';
import { reinforceObjective } from '../../search/controllers/objectives.ts';
import type { LearnerState } from '../../search/controllers/Learner.ts';
import type { PolicySettings } from '../../search/controllers/policyGraph.ts';
import { SequencePolicy } from '../../search/controllers/SequencePolicy.ts';
import type { Trace } from '../../search/controllers/questions.ts';
import type { StrategySpace } from '../../search/host.ts';
import type { Key } from '../../search/seeds.ts';
import type { Random } from '../../../util/random.ts';
import type { MethodTask, SharingMethod } from '../method.ts';

export interface EnasSettings {
  readonly policy: PolicySettings;
  readonly entropy: number;
  /** Learning rate of the controller's Adam. */
  readonly lr: number;
  /** Updates of the controller in an epoch. */
  readonly updates: number;
  /** Networks that are drawn for one update. */
  readonly batch: number;
  /** How much of the baseline, a moving average of rewards, stays at each. */
  readonly decay: number;
}

/** Networks that are drawn at once when some are derived. */
const DERIVED = 10;
/** A controller that has made up its mind draws the same ones again and again. */
const MOST_ROUNDS = 100;

/** The baseline after `rewards`, and by how much each reward is above the one before it. */
export function advantagesOf(
  baseline: number | undefined,
  rewards: readonly number[],
  decay: number,
): { readonly baseline: number; readonly advantages: readonly number[] } {
  let now = baseline ?? meanOf(rewards);
  const advantages = rewards.map((reward) => {
    // As in the released code, the baseline moves before the reward is held against it.
    now -= (1 - decay) * (now - reward);
    return reward - now;
  });
  return { baseline: now, advantages };
}

export function enas(
  task: MethodTask,
  searched: StrategySpace,
  settings: EnasSettings,
  key: Key,
): SharingMethod {
  const { supernet, steps } = task;
  const objective = reinforceObjective(settings.entropy);
  const policy = new SequencePolicy(searched, { settings: settings.policy, objective }, key);
  let baseline: number | undefined;
  const drawn = (random: Random, count: number): readonly Trace[] => policy.sample(count, random);
  const asArchitecture = ({ choices }: Trace): Architecture => ({ space: supernet.space.name, choices });
  const accuracyOf = async (trace: Trace, rows: Int32Array): Promise<number> =>
    (await supernet.measurePath(asArchitecture(trace), rows)).correct / rows.length;

  return {
    epoch: async (epoch) => {
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) {
        const [trace] = drawn(task.random('path', epoch, step), 1);
        const path = asArchitecture(present(trace, 'a member of the space'));
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        const { loss } = await supernet.trainPath(path, task.trainBatch(epoch, step), task.rate(epoch, step));
        losses.push(loss);
      }
      const all: number[] = [];
      for (let update = 0; update < settings.updates; update++) {
        const traces = drawn(task.random('controller', epoch, update), settings.batch);
        const rewards: number[] = [];
        for (const [i, trace] of traces.entries()) {
          const rows = task.validationBatch(epoch, update * settings.batch + i);
          // oxlint-disable-next-line no-await-in-loop -- one network after the other
          rewards.push(await accuracyOf(trace, rows));
        }
        all.push(...rewards);
        const learned = advantagesOf(baseline, rewards, settings.decay);
        baseline = learned.baseline;
        const data = Float64Array.from(learned.advantages);
        policy.learn(traces, { advantages: { shape: [data.length], data } }, settings.lr);
      }
      return { loss: meanOf(losses), numbers: { reward: meanOf(all), baseline: baseline ?? NaN } };
    },
    // Ten are drawn, and the one that is best on one validation batch comes first (section 2.2). Where more are wanted, ten more
    // are drawn behind them: those before stay as they were, so that a search with a larger budget goes on.
    candidates: async (count) => {
      const rows = task.validationBatch(task.epochs, 0);
      const found = new Map<string, Trace>();
      for (let round = 0; round < MOST_ROUNDS && found.size < count; round++) {
        const scored: { trace: Trace; accuracy: number }[] = [];
        for (const trace of drawn(task.random('derive', task.epochs, round), DERIVED)) {
          // oxlint-disable-next-line no-await-in-loop -- one network after the other
          scored.push({ trace, accuracy: await accuracyOf(trace, rows) });
        }
        scored.sort((a, b) => b.accuracy - a.accuracy);
        for (const { trace } of scored) {
          const written = trace.choices.join();
          if (!found.has(written)) found.set(written, trace);
        }
      }
      return [...found.values()].map(asArchitecture);
    },
    save: () => ({ policy: policy.save(), ...(baseline === undefined ? {} : { baseline }) }),
    load: ({ policy: state, baseline: before }) => {
      policy.load(state as LearnerState); // `save` wrote it
      baseline = before as number | undefined;
    },
  };
}
