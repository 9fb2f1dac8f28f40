// Types of advice.mjs, for the TypeScript that reads it.

/** What the advice depends on. */
export type Machine = {
  readonly platform: string;
  readonly arch: string;
  /** The entries of /etc/os-release; empty where there is none. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** The value of NASLANG_DRIVER. */
  readonly forced?: string | undefined;
};

/** Reads /etc/os-release's `KEY=value` lines, quotes removed. */
export function parseOsRelease(text: string): Record<string, string>;
/** This machine as `adapterAdvice` wants it. */
export function thisMachine(): Machine;
/** The lines that tell the user of such a machine what to do to get a WebGPU adapter. */
export function adapterAdvice(machine?: Machine): string[];
