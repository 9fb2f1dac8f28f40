// The single file of Chevrotain that is loaded in place of its modules.
import * as modules from 'chevrotain';
import { expect, test } from 'vitest';
import { chevrotain } from '../../grammar/chevrotain.ts';

test('it is found, of the same version, and exports the same', () => {
  expect(chevrotain.Lexer).not.toBe(modules.Lexer);
  expect(chevrotain.VERSION).toBe(modules.VERSION);
  expect(Object.keys(chevrotain).sort()).toEqual(Object.keys(modules).sort());
});
