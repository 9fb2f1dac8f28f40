/**
 * The 65 instructions of AutoML-Zero in their published order (Real, Liang, So & Le 2020, supplementary table S1; the same
 * numbers as `Op` in google-research/google-research, automl_zero/instruction.proto). One table for the checker, the count,
 * the reference and whatever runs programs.
 *
 * Names begin with what an instruction works on: `s_` scalars, `v_` vectors, `m_` matrices; `sv_mul` takes a scalar and a
 * vector. In the texts a, b are scalars, v, w vectors and A, B matrices, in the order in which they are read; F is the
 * number of features.
 */

/** The three types of memory. */
export type MemoryType = 'scalar' | 'vector' | 'matrix';

/** Numbers that an instruction carries in its own text. They are no part of the count of programs. */
export type OpConstant = 'value' | 'index' | 'row' | 'column' | 'low' | 'high' | 'mean' | 'deviation';

export interface ProgramOp {
  /** What the instruction reads, in order. */
  readonly inputs: readonly MemoryType[];
  /** What it writes; nothing for `no_op`. */
  readonly output: MemoryType | undefined;
  readonly constants: readonly OpConstant[];
  readonly doc: string;
}

/** What an instruction reads or writes, a letter for each. */
const types = {
  '': [],
  s: ['scalar'],
  v: ['vector'],
  m: ['matrix'],
  ss: ['scalar', 'scalar'],
  vv: ['vector', 'vector'],
  mm: ['matrix', 'matrix'],
  sv: ['scalar', 'vector'],
  sm: ['scalar', 'matrix'],
  mv: ['matrix', 'vector'],
} as const;

function op(
  inputs: keyof typeof types,
  output: 's' | 'v' | 'm',
  doc: string,
  ...constants: OpConstant[]
): ProgramOp {
  return { inputs: types[inputs], output: types[output][0], constants, doc };
}

/** The names of all instructions, in the order of the paper: the first is OP0. */
export const programOpNames = [
  'no_op',
  's_add',
  's_sub',
  's_mul',
  's_div',
  's_abs',
  's_reciprocal',
  's_sin',
  's_cos',
  's_tan',
  's_asin',
  's_acos',
  's_atan',
  's_exp',
  's_log',
  's_heaviside',
  'v_heaviside',
  'm_heaviside',
  'sv_mul',
  's_broadcast',
  'v_reciprocal',
  'v_norm',
  'v_abs',
  'v_add',
  'v_sub',
  'v_mul',
  'v_div',
  'dot',
  'outer',
  'sm_mul',
  'm_reciprocal',
  'mv_mul',
  'v_column_broadcast',
  'v_row_broadcast',
  'm_norm',
  'm_column_norm',
  'm_row_norm',
  'm_transpose',
  'm_abs',
  'm_add',
  'm_sub',
  'm_mul',
  'm_div',
  'mm_mul',
  's_min',
  'v_min',
  'm_min',
  's_max',
  'v_max',
  'm_max',
  'v_mean',
  'm_mean',
  'm_row_mean',
  'm_row_std',
  'v_std',
  'm_std',
  's_const',
  'v_const',
  'm_const',
  's_uniform',
  'v_uniform',
  'm_uniform',
  's_gaussian',
  'v_gaussian',
  'm_gaussian',
] as const;

/** The name of an instruction. */
export type ProgramOpName = (typeof programOpNames)[number];

/** Every instruction. */
export const programOps: { readonly [K in ProgramOpName]: ProgramOp } = {
  no_op: { inputs: [], output: undefined, constants: [], doc: 'nothing' },
  s_add: op('ss', 's', 'a + b'),
  s_sub: op('ss', 's', 'a - b'),
  s_mul: op('ss', 's', 'a b'),
  s_div: op('ss', 's', 'a / b'),
  s_abs: op('s', 's', '|a|'),
  s_reciprocal: op('s', 's', '1 / a'),
  s_sin: op('s', 's', 'sin a'),
  s_cos: op('s', 's', 'cos a'),
  s_tan: op('s', 's', 'tan a'),
  s_asin: op('s', 's', 'arcsin a'),
  s_acos: op('s', 's', 'arccos a'),
  s_atan: op('s', 's', 'arctan a'),
  s_exp: op('s', 's', 'e to the a'),
  s_log: op('s', 's', 'the natural logarithm of a'),
  s_heaviside: op('s', 's', '1 if a >= 0, else 0'),
  v_heaviside: op('v', 'v', 'of each element, 1 if it is above 0, else 0'),
  m_heaviside: op('m', 'm', 'of each element, 1 if it is above 0, else 0'),
  sv_mul: op('sv', 'v', 'a v'),
  s_broadcast: op('s', 'v', 'a, F times'),
  v_reciprocal: op('v', 'v', '1 / v, element by element'),
  v_norm: op('v', 's', 'the Euclidean norm of v'),
  v_abs: op('v', 'v', '|v|, element by element'),
  v_add: op('vv', 'v', 'v + w'),
  v_sub: op('vv', 'v', 'v - w'),
  v_mul: op('vv', 'v', 'v w, element by element'),
  v_div: op('vv', 'v', 'v / w, element by element'),
  dot: op('vv', 's', 'the inner product of v and w'),
  outer: op('vv', 'm', 'the outer product: row i is v[i] w'),
  sm_mul: op('sm', 'm', 'a A'),
  m_reciprocal: op('m', 'm', '1 / A, element by element'),
  mv_mul: op('mv', 'v', 'the matrix A times the vector v'),
  v_column_broadcast: op('v', 'm', 'the matrix whose columns are all v'),
  v_row_broadcast: op('v', 'm', 'the matrix whose rows are all v'),
  m_norm: op('m', 's', 'the Frobenius norm of A'),
  m_column_norm: op('m', 'v', 'the Euclidean norm of each column of A'),
  m_row_norm: op('m', 'v', 'the Euclidean norm of each row of A'),
  m_transpose: op('m', 'm', 'A transposed'),
  m_abs: op('m', 'm', '|A|, element by element'),
  m_add: op('mm', 'm', 'A + B'),
  m_sub: op('mm', 'm', 'A - B'),
  m_mul: op('mm', 'm', 'A B, element by element'),
  m_div: op('mm', 'm', 'A / B, element by element'),
  mm_mul: op('mm', 'm', 'the matrix product A B'),
  s_min: op('ss', 's', 'the smaller of a and b'),
  v_min: op('vv', 'v', 'the smaller of v and w, element by element'),
  m_min: op('mm', 'm', 'the smaller of A and B, element by element'),
  s_max: op('ss', 's', 'the larger of a and b'),
  v_max: op('vv', 'v', 'the larger of v and w, element by element'),
  m_max: op('mm', 'm', 'the larger of A and B, element by element'),
  v_mean: op('v', 's', 'the mean of v'),
  m_mean: op('m', 's', 'the mean of A'),
  m_row_mean: op('m', 'v', 'the mean of each row of A'),
  m_row_std: op('m', 'v', 'the standard deviation of each row of A'),
  v_std: op('v', 's', 'the standard deviation of v'),
  m_std: op('m', 's', 'the standard deviation of A'),
  s_const: op('', 's', 'a constant', 'value'),
  v_const: op('', 'v', 'a constant at one place; the others stay', 'index', 'value'),
  m_const: op('', 'm', 'a constant at one place; the others stay', 'row', 'column', 'value'),
  s_uniform: op('', 's', 'drawn uniformly from low to high', 'low', 'high'),
  v_uniform: op('', 'v', 'each element drawn uniformly from low to high', 'low', 'high'),
  m_uniform: op('', 'm', 'each element drawn uniformly from low to high', 'low', 'high'),
  s_gaussian: op('', 's', 'drawn from a normal distribution', 'mean', 'deviation'),
  v_gaussian: op('', 'v', 'each element drawn from a normal distribution', 'mean', 'deviation'),
  m_gaussian: op('', 'm', 'each element drawn from a normal distribution', 'mean', 'deviation'),
};

/** Whether an instruction is called so. */
export function isProgramOp(name: string): name is ProgramOpName {
  return Object.hasOwn(programOps, name);
}
