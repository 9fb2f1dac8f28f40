/** `property`: what may be asked of an architecture, what it answers, and what is refused. */
import { describe, expect, test } from 'vitest';
import { compileSpace } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import { checkProperty } from '../../../compiler/properties/check.ts';
import { evaluateProperty, type Verdict } from '../../../compiler/properties/evaluate.ts';
import type { Property } from '../../../compiler/properties/property.ts';
import { fromAnswers } from '../../../compiler/space/encode.ts';
import { costOfArchitecture } from '../../../compiler/space/members.ts';
import type { Checked } from '../../../grammar/diagnostics.ts';
import { parse } from '../../../grammar/parse.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { told } from '../records/check.ts';

const text = `nas 1
space small {
  input x: image[8, 8, 1]
  let filters = choose {4, 8}
  let y = x |> conv(filters, 3)
  nodes n[2] = last([y, ...n]) |> choose op {
    conv: conv(filters, choose k {1, 3}), identity
  }
  let banks = choose any from [y, ...n]
  output add([y, ...banks]) |> classifier(10)
}
`;
const program = readProgram({ name: 'small.nas', text }, nodeHost()).value!;
const { space } = compileSpace(program, undefined).value!;

function property(condition: string): Checked<Property> {
  const source = { name: 'p.nas', text: `nas 1\nproperty "p" for a in small { ${condition} }\n` };
  const node = parse(source).value!.declarations.find((d) => d.kind === 'property')!;
  return checkProperty(space, node, source);
}

/** Whether a condition holds where the first node convolves, the second does nothing, and the sum takes in `y` and `n[1]`. */
const one = fromAnswers(
  space,
  new Map<string, unknown>([
    ['filters', 8],
    ['n[0].op', 'conv'],
    ['n[0].op.conv.k', 3],
    ['n[1].op', 'identity'],
    ['banks', ['y', 'n[1]']],
  ]),
).value!;

function ask(condition: string): Verdict['holds'] | string {
  const { value, diagnostics } = property(condition);
  expect(told(diagnostics)).toEqual([]);
  const verdict = evaluateProperty(space, value!, one);
  return verdict.holds === undefined ? verdict.reason : verdict.holds;
}

test('as data', () => {
  const { value } = property('a.params   <= 200k and\n  true');
  expect(value).toMatchObject({ name: 'p', space: 'small', text: 'a.params <= 200k and true' });
  expect(JSON.parse(JSON.stringify(value?.condition))).toEqual(value?.condition);
});

test('costs are those of the architecture', () => {
  const { params, macs } = costOfArchitecture(space, one);
  expect(ask(`a.params == ${params} and a.macs == ${macs}`)).toBe(true);
  expect(ask(`a.params > ${params}`)).toBe(false);
  // Two convolutions and the classifier.
  expect(ask('a.depth == 3')).toBe(true);
});

describe('what holds', () => {
  test.each([
    'a.connected',
    'a.filters == 8 and a.filters != 4',
    'a.filters * 2 - 1 == 15',
    'a.filters / 16 == 0.5',
    '-a.filters < 0',
    'a.n[0].op == conv',
    'conv == a.n[0].op',
    'a.n[0].op in [conv, identity]',
    'a.n[0].op != a.n[1].op',
    'a.n[0].op.conv.k == 3',
    'a.n[0].k == 3',
    'a.count(op == conv) == 1',
    'count(op == identity) + count(op == conv) == 2',
    'exists(a.n[0].k) and not exists(a.n[1].k)',
    'if exists(a.n[1].k) then a.n[1].k == 3 else true',
    'a.n[1].op != conv or a.n[1].k < 3',
    'not (a.n[1].op == conv and a.n[1].k < 3)',
    'y in a.banks and n[1] in a.banks and not (n[0] in a.banks)',
    'length(a.banks) == 2',
    // A decision that does not exist is not answered so.
    'a.n[1].k != 3',
    'not (a.n[1].k in [1, 3])',
  ])('%s', (condition) => {
    expect(ask(condition)).toBe(true);
  });
});

test('what is asked of a decision that does not exist has no answer', () => {
  expect(ask('a.n[1].k < 3')).toBe('`n[1].op.conv.k` does not exist here');
  expect(ask('a.n[1].k < 3 or true')).toBe('`n[1].op.conv.k` does not exist here');
  expect(ask('true or a.n[1].k < 3')).toBe(true);
});

test('a decision wins over a cost of its name', () => {
  const deep = text
    .replace('let filters', 'let depth = choose 5..6\n  let filters')
    .replace('conv(filters, 3)', 'conv(filters, 3) |> repeat depth { conv(filters, 3) }');
  const other = compileSpace(
    readProgram({ name: 'deep.nas', text: deep }, nodeHost()).value!,
    undefined,
  ).value!;
  const source = { name: 'p.nas', text: 'nas 1\nproperty "p" for a in small { a.depth == 5 }\n' };
  const node = parse(source).value!.declarations.find((d) => d.kind === 'property')!;
  expect(checkProperty(other.space, node, source).value?.condition).toMatchObject({ kind: 'answered' });
});

const forms =
  'expected costs such as `a.params`, answers by path, arithmetic, comparisons, `and`, `or`, `not`, `if`';

test.each([
  [
    'a.params',
    'a property is a condition, and this is a number | at a.params | expected a condition, such as `a.params <= 200k`',
  ],
  [
    'a.params and true',
    '`and` joins conditions, and this is a number | at a.params | expected a condition, such as `a.params <= 200k`',
  ],
  [
    'not a.macs',
    '`not` turns a condition, and this is a number | at a.macs | expected a condition, such as `a.params <= 200k`',
  ],
  ['a.connected < 3', '`<` joins numbers, and this is true or false | at a.connected | expected a number'],
  [
    'a.params == true',
    'a number is never true or false | at a.params == true | expected both sides of one kind',
  ],
  [
    'a.n[0].op + 1 == 2',
    '`+` joins numbers, and this is an answer that is no number | at a.n[0].op | expected a number',
  ],
  [
    'if a.connected then 1 else true',
    'one branch is a number, the other true or false | at true | expected a number',
  ],
  [
    'if a.params then true else true',
    '`if` wants a condition, and this is a number | at a.params | expected a condition, such as `a.params <= 200k`',
  ],
  ['a.param < 3', 'this space has nothing called `param` | at param | did you mean `params`?'],
  ['a.n[0].opp == conv', '`n[0]` has nothing called `opp` | at opp | did you mean `op`?'],
  ['a.n[7].op == conv', '`n` has nothing called `[7]` | at 7 | did you mean `[0]` or `[1]`?'],
  ['a.n[1 + 1].op == conv', 'this is no index | at 1 + 1 | expected a number or a name: `n[0]`, `h[s0]`'],
  [
    'a.n[0].op == convv',
    '`n[0].op` is never convv | at convv | expected one of conv, identity | did you mean `conv`?',
  ],
  ['a.filters == 5', '`filters` is never 5 | at 5 | expected one of 4, 8'],
  ['a.filters in [4, 6]', '`filters` is never 6 | at 6 | expected one of 4, 8'],
  ['a.n == 3', '`n` holds several decisions | at a.n | it has [0], [1]'],
  ['a.op == conv', '`op` may be `n[0].op` or `n[1].op` | at op'],
  [
    'a.banks == y',
    '`banks` is a subset, which has no single value | at a.banks | `length(a.banks)` is how many are in, `y in a.banks` asks for one of them',
  ],
  [
    'n[2] in a.banks',
    'n[2] is no candidate of `banks` | at n[2] | expected one of y, n[0], n[1] | did you mean `n[0]` or `n[1]`?',
  ],
  [
    'y in a.filters',
    '`filters` is no subset | at a.filters | expected `s0 in a.PATH` or `a.PATH in [conv_3, conv_5]`',
  ],
  [
    '3 in [3, 4]',
    '`in` asks for a member of a subset, or for one of several answers | at 3 in [3, 4] | expected `s0 in a.PATH` or `a.PATH in [conv_3, conv_5]`',
  ],
  [
    'length(a.filters) == 1',
    '`filters` is one answer, which has no length | at a.filters | expected a subset',
  ],
  ['length(banks) == 1', '`length` wants a path | at banks | expected a path such as `a.n[0].op`'],
  ['a.count(opp == conv) == 1', 'no decision of `small` is called `opp` | at opp | did you mean `op`?'],
  [
    'a.count(op == konv) == 1',
    '`op` is never konv | at konv | expected one of conv, identity | did you mean `conv`?',
  ],
  [
    'count(op) == 1',
    '`count` takes the name of decisions and an answer | at op | expected `count(op == conv_3)`',
  ],
  ['count() == 1', '`count` takes one thing | at count() | expected `count(op == conv_3)`'],
  ['cuont(op == conv) == 1', '`cuont` is no function of a property | at cuont | did you mean `count`?'],
  ['params < 3', '`params` means nothing by itself | at params | write `a.params`'],
  [
    'b.params < 3',
    '`b` means nothing by itself | at b.params | an answer stands beside its decision: `a.op == b`',
  ],
  ['a', `\`a\` is an architecture, which has no value | at a | ${forms}`],
  ['"text"', `this cannot stand in a property | at "text" | ${forms}`],
  ['x |> relu', `this cannot stand in a property | at x |> relu | ${forms}`],
])('refused: %s', (condition, wanted) => {
  const { value, diagnostics } = property(condition);
  expect(told(diagnostics)).toEqual([`NAS3114 | ${wanted}`]);
  expect(value).toBeUndefined();
});
