/** Inputs that are filled from resident data: rows of tokens, and rows that are not there. */
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import { planInference } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { profilesOf, useDevice } from './onDevice.ts';

const device = useDevice();

test.each([1, 3, 4, 5])('rows of %i tokens are gathered whole', async (tokens) => {
  const [rows, words, width] = [3, 7, 2];
  const b = new GraphBuilder();
  const table = b.parameter('table', [words, width], { kind: 'constant', value: 0 });
  b.outputs['y'] = b.op('embedding', [b.input('x', [rows, tokens], 'i32'), table], {});
  const x = Int32Array.from({ length: 5 * tokens }, (_, i) => (3 * i + 1) % words);
  const data = uploadData(device(), { x });
  for (const profile of profilesOf(device())) {
    const plan = verifyPlan(planInference(b.finish(), { profile, feed: { capacity: 6 } }));
    const execution = await prepare(device(), plan, data);
    execution.writeTensors(
      new Map([['table', Float32Array.from({ length: words * width }, (_, i) => i + 1)]]),
    );
    const order = [4, 0, 2, 1, -1, 3];
    execution.writeIndices(Int32Array.from(order));
    for (const offset of [0, 3]) {
      await execution.run('evaluate', [{ offset }]);
      const expected = order.slice(offset, offset + rows).flatMap((row) =>
        Array.from({ length: tokens * width }, (_, i) => {
          const token = x[row * tokens + Math.floor(i / width)] ?? -1;
          return row < 0 ? 0 : token * width + (i % width) + 1;
        }),
      );
      expect([...(await execution.readOutput('y'))]).toEqual(expected);
    }
    execution.destroy();
  }
  data.destroy();
});
