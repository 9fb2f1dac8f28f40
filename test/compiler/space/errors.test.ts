/** What a user reads when a space is wrong: the whole rendered text, frames included. */
import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../../../grammar/renderDiagnostic.ts';
import { framesOf, tryCompile } from './helpers.ts';

/** A space around one line of body; `x` is the image. */
const body = (line: string, motifs = ''): string =>
  `nas 1\nspace s(c = 4) {\n  input x: image[8, 8, 1]\n  ${line}\n  output y |> global_avg_pool |> dense(10)\n}\n${motifs}`;

describe('names and kinds', () => {
  test('an unknown operation, with what was meant', () => {
    expect(framesOf(body('let y = x |> conv(4, 3) |> batchnorm'))).toMatchInlineSnapshot(`
      "error[NAS2001]: nothing is called \`batchnorm\` here
       --> test.nas:4:30
        |
      4 |   let y = x |> conv(4, 3) |> batchnorm
        |                              ^^^^^^^^^
        |
        hint: did you mean \`batch_norm\`?

      1 error"
    `);
  });

  test('an unknown name in an argument', () => {
    expect(framesOf(body('let y = x |> conv(d, 3)'))).toMatchInlineSnapshot(`
      "error[NAS2001]: nothing is called \`d\` here
       --> test.nas:4:21
        |
      4 |   let y = x |> conv(d, 3)
        |                     ^
        |

      1 error"
    `);
  });

  test('several mistakes in one file are all reported', () => {
    expect(framesOf(body('let y = x |> conv(4, size: 3) |> rellu |> conv(2.5)'))).toMatchInlineSnapshot(`
      "error[NAS2004]: \`conv\` has no argument \`size\`
       --> test.nas:4:24
        |
      4 |   let y = x |> conv(4, size: 3) |> rellu |> conv(2.5)
        |                        ^^^^^^^
        |
        hint: \`conv\` takes filters, k, stride, padding, bias, dilation, groups

      error[NAS2001]: nothing is called \`rellu\` here
       --> test.nas:4:36
        |
      4 |   let y = x |> conv(4, size: 3) |> rellu |> conv(2.5)
        |                                    ^^^^^
        |
        hint: did you mean \`relu\`?

      2 errors"
    `);
  });

  test('a stage where a tensor is wanted', () => {
    expect(framesOf(body('let y = relu + x'))).toMatchInlineSnapshot(`
      "error[NAS2003]: \`+\` cannot join the stage \`relu\` (it still wants a tensor) and a tensor
       --> test.nas:4:11
        |
      4 |   let y = relu + x
        |           ^^^^^^^^
        |
        expected: two values, two tensors (\`+ - *\`), or a tensor times a number

      1 error"
    `);
  });

  test('a missing argument', () => {
    expect(framesOf(body('let y = x |> conv(k: 3)'))).toMatchInlineSnapshot(`
      "error[NAS2005]: \`conv\` needs a value for \`filters\`
       --> test.nas:4:16
        |
      4 |   let y = x |> conv(k: 3)
        |                ^^^^^^^^^^
        |
        hint: write conv(filters, k: ..., stride: ..., padding: ..., bias: ..., dilation: ..., groups: ...)

      1 error"
    `);
  });

  test('two decisions of one name', () => {
    const twice = body(
      'let y = x |> layer() |> layer()',
      'motif layer(x) = x |> conv(2, k: choose {1, 3})\n',
    );
    expect(framesOf(twice)).toMatchInlineSnapshot(`
      "error[NAS2025]: two decisions are called \`layer.k\`
       --> test.nas:7:34
        |
      7 | motif layer(x) = x |> conv(2, k: choose {1, 3})
        |                                  ^^^^^^^^^^^^^
        |
        hint: name one of them: \`choose NAME {...}\`, or give the motif that holds it a \`let\` of its own

      1 error"
    `);
  });

  test('a motif that uses itself', () => {
    expect(framesOf(body('let y = x |> loop()', 'motif loop(x) = x |> relu |> loop()\n')))
      .toMatchInlineSnapshot(`
        "error[NAS2013]: \`loop\` uses itself
         --> test.nas:7:30
          |
        4 |   let y = x |> loop()
          |                ------ first used here
          ⋮
        7 | motif loop(x) = x |> relu |> loop()
          |                              ^^^^^^
          |
          hint: it may, while one of its whole numbers falls at each use and a \`when\` or \`if\` stops it before it is below 0

        1 error"
      `);
  });

  test('alternatives of different kinds', () => {
    expect(framesOf(body('let y = x |> choose { a: relu, b: 3 }'))).toMatchInlineSnapshot(`
      "error[NAS2015]: these alternatives are not of one kind
       --> test.nas:4:34
        |
      4 |   let y = x |> choose { a: relu, b: 3 }
        |                         -------  ^^^^ the value 3
        |                         the stage \`relu\` (it still wants a tensor)
        |
        expected: stages alone, values alone or tensors alone; a fixed network is a stage when it is written without its tensor

      1 error"
    `);
  });

  test('an alternative without a label', () => {
    expect(framesOf(body('let y = x |> choose { conv(4, 3), relu }'))).toMatchInlineSnapshot(`
      "error[NAS2023]: this alternative has no label
       --> test.nas:4:25
        |
      4 |   let y = x |> choose { conv(4, 3), relu }
        |                         ^^^^^^^^^^
        |
        hint: write \`name: ...\` before it

      1 error"
    `);
  });

  test('division that is not exact', () => {
    expect(framesOf(body('let y = x |> conv(9 / 2)'))).toMatchInlineSnapshot(`
      "error[NAS2011]: 9 / 2 is not a whole number
       --> test.nas:4:21
        |
      4 |   let y = x |> conv(9 / 2)
        |                     ^^^^^
        |
        hint: write floor(a / b) to round down

      1 error"
    `);
  });
});

describe('shapes', () => {
  test('a mismatch that happens under some decisions only names them and both shapes', () => {
    const text = body('let w = choose {4, 8}\n  let a = x |> conv(4, 3)\n  let y = a + (x |> conv(w, 3))');
    expect(framesOf(text)).toMatchInlineSnapshot(`
      "error[NAS3001]: \`+\` does not fit: its left side is an image of 8 x 8 x 4 and its right side an image of 8 x 8 x 8
       --> test.nas:6:11
        |
      6 |   let y = a + (x |> conv(w, 3))
        |           ^^^^^^^^^^^^^^^^^^^^^
        |
        expected: two tensors of one shape
        note: this happens when w = 8

      1 error"
    `);
  });

  test('a mismatch inside of a motif, an alternative and a turn', () => {
    const text = body(
      'let y = x |> conv(c, 3) |> repeat choose depth 1..3 { block(c) }',
      `motif block(x; c) = x |> choose op {
  same: conv(c, 3)
  wide: {
    let z = x |> conv(c, k: choose {1, 3}, padding: valid)
    x + z
  }
}
`,
    );
    expect(framesOf(text)).toMatchInlineSnapshot(`
      "error[NAS3001]: \`+\` does not fit: its left side is an image of 8 x 8 x 4 and its right side an image of 6 x 6 x 4
        --> test.nas:11:5
         |
       4 |   let y = x |> conv(c, 3) |> repeat choose depth 1..3 { block(c) }
         |                                                         -------- in this use of \`block\`
         ⋮
      11 |     x + z
         |     ^^^^^
         |
         expected: two tensors of one shape
         note: this happens when s[0].op.wide.k = 3

      1 error"
    `);
  });

  test('a window that does not fit', () => {
    expect(framesOf(body('let y = x |> repeat 4 { max_pool(2, 2) }'))).toMatchInlineSnapshot(`
      "error[NAS3001]: \`max_pool(2, 2)\` does not fit: a 2x2 window does not fit an image of 1x1 with this padding
       --> test.nas:4:27
        |
      4 |   let y = x |> repeat 4 { max_pool(2, 2) }
        |                           ^^^^^^^^^^^^^^
        |
        expected: an image of at least 2x2, a smaller window or more padding
        note: this happens in every architecture

      1 error"
    `);
  });

  test('dense on an image', () => {
    expect(framesOf(body('let y = x |> dense(4)'))).toMatchInlineSnapshot(`
      "error[NAS3001]: \`dense(4)\` does not fit: it gets an image of 8 x 8 x 1
       --> test.nas:4:16
        |
      4 |   let y = x |> dense(4)
        |                ^^^^^^^^
        |
        expected: a vector; \`global_avg_pool\` makes one of an image
        note: this happens in every architecture

      1 error"
    `);
  });

  test('shared weights that meet two shapes', () => {
    expect(framesOf(body('let f = conv(4, 3)\n  let y = x |> f |> f'))).toMatchInlineSnapshot(`
      "error[NAS3004]: \`conv\` shares its weights between an image of 8 x 8 x 1 and an image of 8 x 8 x 4
       --> test.nas:4:11
        |
      4 |   let f = conv(4, 3)
        |           ^^^^^^^^^^
        |
        hint: a stage that is bound once has one set of weights: write it out at each use, or bring one shape to all

      1 error"
    `);
  });

  test('what fits in every case compiles, however it is written', () => {
    const near = [
      'let w = choose {4, 8}\n  let y = (x |> conv(w, 3)) + (x |> conv(w, 1))',
      'let s = choose {1, 2}\n  let y = (x |> max_pool(2, s)) + (x |> conv(1, 2, stride: s))',
      'let d = choose 0..2\n  let y = x |> repeat d { conv(1, 3) } |> repeat 2 - d { relu }',
    ];
    for (const line of near) expect(tryCompile(body(line)).diagnostics).toEqual([]);
  });
});

describe('bombs are refused at once', () => {
  test('a billion turns', () => {
    expect(framesOf(body('let y = x |> repeat 1e9 { relu }'))).toMatchInlineSnapshot(`
      "error[NAS3002]: the space needs more than 10,000 turns of a \`repeat\`
       --> test.nas:4:23
        |
      4 |   let y = x |> repeat 1e9 { relu }
        |                       ^^^
        |

      1 error"
    `);
  });

  test('turns inside of turns inside of turns', () => {
    const text = body('let y = x |> repeat 9999 { repeat 9999 { repeat 9999 { relu } } }');
    expect(framesOf(text)).toMatchInlineSnapshot(`
      "error[NAS3002]: the space needs more than 1,500,000 steps of evaluation
       --> test.nas:4:51
        |
      4 |   let y = x |> repeat 9999 { repeat 9999 { repeat 9999 { relu } } }
        |                                                   ^^^^
        |

      1 error"
    `);
  });

  test('motifs that double', () => {
    const motifs = Array.from({ length: 40 }, (_, i) => `motif m${i + 1}(x) = x |> m${i}() |> m${i}()\n`);
    const text = body('let y = x |> m40()', `motif m0(x) = x |> relu\n${motifs.join('')}`);
    expect(framesOf(text)).toMatchInlineSnapshot(`
      "error[NAS3002]: the space needs more than 1,500,000 steps of evaluation
       --> test.nas:8:20
        |
      8 | motif m1(x) = x |> m0() |> m0()
        |                    ^^^^
        |

      1 error"
    `);
  });

  test('a choice of a billion values', () => {
    expect(framesOf(body('let y = x |> conv(choose 1..1000000000)'))).toMatchInlineSnapshot(`
      "error[NAS3002]: the space needs more than 100,000 options of all decisions
       --> test.nas:4:28
        |
      4 |   let y = x |> conv(choose 1..1000000000)
        |                            ^^^^^^^^^^^^^
        |

      1 error"
    `);
  });

  test('sizes beyond reason', () => {
    expect(framesOf(body('let y = x |> conv(1e15)'))).toMatchInlineSnapshot(`
      "error[NAS2008]: \`filters\` of \`conv\` cannot be 1000000000000000
       --> test.nas:4:21
        |
      4 |   let y = x |> conv(1e15)
        |                     ^^^^
        |
        expected: a whole number from 1 to 1000000

      1 error"
    `);
  });
});

describe('requirements', () => {
  test('that nothing meets', () => {
    const text = body('let y = x |> conv(choose {4, 8}, 3)\n  require params <= 10\n  require macs > 5');
    expect(framesOf(text)).toMatchInlineSnapshot(`
      "error[NAS3005]: none of the 2 architectures meets the requirements
       --> test.nas:5:11
        |
      5 |   require params <= 10
        |           ^^^^^^^^^^^^ together with the other requirements
      6 |   require macs > 5
        |           -------- and this one
        |
        note: the architectures have params from 86 to 162 and macs from 2,344 to 4,688

      1 error"
    `);
  });

  test('that can only be asked of one architecture at a time, in a large space', () => {
    const text = body('let y = x |> repeat 40 { conv(1, k: choose {1, 3}) }\n  require depth <= 41');
    const { value, diagnostics } = tryCompile(text);
    expect(value!.members.allowed).toBeUndefined();
    expect(renderDiagnostics(diagnostics, { color: false })).toMatchInlineSnapshot(`
      "warning[NAS3006]: how many architectures are allowed is not known exactly: between 0 and 1,099,511,627,776
       --> test.nas:5:11
        |
      5 |   require depth <= 41
        |           ^^^^^^^^^^^
        |

      1 warning"
    `);
  });

  test('that are no conditions', () => {
    expect(framesOf(body('let y = x |> relu\n  require params + 3'))).toMatchInlineSnapshot(`
      "error[NAS2002]: found a number where a condition such as \`params <= 200k\` is wanted
       --> test.nas:5:11
        |
      5 |   require params + 3
        |           ^^^^^^^^^^
        |

      1 error"
    `);
  });
});

test('settings from the command line are shown where they went wrong', () => {
  expect(framesOf(body('let y = x |> conv(c)'), [{ path: 'k', value: '4' }])).toMatchInlineSnapshot(`
    "error[NAS2017]: the space \`s\` has no parameter \`k\`
     --> --set k:1:1
      |
    1 | 4
      | ^
      |
      hint: it has c

    1 error"
  `);
  expect(framesOf(body('let y = x |> conv(c)'), [{ path: 'c', value: '"wide"' }])).toMatchInlineSnapshot(`
    "error[NAS2008]: \`filters\` of \`conv\` cannot be wide
     --> test.nas:4:21
      |
    4 |   let y = x |> conv(c)
      |                     ^
      |
      expected: a whole number from 1 to 1000000

    1 error"
  `);
});
