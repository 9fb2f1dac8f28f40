/**
 * Waiting for a software adapter without taking a core from it: while a WebGPU promise is pending, Dawn's
 * Node binding spins the JavaScript thread, which on two cores slowed a 10 ms kernel by a third. Short
 * sleeps between looks cost up to 0.2 ms instead.
 */
const SLEEP_MS = 0.2;
const cell = new Int32Array(new SharedArrayBuffer(4));

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The value of `pending`, sleeping on this thread until it is there. */
export async function sleepUntil<T>(pending: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  pending.then(settle, settle);
  await nextTurn();
  while (!state.settled) {
    Atomics.wait(cell, 0, 0, SLEEP_MS);
    // oxlint-disable-next-line no-await-in-loop -- each turn lets the binding deliver what has happened
    await nextTurn();
  }
  return pending;
}
