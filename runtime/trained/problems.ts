/** What goes wrong with the files of a trained network, in the user's words. */
import { Refusal } from '../../grammar/diagnostics.ts';
import { storeProblem } from '../store/problems.ts';

/** An error of the file system as a refusal that says what to do. */
export function fileProblem(error: unknown, path: string): Error {
  const problem = storeProblem(error, path);
  if (!(problem instanceof Refusal)) return problem;
  const hint = 'choose another folder with `--out`, or make room; the same command then goes on';
  return new Refusal(...problem.diagnostics.map((diagnostic) => ({ ...diagnostic, hint })));
}
