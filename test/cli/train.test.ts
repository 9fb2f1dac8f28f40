/**
 * `nas train` and `nas evaluate`: what is left, that it can be taken away, and that being killed at any instant changes no bit
 * of it.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from '../../grammar/diagnostics.ts';
import { decodeSafetensors, encodeSafetensors } from '../../runtime/store/safetensors.ts';
import { inProcessEvaluator } from '../../runtime/evaluate/inProcess.ts';
import { Random } from '../../util/random.ts';
import { long } from '../long.ts';
import { start } from './child.ts';
import { nas, temporaryFolder, type Ran } from './runNas.ts';

/** Small enough for the reference executor, with a head, dropout, paths to drop and images to change. */
const TEXT = `nas 1

use "blocks.nas"

space small(c = 4, classes = 10, heads = true) {
  input x: image[8, 8, 1]
  let mid = x |> conv(c, 3, stride: 2) |> batch_norm |> repeat choose depth 1..2 { residual(c) }
  output mid |> dropout(0.1) |> classifier(classes)
  output aux: if heads then mid |> relu |> classifier(classes) else none
  require params <= 1k
}

architecture deep of small {
  depth = 2
  residual = [3, 1]
}
notation short of small "{depth}/{residual[0].k}/{residual[1].k}"

search s of small(c: 3) {
  data     digits
  evaluate train(epochs: 1, batch: 128)
  retrain  train(
    epochs: 3, optimizer: adam(lr: 0.01), ema: 0.9, auxiliary: 0.4, drop_path: 0.3, label_smoothing: 0.1,
    flip: true, crop: 1, cutout: 3, scale: small(c: 4)
  )
  budget   1 trials
}
`;

const BLOCKS = `nas 1

motif residual(x; c) {
  let y = x |> conv(c, k: choose {1, 3}) |> batch_norm
  relu(x + y)
}
`;

function fill(cwd: string, text = TEXT): string {
  writeFileSync(join(cwd, 'file.nas'), text);
  writeFileSync(join(cwd, 'blocks.nas'), BLOCKS);
  return cwd;
}

/** Runs in this process, on the reference executor. */
async function run(cwd: string, words: string | readonly string[]): Promise<Ran> {
  const ran = await nas(words, { cwd, evaluator: inProcessEvaluator });
  const tidy = (text: string): string => text.replaceAll(cwd, 'HERE').replaceAll(/\b\d+\.\d s\b/g, 'TIME');
  return { ...ran, out: tidy(ran.out), err: tidy(ran.err) };
}

const TRAIN = 'train file.nas rank:0 --out out';

/** A folder in which a network has been trained, once for all tests. */
const first = mkdtempSync(join(tmpdir(), 'nas-train-'));
let told: Ran;
beforeAll(async () => {
  told = await run(fill(first), TRAIN);
}, 120_000);
afterAll(() => rmSync(first, { recursive: true, force: true }));

/** A copy of that folder. */
function copied(): string {
  const cwd = temporaryFolder();
  cpSync(first, cwd, { recursive: true });
  return cwd;
}

const jsonOf = (cwd: string): Record<string, never> =>
  JSON.parse(readFileSync(join(cwd, 'out', 'model.json'), 'utf8')) as Record<string, never>;

const testLine = (text: string): string | undefined => /test +(\d.*)/.exec(text)?.[1];

describe('nas train', () => {
  test('tells its epochs and the score, and leaves three files', async () => {
    expect({ code: told.code, err: told.err }).toEqual({ code: 0, err: '' });
    await expect(told.out).toMatchFileSnapshot('golden/train.txt');
    expect(readdirSync(join(first, 'out')).sort()).toEqual([
      'model.json',
      'space.nas',
      'weights.safetensors',
    ]);
    await expect(readFileSync(join(first, 'out', 'space.nas'), 'utf8')).toMatchFileSnapshot(
      'golden/train-space.txt',
    );
    expect(jsonOf(first)).toMatchObject({
      architecture: 'small:0.0',
      decisions: { answers: { depth: 1 } },
      trainedOn: 'train+validation',
      train: { epochs: 3, auxiliary: 0.4, dropPath: 0.3, cutout: 3 },
      seed: 1,
      test: { images: 360 },
    });
  });

  test('the weights are those of the network at the parameters of `scale`, without heads', () => {
    const { tensors } = decodeSafetensors(readFileSync(join(first, 'out', 'weights.safetensors')), '');
    expect(tensors.get('mid.conv.kernel')?.shape).toEqual([3, 3, 1, 4]);
    expect([...tensors.keys()].filter((name) => /aux|key|step|rate/.test(name))).toEqual([]);
  });

  test('finds what it has done before, and does it again when told to', async () => {
    const cwd = copied();
    const again = await run(cwd, TRAIN);
    expect(again.out).toContain('trained before: nothing was left to do');
    expect(testLine(again.out)).toBe(testLine(told.out));
    const before = readFileSync(join(cwd, 'out', 'weights.safetensors'));
    const fresh = await run(cwd, `${TRAIN} --fresh`);
    expect(fresh.out).not.toContain('trained before');
    expect(readFileSync(join(cwd, 'out', 'weights.safetensors')).equals(before)).toBe(true);
  });

  test('goes on from a checkpoint, to the same bits', async () => {
    const cwd = fill(temporaryFolder());
    // The epoch after which it is interrupted is told to it as a signal would be.
    let seen = 0;
    let stop: (name: 'SIGINT') => void = () => undefined;
    const interrupted = await nas(TRAIN, {
      cwd,
      onStart: (signal) => (stop = signal),
      evaluator: () => {
        const evaluator = inProcessEvaluator();
        return {
          ...evaluator,
          train: (request, onProgress) =>
            evaluator.train(request, (progress) => {
              onProgress(progress);
              if (++seen === 2) stop('SIGINT');
              // Gives the signal time to be heard before the next epoch.
              return new Promise<boolean>((resolve) =>
                setTimeout(() => resolve(true), 50),
              ) as unknown as boolean;
            }),
        };
      },
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.out).toContain('stopped after epoch 2; the same command goes on after epoch 2');
    expect(readdirSync(join(cwd, 'out'))).toEqual(['checkpoint.safetensors']);
    const { out } = await run(cwd, TRAIN);
    expect(out).toContain('going on after epoch 2');
    expect(testLine(out)).toBe(testLine(told.out));
    expect(readFileSync(join(cwd, 'out', 'weights.safetensors'))).toEqual(
      readFileSync(join(first, 'out', 'weights.safetensors')),
    );
  });

  test('takes an architecture in every way that others do', async () => {
    // A trained network is a JSON file that names its architecture, too.
    for (const arch of ['small:0.0', '1/1/-', join('out', 'model.json')]) {
      const { out, err } = await run(first, `train file.nas ${arch} --out out`);
      expect({ out, err }).toEqual({ out: expect.stringContaining('trained before') as unknown, err: '' });
    }
  });

  test('parameters and epochs from the command line make another training, in a folder of its own', async () => {
    const cwd = fill(temporaryFolder());
    const { out } = await run(cwd, 'train file.nas deep --set c=2 --epochs 1 --set retrain.auxiliary=0');
    expect(out).toContain('1 epoch, seed 1');
    const [folder] = readdirSync(join(cwd, '.nas', 'trained'));
    expect(folder).toMatch(/^small-[0-9a-f]{12}$/);
    const { test: score } = JSON.parse(
      readFileSync(join(cwd, '.nas', 'trained', folder ?? '', 'model.json'), 'utf8'),
    ) as { test: { images: number } };
    expect(score.images).toBe(360);
    expect(readFileSync(join(cwd, '.nas', 'trained', folder ?? '', 'space.nas'), 'utf8')).toContain('c = 2');
  });

  test('--json', async () => {
    const { out } = await run(first, `${TRAIN} --json`);
    expect(JSON.parse(out)).toMatchObject({ status: 'finished', earlier: true, folder: 'out', seed: 1 });
  });
});

describe('nas evaluate', () => {
  test('gives the score that the training gave, from the folder alone', async () => {
    const cwd = temporaryFolder();
    cpSync(join(first, 'out'), join(cwd, 'taken'), { recursive: true });
    const { code, out, err } = await run(cwd, 'evaluate taken');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`test  ${testLine(told.out)}\n`);
    const { out: json } = await run(cwd, 'evaluate taken/model.json --json');
    const { test: score, trained } = JSON.parse(json) as { test: object; trained: object };
    expect(score).toEqual(trained);
  });

  test('gives it from the file, the architecture and the weights', async () => {
    const { out } = await run(first, 'evaluate file.nas rank:0 --weights out/weights.safetensors');
    expect(testLine(out)).toBe(testLine(told.out));
  });

  test('measures on other data, and says so', async () => {
    const { code, out, err } = await run(first, ['evaluate', 'out', '--data', 'digits(split: writers)']);
    expect(code).toBe(0);
    expect(err).toContain('warning[NAS4431]');
    expect(testLine(out)).not.toBe(testLine(told.out));
    expect(out).toContain('when trained');
  });
});

describe('what is wrong is told', () => {
  /** The whole text, as a golden file. */
  const expectTold = async (name: string, ran: Ran, code = 1): Promise<void> => {
    expect({ code: ran.code, out: ran.out.replace(/^training.*\n/, '') }).toEqual({ code, out: '' });
    await expect(ran.err).toMatchFileSnapshot(`golden/bad-train-${name}.txt`);
  };

  const changeWeights = (
    cwd: string,
    change: (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void,
  ): void => {
    const path = join(cwd, 'out', 'weights.safetensors');
    const { tensors, metadata } = decodeSafetensors(readFileSync(path), path);
    const changed = new Map(tensors);
    change(changed);
    writeFileSync(path, encodeSafetensors(changed, metadata));
  };
  const weights = 'evaluate file.nas rank:0 --weights out/weights.safetensors';

  test('weights that lack tensors', async () => {
    const cwd = copied();
    changeWeights(
      cwd,
      (tensors) => void (tensors.delete('mid.conv.kernel'), tensors.delete('mid.batch_norm.scale')),
    );
    await expectTold('missing-tensors', await run(cwd, weights));
    // The folder knows that these are not its weights.
    await expectTold('changed-weights', await run(cwd, 'evaluate out'));
  });

  test('weights of other shapes, of another space, and with something else in it', async () => {
    const cwd = copied();
    await expectTold('other-shapes', await run(cwd, `${weights} --set c=3`));
    await expectTold('other-architecture', await run(cwd, weights.replace('rank:0', 'deep')));
    changeWeights(cwd, (tensors) => void tensors.set('extra', { shape: [1], data: Float32Array.of(1) }));
    await expectTold('extra-tensor', await run(cwd, weights));
  });

  test('weights that are cut off, or no tensors', async () => {
    const cwd = copied();
    const path = join(cwd, 'out', 'weights.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, 700));
    await expectTold('cut-off-weights', await run(cwd, weights));
    await expectTold('cut-off-weights-in-folder', await run(cwd, 'evaluate out'));
    rmSync(path);
    await expectTold('no-weights-in-folder', await run(cwd, 'evaluate out'));
  });

  test('folders without a trained network, or with half of one', async () => {
    const cwd = copied();
    await expectTold('no-folder', await run(cwd, 'evaluate elsewhere'));
    mkdirSync(join(cwd, 'empty'));
    await expectTold('empty-folder', await run(cwd, 'evaluate empty'));
    writeFileSync(join(cwd, 'out', 'model.json'), '{"format": 1}');
    await expectTold('broken-model', await run(cwd, 'evaluate out'));
    // What may be somebody else's is not removed.
    await expectTold('foreign-model', await run(cwd, `${TRAIN} --fresh`));
    expect(existsSync(join(cwd, 'out', 'model.json'))).toBe(true);
  });

  test('a folder with another trained network', async () => {
    await expectTold('other-network', await run(copied(), `${TRAIN} --seed 2`));
  });

  test('words that do not go together', async () => {
    await expectTold('folder-and-architecture', await run(first, 'evaluate out rank:0'), 2);
    await expectTold('no-architecture', await run(first, 'evaluate file.nas'), 2);
    await expectTold('no-weights', await run(first, 'evaluate file.nas rank:0'), 2);
    await expectTold('weights-missing', await run(first, 'evaluate file.nas rank:0 --weights w'), 2);
    await expectTold('data-unknown', await run(first, ['evaluate', 'out', '--data', 'digit']));
  });

  test('what cannot be trained', async () => {
    const cwd = fill(temporaryFolder());
    await expectTold('no-heads', await run(cwd, `${TRAIN} --set heads=false`));
    await expectTold('requirement', await run(cwd, 'train file.nas rank:99 --out out'));
    const table = TEXT.replace(
      'evaluate train(epochs: 1, batch: 128)',
      'evaluate tabular(file: "x", accuracy: a)',
    ).replace(/ {2}retrain[^]*?\n {2}\)\n/, '');
    fill(cwd, table);
    await expectTold('nothing-to-train', await run(cwd, TRAIN));
  });

  describe('checkpoints', () => {
    /** Leaves a checkpoint of the first of three epochs. */
    const halted = async (): Promise<{ readonly cwd: string; readonly path: string }> => {
      const cwd = fill(temporaryFolder());
      await nas(TRAIN, {
        cwd,
        evaluator: () => {
          const evaluator = inProcessEvaluator();
          return {
            ...evaluator,
            train: async (request, onProgress) => {
              await evaluator.train({ ...request, train: { ...request.train, epochs: 1 } }, (progress) =>
                onProgress(progress),
              );
              return {
                kind: 'failure',
                id: request.id,
                diagnostic: diagnose('deviceLost', { reason: 'a test' }),
                fatal: false,
              };
            },
          };
        },
      });
      const path = join(cwd, 'out', 'checkpoint.safetensors');
      expect(existsSync(path)).toBe(true);
      return { cwd, path };
    };

    test('that are cut off, changed, or of another training', async () => {
      const { cwd, path } = await halted();
      const whole = readFileSync(path);
      writeFileSync(path, whole.subarray(0, whole.length - 100));
      await expectTold('checkpoint-cut-off', await run(cwd, TRAIN));
      const flipped = Buffer.from(whole);
      flipped[whole.length - 1] = (flipped[whole.length - 1] ?? 0) ^ 1;
      writeFileSync(path, flipped);
      await expectTold('checkpoint-changed', await run(cwd, TRAIN));
      writeFileSync(path, encodeSafetensors(new Map(), {}));
      await expectTold('checkpoint-empty', await run(cwd, TRAIN));
      writeFileSync(path, whole);
      await expectTold('checkpoint-foreign', await run(cwd, `${TRAIN} --seed 2`));
      expect((await run(cwd, TRAIN)).out).toContain('going on after epoch 1');
    });

    test('--fresh begins anew', async () => {
      const { cwd, path } = await halted();
      writeFileSync(path, 'nonsense');
      const { code, out } = await run(cwd, `${TRAIN} --fresh`);
      expect(code).toBe(0);
      expect(out).not.toContain('going on');
      expect(testLine(out)).toBe(testLine(told.out));
    });
  });
});

describe('killed at any instant', () => {
  test(
    'the same command comes to the same bits',
    async () => {
      const words = [
        'train',
        'file.nas',
        'deep',
        '--epochs',
        '12',
        '--set',
        'retrain.batch=16',
        '--out',
        'out',
      ];
      const whole = fill(temporaryFolder());
      expect((await start(words, { cwd: whole }).ended).code).toBe(0);
      const expected = readFileSync(join(whole, 'out', 'weights.safetensors'));
      const random = new Random(long ? Date.now() % 1000 : 5);
      const cwd = fill(temporaryFolder());
      let [kills, resumed] = [0, 0];
      for (let attempt = 0; attempt < (long ? 40 : 8); attempt++) {
        const { child, ended, said } = start(words, { cwd });
        // In the middle of a start; or of an epoch, of a file, of the measurement.
        const wait = attempt % 4 === 3 ? 3000 * random.next() : 400 * random.next();
        if (attempt % 4 !== 3) await Promise.race([said('epoch ').catch(() => undefined), ended]);
        await Promise.race([new Promise((resolve) => setTimeout(resolve, wait)), ended]);
        child.kill('SIGKILL');
        const { signal, out } = await ended;
        if (out.includes('going on after epoch')) resumed++;
        if (signal === null) break;
        kills++;
      }
      expect(kills).toBeGreaterThanOrEqual(3);
      const last = await start(words, { cwd }).ended;
      expect({ code: last.code, err: last.err }).toEqual({ code: 0, err: '' });
      expect(resumed + (last.out.includes('going on after epoch') ? 1 : 0)).toBeGreaterThanOrEqual(2);
      expect(readFileSync(join(cwd, 'out', 'weights.safetensors')).equals(expected)).toBe(true);
      const score = (folder: string): unknown =>
        (JSON.parse(readFileSync(join(folder, 'out', 'model.json'), 'utf8')) as { test: unknown }).test;
      expect(score(cwd)).toEqual(score(whole));
      expect(readdirSync(join(cwd, 'out')).sort()).toEqual([
        'model.json',
        'space.nas',
        'weights.safetensors',
      ]);
      const { code, out } = await start(['evaluate', 'out', '--json'], { cwd }).ended;
      expect(code).toBe(0);
      expect((JSON.parse(out) as { test: unknown }).test).toEqual(score(whole));
    },
    // A driver that compiles slowly does so at each start.
    long ? 3_600_000 : 900_000,
  );
});
