/** The shaders and the plan of a whole network in training, as written. The device's tests compile every golden. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import { printPlan } from '../../../compiler/wgsl/printPlan.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { compileText } from '../space/helpers.ts';

const text =
  'nas 1\nspace network {\n  input x: image[8, 8, 3]\n' +
  '  output x |> conv(8, 3) |> batch_norm |> relu |> max_pool(2, 2) |> sep_conv(8, 3) |> classifier(4)\n}\n';

test('a whole network reads as written', async () => {
  const { space } = compileText(text);
  const network = instantiate(space, { space: 'network', choices: [] }, { batch: 4, mode: 'training' });
  const loss = withClassificationLoss(network, { logits: 'logits', reduction: 'mean' });
  const plan = verifyPlan(
    planTraining(runGraphPasses(loss, { loss: 'loss', verify: true }), {
      profile: { kind: 'cpu', subgroupSize: 8 },
      optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.0005 },
      feed: { capacity: 64 },
    }),
  );
  await expect(printPlan(plan)).toMatchFileSnapshot('goldens/network/plan.txt');
  for (const { name, wgsl } of plan.kernels) {
    await expect(wgsl).toMatchFileSnapshot(`goldens/network/${name}.wgsl`);
  }
  const files = readdirSync(new URL('goldens/network/', import.meta.url)).filter((file) =>
    file.endsWith('.wgsl'),
  );
  expect(files.sort()).toEqual(plan.kernels.map(({ name }) => `${name}.wgsl`).sort());
});
