/** Where data sets are that do not travel with this package. */
import { join, resolve } from 'node:path';
import { packageRoot } from '../packageRoot.ts';

/** The folder that `path` names, else the one that an environment variable does, else `data/NAME` in the package. */
export function dataFolder(path: string | undefined, variable: string, name: string): string {
  if (path !== undefined) return resolve(path);
  const named = process.env[variable];
  if (named !== undefined && named !== '') return resolve(named);
  return join(packageRoot(), 'data', name);
}
