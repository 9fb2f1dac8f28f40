// Makes this process use the Vulkan driver that set-up chose (or NASLANG_DRIVER forces). Importing the webgpu package
// before that would settle on the system's driver, so everything that needs the package imports it through here.
import { applyDriver, chooseDriver, type DriverChoice } from '#setup/driverChoice.mjs';

export type { DriverChoice };

let loaded: DriverChoice | undefined;
let instance: GPU | undefined;

/** Loads the chosen driver, once per process, and says which it is. Call it before `import('webgpu')`. */
export function loadDriver(): DriverChoice {
  if (loaded === undefined) {
    loaded = chooseDriver();
    applyDriver(loaded);
  }
  return loaded;
}

/**
 * The process's one GPU object, with WebGPU's globals (GPUBufferUsage and the like) put in place; undefined where the
 * choice is to open no device.
 */
export async function openGpu(): Promise<GPU | undefined> {
  if (loadDriver().driver === 'none') return undefined;
  if (instance === undefined) {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    // Held here for good: Dawn crashes (segmentation fault) when its instance is collected while a device lives.
    instance ??= create([]);
  }
  return instance;
}

/** The driver in words: "system driver", "fetched SwiftShader", "no driver". */
export function describeDriver(choice: DriverChoice): string {
  switch (choice.driver) {
    case 'system':
      return 'system driver';
    case 'swiftshader':
      return 'fetched SwiftShader';
    case 'none':
      return 'no driver';
    default:
      return choice satisfies never;
  }
}
