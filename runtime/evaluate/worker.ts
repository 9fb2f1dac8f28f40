/**
 * The worker process: opens the device, then trains what it is sent, one network after the other. It is started by
 * `workerProcess.ts` with the coordinator's process id as its argument, and does not outlive the coordinator. Two more
 * arguments name the folder of a kernel set and the version that must have built it.
 */
import { adapterAdvice } from '#setup/advice.mjs';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import { InvariantError } from '../../util/invariant.ts';
import { openDevice, type Device } from '../device/device.ts';
import { readKernelSet } from '../kernels/readSet.ts';
import { deviceWeights } from '../share/deviceWeights.ts';
import type { ShareService } from '../share/service.ts';
import { webGpuExecutor } from '../train/webgpuExecutor.ts';
import { receiveRequest } from './messages.ts';
import { endWithParent } from './orphanWatch.ts';
import type { DeviceUse, Response, TrainProgress, TrainRequest } from './protocol.ts';
import { diagnosticOf, trainService } from './service.ts';

endWithParent(Number(process.argv[2]));

const device = await open();
if (device !== undefined) serve(device);

/** The device; without one, the coordinator is told why and ends this process. */
async function open(): Promise<Device | undefined> {
  try {
    const opened = await openDevice();
    const [, , , folder, compiler = ''] = process.argv;
    if (folder !== undefined) {
      const { kernels } = await readKernelSet(folder, { compiler, profile: opened.profile });
      await opened.settle(opened.pipelines.load(kernels));
    }
    return opened;
  } catch (error) {
    send({ kind: 'notReady', diagnostic: withAdvice(diagnosticOf(error)) });
    return undefined;
  }
}

function serve(opened: Device): void {
  const executor = webGpuExecutor(opened);
  const adapter = opened.info.description || opened.info.device;
  const use = (): DeviceUse => ({
    adapter,
    pipelinesCompiled: opened.pipelines.counters.compiled,
    pipelinesReused: opened.pipelines.counters.hits,
    pipelinesOutside: opened.pipelines.counters.outside,
    bufferBytes: executor.bufferBytes(),
    residentBytes: process.memoryUsage.rss(),
  });
  const service = trainService(executor, use);
  // Its compiler is loaded when it is first needed: most searches never are.
  let shared: Promise<ShareService> | undefined;
  const sharing = (): Promise<ShareService> =>
    (shared ??= import('../share/service.ts').then(({ shareService }) =>
      shareService((options) => deviceWeights(opened, options), service.dataOf, use),
    ));
  let queue = Promise.resolve();
  const verdicts = new Map<number, (goOn: boolean) => void>();
  const report = ({ id, observed }: TrainRequest) => {
    return (progress: TrainProgress): Promise<boolean> | void => {
      const verdict = observed && new Promise<boolean>((resolve) => verdicts.set(id, resolve));
      send(progress);
      return verdict || undefined;
    };
  };
  process.on('message', (value) => {
    const received = receiveRequest(value);
    // The coordinator is of the same version: this is a mistake of ours, and it sees the text on stderr.
    if (!received.ok) throw new InvariantError(`worker: a request cannot be read\n${received.problem}`);
    const request = received.message;
    switch (request.kind) {
      case 'stop':
        opened.destroy();
        process.exit(0);
      case 'verdict':
        verdicts.get(request.id)?.(request.goOn);
        verdicts.delete(request.id);
        break;
      case 'train':
        queue = queue.then(async () => send(await service.train(request, report(request))));
        break;
      case 'share':
        queue = queue.then(async () => send(await (await sharing()).share(request, send)));
        break;
      case 'evaluate':
      case 'latency':
      case 'score':
        queue = queue.then(async () => send(await service.measure(request)));
        break;
      default:
        request satisfies never;
    }
  });
  send({ kind: 'ready', adapter });
}

function send(message: Response): void {
  process.send?.(message);
}

/** The advice is the text that set-up and `nas doctor` give. */
function withAdvice(diagnostic: Diagnostic): Diagnostic {
  const noAdapter = diagnose('noAdapter', { reason: '' }).code;
  if (diagnostic.code !== noAdapter) return diagnostic;
  return { ...diagnostic, notes: [...diagnostic.notes, ...adapterAdvice()] };
}
