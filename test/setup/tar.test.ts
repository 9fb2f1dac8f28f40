// The tar reader: what it yields, and that nothing it yields can leave the folder it is unpacked into.
import { expect, test } from 'vitest';
import { readTar } from '../../setup/tar.mjs';
import { makeTar, type TarEntry } from './makeTar.ts';

const read = (entries: TarEntry[]) =>
  [...readTar(makeTar(entries))].map(({ path, data }) => [path, Buffer.from(data).toString()]);

test('yields regular files with their content and leaves out folders and links', () => {
  const files = read([
    { path: 'a/', type: '5' },
    { path: 'a/one.txt', data: 'one' },
    { path: 'link', type: '2' },
    { path: './two', data: 'x'.repeat(1000) },
  ]);
  expect(files).toEqual([
    ['a/one.txt', 'one'],
    ['two', 'x'.repeat(1000)],
  ]);
});

test('takes a long name from a pax header', () => {
  const long = `${'deep/'.repeat(30)}file`;
  const record = ` path=${long}\n`;
  const length = record.length + 3;
  expect(
    read([
      { path: 'pax', type: 'x', data: `${length}${record}` },
      { path: 'short', data: '1' },
    ]),
  ).toEqual([[long, '1']]);
});

test.each(['../evil', 'a/../../evil', '/etc/passwd', 'C:\\evil', 'a\\..\\evil', ''])(
  'refuses the path %j',
  (path) => {
    expect(() => read([{ path, data: 'x' }])).toThrow('unsafe path');
  },
);

test('refuses an unsafe path that a pax header brings in', () => {
  expect(() =>
    read([
      { path: 'pax', type: 'x', data: '16 path=../evil\n' },
      { path: 'fine', data: 'x' },
    ]),
  ).toThrow('unsafe path');
});

test('refuses a damaged header and an archive that is cut off', () => {
  const damaged = makeTar([{ path: 'a', data: 'x' }]);
  damaged[0] = 'b'.charCodeAt(0);
  expect(() => [...readTar(damaged)]).toThrow('damaged');
  expect(() => [...readTar(makeTar([{ path: 'a', data: 'x'.repeat(2000) }]).subarray(0, 1024))]).toThrow(
    'cut off',
  );
});
