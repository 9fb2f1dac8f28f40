/** Watches the calls that a search makes to its store, so that a test can end the world at any of them. */
import { Session } from '../../../runtime/store/Session.ts';
import { Store } from '../../../runtime/store/Store.ts';

type Method = (...args: unknown[]) => Promise<unknown>;

const watched: readonly [object, readonly string[]][] = [
  [Store.prototype, ['begin', 'read']],
  [Session.prototype, ['setAdapter', 'addTrial', 'addFinal', 'end']],
];

/** Calls `at` with the number of each moment: 2k before the k-th call, 2k + 1 after it. Returns the way back. */
export function watchStore(at: (moment: number) => void): () => void {
  let moment = 0;
  const undo: (() => void)[] = [];
  for (const [prototype, names] of watched) {
    for (const name of names) {
      const original = Reflect.get(prototype, name) as Method;
      const replacement: Method = async function (this: unknown, ...args) {
        at(moment++);
        const result = await original.apply(this, args);
        at(moment++);
        return result;
      };
      Reflect.set(prototype, name, replacement);
      undo.push(() => Reflect.set(prototype, name, original));
    }
  }
  return () => undo.forEach((u) => u());
}
