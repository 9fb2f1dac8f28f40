/** Libraries made for browsers look for `navigator.gpu`: gives them one, on the driver that we use too. */
import { describeAdapter, type AdapterInfo } from '../../runtime/device/adapter.ts';
import { describeDriver, loadDriver, openGpu } from '../../runtime/device/driver.ts';
import { sleepUntil } from '../../runtime/device/wait.ts';

export interface Browser {
  /** The adapter that the library was given. */
  readonly adapter: () => AdapterInfo;
  /**
   * The value of a promise of the library. A plain `await` would take a core from a software adapter: our way of waiting does
   * the library good as well.
   */
  readonly settle: <T>(pending: Promise<T>) => Promise<T>;
}

/** Puts a browser's `navigator` in place; to be called before the library is loaded. */
export async function pretendBrowser(): Promise<Browser> {
  const gpu = await openGpu();
  if (gpu === undefined) throw new Error('no driver offers a WebGPU adapter; `npm run setup` looks for one');
  let info: AdapterInfo | undefined;
  const requestAdapter: GPU['requestAdapter'] = async (options) => {
    const adapter = await gpu.requestAdapter(options);
    if (adapter) info = describeAdapter(adapter, describeDriver(loadDriver()));
    return adapter;
  };
  const navigator = { gpu: { requestAdapter }, userAgent: 'node', language: 'en' };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  const adapter = (): AdapterInfo => {
    if (info === undefined) throw new Error('the library did not accept the adapter');
    return info;
  };
  return {
    adapter,
    settle: (pending) => (adapter().type === 'cpu' ? sleepUntil(pending) : pending),
  };
}
