// Types of driverChoice.mjs, for the TypeScript that reads it.

/** What to do before `import('webgpu')`: nothing, load the SwiftShader that set-up fetched, or open no device at all. */
export type DriverChoice =
  | { readonly driver: 'system' }
  | { readonly driver: 'swiftshader'; readonly library: string; readonly icd: string }
  | { readonly driver: 'none'; readonly why: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for what can be fetched or measured again: NASLANG_CACHE, else the user's cache folder. */
export function cacheFolder(env?: Environment): string;
/** The file in which set-up leaves its choice for the processes that open a device. */
export function driverFile(env?: Environment): string;
/** Where SwiftShader's loader and ICD file are once fetched. */
export function swiftshaderPaths(env?: Environment): { folder: string; library: string; icd: string };
/** The driver that NASLANG_DRIVER asks for, or undefined; a word it does not know is an error. */
export function forcedDriver(env?: Environment): DriverChoice['driver'] | undefined;
/** The driver to load: what NASLANG_DRIVER forces, else what set-up found, else the system's. */
export function chooseDriver(env?: Environment): DriverChoice;
/** Makes this process use the chosen driver; before `import('webgpu')`, on the main thread. */
export function applyDriver(choice: DriverChoice): void;
