/** Diagnostics of family 2: names and kinds. */
import type { Entries, NoValues } from './entry.ts';

/** What each message needs to know. */
export interface NameValues {
  unknownName: { name: string };
  wrongKind: { found: string; wanted: string };
  wrongOperands: { operator: string; left: string; right: string };
  unknownArgument: { callee: string; name: string };
  missingArgument: { callee: string; name: string };
  repeatedArgument: { name: string };
  tooManyArguments: { callee: string; count: number };
  badArgument: { callee: string; name: string; found: string };
  wrongTensors: { name: string; wanted: number; found: string };
  wrongCount: { callee: string; wanted: number; found: number };
  badArithmetic: { problem: string };
  repeatedName: { name: string };
  recursiveMotif: { name: string };
  notYet: { what: string };
  mixedKinds: { what: string };
  unknownSpace: { name: string };
  unknownSearch: { name: string };
  unknownParameter: { space: string; name: string };
  unknownInputType: { type: string };
  badInput: { name: string };
  secondInput: NoValues;
  secondOutput: NoValues;
  noOutput: { space: string };
  missingLabel: NoValues;
  repeatedLabel: { label: string };
  samePath: { path: string };
  badRange: { problem: string };
  unknownField: { name: string };
  missingField: { search: string; name: string };
  badField: { name: string; found: string };
  unknownStrategy: { name: string };
  unknownMethod: { what: string; name: string };
  noSearch: NoValues;
  noSpace: NoValues;
  severalChoices: { what: string; names: string };
}

export const nameEntries: Entries<NameValues> = {
  unknownName: {
    code: 'NAS2001',
    severity: 'error',
    title: 'unknown name',
    message: ({ name }) => `nothing is called \`${name}\` here`,
    explanation: `A name must be an operation, a motif of this file or of the library, a parameter, an input, or a \`let\` above its use. \`nas explain\` lists codes; docs/language.md lists the operations.`,
  },
  wrongKind: {
    code: 'NAS2002',
    severity: 'error',
    title: 'another kind of thing',
    message: ({ found, wanted }) => `found ${found} where ${wanted} is wanted`,
    explanation: `Every expression is a static value, a tensor, a tuple, or a stage (a function of tensors: a call that lacks its tensor, such as \`conv(16, 3)\`), and each place wants one of these. A stage becomes a tensor when a tensor is piped into it: \`x |> conv(16, 3)\`.`,
  },
  wrongOperands: {
    code: 'NAS2003',
    severity: 'error',
    title: 'operands of different kinds',
    message: ({ operator, left, right }) => `\`${operator}\` cannot join ${left} and ${right}`,
    explanation: `Arithmetic joins two static values, two tensors of one shape (\`+\`, \`-\`, \`*\`), or multiplies a tensor by a number.`,
  },
  unknownArgument: {
    code: 'NAS2004',
    severity: 'error',
    title: 'unknown argument',
    message: ({ callee, name }) => `\`${callee}\` has no argument \`${name}\``,
    explanation: `Arguments may be given by position or by the name that the operation or motif declares.`,
  },
  missingArgument: {
    code: 'NAS2005',
    severity: 'error',
    title: 'missing argument',
    message: ({ callee, name }) => `\`${callee}\` needs a value for \`${name}\``,
    explanation: `A parameter without a default must be given, by position or by name.`,
  },
  repeatedArgument: {
    code: 'NAS2006',
    severity: 'error',
    title: 'argument given twice',
    message: ({ name }) => `\`${name}\` is given twice`,
    explanation: `An argument was given by position and again by name, or twice by name. Leave one out.`,
  },
  tooManyArguments: {
    code: 'NAS2007',
    severity: 'error',
    title: 'too many arguments',
    message: ({ callee, count }) =>
      `\`${callee}\` takes ${count === 0 ? 'no' : 'at most ' + count} static ${count === 1 ? 'argument' : 'arguments'}`,
    explanation: `More values were given by position than the operation or motif has static parameters.`,
  },
  badArgument: {
    code: 'NAS2008',
    severity: 'error',
    title: 'argument of another form',
    message: ({ callee, name, found }) => `\`${name}\` of \`${callee}\` cannot be ${found}`,
    explanation: `The argument has a value that the operation cannot work with; the message says which values it takes. Where the value is chosen, every option must be one of them.`,
  },
  wrongTensors: {
    code: 'NAS2009',
    severity: 'error',
    title: 'wrong number of tensors',
    message: ({ name, wanted, found }) =>
      `\`${name}\` wants ${wanted} ${wanted === 1 ? 'tensor' : 'tensors'} and gets ${found}`,
    explanation: `A stage is applied to as many tensors as it lacks. \`x |> f(y)\` puts \`x\` before \`y\`.`,
  },
  wrongCount: {
    code: 'NAS2010',
    severity: 'error',
    title: 'wrong number of values',
    message: ({ callee, wanted, found }) =>
      `\`${callee}\` wants ${wanted} ${wanted === 1 ? 'value' : 'values'} and gets ${found}`,
    explanation: `Static functions take a fixed number of values.`,
  },
  badArithmetic: {
    code: 'NAS2011',
    severity: 'error',
    title: 'arithmetic has no result',
    message: ({ problem }) => problem,
    explanation: `Static arithmetic is exact: whole numbers divide without a rest, or \`floor(a / b)\` says that rounding is meant; nothing is divided by zero.`,
  },
  repeatedName: {
    code: 'NAS2012',
    severity: 'error',
    title: 'name declared twice',
    message: ({ name }) => `\`${name}\` is declared twice`,
    explanation: `Within one body, one file or one list of parameters a name stands for one thing. Rename one of the two.`,
  },
  recursiveMotif: {
    code: 'NAS2013',
    severity: 'error',
    title: 'motif uses itself',
    message: ({ name }) => `\`${name}\` uses itself`,
    explanation: `A motif may use itself while one of its whole numbers falls at each use, to 0 at the least, and a \`when\` or \`if\` stops it: \`choose { leaf: identity, node when depth > 0: tree(depth - 1) }\`.`,
  },
  notYet: {
    code: 'NAS2014',
    severity: 'error',
    title: 'not read yet',
    message: ({ what }) => `this version of naslang does not work out ${what} yet`,
    explanation: `The construct belongs to the language, but this version does not support it. Nothing is ignored silently: the file is refused.`,
  },
  mixedKinds: {
    code: 'NAS2015',
    severity: 'error',
    title: 'alternatives of different kinds',
    message: ({ what }) => `these ${what} are not of one kind`,
    explanation: `All alternatives of one \`choose\` (or both branches of an \`if\`) are stages, or all are tensors, or all are static values, since what follows must know what it gets.`,
  },
  unknownSpace: {
    code: 'NAS2016',
    severity: 'error',
    title: 'unknown space',
    message: ({ name }) => `this file has no space \`${name}\``,
    explanation: `A search names the space that it searches: \`search NAME of SPACE { ... }\`.`,
  },
  unknownParameter: {
    code: 'NAS2017',
    severity: 'error',
    title: 'unknown parameter of a space',
    message: ({ space, name }) => `the space \`${space}\` has no parameter \`${name}\``,
    explanation: `\`--set NAME=VALUE\` and the arguments of a search give values to the parameters in the parentheses of a \`space\`, or to fields of a search such as \`data.split\`.`,
  },
  unknownInputType: {
    code: 'NAS2018',
    severity: 'error',
    title: 'unknown type of input',
    message: ({ type }) => `there is no input of type \`${type}\``,
    explanation: `Inputs are images: \`input x: image[height, width, channels]\`.`,
  },
  badInput: {
    code: 'NAS2019',
    severity: 'error',
    title: 'input without a usable shape',
    message: ({ name }) => `the shape of \`${name}\` is not usable`,
    explanation: `An image has three fixed sizes: height, width and channels, for example \`image[8, 8, 1]\`.`,
  },
  secondInput: {
    code: 'NAS2020',
    severity: 'error',
    title: 'second input',
    message: () => `a space has one input`,
    explanation: `This version of naslang feeds one tensor. Leave the second input out.`,
  },
  secondOutput: {
    code: 'NAS2021',
    severity: 'error',
    title: 'second output',
    message: () => `a space has one output`,
    explanation: `What is learnt is the one output. A head that only trains has a name: \`output aux: ...\`.`,
  },
  noOutput: {
    code: 'NAS2022',
    severity: 'error',
    title: 'no output',
    message: ({ space }) => `the space \`${space}\` has no output`,
    explanation: `A space says what its networks give back: \`output x |> ... |> dense(classes)\`.`,
  },
  missingLabel: {
    code: 'NAS2023',
    severity: 'error',
    title: 'alternative without a label',
    message: () => `this alternative has no label`,
    explanation: `An architecture names its alternatives. A bare name, a number or a tuple of them is its own label; anything else needs one: \`wide: conv(64, 3)\`.`,
  },
  repeatedLabel: {
    code: 'NAS2024',
    severity: 'error',
    title: 'label given twice',
    message: ({ label }) => `two alternatives are called \`${label}\``,
    explanation: `Labels tell alternatives apart in an architecture, so each is used once in a \`choose\`.`,
  },
  samePath: {
    code: 'NAS2025',
    severity: 'error',
    title: 'two decisions of one name',
    message: ({ path }) => `two decisions are called \`${path}\``,
    explanation: `A decision is known by its path: the names of the bodies that it stands in, and its own. Two equal paths would be one answer. Name one of the two (\`choose NAME {...}\`), or bind the motif that holds it by a \`let\` of its own.`,
  },
  badRange: {
    code: 'NAS2026',
    severity: 'error',
    title: 'range without values',
    message: ({ problem }) => problem,
    explanation: `\`a..b\` holds both ends and must not be empty; between fractions it needs a step: \`0.0..0.5 step 0.1\`.`,
  },
  unknownField: {
    code: 'NAS2027',
    severity: 'error',
    title: 'unknown field of a search',
    message: ({ name }) => `a search has no field \`${name}\``,
    explanation: `The fields of a search are data, strategy, evaluate, retrain, maximize or minimize, budget and seed.`,
  },
  missingField: {
    code: 'NAS2028',
    severity: 'error',
    title: 'missing field of a search',
    message: ({ search, name }) => `the search \`${search}\` has no \`${name}\``,
    explanation: `A search needs at least \`data\` and \`budget\`; everything else has a default.`,
  },
  badField: {
    code: 'NAS2029',
    severity: 'error',
    title: 'field of another form',
    message: ({ name, found }) => `\`${name}\` cannot be ${found}`,
    explanation: `The field has a value that the search cannot work with; the message says what it takes.`,
  },
  unknownStrategy: {
    code: 'NAS2030',
    severity: 'error',
    title: 'unknown strategy',
    message: ({ name }) => `there is no search strategy \`${name}\``,
    explanation: `The strategy names the search algorithm. The message lists those that exist.`,
  },
  unknownMethod: {
    code: 'NAS2031',
    severity: 'error',
    title: 'unknown method',
    message: ({ what, name }) => `there is no ${what} \`${name}\``,
    explanation: `The message lists those that exist.`,
  },
  noSearch: {
    code: 'NAS2032',
    severity: 'error',
    title: 'no search in the file',
    message: () => `this file has no search`,
    explanation: `\`nas search FILE\` runs the \`search\` of the file, or the one that is named by --search.`,
  },
  noSpace: {
    code: 'NAS2033',
    severity: 'error',
    title: 'no space in the file',
    message: () => `this file has no space`,
    explanation: `Write \`space NAME { input ... output ... }\`.`,
  },
  severalChoices: {
    code: 'NAS2034',
    severity: 'error',
    title: 'several to choose from',
    message: ({ what, names }) => `this file has several ${what}: ${names}`,
    explanation: `Say which is meant, with --space NAME or --search NAME.`,
  },
  unknownSearch: {
    code: 'NAS2035',
    severity: 'error',
    title: 'unknown search',
    message: ({ name }) => `this file has no search \`${name}\``,
    explanation: `--search names one of the file's \`search\` blocks.`,
  },
};
