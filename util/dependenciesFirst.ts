/**
 * Visits what `root` depends on and then `root`, each after all that it depends on itself. Not recursive: chains may be
 * long. `visit` must make `isDone` true of what it is given; what is done is not visited.
 */
export function dependenciesFirst<T>(
  root: T,
  isDone: (item: T) => boolean,
  dependencies: (item: T) => readonly T[],
  visit: (item: T) => void,
): void {
  if (isDone(root)) return;
  const waiting = [root];
  for (let item = waiting.at(-1); item !== undefined; item = waiting.at(-1)) {
    const missing = isDone(item) ? [] : dependencies(item).filter((other) => !isDone(other));
    if (missing.length > 0) {
      for (const other of missing.toReversed()) waiting.push(other);
      continue;
    }
    if (!isDone(item)) visit(item);
    waiting.pop();
  }
}
