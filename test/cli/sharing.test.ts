/** Searches that share weights, in a worker with a device: to their end, killed and continued, and refused. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { workerEvaluator, type WorkerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import { fakeEvaluator } from '../runtime/search/fakes.ts';
import { files, nas, temporaryFolder, type Ran } from './runNas.ts';

const shared = join(files, 'shared.nas');

interface Trial {
  readonly accuracy: number;
  readonly architecture: string;
}

async function trialsOf(cwd: string, name: string): Promise<readonly Trial[]> {
  const { out } = await nas(`trials ${shared} --search ${name} --json --no-times`, { cwd });
  return (JSON.parse(out) as { trials: readonly Trial[] }).trials;
}

/** Runs a search; where told, the worker is killed after an epoch of the supernet. */
async function search(cwd: string, name: string, killAfter?: number): Promise<Ran> {
  const made: WorkerEvaluator[] = [];
  const evaluator = (): WorkerEvaluator => {
    const inner = workerEvaluator();
    made.push(inner);
    const share = inner.share.bind(inner);
    let killed = false;
    inner.share = (request, onProgress) =>
      share(request, (progress) => {
        if (progress.epoch === killAfter && !killed) {
          killed = true;
          process.kill(inner.workerPid!, 'SIGKILL');
        }
        return onProgress(progress);
      });
    return inner;
  };
  return nas(`search ${shared} --search ${name}`, { cwd, evaluator });
}

const LIMIT_MS = 300_000;

describe.each(['paths', 'gradients'])('%s', (name) => {
  test(
    'come to the same whether or not the worker is killed in the middle, and go on from what is kept',
    async () => {
      const [cwd, other] = [temporaryFolder(), temporaryFolder()];
      const whole = await search(cwd, name);
      expect(whole.err).toBe('');
      expect(whole.code).toBe(0);
      expect(whole.out).toMatch(/^supernet 1\/\d  loss /m);
      // One network is derived of a budget of three trials: that is not the whole space.
      expect(whole.out).not.toContain('the whole space has been tried');
      expect((await search(other, name, 2)).code).toBe(0);
      const trials = await trialsOf(cwd, name);
      expect(await trialsOf(other, name)).toEqual(trials);
      expect(trials).toHaveLength(name === 'paths' ? 9 : 1);
      // A few dozen steps are enough to be above chance.
      const accuracies = trials.map(({ accuracy }) => accuracy);
      expect(Math.max(...accuracies)).toBeGreaterThan(0.18);

      const again = await search(cwd, name);
      expect(again.out).toContain('nothing was left to do');

      // What was kept and damaged is refused, and said so.
      const experiments = join(cwd, '.nas', 'experiments');
      const file = join(experiments, readdirSync(experiments)[0], 'supernet.safetensors');
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.subarray(0, bytes.length - 4));
      const damaged = await nas(`search ${shared} --search ${name} --trials 12`, { cwd });
      if (name === 'gradients') {
        expect(damaged.code).toBe(1);
        expect(damaged.err).toContain('NAS4421');
      }
    },
    LIMIT_MS,
  );
});

test('a collapse to skip connections is told when it begins, not in each epoch', async () => {
  const cwd = temporaryFolder();
  const block = 'choose { conv: conv(4, 1), skip: identity }';
  writeFileSync(
    join(cwd, 'skips.nas'),
    `nas 1
space skips {
  input x: image[8, 8, 1]
  let a = x |> conv(4, 1)
${['b', 'c', 'd', 'e'].map((name, i) => `  let ${name} = ${'abcd'[i]} |> ${block}`).join('\n')}
  output e |> classifier(10)
}
search s of skips {
  data     digits
  evaluate shared(epochs: 4, batch: 32)
  budget   1 trial
}`,
  );
  const [skips, convs] = [
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ];
  const evaluator = (): Evaluator => {
    const fake = fakeEvaluator();
    return {
      ...fake,
      train: (request, onProgress) => fake.train(request, onProgress),
      share: (request, onProgress) => {
        [skips, skips, convs, skips].forEach((leading, i) => {
          const progress = { kind: 'progress', id: request.id, epoch: i + 1, epochs: 4, loss: 1 } as const;
          if (request.score.length === 0) onProgress({ ...progress, leading });
        });
        return fake.share(request, onProgress);
      },
    };
  };
  const { err, code } = await nas('search skips.nas', { cwd, evaluator });
  expect(code).toBe(0);
  expect(err.match(/NAS4835/g)).toHaveLength(2);
});

describe('nas check refuses', () => {
  const check = async (change: (text: string) => string): Promise<string> => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'one.nas'), change(readFileSync(shared, 'utf8')));
    return (await nas('check one.nas', { cwd })).err;
  };

  test.each([
    [
      'a strategy that shares weights, where each candidate is trained',
      'evaluate  shared(epochs: 3,',
      'evaluate  train(epochs: 3,',
      'NAS4833',
    ],
    ['two ways to train one supernet', 'shared(epochs: 3,', 'shared(train: one_shot, epochs: 3,', 'NAS4834'],
    [
      'a way that there is not',
      'shared(epochs: 4,',
      'shared(train: path, epochs: 4,',
      'did you mean `paths`?',
    ],
    [
      'a strategy as the way to train',
      'shared(epochs: 4,',
      'shared(train: darts, epochs: 4,',
      'write `strategy darts`',
    ],
    [
      'an argument that there is not',
      'shared(epochs: 4,',
      'shared(train: one_shot(rat: 0.1), epochs: 4,',
      'NAS4502',
    ],
    [
      'a value that cannot be',
      'shared(epochs: 4,',
      'shared(train: one_shot(rate: 2), epochs: 4,',
      'a number above 0 and below 1',
    ],
    [
      'strategies that train some longer than others',
      'strategy  exhaustive',
      'strategy  hyperband',
      'write `evaluate train(...)`',
    ],
    [
      'a batch that is larger than the validation images',
      'shared(epochs: 4, batch: 64',
      'shared(epochs: 4, batch: 500',
      'NAS4201',
    ],
    ['averages of weights', 'shared(epochs: 4,', 'shared(ema: 0.9, epochs: 4,', '`shared` takes'],
    [
      'a space that cannot be relaxed',
      'conv_3: conv(8, 3)',
      'conv_3: conv(8, choose k {3, 5})',
      'train one network at a time',
    ],
  ])('%s', async (_, before, after, told) => {
    const err = await check((text) => {
      expect(text).toContain(before);
      return text.replace(before, after);
    });
    expect(err).toContain(told);
  });
});
