/**
 * The final network of a finished budget: the winner, trained anew on training and validation images, and
 * measured on test images; or what a table of results says of its test accuracy. A winner is measured once; only another winner, found with a larger budget, makes
 * another reading of the test images, and every reading is kept.
 */
import { diagnose, type Diagnostic, Refusal } from '../../grammar/diagnostics.ts';
import { invariant, present } from '../../util/invariant.ts';
import type { TrainRequest, TrainResult } from '../evaluate/protocol.ts';
import type { FinalRecord } from '../store/records.ts';
import { type SearchContext, timesSince, train } from './context.ts';
import type { LookUp } from './evaluation/lookUp.ts';
import type { Best } from './Progress.ts';
import { retrainSeed } from './seeds.ts';
import { resultProblem } from './training.ts';
import { metricsOf } from './evaluation/trainTrial.ts';

/** Trains the winner anew, measures it and stores it with its weights. Refuses when the training fails. */
export async function makeFinal(context: SearchContext, winner: Best): Promise<FinalRecord> {
  return context.host.table === undefined
    ? trainFinal(context, winner)
    : lookUpFinal(context, winner, context.host.table);
}

/** Nothing is trained: the table says how good the winner is. */
function lookUpFinal(
  { host, search, progress, session, clock }: SearchContext,
  { trial, architecture }: Best,
  table: LookUp,
): Promise<FinalRecord> {
  const start = clock.now();
  const final = {
    trial: trial.number,
    trials: progress.trials,
    metrics: table.final(architecture),
    seed: retrainSeed(search.seed, trial.number),
    ...timesSince(start, clock),
  };
  const json = host.toJson(architecture);
  return session.addFinal(final, { tensors: undefined, json, architecture: trial.architecture });
}

async function trainFinal(context: SearchContext, winner: Best): Promise<FinalRecord> {
  const { host, search, progress, session, clock } = context;
  const { trial, architecture } = winner;
  const seed = retrainSeed(search.seed, trial.number);
  const start = clock.now();
  context.emit({ kind: 'retrainStarted', winner: trial });
  const request = requestFinal(context, winner, seed);
  const result = await retrain(context, request, trial.number);
  const final = {
    trial: trial.number,
    trials: progress.trials,
    metrics: metricsOf(result),
    seed,
    ...timesSince(start, clock),
  };
  const tensors = present(result.tensors, 'search: the tensors of the final network');
  return session.addFinal(final, {
    tensors,
    json: host.toJson(architecture),
    architecture: trial.architecture,
  });
}

function requestFinal(context: SearchContext, winner: Best, seed: number): TrainRequest {
  const { host, progress } = context;
  const number = winner.trial.number;
  try {
    const request = host.request(winner.architecture, 'retrain', seed, progress.trials);
    invariant(
      request.trainOn === 'train+validation' && request.evaluateOn === 'test' && request.keepTensors,
      'search: the winner is trained on training and validation images, measured on test images, and kept',
    );
    return request;
  } catch (error) {
    throw error instanceof Refusal ? failed(number, error.diagnostics) : error;
  }
}

async function retrain(context: SearchContext, request: TrainRequest, number: number): Promise<TrainResult> {
  const response = await train(context, request, 'retrain', number);
  if (response.kind === 'failure') throw failed(number, [response.diagnostic]);
  const problem = resultProblem(response);
  if (problem !== undefined) throw failed(number, [problem]);
  return response;
}

function failed(trial: number, reasons: readonly Diagnostic[]): Refusal {
  const hint = 'run the same command again, which repeats only this training, or change `retrain`';
  return new Refusal(diagnose('retrainingFailed', { trial }, { hint }), ...reasons);
}
