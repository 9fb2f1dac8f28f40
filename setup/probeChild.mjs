// Asks for a WebGPU adapter and lets it compute something; run as a process of its own, because a broken driver may crash
// or hang instead of saying no. Argument: the driver choice as JSON. Prints one line of JSON.
import { applyDriver } from './driverChoice.mjs';

// Eight lanes square their index; enough to find a driver that loads but cannot compile or run a shader.
const SHADER = `
@group(0) @binding(0) var<storage, read_write> squares: array<u32>;
@compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u) { squares[id.x] = id.x * id.x; }`;

// Dawn crashes when its instance is collected while a device of it lives, so it is held for the process's life.
let instance;

async function probe(choice) {
  applyDriver(choice);
  let webgpu;
  try {
    webgpu = await import('webgpu');
  } catch (error) {
    return { works: false, why: `the webgpu package does not load: ${firstLine(error)}` };
  }
  Object.assign(globalThis, webgpu.globals);
  instance = webgpu.create([]);
  const adapter = await instance.requestAdapter();
  if (!adapter) return { works: false, why: 'no adapter' };
  const { vendor, architecture, device: model, description, isFallbackAdapter } = adapter.info;
  const info = { vendor, architecture, device: model, description, software: isFallbackAdapter };
  const device = await adapter.requestDevice();
  const size = 32;
  const result = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const read = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const module = device.createShaderModule({ code: SHADER });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: result } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(result, 0, read, 0, size);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const squares = Array.from(new Uint32Array(read.getMappedRange()));
  const right = squares.every((value, index) => value === index * index);
  if (!right)
    return { works: false, why: `${info.description} computes wrongly (${squares.join(' ')})`, info };
  return { works: true, info };
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}

let answer;
try {
  answer = await probe(JSON.parse(process.argv[2] ?? '{"driver":"system"}'));
} catch (error) {
  answer = { works: false, why: firstLine(error) };
}
// Ending by exit(), as a live device keeps the process; only once the line is out.
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
