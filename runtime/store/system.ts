/** What the store needs of the machine: a clock, and which processes live. Tests give others. */
import { hostname } from 'node:os';

export interface StoreSystem {
  /** Milliseconds since 1970. */
  now(): number;
  readonly pid: number;
  readonly host: string;
  /** Whether a process of this machine still runs. */
  isAlive(pid: number): boolean;
  /** How often a running search shows that it lives, in milliseconds. */
  readonly heartbeat: number;
}

/** The machine that this program runs on. */
export const realSystem: StoreSystem = {
  now: () => Date.now(),
  pid: process.pid,
  host: hostname(),
  isAlive,
  heartbeat: 10_000,
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives but belongs to someone else.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}
