/** What the networks of a search ask: the choices of some of them, drawn at random, in training and in measuring. */
import type { CompiledSearch } from '../../compiler/compile.ts';
import { augmentOf, trainingsOf } from '../../compiler/search/search.ts';
import type { Profile } from '../../compiler/wgsl/plan.ts';
import type { OpenChoice } from '../../compiler/wgsl/tuning.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { Random } from '../../util/random.ts';
import { architectureGraphs, trialPlans } from '../search/predict.ts';

/** Networks that are drawn: enough to meet the shapes of a space that differ in class. */
const DRAWN = 16;

/** The choices, each once. Networks that no device need hold ask nothing. */
export function questionsOf(
  { space, members, search }: CompiledSearch,
  profile: Profile,
): readonly OpenChoice[] {
  const found = new Map<string, OpenChoice>();
  const [train] = trainingsOf(search);
  if (train === undefined) return [];
  const random = new Random(search.seed, 0);
  for (let i = 0; i < DRAWN; i += 1) {
    const { architecture } = members.sample(random);
    if (architecture === undefined) continue;
    const { batch } = train;
    const capacity = { training: batch, evaluation: batch };
    try {
      const graphs = architectureGraphs(space, architecture, batch, train);
      const plans = trialPlans(graphs, {
        profile,
        capacity,
        update: train,
        augment: augmentOf(train),
        residentBytes: 0,
      });
      for (const choice of [...plans.training.choices, ...plans.evaluation.choices]) {
        if (!found.has(choice.question)) found.set(choice.question, choice);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return [...found.values()];
}
