/**
 * A search in a process of its own, for tests that kill it: `killable.ts FOLDER DELAY [MOMENT]`. With a moment
 * it kills itself there (see `watchStore`), as `kill -9` would.
 */
import { watchStore } from '../store/calls.ts';
import { fakeEvaluator, fakeHost, identity, open, search } from './fakes.ts';
import type { SearchEvent } from '../../../runtime/search/events.ts';
import { runSearch } from '../../../runtime/search/driver.ts';

const [folder = '', delay = '0', fatal = '-1'] = process.argv.slice(2);
watchStore((moment) => {
  if (moment === Number(fatal)) process.kill(process.pid, 'SIGKILL');
});
const store = await open(folder);
const evaluator = fakeEvaluator({ delay: Number(delay) });
const onEvent = ({ kind }: SearchEvent): void => {
  if (kind === 'trialStarted' || kind === 'retrainStarted') console.log('training');
};
const outcome = await runSearch({ host: fakeHost(), search, identity, store, evaluator, onEvent });
await store.close();
console.log(outcome.kind, outcome.kind === 'stopped' ? outcome.diagnostics[0]?.code : '');
