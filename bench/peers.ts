/**
 * `npm run bench:peers`: the check network here, in TensorFlow.js and in jax-js on WebGPU (the same adapter), and in PyTorch on
 * the processor. Each takes turns with us, so that what else the machine does meets both; each turn begins with the seeded
 * weights and must end with the known loss. Prints, for training and then for inference, a line to read and a line of JSON for
 * each peer. One that cannot be had here is skipped, with the reason; the exit code says whether those measured agree.
 *
 * `npm run bench:peers -- --rounds 9` takes more turns than the usual 5, `npm run bench:peers -- pytorch` measures against
 * that peer alone (tfjs, jax-js, pytorch, pytorch-nhwc).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../setup/packages.mjs';
import type { CpuTensor } from '../compiler/ops/op.ts';
import type { AdapterInfo } from '../runtime/device/adapter.ts';
import { batch, checkBatch, checkParameters, learningRate } from '../test/fixtures/checkNetwork.ts';
import { Failure, runBenchmark } from './benchmark.ts';
import { compareRounds, disagreement, STEPS, type Round } from './peers/comparison.ts';
import { peers, pinnedVersion, startNaslang, type PeerEntry, type PeerKey } from './peers/implementations.ts';
import { readOptions } from './peers/options.ts';
import { Peer } from './peers/Peer.ts';
import type { Ready, Work } from './peers/protocol.ts';
import { comparisonJson, comparisonLine } from './peers/report.ts';

/** A peer that is ready to be measured. */
interface Opponent {
  readonly key: PeerKey;
  readonly entry: PeerEntry;
  readonly peer: Peer;
  readonly version: string;
  readonly info: AdapterInfo | undefined;
}

/** Writes weights and batch for peers that cannot make them themselves. */
function writeFeeds(file: string): void {
  const plain = ({ shape, data }: CpuTensor): object => ({ shape, data: [...data] });
  const { x, labels } = checkBatch();
  const parameters = Object.fromEntries(
    Object.entries(checkParameters()).map(([name, tensor]) => [name, plain(tensor)]),
  );
  const epsilon = 1e-5;
  writeFileSync(
    file,
    JSON.stringify({ x: plain(x), labels: plain(labels), parameters, learningRate, epsilon }),
  );
}

/** Installs the peers' packages, which are not among ours; says why it could not. */
async function install(): Promise<string | undefined> {
  const folder = fileURLToPath(new URL('./peers', import.meta.url));
  const log = (why: string): void => console.log(`bench/peers: ${why}; about 310 MB, the first time only`);
  const installed = await installPackages(folder, log);
  return installed.ok ? undefined : `its package cannot be installed\n${installed.message}`;
}

/** Starts those that can be had here; says of the others why not. */
async function open(
  keys: readonly PeerKey[],
  feeds: string,
  run: (name: string, words: readonly string[]) => Peer,
): Promise<Opponent[]> {
  const packaged = keys.some((key) => peers[key].package !== undefined);
  const notInstalled = packaged ? await install() : undefined;
  const opened: Opponent[] = [];
  for (const key of keys) {
    const entry = peers[key];
    const start =
      entry.package !== undefined && notInstalled !== undefined
        ? { missing: notInstalled }
        : entry.start(feeds);
    if ('missing' in start) {
      console.log(`${entry.name}: skipped, since ${start.missing}`);
      continue;
    }
    const peer = run(entry.name, start);
    // oxlint-disable-next-line no-await-in-loop -- starting one after the other is kinder to a small machine
    const { version, info } = await peer.ready();
    const known = entry.package === undefined ? undefined : pinnedVersion(entry.package);
    opened.push({ key, entry, peer, version: version ?? known ?? '', info });
  }
  return opened;
}

/** Adapters that differ would make the comparison one of drivers. */
function checkAdapters({ info: ours }: Ready, opponents: readonly Opponent[]): void {
  const identity = (info: AdapterInfo | undefined): string =>
    [info?.vendor, info?.architecture, info?.device, info?.description, info?.driver].join('; ');
  for (const { entry, info } of opponents) {
    if (info === undefined || identity(info) === identity(ours)) continue;
    throw new Failure(`not the same adapter: ${identity(ours)} here and ${identity(info)} in ${entry.name}`);
  }
}

/** Turn by turn; the first, which compiles shaders, is checked but not counted. */
async function takeTurns(
  work: Work,
  naslang: Peer,
  opponents: readonly Opponent[],
  rounds: number,
): Promise<Map<PeerKey, Round[]>> {
  const taken = new Map<PeerKey, Round[]>(opponents.map(({ key }) => [key, []]));
  const request = { work, steps: STEPS };
  for (let round = 0; round <= rounds; round += 1) {
    for (const { key, peer } of opponents) {
      // oxlint-disable-next-line no-await-in-loop -- one works at a time
      const turn = { ours: await naslang.measure(request), theirs: await peer.measure(request) };
      const problem = disagreement(work, turn, peer.name);
      if (problem !== undefined) throw new Failure(problem);
      if (round > 0) taken.get(key)?.push(turn);
    }
  }
  return taken;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), 'naslang-peers-'));
  const processes: Peer[] = [];
  const run = (name: string, words: readonly string[]): Peer => {
    const peer = new Peer(name, words);
    processes.push(peer);
    return peer;
  };
  try {
    const feeds = join(folder, 'feeds.json');
    writeFeeds(feeds);
    const naslang = run('naslang', startNaslang());
    const ours = await naslang.ready();
    const opponents = await open(options.peers, feeds, run);
    checkAdapters(ours, opponents);
    const adapter = ours.info?.description || ours.info?.device || ours.info?.vendor || '';
    console.log(`the check network, batch ${batch}, on ${adapter}`);
    for (const work of ['train', 'infer'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one works at a time
      const taken = await takeTurns(work, naslang, opponents, options.rounds);
      for (const { key, entry, version } of opponents) {
        const comparison = compareRounds(taken.get(key) ?? []);
        const target = work === 'train' ? entry.target : undefined;
        const subject = { work, key, name: entry.name, version, adapter, target };
        console.log(comparisonLine(subject, comparison));
        console.log(comparisonJson(subject, comparison));
      }
    }
  } finally {
    for (const peer of processes) peer.end();
    rmSync(folder, { recursive: true });
  }
}

await runBenchmark(main);
