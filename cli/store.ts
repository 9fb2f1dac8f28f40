/** Opens the store that a command means. */
import { DEFAULT_STORE, openStore } from '../runtime/store/open.ts';
import type { Store } from '../runtime/store/Store.ts';
import type { Context } from './context.ts';
import { pathFrom } from './terminal.ts';
import { packageVersion } from './version.ts';

/** `--store` */
export interface StoreOption {
  readonly store?: string;
}

/** The store of the option, or `.nas`; made where it is not there if `create` says so. */
export async function openResults(
  { terminal }: Context,
  { store = DEFAULT_STORE }: StoreOption,
  create: boolean,
): Promise<Store> {
  return openStore({ folder: pathFrom(terminal, store), version: packageVersion(), create });
}
