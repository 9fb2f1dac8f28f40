/** Plans without a device: the verifier, limits, fusion, printing, and what makes few pipelines serve many networks. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { planInference, planTraining } from '../../../compiler/wgsl/lower.ts';
import type { BufferRange, Plan, PlanDispatch, Profile } from '../../../compiler/wgsl/plan.ts';
import { labelOf, printPlan } from '../../../compiler/wgsl/printPlan.ts';
import { planProblems, verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { randomGraph } from '../../arbitraries/graphs.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';

const lavapipe: Profile = { kind: 'cpu', subgroupSize: 8 };
const optimizer = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.0005 } as const;
const around = { stride: [1, 1], padding: [1, 1, 1, 1] } as const;

/** Convolution, relu, dense layer: enough for one of everything. */
function tiny(images = 2, channels = 4): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', [images, 4, 4, 3]);
  const w = b.parameter('conv.kernel', [3, 3, 3, channels], { kind: 'he', fanIn: 27 });
  b.site = 'conv';
  const y = b.op('relu', [b.op('conv', [x, w], around)], {});
  b.outputs['features'] = b.op('global_avg_pool', [y], {});
  return b.finish();
}

/** The dispatch with other ranges, and no change else. */
function ranged(
  dispatch: PlanDispatch,
  edit: (ranges: readonly BufferRange[]) => BufferRange[],
): PlanDispatch {
  return {
    ...dispatch,
    instances: dispatch.instances.map((instance) => ({ ...instance, ranges: edit(instance.ranges) })),
  };
}

function edited(plan: Plan, edit: (dispatch: PlanDispatch) => PlanDispatch, at: number): Plan {
  return {
    ...plan,
    programs: Object.fromEntries(
      Object.entries(plan.programs).map(([name, list]) => [
        name,
        list.map((d, i) => (i === at ? edit(d) : d)),
      ]),
    ),
  };
}

describe('verifyPlan', () => {
  const plan = planTraining(differentiate(checkNetwork(), 'loss'), { profile: lavapipe, optimizer });
  const dispatches = plan.programs['train'];
  const reader = dispatches.findIndex(
    ({ instances: [{ ranges }], kernel }) =>
      plan.buffers[ranges[0].buffer].role === 'scratch' && plan.kernels[kernel].bindings[0] === 'read',
  );

  const named = (label: string): PlanDispatch => dispatches.find((d) => labelOf(d) === label)!;

  it('accepts the plans of random graphs, with and without fusion and subgroups', () => {
    fc.assert(
      fc.property(randomGraph(), fc.boolean(), fc.constantFrom(undefined, 4, 8, 32), (random, fuse, size) => {
        const graph = differentiate(random.graph, 'loss');
        const profile = { kind: 'cpu', subgroupSize: size } as const;
        const made = planTraining(graph, { profile, optimizer, fuse, feed: { capacity: 100 } });
        expect(planProblems(made)).toEqual([]);
        expect(planProblems(planInference(random.graph, { profile, fuse }))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  /** A range that ends inside the activations of the first convolution, which are needed to the end. */
  function overlapping(range: BufferRange): BufferRange {
    const live = named('conv conv1').instances[0].ranges[2];
    return { ...range, buffer: live.buffer, offset: live.offset + 256 };
  }

  const corruptions: readonly [string, Plan, string][] = [
    [
      'a range past the end of its buffer',
      edited(plan, (d) => ranged(d, (ranges) => ranges.map((r) => ({ ...r, bytes: r.bytes * 64 }))), reader),
      'ends at',
    ],
    [
      'an offset that is not aligned',
      edited(plan, (d) => ranged(d, (ranges) => ranges.map((r) => ({ ...r, offset: r.offset + 2 }))), reader),
      'not aligned',
    ],
    [
      'a table that has a tensor elsewhere',
      edited(
        plan,
        (d) => ranged(d, (ranges) => ranges.map((r) => ({ ...r, offset: r.offset + 16 }))),
        reader,
      ),
      'its table has instance 0 elsewhere',
    ],
    [
      'a buffer that is read and written',
      edited(plan, (d) => ranged(d, (ranges) => ranges.map(() => ranges[0])), reader),
      'reads and writes',
    ],
    [
      'scratch memory that is read before it is written',
      { ...plan, programs: { train: dispatches.slice(reader) } },
      'nothing has written',
    ],
    [
      'a tensor that is written over one which is still needed',
      edited(
        plan,
        (d) => ranged(d, (ranges) => [...ranges.slice(0, -1), overlapping(ranges.at(-1)!)]),
        dispatches.indexOf(named('moments bn1')),
      ),
      'was written over',
    ],
    ['a missing buffer', { ...plan, buffers: plan.buffers.slice(0, 2) }, 'there is no buffer'],
    ['a missing kernel', edited(plan, (d) => ({ ...d, kernel: 999 }), 3), 'there is no kernel'],
    ['a missing range', edited(plan, (d) => ranged(d, (ranges) => ranges.slice(1)), 3), 'for the bindings'],
    ['constants outside the block', edited(plan, (d) => ({ ...d, blockOffset: 1 << 24 }), 3), 'constants'],
    ['a table outside the uniforms', edited(plan, (d) => ({ ...d, tableOffset: 1 << 24 }), 3), 'its table'],
    ['an empty grid', edited(plan, (d) => ({ ...d, workgroups: [0, 1, 1] }), 3), 'workgroups'],
  ];
  it.each(corruptions)('finds %s', (_, broken, words) => {
    expect(() => verifyPlan(broken)).toThrow(words);
  });
});

describe('limits', () => {
  function refusal(make: () => Plan): string {
    try {
      make();
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
    return 'no refusal';
  }

  it('refuses a tensor that is larger than a binding may be, before anything is allocated', () => {
    const words = refusal(() => planInference(tiny(40_000, 64), { profile: lavapipe }));
    expect(words).toBe(
      'NAS4601: conv conv needs 163840000 of maxStorageBufferBindingSize, of which WebGPU promises 134217728',
    );
  });

  it('folds long grids into two dimensions', () => {
    const b = new GraphBuilder();
    b.outputs['y'] = b.op('global_avg_pool', [b.input('x', [600_000, 1, 1, 8])], {});
    const plan = verifyPlan(planInference(b.finish(), { profile: lavapipe }));
    const [x, y] = plan.programs['evaluate'][0].workgroups;
    expect(Math.max(x, y)).toBeLessThan(65_536);
    expect(x * y * 8).toBeGreaterThanOrEqual(1_200_000);
  });
});

describe('kernels', () => {
  it('are the same text for networks that differ in sizes alone, and from run to run', () => {
    const sources = (images: number, channels: number): string[] =>
      planTraining(differentiate(checkLike(images, channels), 'loss'), {
        profile: lavapipe,
        optimizer,
      }).kernels.map(({ wgsl }) => wgsl);
    expect(sources(5, 16)).toEqual(sources(3, 16));
    expect(sources(5, 16)).toEqual(sources(5, 12));
  });

  function checkLike(images: number, channels: number): Graph {
    const b = new GraphBuilder(tiny(images, channels));
    const zero = b.input('labels', [images], 'i32');
    b.outputs['loss'] = b.op('softmax_cross_entropy', [b.outputs['features'], zero], { reduction: 'mean' });
    return b.finish();
  }

  it('read as written: relu', async () => {
    const plan = planInference(tiny(), { profile: lavapipe });
    await expect(plan.kernels.find(({ name }) => name === 'relu')!.wgsl).toMatchFileSnapshot(
      'goldens/relu.wgsl',
    );
  });

  it('read as written: a convolution of three channels, with subgroups and without', async () => {
    const withSubgroups = planInference(tiny(), { profile: lavapipe });
    await expect(withSubgroups.kernels[0].wgsl).toMatchFileSnapshot('goldens/conv_pixels.wgsl');
    const portable = planInference(tiny(), { profile: { kind: 'gpu', subgroupSize: undefined } });
    await expect(portable.kernels[0].wgsl).toMatchFileSnapshot('goldens/conv_portable.wgsl');
  });

  it('read as written: a depthwise convolution, rolling and not', async () => {
    const b = new GraphBuilder();
    const w = b.parameter('w', [3, 3, 8], { kind: 'he', fanIn: 9 });
    b.outputs['y'] = b.op('depthwise', [b.input('x', [2, 8, 8, 8]), w], around);
    const rolling = planInference(b.finish(), { profile: lavapipe });
    await expect(rolling.kernels[0].wgsl).toMatchFileSnapshot('goldens/depthwise_rolling.wgsl');
    const portable = planInference(b.finish(), { profile: { kind: 'gpu', subgroupSize: undefined } });
    await expect(portable.kernels[0].wgsl).toMatchFileSnapshot('goldens/depthwise.wgsl');
  });
});

describe('reshape', () => {
  const dispatchesOf = (from: Shape, to: Shape): number => {
    const b = new GraphBuilder();
    const y = b.op('reshape', [b.op('relu', [b.input('x', from)], {})], { shape: to });
    b.outputs['y'] = b.op('scale', [y], { factor: 2 });
    return verifyPlan(planInference(b.finish(), { profile: lavapipe })).programs['evaluate'].length;
  };

  it('costs nothing where the elements lie alike', () => {
    expect(dispatchesOf([2, 3, 8], [6, 8])).toBe(2);
    expect(dispatchesOf([2, 3, 5], [6, 5])).toBe(2);
    expect(dispatchesOf([2, 3, 8], [2, 24])).toBe(2);
  });

  it('moves the elements where padding comes in between', () => {
    expect(dispatchesOf([2, 3, 5], [2, 15])).toBe(3);
    expect(dispatchesOf([2, 12], [2, 4, 3])).toBe(3);
  });
});

describe('printPlan', () => {
  it('shows buffers, tensors, kernels and dispatches', () => {
    const b = new GraphBuilder(tiny());
    const labels = b.input('labels', [2], 'i32');
    b.outputs['loss'] = b.op('softmax_cross_entropy', [b.outputs['features'], labels], {
      reduction: 'mean',
    });
    const graph = differentiate(b.finish(), 'loss');
    expect(printPlan(planTraining(graph, { profile: lavapipe, optimizer }))).toMatchInlineSnapshot(`
      "plan for cpu, subgroups of 8

      buffers
        0   step             input    32
        1   parameters       kept     768
        2   gradients        kept     768
        3   output features  output   32
        4   output loss      output   16
        5   input x          input    512
        6   input labels     input    16
        7   constants        kept     256
        8   records          output   4096
        9   velocity         kept     768
        10  scratch 0        scratch  512
        11  scratch 1        scratch  1024

      tensors
        conv.kernel  f32  3x3x3x4  in 3x3x4x4  parameters
        x            f32  2x4x4x3  in 2x4x4x4  input x
        labels       i32  2        in 4        input labels
        features     f32  2x4      in 2x4      output features
        loss         f32  1        in 4        output loss

      kernels
        0   conv_pixels_8_4x4_3            read read read_write
        1   relu                           read read_write
        2   global_avg_pool                read read_write
        3   cross_entropy_rows             read read read_write
        4   add_rows                       read read read_write
        5   cross_entropy_gradient         read read read read_write
        6   global_avg_pool_gradient       read read_write
        7   relu_gradient                  read read read_write
        8   conv_weight_gradient_8_12_2_3  read read read_write
        9   record_1                       read read read_write
        10  sgd                            read read read_write read_write

      program train
        0   conv conv                       conv_pixels_8_4x4_3            1x1x1  input x, parameters, scratch 0
        1   relu conv                       relu                           1x1x1  scratch 0, scratch 1
        2   global_avg_pool conv            global_avg_pool                1x1x1  scratch 1, output features
        3   softmax_cross_entropy           cross_entropy_rows             1x1x1  output features, input labels, scratch 0+256
        4   softmax_cross_entropy_gradient  cross_entropy_gradient         1x1x1  output features, input labels, constants, scratch 0
        5   softmax_cross_entropy           add_rows                       1x1x1  scratch 0+256, input labels, output loss
        6   global_avg_pool_gradient conv   global_avg_pool_gradient       1x1x1  scratch 0, scratch 1+512
        7   relu_gradient conv              relu_gradient                  1x1x1  scratch 1+512, scratch 1, scratch 0
        8   record                          record_1                       1x1x1  output loss, step, records
        9   conv_weight_gradient conv       conv_weight_gradient_8_12_2_3  3x1x1  input x, scratch 0, gradients
        10  sgd                             sgd                            1x1x1  gradients, step, velocity, parameters
      "
    `);
  });
});

describe('recomputation', () => {
  it('takes less memory, whether dispatches are merged or not', () => {
    const loss = checkNetwork();
    const scratch = (recompute: boolean, merge: boolean): number =>
      verifyPlan(
        planTraining(runGraphPasses(loss, { loss: 'loss', recompute }), {
          profile: lavapipe,
          optimizer,
          merge,
        }),
      )
        .buffers.filter(({ role }) => role === 'scratch')
        .reduce((sum, { bytes }) => sum + bytes, 0);
    for (const merge of [false, true]) expect(scratch(true, merge)).toBeLessThan(0.9 * scratch(false, merge));
  });
});

describe('fusion', () => {
  const graph = differentiate(checkNetwork(), 'loss');
  const ops = (fuse: boolean): string[] =>
    planTraining(graph, { profile: lavapipe, optimizer, fuse }).programs['train'].flatMap(({ instances }) =>
      instances.map(({ label }) => label),
    );

  it('puts relu into the batch norm before it and its gradient into the batch norm behind it', () => {
    expect(ops(false).filter((label) => label.startsWith('relu'))).toHaveLength(4);
    expect(ops(true).filter((label) => label.startsWith('relu'))).toHaveLength(0);
  });

  it('adds up in one pass where several gradients meet, from left to right', () => {
    const b = new GraphBuilder();
    const [x, y] = [b.input('x', [2, 4]), b.input('y', [2, 4])];
    const sum = (n: NodeId, m: NodeId): NodeId => b.op('add', [n, m], {});
    b.outputs['y'] = sum(y, sum(sum(sum(x, y), x), y));
    const plan = verifyPlan(planInference(b.finish(), { profile: lavapipe }));
    expect(plan.kernels.map(({ name }) => name)).toEqual(['add_4', 'add']);
    expect(plan.kernels[0].wgsl).toContain('y[y_at + i] = a + b + c + d;');
  });

  it('keeps a relu whose input somebody else reads', () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 4]);
    const sum = b.op('add', [x, x], {});
    b.outputs['y'] = b.op('mul', [b.op('relu', [sum], {}), sum], {});
    const plan = verifyPlan(planInference(b.finish(), { profile: lavapipe }));
    expect(plan.kernels.map(({ name }) => name)).toEqual(['add', 'relu', 'mul']);
  });
});
