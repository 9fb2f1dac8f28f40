// A process of its own that opens the adapter, prints its description as one line of JSON ("null" where there is none)
// and ends: the doctor's way of asking a driver that may crash.
import { openAdapter } from './adapter.ts';

const opened = await openAdapter();
process.stdout.write(`${JSON.stringify(opened?.info ?? null)}\n`, () => process.exit(0));
