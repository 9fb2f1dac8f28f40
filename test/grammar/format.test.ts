import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format } from '../../grammar/format.ts';
import { untidyText } from '../arbitraries/untidyText.ts';
import { long, patience } from '../long.ts';
import { commentTexts, parsed, withoutSpans } from './sexpr.ts';

const runs = long ? 10_000 : 1000;

/** Formats a text, checks that nothing but its layout changed, and that formatting it again changes nothing. */
function formatted(text: string): string {
  const { value, diagnostics } = format({ name: 'test.nas', text });
  expect(diagnostics).toEqual([]);
  const result = value ?? '';
  expect(withoutSpans(parsed(result))).toEqual(withoutSpans(parsed(text)));
  expect(commentTexts(result)).toEqual(commentTexts(text));
  expect(format({ name: 'test.nas', text: result }).value).toBe(result);
  return result;
}

describe('formatting', () => {
  it('changes the layout of a generated file, and nothing else', { timeout: patience }, () => {
    fc.assert(
      fc.property(untidyText(), (text) => {
        formatted(text);
      }),
      { numRuns: runs },
    );
  });

  it('gives no text for a file with errors', () => {
    const { value, diagnostics } = format({ name: 'test.nas', text: 'nas 1\nspace s {' });
    expect(value).toBeUndefined();
    expect(diagnostics.map((d) => d.code)).toEqual(['NAS1005']);
  });

  it('ends lines with newlines alone', () => {
    expect(formatted('\uFEFFnas 1\r\n\r\nuse "a.nas"\r\n')).toBe('nas 1\n\nuse "a.nas"\n');
  });

  it('leaves the choice between one line and several to the author', () => {
    const text = `nas 1
genome xor { inputs 2, bias true }
genome xor_2 {
  inputs  2
  bias    true
}
motif f(x) { let y = x, y }
motif g(x) {
  x
}
motif h(x) = x |> choose { a: f, b: g } |> choose {
  a: f, b: g
  c: h
} |> repeat 2 { f }
  |> g
architecture A of s { a = 1, b = [x, y] }
architecture B of s {
  a = {
    x: y
  }
}
`;
    expect(formatted(text)).toBe(text);
  });

  it('makes one line of what was spread out for no reason', () => {
    expect(
      formatted(
        'nas 1\nmotif f( x ;\n c = 3 ) = g(\n  x,\n  (c\n  + 1),\n  [ 1 ,\n 2 ]\n)\nmotif h(x) = if a\n then b\n else c\n',
      ),
    ).toBe('nas 1\nmotif f(x; c = 3) = g(x, c + 1, [1, 2])\nmotif h(x) = if a then b else c\n');
  });

  it('keeps the lines of a pipeline, even where a stage needs several', () => {
    const text = `nas 1
motif f(x) = x |> relu
  |> conv(
    choose filters {24, 36, 48, 64},
    k: (choose kh {1, 3, 5, 7}, choose kw {1, 3, 5, 7}),
    stride: (choose sh 1..3, choose sw 1..3)
  )
  |> batch_norm |> relu
`;
    expect(formatted(text)).toBe(text);
  });

  it('breaks what is too long, and keeps its shape from then on', () => {
    const unbroken = `nas 1
motif f(x; c) = x |> choose op { first_alternative: conv(c, 3, stride: 2), second_alternative: conv(c, 5, stride: 2), third: zero }
motif g(x; c) = add(h |> some_motif(c, if h in [s0, s1] then stride else 1) for h in choose 2 from [s0, s1, ...some_list] if h in xs)
nodes_of_it = 3
`.replace('nodes_of_it = 3\n', '');
    expect(formatted(unbroken)).toMatchInlineSnapshot(`
      "nas 1
      motif f(x; c) = x
        |> choose op {
          first_alternative: conv(c, 3, stride: 2)
          second_alternative: conv(c, 5, stride: 2)
          third: zero
        }
      motif g(x; c) = add(
        h |> some_motif(c, if h in [s0, s1] then stride else 1)
        for h in choose 2 from [s0, s1, ...some_list]
        if h in xs
      )
      "
    `);
  });

  it('keeps comments where they are', () => {
    const tidy = `// licence

nas 1 // version

// about s

/// doc of s
space s(n = 3) { // how many
  // opens
  // above a
  let a = x // beside a
    // inside
    |> f
    |> g // beside g

  /// doc of b
  let b = choose {
    3 // three

    // the largest
    5 when x > 3
  }
  let c = f(
    // first
    a,
    b // second
  )
  let d = [
    a + b // a sum
    // generated
    for a in xs // source
    if a in ys
  ]
  let e = if a // condition
    then b // yes
    // no
    else c
  // last
}

//////////////////
//   indented
/// lost

space t { // empty
}
search q of s {
  // what
  data    digits // these
  budget  20 trials
}
architecture A of s {
  // edges
  n = [
    {s0: a, s1: b}, // first
    {
      s0: a // one
      s1: b
    }
  ]
}
// end
`;
    const untidy = tidy
      .replace('s(n = 3) { // how many\n  // opens', 's(\n  n = 3 // how many\n) { // opens')
      .replace('data    digits', 'data      digits')
      .replace('budget  20', 'budget    20');
    expect(formatted(untidy)).toBe(tidy);
  });
});
