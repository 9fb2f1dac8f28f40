/** A comparison as a line for people and as a line of JSON for programs. */
import { batch } from '../../test/fixtures/checkNetwork.ts';
import { countOf } from '../../util/words.ts';
import type { Comparison, Figures } from './comparison.ts';
import type { Work } from './protocol.ts';

export interface Subject {
  readonly work: Work;
  /** The peer in a word, and in words with its version. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** Where naslang ran; the peers on WebGPU ran on the same. */
  readonly adapter: string;
  /** So many times as fast is what we want; undefined where nothing was set. */
  readonly target: number | undefined;
}

/** For people. */
export function comparisonLine(subject: Subject, comparison: Comparison): string {
  const { work, name, version, target } = subject;
  const { ours, theirs, ratio, ratios, bestRatio, cpuRatio } = comparison;
  const what = work === 'train' ? 'training step' : 'forward pass';
  const wanted = target === undefined ? '' : `, the target is ${target}`;
  const pair = (of: keyof Figures): string => `${ours[of].toFixed(2)} and ${theirs[of].toFixed(2)} ms`;
  return [
    `${what}, naslang and ${name} ${version}: medians ${pair('ms')}, ${ratio.toFixed(2)} times as fast${wanted}`,
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} in ${countOf(ratios.length, 'round')}`,
    `best steps ${pair('bestMs')}, ${bestRatio.toFixed(2)} times`,
    `half of the processor time ${pair('cpuMs')}, ${cpuRatio.toFixed(2)} times`,
    'results agree',
  ].join('; ');
}

/** For programs. Times are in milliseconds, `cpu` ones half of the processor time. */
export function comparisonJson(subject: Subject, comparison: Comparison): string {
  const { work, key, version, adapter, target } = subject;
  const { ours, theirs, ratio, ratios, bestRatio, cpuRatio } = comparison;
  const row = {
    bench: 'peers',
    work,
    network: 'check',
    batch,
    adapter,
    peer: key,
    version,
    rounds: ratios.length,
    ours_ms: ours.ms,
    peer_ms: theirs.ms,
    ratio,
    ratios,
    ours_best_ms: ours.bestMs,
    peer_best_ms: theirs.bestMs,
    best_ratio: bestRatio,
    ours_cpu_ms: ours.cpuMs,
    peer_cpu_ms: theirs.cpuMs,
    cpu_ratio: cpuRatio,
    ...(target !== undefined && { target }),
  };
  return JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(3)) : value,
  );
}
