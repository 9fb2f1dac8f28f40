/**
 * `npm run bench:kernels`: speed of the kernels on this machine's adapter, against the arithmetic ceiling measured in the
 * same run. Prints a table, then the same figures as JSON lines. `npm run bench:kernels -- conv` runs the cases whose name
 * contains `conv`. Cases of the DARTS supernet (`darts`) are too short to be timed one by one: a run is many of them.
 *
 * `norm` is work over half of the process's CPU time: what two idle cores would give. Compare it, rather
 * than wall time, when the machine does other things.
 */
import { Bench } from 'tinybench';
import { GraphBuilder } from '../compiler/graph/builder.ts';
import type { Graph, NodeId, Shape } from '../compiler/graph/graph.ts';
import { planInference } from '../compiler/wgsl/lower.ts';
import type { Profile } from '../compiler/wgsl/plan.ts';
import { kernel, Lines } from '../compiler/wgsl/source.ts';
import { BLOCK_BYTES, TABLE_BYTES } from '../compiler/wgsl/uniforms.ts';
import { openDevice, type Device } from '../runtime/device/device.ts';
import { submitAndWait } from '../runtime/execute/trace.ts';
import { prepare, type ReadyDispatch } from '../runtime/execute/webgpu.ts';
import { dartsCases } from './dartsCases.ts';

const CORES = 2;
const IMAGES: Shape = [64, 16, 16, 32];
const around = { stride: [1, 1], padding: [1, 1, 1, 1] } as const;

interface Case {
  readonly name: string;
  readonly unit: 'GFLOP/s' | 'GB/s';
  /** Operations, or bytes moved, in one repeat. */
  readonly work: number;
  /** Repeats in a run: the times are those of one. */
  readonly repeats?: number;
  /** The time that is asked for, with processor time as the measure. */
  readonly targetMs?: number;
  readonly dispatches: readonly ReadyDispatch[];
}

type GraphCase = Omit<Case, 'dispatches'> & { readonly graph: Graph };

interface Row {
  readonly targetMs: number | undefined;
  readonly name: string;
  readonly unit: Case['unit'];
  readonly bestMs: number;
  readonly medianMs: number;
  readonly cpuMs: number;
  readonly wall: number;
  readonly norm: number;
}

function graph(build: (builder: GraphBuilder) => NodeId): Graph {
  const builder = new GraphBuilder();
  builder.outputs['y'] = build(builder);
  return builder.finish();
}

function weights(builder: GraphBuilder, name: string, shape: Shape): NodeId {
  return builder.parameter(name, shape, { kind: 'constant', value: 0.01 });
}

const macsOfConv = 64 * 16 * 16 * 32 * 9 * 32;
const elements = 64 * 64 * 64 * 16;

/** Half of the processor time that a depthwise 3x3 of 64x16x16x32 may take: 1.5 times the best of hand-written experiments. */
const DEPTHWISE_TARGET_MS = 0.43;

/** Repeats of a dispatch that is as short as what submitting it costs. */
const REPEATS = 40;

const graphs: readonly GraphCase[] = [
  {
    name: 'matmul 512',
    unit: 'GFLOP/s',
    work: 2 * 512 ** 3,
    graph: graph((b) =>
      b.op('matmul', [b.input('x', [512, 512]), weights(b, 'w', [512, 512])], {
        transposeA: false,
        transposeB: false,
      }),
    ),
  },
  {
    name: 'conv 3x3 64x16x16 32->32 forward',
    unit: 'GFLOP/s',
    work: 2 * macsOfConv,
    graph: graph((b) => b.op('conv', [b.input('x', IMAGES), weights(b, 'w', [3, 3, 32, 32])], around)),
  },
  {
    name: 'conv 3x3 64x16x16 32->32 input gradient',
    unit: 'GFLOP/s',
    work: 2 * macsOfConv,
    graph: graph((b) =>
      b.op('conv_input_gradient', [b.input('dy', IMAGES), weights(b, 'w', [3, 3, 32, 32])], {
        ...around,
        inputShape: IMAGES,
      }),
    ),
  },
  {
    name: 'conv 3x3 64x16x16 32->32 weight gradient',
    unit: 'GFLOP/s',
    work: 2 * macsOfConv,
    graph: graph((b) =>
      b.op('conv_weight_gradient', [b.input('x', IMAGES), b.input('dy', IMAGES)], {
        ...around,
        kernel: [3, 3],
      }),
    ),
  },
  {
    name: 'conv 3x3 64x16x16 16->16 forward',
    unit: 'GFLOP/s',
    work: macsOfConv / 2,
    graph: graph((b) =>
      b.op('conv', [b.input('x', [64, 16, 16, 16]), weights(b, 'w', [3, 3, 16, 16])], around),
    ),
  },
  {
    name: 'conv 3x3 64x16x16 3->16 forward',
    unit: 'GFLOP/s',
    work: 2 * 64 * 256 * 16 * 27,
    graph: graph((b) =>
      b.op('conv', [b.input('x', [64, 16, 16, 3]), weights(b, 'w', [3, 3, 3, 16])], around),
    ),
  },
  {
    name: 'conv 3x3 64x16x16 3->16 weight gradient',
    unit: 'GFLOP/s',
    work: 2 * 64 * 256 * 16 * 27,
    graph: graph((b) =>
      b.op('conv_weight_gradient', [b.input('x', [64, 16, 16, 3]), b.input('dy', [64, 16, 16, 16])], {
        ...around,
        kernel: [3, 3],
      }),
    ),
  },
  ...[
    { k: 3, c: 32, name: 'depthwise 3x3 64x16x16 32' },
    { k: 5, c: 72, name: 'depthwise 5x5 64x16x16 72' },
  ].flatMap(({ k, c, name }) => {
    const images: Shape = [64, 16, 16, c];
    const side = Math.floor(k / 2);
    const attributes = { stride: [1, 1], padding: [side, side, side, side] } as const;
    const work = 2 * 64 * 256 * c * k * k;
    const unit = 'GFLOP/s' as const;
    return [
      {
        name: `${name} forward`,
        unit,
        work,
        ...(k === 3 ? { targetMs: DEPTHWISE_TARGET_MS } : {}),
        graph: graph((b) =>
          b.op('depthwise', [b.input('x', images), weights(b, 'w', [k, k, c])], attributes),
        ),
      },
      {
        name: `${name} input gradient`,
        unit,
        work,
        graph: graph((b) =>
          b.op('depthwise_input_gradient', [b.input('dy', images), weights(b, 'w', [k, k, c])], {
            ...attributes,
            inputShape: images,
          }),
        ),
      },
      {
        name: `${name} weight gradient`,
        unit,
        work,
        graph: graph((b) =>
          b.op('depthwise_weight_gradient', [b.input('x', images), b.input('dy', images)], {
            ...attributes,
            kernel: [k, k],
          }),
        ),
      },
    ];
  }),
  {
    name: 'elementwise add 16 MiB',
    unit: 'GB/s',
    work: 12 * elements,
    graph: graph((b) => b.op('add', [b.input('x', [64, 64, 64, 16]), b.input('z', [64, 64, 64, 16])], {})),
  },
  {
    name: 'elementwise relu 16 MiB',
    unit: 'GB/s',
    work: 8 * elements,
    graph: graph((b) => b.op('relu', [b.input('x', [64, 64, 64, 16])], {})),
  },
  {
    name: 'moments 16 MiB',
    unit: 'GB/s',
    work: 4 * elements,
    graph: graph((b) => b.op('moments', [b.input('x', [64, 64, 64, 16])], {})),
  },
  ...dartsCases().map((one) => ({ ...one, repeats: REPEATS })),
];

/** Eight independent chains of multiply-adds, sixteen to a turn: nothing but arithmetic. */
async function ceiling(device: Device): Promise<Case> {
  const chains = 8;
  const turns = 16;
  const groups = 1024;
  const steps = 400;
  const source = kernel({
    name: 'ceiling',
    storage: [{ name: 'y', type: 'f32', access: 'read_write' }],
    fields: { steps: 'i32' },
    workgroupSize: 64,
    body: new Lines()
      .add('let i = i32(group.x) * 64 + local;', 'let a = f32(i) * 1e-9 + 0.5;', 'let b = a * 0.25;')
      .each(chains, (k) => `var s${k} = f32(i) * ${k}.5;`)
      .add('for (var step = 0; step < u.steps; step++) {')
      .each(chains * turns, (k) => `s${k % chains} = s${k % chains} * a + b;`)
      .add('}', `y[i] = ${[...Array(chains).keys()].map((k) => `s${k}`).join(' + ')};`),
  });
  const { pipeline, layout } = await device.pipelines.get(source);
  const { gpu } = device;
  const y = gpu.createBuffer({ size: groups * 64 * 4, usage: GPUBufferUsage.STORAGE });
  const u = gpu.createBuffer({
    size: BLOCK_BYTES + TABLE_BYTES,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  gpu.queue.writeBuffer(u, 0, new Int32Array([steps]));
  const group = gpu.createBindGroup({
    layout,
    entries: [{ buffer: y }, { buffer: u, size: BLOCK_BYTES }, { buffer: u, size: TABLE_BYTES }].map(
      (resource, binding) => ({ binding, resource }),
    ),
  });
  const encode = (pass: GPUComputePassEncoder): void => {
    pass.setPipeline(pipeline);
    // The table behind the block is all zeros: the only tensor begins at 0.
    pass.setBindGroup(0, group, [0, BLOCK_BYTES]);
    pass.dispatchWorkgroups(groups);
  };
  return {
    name: 'arithmetic ceiling',
    unit: 'GFLOP/s',
    work: 2 * chains * turns * steps * groups * 64,
    dispatches: [{ label: 'ceiling', kernel: 'ceiling', encode }],
  };
}

async function measure(
  device: Device,
  { name, unit, work, repeats = 1, targetMs, dispatches }: Case,
): Promise<Row> {
  const cpu: number[] = [];
  const bench = new Bench({ time: 500, warmupTime: 100, iterations: 7 });
  bench.add(name, async () => {
    const before = process.cpuUsage();
    await submitAndWait(device, dispatches, repeats);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000 / repeats);
  });
  const [task] = await bench.run();
  const result = task?.result;
  if (!result || !('latency' in result)) throw new Error(`${name} did not finish`);
  const bestMs = result.latency.min / repeats;
  const cpuMs = Math.min(...cpu);
  return {
    name,
    unit,
    bestMs,
    medianMs: result.latency.p50 / repeats,
    targetMs,
    cpuMs,
    wall: work / bestMs / 1e6,
    norm: (work / cpuMs / 1e6) * CORES,
  };
}

async function main(filter: string): Promise<void> {
  const device = await openDevice();
  const portable: Profile = { ...device.profile, subgroupSize: undefined };
  const rows: Row[] = [await measure(device, await ceiling(device))];
  const top = rows[0]?.norm ?? NaN;
  console.log(`${device.info.description}; ${device.info.driver}`);
  for (const one of graphs.filter(({ name }) => name.includes(filter))) {
    const alone = one.unit !== 'GFLOP/s' || one.repeats !== undefined;
    for (const profile of alone ? [device.profile] : [device.profile, portable]) {
      const plan = planInference(one.graph, { profile });
      const execution = await prepare(device, plan);
      for (const slot of plan.parameters) {
        execution.writeTensors(
          new Map([[slot.name, new Float32Array(slot.shape.reduce((a, b) => a * b, 1)).fill(0.01)]]),
        );
      }
      const suffix = profile === portable ? ', portable' : '';
      const dispatches = execution.programs['evaluate'] ?? [];
      rows.push(await measure(device, { ...one, name: one.name + suffix, dispatches }));
      execution.destroy();
    }
  }
  for (const { name, unit, bestMs, medianMs, cpuMs, wall, norm, targetMs } of rows) {
    const share = unit === 'GFLOP/s' ? `${((100 * norm) / top).toFixed(0).padStart(3)} % of the ceiling` : '';
    const times = `best ${bestMs.toFixed(3).padStart(8)} ms  median ${medianMs.toFixed(3).padStart(8)} ms`;
    const speed = `${wall.toFixed(1).padStart(6)} ${unit} wall ${norm.toFixed(1).padStart(6)} norm`;
    const target =
      targetMs === undefined
        ? ''
        : `  ${(cpuMs / CORES / targetMs).toFixed(2)} of the time that is asked for`;
    console.log(`${name.padEnd(64)} ${times}  ${speed}  ${share}${target}`);
  }
  for (const row of rows) console.log(JSON.stringify({ ...row, shareOfCeiling: row.norm / top }));
  device.destroy();
}

await main(process.argv[2] ?? '');
