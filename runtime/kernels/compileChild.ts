// A process of its own that compiles the kernel set of a folder on the adapter, prints what came of it as one line of JSON,
// and ends. Its arguments are the folder and the version of naslang.
import { openDevice } from '../device/device.ts';
import { diagnosticOf } from '../evaluate/service.ts';
import type { Compiled } from './compileApart.ts';
import { readKernelSet } from './readSet.ts';
import { warmUp } from './warmUp.ts';

const [, , folder = '', compiler = ''] = process.argv;

async function compile(): Promise<Compiled> {
  try {
    const device = await openDevice();
    const { kernels } = await readKernelSet(folder, { compiler, profile: device.profile });
    const start = performance.now();
    await warmUp(device, kernels);
    const seconds = (performance.now() - start) / 1000;
    const { compiled } = device.pipelines.counters;
    device.destroy();
    return { adapter: device.info.description || device.info.device, pipelines: compiled, seconds };
  } catch (error) {
    return { refused: diagnosticOf(error) };
  }
}

process.stdout.write(`${JSON.stringify(await compile())}\n`, () => process.exit(0));
