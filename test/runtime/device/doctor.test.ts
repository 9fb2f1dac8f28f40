// The doctor's report, with an adapter and without one; and its advice, the same as set-up's.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { collectDoctor, renderDoctor, type DoctorReport } from '../../../runtime/device/doctor.ts';
import { adapterAdvice } from '../../../setup/advice.mjs';

afterEach(() => vi.unstubAllEnvs());

describe('without an adapter', () => {
  test('it gives a report that says why, and the advice set-up gives', async () => {
    vi.stubEnv('NASLANG_DRIVER', 'none');
    const report = await collectDoctor();
    expect(report).toMatchObject({
      adapter: undefined,
      limits: [],
      reason: 'NASLANG_DRIVER=none forbids a device',
    });
    expect(report.advice).toEqual(adapterAdvice());
    const text = renderDoctor(report);
    expect(text).toContain('No WebGPU adapter');
    expect(text).toContain(report.advice[0]);
  });

  test('a variable it does not understand is the reason, not a crash', async () => {
    vi.stubEnv('NASLANG_DRIVER', 'lavapipe');
    const report = await collectDoctor();
    expect(report.reason).toContain('it can be system, swiftshader, none');
    expect(report.advice[0]).toContain('not "lavapipe"');
  });
});

test('with an adapter it lists limits and features, and is plain data', async (context) => {
  const report = await collectDoctor();
  if (report.adapter === undefined) {
    console.log(`skipped: no adapter here (${report.reason})`);
    return context.skip(`no adapter here (${report.reason})`);
  }
  expect(structuredClone(report)).toEqual(report);
  expect(report.adapter.features).toContain('core-features-and-limits');
  expect(report.versions.find(({ name }) => name === 'webgpu')?.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(report.limits.find(({ name }) => name === 'maxStorageBuffersPerShaderStage')?.standard).toBe(8);
  expect(report.verdict).toMatch(/^Ready/);
  expect(report.advice).toEqual([]);
});

test('the text is aligned', () => {
  const report: DoctorReport = {
    versions: [
      { name: 'naslang', version: '1.0.0' },
      { name: 'webgpu', version: undefined },
    ],
    driver: 'fetched SwiftShader',
    adapter: {
      vendor: 'google',
      architecture: 'swiftshader',
      device: 'subzero',
      description: 'SwiftShader driver 5.0.0',
      type: 'cpu',
      backend: 'vulkan',
      driver: 'fetched SwiftShader',
      subgroupSize: 4,
      features: ['subgroups', 'timestamp-query'],
      limits: {},
    },
    reason: undefined,
    limits: [
      { name: 'maxBufferSize', adapter: 1_073_741_824, standard: 268_435_456 },
      { name: 'maxComputeWorkgroupsPerDimension', adapter: 65_535, standard: 65_535 },
    ],
    caches: [
      { name: 'naslang', path: '/cache/naslang', bytes: 6_813_659 },
      { name: 'Mesa shaders', path: '/cache/mesa', bytes: undefined },
    ],
    verdict: 'Ready.',
    advice: [],
  };
  expect(renderDoctor(report)).toMatchInlineSnapshot(`
    "versions
      naslang  1.0.0
      webgpu   not installed

    adapter
      driver    fetched SwiftShader
      adapter   SwiftShader driver 5.0.0
      type      cpu, google swiftshader, vulkan
      subgroup  4 lanes

    limits
                                        adapter  WebGPU default
      maxBufferSize                     1 GiB    256 MiB
      maxComputeWorkgroupsPerDimension  65,535   65,535

    features
      subgroups timestamp-query

    caches
      naslang       6.5 MiB  /cache/naslang
      Mesa shaders  none     /cache/mesa

    Ready.
    "
  `);
});
