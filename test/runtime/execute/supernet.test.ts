/** A supernet trained for a step on the device, against the float64 reference, and with merged dispatches and recomputation as without. */
import { expect, test } from 'vitest';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { searchForm } from '../../../compiler/share/searchForm.ts';
import { relax } from '../../../compiler/space/relax.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { feedsFor } from '../../compiler/ops/gradientCheck.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { poison, relativeError, useDevice } from './onDevice.ts';

const device = useDevice();

const text =
  'nas 1\nuse "darts.nas"\nspace small {\n  input x: image[8, 8, 3]\n  let stem = x |> conv(4, 3) |> batch_norm\n' +
  '  output last((stem, stem) |> slide(normal(4)) |> slide(reduce(4))) |> classifier(3)\n}\n';

test('the gradients for weights and alphas are those of the reference', async () => {
  const space = searchForm(compileText(text).space, { normalizePools: true, affine: false });
  const { graph } = relax(space, { batch: 4, mode: 'training', zero: true });
  const loss = withClassificationLoss(graph, { logits: 'logits', reduction: 'mean' });
  const trained = runGraphPasses(loss, { loss: 'loss', verify: true });
  const labels = { shape: [4], data: Int32Array.from([0, 2, 1, 2]) };
  const given = feedsFor(trained, 5, 'normal', { labels });
  // Both sides begin with numbers that float32 holds exactly.
  const float = (tensors: typeof given.parameters): typeof given.parameters =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => [
        name,
        { shape, data: data instanceof Int32Array ? data : Float32Array.from(data) },
      ]),
    );
  const feeds = {
    inputs: float(given.inputs),
    parameters: float(given.parameters),
    states: float(given.states),
  };
  const expected = runReference(trained, feeds, { precision: 'f64' });
  const all = Object.values(expected.gradients).flatMap(({ data }) => [...data]);
  const floor = 0.01 * Math.max(...all.map(Math.abs));
  const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
  const gradientsOf = async (
    merge: boolean,
    recompute = false,
  ): Promise<ReadonlyMap<string, Float32Array>> => {
    const graphs = runGraphPasses(loss, { loss: 'loss', recompute, verify: true });
    const plan = verifyPlan(planTraining(graphs, { profile: device().profile, optimizer, merge }));
    dispatches.push(plan.programs['train'].length);
    const execution = await prepare(device(), plan);
    poison(execution);
    const values = Object.entries({ ...feeds.parameters, ...feeds.states });
    execution.writeTensors(new Map(values.map(([name, { data }]) => [name, data as Float32Array])));
    for (const { name } of plan.inputs) {
      execution.writeInput(name, feeds.inputs[name].data as Float32Array | Int32Array);
    }
    await execution.run('train', [{ learningRate: 0 }]);
    const read = await execution.readGradients();
    execution.destroy();
    return read;
  };
  const dispatches: number[] = [];
  const gradients = await gradientsOf(true);
  expect(bits(await gradientsOf(false))).toEqual(bits(gradients));
  expect(bits(await gradientsOf(true, true))).toEqual(bits(gradients));
  const [merged = 0, alone = 0] = dispatches;
  expect(merged).toBeLessThan(alone / 3);
  expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.gradients).sort());
  expect(gradients.has('alpha.normal.7') && gradients.has('alpha.reduce.7')).toBe(true);
  for (const [name, { data }] of Object.entries(expected.gradients)) {
    expect(relativeError(gradients.get(name)!, data, floor), `gradient of ${name}`).toBeLessThan(1e-3);
  }
});

/** Every bit of some tensors. */
function bits(tensors: ReadonlyMap<string, Float32Array>): Record<string, number[]> {
  return Object.fromEntries([...tensors].map(([name, { buffer }]) => [name, [...new Uint32Array(buffer)]]));
}
