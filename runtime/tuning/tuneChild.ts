// A process of its own that measures questions on the adapter, prints what came of it as one line of JSON, and ends. Its
// arguments are a file with the questions, the cache's folder, and the version of naslang.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { OpenChoice } from '../../compiler/wgsl/tuning.ts';
import { openDevice } from '../device/device.ts';
import { diagnosticOf } from '../evaluate/service.ts';
import { adapterKey, tuningCache } from './cache.ts';
import { tune } from './tune.ts';
import type { Tuned } from './tuneApart.ts';

const [, , file = '', folder = '', version = ''] = process.argv;

async function measure(): Promise<Tuned> {
  try {
    // Our own parent, of the same version, wrote it.
    const choices = JSON.parse(await readFile(file, 'utf8')) as OpenChoice[];
    const device = await openDevice();
    const adapter = adapterKey(device.info);
    const name = createHash('sha256').update(`${adapter} ${version}`).digest('hex').slice(0, 16);
    const cache = tuningCache(folder, name, adapter, version);
    const start = performance.now();
    let measured = 0;
    const watch = (): void => void (measured += 1);
    const answers = await tune(device, choices, { known: await cache.read(), watch });
    const seconds = (performance.now() - start) / 1000;
    device.destroy();
    // What cannot be kept is measured again the next time.
    await cache.add(answers).catch(() => undefined);
    return { adapter: device.info.description || device.info.device, answers, measured, seconds };
  } catch (error) {
    return { refused: diagnosticOf(error) };
  }
}

process.stdout.write(`${JSON.stringify(await measure())}\n`, () => process.exit(0));
