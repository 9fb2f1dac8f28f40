// A process of its own that measures a job on the adapter, prints what came of it as one line of JSON, and ends. Its argument
// is a file with the job.
import { readFile } from 'node:fs/promises';
import { openDevice } from '../device/device.ts';
import { diagnosticOf } from '../evaluate/service.ts';
import { timeNetworks, timeUnits } from './measure.ts';
import type { LatencyJob, LatencyTimes } from './measureApart.ts';

async function measure(file: string): Promise<LatencyTimes> {
  try {
    // Our own parent, of the same version, wrote it.
    const { units, networks, tuning } = JSON.parse(await readFile(file, 'utf8')) as LatencyJob;
    const device = await openDevice();
    const orNull = (times: readonly (number | undefined)[]): (number | null)[] => times.map((t) => t ?? null);
    const found = {
      units: orNull(await timeUnits(device, units, { tuning })),
      networks: orNull(await timeNetworks(device, networks, { tuning })),
    };
    device.destroy();
    return found;
  } catch (error) {
    return { refused: diagnosticOf(error) };
  }
}

const [, , file = ''] = process.argv;
process.stdout.write(`${JSON.stringify(await measure(file))}\n`, () => process.exit(0));
