import { describe, expect, it } from 'vitest';
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import { locate } from '../../grammar/locate.ts';
import { renderDiagnostic, renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import type { Location, Source } from '../../grammar/source.ts';

/** A source whose places are marked: `<1:` `:1>` around the first, and so on. */
function marked(text: string, name = 'test.nas'): { source: Source; at: (mark: number) => Location } {
  const clean = text.replace(/<\d:|:\d>/g, '');
  const offset = (mark: string): number => text.slice(0, text.indexOf(mark)).replace(/<\d:|:\d>/g, '').length;
  const source = { name, text: clean };
  return { source, at: (n) => ({ source, span: { start: offset(`<${n}:`), end: offset(`:${n}>`) } }) };
}

/** A diagnostic with the first mark as its place and the others as labels. */
function diagnostic(
  text: string,
  labels: readonly string[] = [''],
  more: Partial<Diagnostic> = {},
): Diagnostic {
  const { at } = marked(text);
  const [label, ...rest] = labels;
  return {
    ...diagnose(
      'unexpectedToken',
      { found: '`x`' },
      {
        at: at(1),
        label,
        labels: rest.map((words, i) => ({ location: at(i + 2), text: words })),
      },
    ),
    ...more,
  };
}

const plain = (d: Diagnostic, width?: number): string => renderDiagnostic(d, { color: false, width });

describe('code frames', () => {
  it('mark one place', () => {
    expect(plain(diagnostic('nas 1\nlet a = <1:bad:1> + 1\n', ['what is this?']))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:2:9
        |
      2 | let a = bad + 1
        |         ^^^ what is this?
        |"
    `);
  });

  it('mark several places of one line', () => {
    expect(plain(diagnostic('<2:add:2>(<3:a:3>, <1:b:1>)', ['of 24 channels', 'this sum', 'of 16 channels'])))
      .toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:8
        |
      1 | add(a, b)
        | --- -  ^ of 24 channels
        | |   of 16 channels
        | this sum
        |"
    `);
  });

  it('mark places that overlap or touch', () => {
    expect(plain(diagnostic('<2:f(<1:x:1>):2>', ['inner', 'outer']))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:3
        |
      1 | f(x)
        | ---- outer
        |   ^ inner
        |"
    `);
  });

  it('leave out the lines between', () => {
    expect(plain(diagnostic('<2:a:2>\nb\nc\nd\n<1:e:1>\nf\n<3:g:3>', ['here', 'first', 'last'])))
      .toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:5:1
        |
      1 | a
        | - first
        ⋮
      5 | e
        | ^ here
      6 | f
      7 | g
        | - last
        |"
    `);
  });

  it('mark the first and the last line of a long place', () => {
    expect(plain(diagnostic('let a = <1:f(\n  1,\n  2,\n  3\n):1> + 1', ['this call'])))
      .toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:9
        |
      1 | let a = f(
        |         ^^
        ⋮
      5 | ) + 1
        | ^ this call
        |"
    `);
  });

  it('stand right under tabs, wide characters, emoji and combining marks', () => {
    expect(plain(diagnostic('\tlet\ta = <1:x:1>'))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:10
        |
      1 |     let a = x
        |             ^
        |"
    `);
    expect(plain(diagnostic('"日本語" + <1:語:1> + <2:b:2>', ['wide', 'narrow']))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:9
        |
      1 | "日本語" + 語 + b
        |            ^^   - narrow
        |            wide
        |"
    `);
    expect(plain(diagnostic('"👩‍👩‍👧e\u0301" + <1:x:1>'))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:16
        |
      1 | "👩‍👩‍👧é" + x
        |         ^
        |"
    `);
  });

  it('stand at the end of the file, and in CRLF files', () => {
    expect(plain(diagnostic('nas 1\r\nspace s<1::1>\r\n'))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:2:8
        |
      2 | space s
        |        ^
        |"
    `);
    expect(plain(diagnostic('nas 1\n<1::1>'))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:2:1
        |
      2 |
        | ^
        |"
    `);
    expect(plain(diagnostic('<1::1>'))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:1
        |
      1 |
        | ^
        |"
    `);
  });

  it('cut long lines to what matters', () => {
    const text = `f(${'a, '.repeat(40)}<1:bad:1>${', b'.repeat(40)})`;
    expect(plain(diagnostic(text, ['here']), 60)).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:123
        |
      1 | …, a, a, a, a, bad, b, b, b, b, b, b, b, b, b, b, b, b,…
        |                ^^^ here
        |"
    `);
    const huge = plain(diagnostic(`${'日'.repeat(400_000)}<1:bad:1>${'b'.repeat(400_000)}`), 60);
    expect(Math.max(...huge.split('\n').map((line) => line.length))).toBeLessThan(70);
    expect(huge).toContain('^^^');
  });

  it('show no control characters', () => {
    expect(plain(diagnostic('a\u001b[31m<1:b:1>\u0007'))).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:7
        |
      1 | a�[31mb�
        |       ^
        |"
    `);
  });

  it('give each file a frame', () => {
    const other = marked('motif <1:f:1>(x) = x', 'library/other.nas');
    const d = diagnostic('let f = <1:g:1>', ['used here'], {
      labels: [{ location: other.at(1), text: 'declared here' }],
      expected: 'a motif',
      hint: 'did you mean `f`?',
      notes: ['first line\nsecond line', 'another'],
    });
    expect(plain(d)).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`x\`
       --> test.nas:1:9
        |
      1 | let f = g
        |         ^ used here
       ::: library/other.nas:1:7
        |
      1 | motif f(x) = x
        |       - declared here
        |
        expected: a motif
        hint: did you mean \`f\`?
        note: first line
              second line
        note: another"
    `);
  });

  it('are left out where no text is at fault', () => {
    expect(plain(diagnose('noSuchFile', { path: 'a.nas' }, { hint: 'look around' }))).toMatch(
      /^error\[NAS5\d{3}\]: .*a\.nas.*\n {2}hint: look around$/,
    );
  });

  it('are coloured on request only', () => {
    const coloured = renderDiagnostic(diagnostic('<1:a:1>', ['here']), { color: true });
    expect(coloured).toContain('\u001b[31m');
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/ +$/gm, '')).toBe(
      plain(diagnostic('<1:a:1>', ['here'])),
    );
  });
});

describe('lists', () => {
  it('end with a count', () => {
    const d = diagnostic('<1:a:1>');
    const closing = (...list: Diagnostic[]): string | undefined =>
      renderDiagnostics(list, { color: false }).split('\n').at(-1);
    expect(renderDiagnostics([], { color: false })).toBe('');
    expect(closing(d)).toBe('1 error');
    expect(closing(d, d, { ...d, severity: 'warning' })).toBe('2 errors, 1 warning');
    expect(closing({ ...d, severity: 'note' })).toBe('1 note');
  });
});

describe('places', () => {
  it('count lines and columns from 1', () => {
    const source = { name: 'x', text: 'ab\ncd\r\ne\rf' };
    const places = [0, 2, 3, 4, 7, 9, 10, 99, -1].map((offset) => {
      const { line, column } = locate(source, offset);
      return `${line}:${column}`;
    });
    expect(places).toEqual(['1:1', '1:3', '2:1', '2:2', '3:1', '4:1', '4:2', '4:2', '1:1']);
  });
});

describe('JSON', () => {
  it('holds all that a script needs', () => {
    const d = diagnostic('let a = <1:f(\n  <2:x:2>\n):1>', ['here', 'there'], { hint: 'try again' });
    expect(diagnosticToJson(d)).toEqual({
      code: 'NAS1001',
      severity: 'error',
      message: 'unexpected `x`',
      file: 'test.nas',
      line: 1,
      column: 9,
      endLine: 3,
      endColumn: 2,
      label: 'here',
      labels: [{ file: 'test.nas', line: 2, column: 3, endLine: 2, endColumn: 4, text: 'there' }],
      hint: 'try again',
      notes: [],
    });
  });
});
