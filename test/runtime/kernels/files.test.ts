/** Kernel sets on disk: what is written is read again; what is damaged or foreign is refused with a diagnostic. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { FILE_LIMIT, setFiles, setIdentity, sha256 } from '../../../runtime/kernels/manifest.ts';
import { readKernelSet, type Expected } from '../../../runtime/kernels/readSet.ts';
import { writeKernelSet } from '../../../runtime/kernels/writeSet.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { cpu, sgd, temporaryFolder, VERSION, writtenSet } from './sets.ts';

const { space } = compileText(
  'nas 1\nspace s {\n  input x: image[8, 8, 3]\n  output x |> conv(8, choose k {1, 3}) |> batch_norm |> ' +
    'choose after { relu, tanh } |> classifier(4)\n}\n',
);

const expected: Expected = { compiler: VERSION };

/** The code and the text of a refusal. */
async function refusalOf(folder: string, wanted: Expected = expected): Promise<string> {
  try {
    await readKernelSet(folder, wanted);
  } catch (error) {
    if (error instanceof Refusal)
      return error.diagnostics.map(({ code, message, hint }) => `${code} ${message} ${hint ?? ''}`).join();
    throw error;
  }
  return 'it was read';
}

describe('writing', () => {
  test('what is written is read again', async () => {
    const { folder, kernels, options } = await writtenSet(space, 4);
    const set = await readKernelSet(folder, {
      ...expected,
      profile: cpu,
      identity: setIdentity(space, options),
    });
    expect(set.kernels).toEqual(kernels);
    expect(set.profile).toEqual(cpu);
    expect(set.manifest).toMatchObject({ space: 's', compiler: VERSION, batches: [4], supernet: false });
  });

  test('a second time there is nothing to do', async () => {
    const { folder, files } = await writtenSet(space, 4);
    expect(await writeKernelSet(folder, files)).toEqual({ written: 0, unchanged: files.size, removed: 0 });
  });

  test('only what is damaged is written anew, and what is not of the set stays or goes', async () => {
    const { folder, files } = await writtenSet(space, 4);
    const [first = '', second = ''] = files.keys();
    writeFileSync(join(folder, first), 'damaged');
    rmSync(join(folder, second));
    const old = join(folder, 'kernels', 'old_kernel-0123456789ab.wgsl');
    writeFileSync(old, 'of an earlier set');
    writeFileSync(join(folder, 'kernels', 'notes.txt'), 'mine');
    expect(await writeKernelSet(folder, files)).toEqual({
      written: 2,
      unchanged: files.size - 2,
      removed: 1,
    });
    expect(existsSync(old)).toBe(false);
    expect(readFileSync(join(folder, 'kernels', 'notes.txt'), 'utf8')).toBe('mine');
    expect(await refusalOf(folder)).toBe('it was read');
  });

  test('no draft is left behind', async () => {
    const { folder, files } = await writtenSet(space, 4);
    const { readdirSync } = await import('node:fs');
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(found).toHaveLength(files.size);
  });

  test('a place that cannot be written is a diagnostic', async () => {
    const { files } = await writtenSet(space, 4);
    const folder = join(temporaryFolder(), 'taken');
    writeFileSync(folder, 'a file');
    await expect(writeKernelSet(folder, files)).rejects.toThrow(/NAS5\d\d\d/);
  });

  test('the identity follows the kernels, not the numbers of the optimiser', () => {
    const identity = (batch: number, more: object): string =>
      setIdentity(space, { profile: cpu, trainings: [{ batch, optimizer: sgd, ...more }] });
    expect(identity(4, { optimizer: { ...sgd, lr: 1, momentum: 0 } })).toBe(identity(4, {}));
    expect(identity(4, { clip: 1 })).toBe(identity(4, { clip: 2 }));
    const all = [identity(4, {}), identity(8, {}), identity(4, { clip: 1 }), identity(4, { ema: 0.9 })];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('what cannot be used', () => {
  /** Changes the text of a file, and the hash of it in the manifest if it is to look right. */
  function change(folder: string, path: string, to: (text: string) => string, consistent = false): void {
    const text = to(readFileSync(join(folder, path), 'utf8'));
    writeFileSync(join(folder, path), text);
    if (!consistent) return;
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    manifest.files[path] = sha256(text);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  }

  /** Changes the manifest as data. */
  function retell(folder: string, to: (manifest: any) => void): void {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    to(manifest);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  }

  const damages: readonly (readonly [string, (folder: string, kernel: string) => void, string])[] = [
    ['no manifest', (folder) => rmSync(join(folder, 'manifest.json')), 'NAS4701 there is no kernel set in '],
    ['no JSON', (folder) => change(folder, 'manifest.json', (text) => text.slice(0, 100)), 'NAS4702'],
    ['an empty manifest', (folder) => writeFileSync(join(folder, 'manifest.json'), ''), 'NAS4702'],
    ['another kind of JSON', (folder) => writeFileSync(join(folder, 'manifest.json'), '[1, 2]'), 'NAS4702'],
    ['a field of another kind', (folder) => retell(folder, (m) => (m.batches = 'four')), 'at batches'],
    ['a newer format', (folder) => retell(folder, (m) => ((m.format = 2), (m.files = 7))), 'NAS4703'],
    ['another version', (folder) => retell(folder, (m) => (m.compiler = '1.0.0')), 'naslang 1.0.0 built it'],
    ['no plan', (folder) => rmSync(join(folder, 'plan.json')), 'plan.json cannot be used: it is not there'],
    ['a changed plan', (folder) => change(folder, 'plan.json', (text) => `${text} `), 'wrong hash'],
    [
      'a plan that is no JSON',
      (folder) => change(folder, 'plan.json', () => '{"kernels": [', true),
      'it is no JSON',
    ],
    [
      'a plan of another form',
      (folder) => change(folder, 'plan.json', () => '{"kernels": 3}', true),
      'NAS4702',
    ],
    [
      'more kernels than a set can have',
      (folder) =>
        change(
          folder,
          'plan.json',
          (text) => {
            const plan = JSON.parse(text);
            return JSON.stringify({ ...plan, kernels: Array.from({ length: 5000 }, () => plan.kernels[0]) });
          },
          true,
        ),
      'NAS4702',
    ],
    [
      'units that do not fit',
      (folder) =>
        change(folder, 'plan.json', (text) => text.replace(/"units": \[\s*(4|16),/, '"units": ['), true),
      /bindings and \d units/.source,
    ],
    [
      'a missing shader',
      (folder, kernel) => rmSync(join(folder, kernel)),
      '.wgsl cannot be used: it is not there',
    ],
    [
      'a changed shader',
      (folder, kernel) => change(folder, kernel, (text) => text.replace('main', 'niam')),
      'wrong hash',
    ],
    ['a cut shader', (folder, kernel) => truncateSync(join(folder, kernel), 10), 'wrong hash'],
    [
      'a shader that the plan does not know',
      (folder) => retell(folder, (m) => (m.files['kernels/x-0123456789ab.wgsl'] = m.identity)),
      'does not know',
    ],
    [
      'a way out of the folder',
      (folder, kernel) => {
        writeFileSync(join(folder, '..', 'escaped.wgsl'), 'secret');
        change(folder, 'plan.json', (text) => text.replace(kernel, '../escaped.wgsl'), true);
        retell(folder, (m) => (m.files['../escaped.wgsl'] = sha256('secret')));
      },
      'NAS4702',
    ],
    [
      'a way out through dots inside',
      (folder, kernel) => {
        change(
          folder,
          'plan.json',
          (text) => text.replace(kernel, 'kernels/../../escaped-0123456789ab.wgsl'),
          true,
        );
      },
      'NAS4702',
    ],
    [
      'a link in the place of a shader',
      (folder, kernel) => {
        renameSync(join(folder, kernel), join(folder, 'elsewhere'));
        symlinkSync(join(folder, 'elsewhere'), join(folder, kernel));
      },
      'it is no plain file',
    ],
    [
      'a folder in the place of a shader',
      (folder, kernel) => {
        rmSync(join(folder, kernel));
        mkdirSync(join(folder, kernel));
      },
      'it is no plain file',
    ],
    [
      'a huge manifest',
      (folder) => truncateSync(join(folder, 'manifest.json'), FILE_LIMIT + 1),
      'it is larger than',
    ],
    ['a huge shader', (folder, kernel) => truncateSync(join(folder, kernel), 2 ** 33), 'it is larger than'],
    [
      'a name of a prototype',
      (folder) =>
        change(folder, 'plan.json', (text) => text.replace(/"file": "[^"]*"/, '"file": "__proto__"'), true),
      'NAS4702',
    ],
  ];

  test.each(damages)('%s', async (_, damage, message) => {
    const { folder, files } = await writtenSet(space, 4);
    const [kernel = ''] = files.keys();
    damage(folder, kernel);
    expect(await refusalOf(folder)).toMatch(new RegExp(message.replaceAll('.wgsl', '\\.wgsl')));
    expect(await refusalOf(folder)).toContain('`nas build` writes it anew');
    // Building repairs it, unless the place is taken by something that is not ours to remove.
    if (message.includes('plain file')) return;
    await writeKernelSet(folder, files);
    expect(await refusalOf(folder)).toBe('it was read');
  });

  test('a folder that is not there, and one that is a file', async () => {
    const folder = temporaryFolder();
    expect(await refusalOf(join(folder, 'nowhere'))).toContain('NAS4701');
    writeFileSync(join(folder, 'file'), '');
    expect(await refusalOf(join(folder, 'file'))).toContain('NAS4701');
  });

  test('a set for another device or another space', async () => {
    const { folder } = await writtenSet(space, 4);
    const gpu = { kind: 'gpu', subgroupSize: undefined } as const;
    expect(await refusalOf(folder, { ...expected, profile: gpu })).toContain(
      'it is for a CPU with subgroups of 8, and the adapter is a GPU with no fixed subgroups',
    );
    const other = setIdentity(space, { profile: cpu, trainings: [{ batch: 5, optimizer: sgd }] });
    expect(await refusalOf(folder, { ...expected, identity: other })).toContain('NAS4703');
  });

  test('damage anywhere is seen', async () => {
    const { folder, files } = await writtenSet(space, 4);
    // Every byte that is changed in any file of the set is noticed, a few places of each tried.
    for (const [path, text] of files) {
      if (path === 'manifest.json') continue;
      for (const at of [0, text.length >> 1, text.length - 1]) {
        const changed = text.slice(0, at) + (text[at] === '#' ? '%' : '#') + text.slice(at + 1);
        writeFileSync(join(folder, path), changed);
        expect(await refusalOf(folder)).toContain('wrong hash');
      }
      writeFileSync(join(folder, path), text);
    }
    expect(await refusalOf(folder)).toBe('it was read');
  });
});

test('equal spaces have equal files', () => {
  const options = { profile: cpu, trainings: [{ batch: 4, optimizer: sgd }] };
  expect(setFiles(space, options, [], VERSION)).toEqual(setFiles(space, options, [], VERSION));
});
