/** The library: every file parses, is laid out as the formatter lays it out, and says where its motifs come from. */
import { describe, expect, it } from 'vitest';
import { format } from '../grammar/format.ts';
import { parse } from '../grammar/parse.ts';
import { nodeHost } from '../runtime/host.ts';

describe.each(nodeHost().library.map((source) => [source.name, source] as const))('%s', (_, source) => {
  const { value, diagnostics } = parse(source);

  it('parses', () => {
    expect(diagnostics).toEqual([]);
    expect(value?.declarations.length).toBeGreaterThan(0);
  });

  it('is formatted', () => {
    expect(format(source).value).toBe(source.text);
  });

  it('documents every motif', () => {
    for (const declaration of value?.declarations ?? []) {
      expect(declaration).toMatchObject({ kind: 'motif', doc: expect.stringMatching(/\w+ \w+/) });
    }
  });
});

it('no two motifs of the library have one name', () => {
  const names = nodeHost().library.flatMap((source) =>
    (parse(source).value?.declarations ?? []).flatMap((d) => (d.kind === 'motif' ? [d.name.text] : [])),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('factorized_reduce');
});
