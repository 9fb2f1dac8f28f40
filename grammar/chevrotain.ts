/**
 * Chevrotain, from the single file that its package holds beside its modules. Those, with all that they import, are some 700
 * files, which take Node a fifth of a second to load; the single file takes a hundredth. Where it cannot be found, as in
 * another version or under a bundler, the modules are loaded as usual.
 */
import type * as Chevrotain from 'chevrotain';

/** All that the package exports. */
export const chevrotain: typeof Chevrotain = await load();

async function load(): Promise<typeof Chevrotain> {
  try {
    const modules = import.meta.resolve('chevrotain');
    return (await import(new URL('../chevrotain.mjs', modules).href)) as typeof Chevrotain;
  } catch {
    return import('chevrotain');
  }
}
