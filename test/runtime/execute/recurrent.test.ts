/** Recurrent networks, unrolled: gradients on the device against the float64 reference. */
import { expect, it } from 'vitest';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { present } from '../../../util/invariant.ts';
import { difference } from '../../arbitraries/differentiable/draws.ts';
import { feedsFor } from '../../compiler/ops/gradientCheck.ts';
import { small, tokens, withWordLoss } from '../../compiler/space/recurrent.ts';
import { compileShipped, shippedSpaces } from '../../spaces/shipped.ts';
import { useDevice } from './onDevice.ts';
import { planVariants } from './planVariants.ts';
import { runTraining } from './runTraining.ts';

const device = useDevice();
const [batch, steps, words] = [2, 4, 20];

it.each(['rnn_cell', 'darts_rnn', 'enas_rnn'])('%s', async (name) => {
  const { space, members } = compileShipped(
    present(
      shippedSpaces.find((shipped) => shipped.name === name),
      name,
    ),
  );
  const network = instantiate(space, members.unrank(members.places / 3n), { batch, mode: 'training' });
  const graph = runGraphPasses(withWordLoss(network), { loss: 'loss' });
  const given = { x: tokens([batch, steps], words), labels: tokens([batch * steps], words) };
  const feeds = feedsFor(graph, 5, 'normal', { ...small(graph), ...given });
  const expected = runReference(graph, feeds, { precision: 'f64' });
  for (const { name: plan, options } of planVariants(device())) {
    const { gradients } = await runTraining(device(), graph, feeds, options);
    expect([...gradients.keys()].sort()).toEqual(Object.keys(feeds.parameters).sort());
    for (const [parameter, { data }] of Object.entries(expected.gradients)) {
      const found = present(gradients.get(parameter), parameter);
      expect(difference(found, data, 0.01), `${parameter}, ${plan}`).toBeLessThan(1e-4);
    }
  }
});
