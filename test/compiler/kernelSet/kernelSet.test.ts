/** Kernel sets: whatever network is drawn from a space, its kernels are in the set; and the set has few others. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kernelSet, type SetTraining } from '../../../compiler/kernelSet/kernelSet.ts';
import { optimizerNames } from '../../../compiler/optimizers/table.ts';
import { augmentOf } from '../../../compiler/search/search.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { hasScan } from '../../../compiler/space/scans.ts';
import type { Space } from '../../../compiler/space/space.ts';
import type { PlanKernel, Profile } from '../../../compiler/wgsl/plan.ts';
import { Refusal } from '../../../grammar/diagnostics.ts';
import {
  architectureGraphs,
  supernetGraphs,
  trialPlans,
  type TrialGraphs,
} from '../../../runtime/search/predict.ts';
import { present } from '../../../util/invariant.ts';
import { Random } from '../../../util/random.ts';
import { layeredPrograms } from '../../arbitraries/layered.ts';
import { long, patience } from '../../long.ts';
import { compileShipped, drawMembers, shippedSpaces } from '../../spaces/shipped.ts';
import { compileText, tryCompile } from '../space/helpers.ts';

const cpu: Profile = { kind: 'cpu', subgroupSize: 8 };
const portable: Profile = { kind: 'gpu', subgroupSize: undefined };
const gpu: Profile = { kind: 'gpu', subgroupSize: 32 };

const sgd = { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 } as const;
const plain: SetTraining = { batch: 2, optimizer: sgd };

/** The kernels of both plans of a trial; none of a network that needs more than every device offers. */
function kernelsOf(
  graphs: TrialGraphs,
  profile: Profile,
  { batch, ...update }: SetTraining,
): readonly PlanKernel[] {
  try {
    const terms = { profile, capacity: { training: batch, evaluation: batch }, residentBytes: 0 };
    const lr = { lr: 0.1 };
    const optimizer = { ...update.optimizer, ...lr };
    const { training, evaluation } = trialPlans(graphs, {
      ...terms,
      update: { ...update, optimizer },
      augment: augmentOf({ ...update, optimizer, batch, epochs: 1, schedule: { name: 'constant' } }),
    });
    return [...training.kernels, ...evaluation.kernels];
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

const textsOf = (kernels: readonly PlanKernel[]): Set<string> => new Set(kernels.map(({ wgsl }) => wgsl));

/** Names of kernels of some networks that the set lacks, and of those of the set that none of them needs. */
function compare(
  space: Space,
  set: readonly PlanKernel[],
  architectures: Iterable<Architecture>,
  profile: Profile,
): { readonly missing: readonly string[]; readonly unused: readonly string[]; readonly drawn: number } {
  const [texts, used, missing] = [textsOf(set), new Set<string>(), new Set<string>()];
  let drawn = 0;
  for (const architecture of architectures) {
    drawn++;
    for (const { name, wgsl } of kernelsOf(
      architectureGraphs(space, architecture, plain.batch),
      profile,
      plain,
    )) {
      used.add(wgsl);
      if (!texts.has(wgsl)) missing.add(name);
    }
  }
  const unused = set.filter(({ wgsl }) => !used.has(wgsl)).map(({ name }) => name);
  return { missing: [...missing], unused, drawn };
}

/** Whether networks of the space can be trained yet. */
function isTrainable(space: Space): boolean {
  const { shape } = present(space.nodes[space.output], 'the output');
  return !hasScan(space) && shape.kind === 'fixed' && shape.value.length === 1;
}

const compiled = shippedSpaces.map((shipped) => ({ name: shipped.name, compiled: compileShipped(shipped) }));
const trainable = compiled.filter(({ compiled: { space } }) => isTrainable(space));

describe('children of the shipped spaces', () => {
  test('there are many', () => expect(trainable.length).toBeGreaterThanOrEqual(24));

  // Each by itself, so that the long mode, which takes minutes for some spaces, tells how far it is.
  const devices = [
    { device: 'a processor', profile: cpu, wanted: long ? 1000 : 4 },
    { device: 'a device without subgroups', profile: portable, wanted: long ? 200 : 1 },
    ...(long ? [{ device: 'a GPU', profile: gpu, wanted: 200 }] : []),
  ];
  test.each(trainable.flatMap((space) => devices.map((device) => ({ ...space, ...device }))))(
    '$name on $device',
    ({ compiled: one, profile, wanted }) => {
      const set = kernelSet(one.space, { profile, trainings: [plain] });
      const children = drawMembers(one, wanted, new Random(29, 7));
      const { missing, unused, drawn } = compare(one.space, set, children, profile);
      expect(missing).toEqual([]);
      expect(set.length).toBeLessThanOrEqual(160);
      // In the short mode few networks are drawn: they need not meet every kernel.
      if (drawn >= 200) expect(unused.length, unused.join()).toBeLessThanOrEqual(20);
    },
    patience,
  );
});

test(
  'generated spaces',
  () => {
    let tried = 0;
    const property = fc.property(layeredPrograms, (text) => {
      const { value } = tryCompile(text);
      if (!value || !isTrainable(value.space)) return;
      tried++;
      const set = kernelSet(value.space, { profile: cpu, trainings: [plain] });
      const children = drawMembers(value, 12, new Random(31, 1));
      expect(compare(value.space, set, children, cpu).missing).toEqual([]);
    });
    fc.assert(property, { numRuns: long ? 5000 : 150 });
    expect(tried).toBeGreaterThanOrEqual(long ? 500 : 10);
  },
  patience,
);

test.each(['darts', 'digits', 'proxyless'])('networks of %s that recompute need no other kernels', (name) => {
  const { compiled: one } = present(
    trainable.find((shipped) => shipped.name === name),
    name,
  );
  const texts = textsOf(kernelSet(one.space, { profile: cpu, trainings: [plain] }));
  for (const architecture of drawMembers(one, 2, new Random(29, 7))) {
    const graphs = architectureGraphs(one.space, architecture, plain.batch, { recompute: true });
    expect(graphs.training.nodes.some((node) => node.kind === 'op' && node.late)).toBe(true);
    const missing = kernelsOf(graphs, cpu, plain).filter(({ wgsl }) => !texts.has(wgsl));
    expect(missing.map((kernel) => kernel.name)).toEqual([]);
  }
});

test.each(['darts', 'nasnet', 'digits'])('a final training of %s, with all that goes with it', (name) => {
  const { compiled: one } = present(
    trainable.find((shipped) => shipped.name === name),
    name,
  );
  const final = { ...plain, auxiliary: 0.4, dropPath: 0.2, labelSmoothing: 0.1, flip: true, cutout: 4 };
  const texts = textsOf(kernelSet(one.space, { profile: cpu, trainings: [final] }));
  const names = new Set<string>();
  for (const architecture of drawMembers(one, 2, new Random(29, 7))) {
    const graphs = architectureGraphs(one.space, architecture, plain.batch, final);
    const kernels = kernelsOf(graphs, cpu, final);
    for (const kernel of kernels) names.add(kernel.name);
    const missing = kernels.filter(({ wgsl }) => !texts.has(wgsl));
    expect(missing.map((kernel) => kernel.name)).toEqual([]);
  }
  expect([...names]).toEqual(expect.arrayContaining(['augment_rows', 'drop_path']));
});

const small =
  'nas 1\nspace s {\n  input x: image[8, 8, 3]\n  output x |> conv(8, choose k {1, 3}) |> batch_norm |> ' +
  'choose after { relu, tanh } |> classifier(4)\n}\n';

describe('what the set depends on', () => {
  const { space, members } = compileText(small);

  test('a kernel stands in it once, in the order of names', () => {
    const set = kernelSet(space, { profile: cpu, trainings: [plain] });
    expect(textsOf(set).size).toBe(set.length);
    const names = set.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(kernelSet(compileText(small).space, { profile: cpu, trainings: [plain] })).toEqual(set);
  });

  test('only what the space can need: tanh and relu, no other activation, no pool', () => {
    const names = kernelSet(space, { profile: cpu, trainings: [plain] }).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['tanh', 'tanh_gradient', 'batch_norm', 'batch_norm_relu']));
    expect(
      names.filter((name) =>
        /pool_|gelu|sigmoid|depthwise|join|mix/.test(name.replace('global_avg_pool', '')),
      ),
    ).toEqual([]);
  });

  test('every optimiser, clipped and averaged', () => {
    for (const name of optimizerNames) {
      const optimizer = {
        ...sgd,
        name,
        beta1: 0.9,
        beta2: 0.9,
        alpha: 0.9,
        epsilon: 1e-8,
      } as unknown as SetTraining['optimizer'];
      for (const options of [{}, { clip: 1 }, { ema: 0.9 }, { clip: 1, ema: 0.9 }]) {
        const training = { batch: 4, optimizer, ...options };
        const texts = textsOf(kernelSet(space, { profile: cpu, trainings: [training] }));
        for (const architecture of members.enumerate()) {
          const kernels = kernelsOf(architectureGraphs(space, architecture, 4), cpu, training);
          expect(kernels.filter(({ wgsl }) => !texts.has(wgsl)).map((kernel) => kernel.name)).toEqual([]);
        }
      }
    }
  });

  test('a batch for each training', () => {
    const [few, many] = [2, 512].map((batch) =>
      textsOf(kernelSet(space, { profile: cpu, trainings: [{ batch, optimizer: sgd }] })),
    );
    const both = textsOf(
      kernelSet(space, { profile: cpu, trainings: [2, 512].map((batch) => ({ batch, optimizer: sgd })) }),
    );
    expect(both).toEqual(new Set([...present(few, 'a set'), ...present(many, 'a set')]));
    expect(both.size).toBeGreaterThan(present(few, 'a set').size);
  });

  test('the supernet', () => {
    const nasbench = compileShipped(
      present(
        shippedSpaces.find(({ name }) => name === 'nasbench201'),
        'the space',
      ),
    ).space;
    const alone = textsOf(kernelSet(nasbench, { profile: cpu, trainings: [plain] }));
    const both = textsOf(kernelSet(nasbench, { profile: cpu, trainings: [plain], supernet: {} }));
    const needed = textsOf(kernelsOf(supernetGraphs(nasbench, plain.batch), cpu, plain));
    expect([...needed].filter((text) => !both.has(text))).toEqual([]);
    expect([...alone].filter((text) => !both.has(text))).toEqual([]);
    expect([...needed].filter((text) => !alone.has(text)).length).toBeGreaterThan(0);
  });

  test('what cannot be trained yet is refused', () => {
    const transformer = compileShipped(
      present(
        shippedSpaces.find(({ name }) => name === 'transformer'),
        'the space',
      ),
    );
    expect(() => kernelSet(transformer.space, { profile: cpu, trainings: [plain] })).toThrow('no vector');
    const recurrent = compileShipped(
      present(
        shippedSpaces.find(({ name }) => name === 'enas_rnn'),
        'the space',
      ),
    );
    expect(() => kernelSet(recurrent.space, { profile: cpu, trainings: [plain] })).toThrow('scan');
  });
});
