/** The fake worker with the real worker's watch over its parent. */
import { endWithParent } from '../../../runtime/evaluate/orphanWatch.ts';

endWithParent(Number(process.argv[2]));
await import(new URL('./fakeWorker.mjs', import.meta.url).href);
