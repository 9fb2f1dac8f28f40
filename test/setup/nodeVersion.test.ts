// The message for a Node that is too old.
import { expect, test } from 'vitest';
import { nodeVersionProblem } from '../../setup/nodeVersion.mjs';

test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('Node %s will do', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined();
});

test.each(['20.18.3', '18.20.0', '9.99.0'])(
  'Node %s is too old, and the message says what to do',
  (version) => {
    expect(nodeVersionProblem(version)).toBe(
      `Node 20.19 or newer is needed, and this is ${version}: install a newer one from https://nodejs.org`,
    );
  },
);
