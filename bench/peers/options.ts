/** The words after `npm run bench:peers --`. */
import { parseArgs } from 'node:util';
import { listWords } from '../../util/words.ts';
import { Failure, readRounds } from '../benchmark.ts';
import { peerKeys, type PeerKey } from './implementations.ts';

export interface Options {
  /** Turns of each peer that count. */
  readonly rounds: number;
  readonly peers: readonly PeerKey[];
}

/** Reads the words; a {@link Failure} says what is wrong with them. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const rounds = readRounds(values.rounds);
  const unknown = positionals.find((word) => !isPeer(word));
  if (unknown !== undefined) throw new Failure(`${unknown}: the peers are ${listWords(peerKeys, 'and')}`);
  return { rounds, peers: peerKeys.filter((key) => positionals.length === 0 || positionals.includes(key)) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { rounds: { type: 'string', default: '5' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

function isPeer(word: string): word is PeerKey {
  return peerKeys.some((key) => key === word);
}
