// Checks that this Node is new enough, before anything that would fail on an old one with an error nobody understands.
const NEEDED = [20, 19];

/** Returns a message for the user when a Node version (as in process.versions.node) is too old, else undefined. */
export function nodeVersionProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return undefined;
  return `Node ${NEEDED.join('.')} or newer is needed, and this is ${version}: install a newer one from https://nodejs.org`;
}
