/**
 * Which kernels an experiment runs. One that was begun with `--tune` keeps what was measured then; one that was begun
 * without keeps the guesses, so that going on with it gives the same bits.
 */
import type { CompiledSearch } from '../../compiler/compile.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { profileOf } from '../../runtime/device/device.ts';
import { findAdapter } from '../../runtime/device/doctor.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import type { Store } from '../../runtime/store/Store.ts';
import { keptPath, readKept, writeKept } from '../../runtime/tuning/kept.ts';
import { questionsOf } from '../../runtime/tuning/questions.ts';
import { tuneApart } from '../../runtime/tuning/tuneApart.ts';
import { countOf } from '../../util/words.ts';
import { formatSeconds } from '../format.ts';
import { packageVersion } from '../version.ts';

/** The answers of an experiment, measured first where it is new and wants that; `say` tells what was done. */
export async function tuningOf(
  compiled: CompiledSearch,
  store: Store,
  experiment: string,
  wanted: boolean,
  say: (line: string) => void,
): Promise<Tuning | undefined> {
  const path = keptPath(store.folder, experiment);
  const kept = await readKept(path);
  if (kept !== undefined || !wanted) return kept;
  const before = await store.read(experiment);
  if (before !== undefined && before.trials.length > 0) {
    say('begun without `--tune`: it goes on with the kernels that it has; `--fresh` begins anew');
    return undefined;
  }
  const { adapter } = await findAdapter();
  // Without an adapter the first trial says so, with advice.
  if (adapter === undefined) return undefined;
  const choices = questionsOf(compiled, profileOf(adapter));
  const tuned = await tuneApart(choices, packageVersion());
  if ('refused' in tuned) throw new Refusal(tuned.refused);
  const { answers, measured, seconds } = tuned;
  await writeKept(path, answers);
  const changed = choices.filter(({ question, candidates: [guess] }) => answers[question] !== guess);
  say(
    `${countOf(choices.length, 'choice')} of kernels on ${tuned.adapter}: ${measured} measured in ` +
      `${formatSeconds(seconds)}, ${changed.length} other than guessed`,
  );
  return answers;
}

/** An evaluator whose trainings run the kernels that were measured. */
export function withTuning(evaluator: Evaluator, tuning: Tuning | undefined): Evaluator {
  if (tuning === undefined) return evaluator;
  return {
    train: (request, onProgress) => evaluator.train({ ...request, tuning }, onProgress),
    share: (request, onProgress) => evaluator.share({ ...request, tuning }, onProgress),
    measure: (request) => evaluator.measure(request.kind === 'latency' ? { ...request, tuning } : request),
    close: () => evaluator.close(),
  };
}
