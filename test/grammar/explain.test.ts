import { describe, expect, it } from 'vitest';
import { allCodes, explain, suggestCodes } from '../../grammar/explain.ts';
import { closest, didYouMean, editDistance } from '../../util/didYouMean.ts';
import { displayWidth } from '../../util/displayWidth.ts';
import { countOf, excerpt, listWords } from '../../util/words.ts';

describe('explain', () => {
  it('explains every code', () => {
    for (const { code, title } of allCodes()) expect(explain(code)).toContain(title);
    expect(explain(' nas1013 ')).toMatch(/^NAS1013 \(error\): choose without alternatives\n\n/);
    expect(explain('NAS0000')).toBeUndefined();
  });

  it('suggests codes', () => {
    expect(suggestCodes('1013')).toEqual(['NAS1013']);
    expect(suggestCodes('NSA1013')).toContain('NAS1013');
    expect(suggestCodes('NAS1o13')).toContain('NAS1013');
    expect(suggestCodes('hello')).toEqual([]);
  });
});

describe('did you mean', () => {
  it('counts edits and transpositions', () => {
    expect(editDistance('conv', 'conv')).toBe(0);
    expect(editDistance('cnov', 'conv')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('kitten', 'sitting', 1)).toBe(2);
  });

  it('offers near names only, nearest first', () => {
    expect(closest('batchnorm', ['batch_norm', 'dropout', 'relu'])).toEqual(['batch_norm']);
    expect(closest('RELU', ['relu', 'relu6', 'elu'])).toEqual(['relu', 'elu', 'relu6']);
    expect(closest('x', ['y', 'z'])).toEqual([]);
    expect(didYouMean('sprase', ['sparse', 'spare'])).toBe('did you mean `sparse`?');
    expect(didYouMean('sprises', ['sparse', 'spires'])).toBe('did you mean `spires` or `sparse`?');
    expect(didYouMean('qqq', ['abc'])).toBeUndefined();
  });
});

describe('words', () => {
  it('are listed, counted and made safe', () => {
    expect(listWords(['a'])).toBe('a');
    expect(listWords(['a', 'b', 'c'], 'and')).toBe('a, b and c');
    expect(countOf(1, 'error')).toBe('1 error');
    expect(countOf(0, 'alternative')).toBe('0 alternatives');
    expect(excerpt('a\u0007b')).toBe('a\\u{7}b');
    expect(excerpt('x'.repeat(50), 5)).toBe('xxxx…');
    expect(displayWidth('a日e\u0301👍')).toBe(6);
  });
});
