/** docs/onnx.md lists what can be imported. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { regenerate } from '../../../docs/generate.ts';

test('the table of docs/onnx.md is what `npm run docs` writes', () => {
  const text = readFileSync(new URL('../../../docs/onnx.md', import.meta.url), 'utf8');
  expect(regenerate(text)).toBe(text);
});
