nas 1

/// Programs that learn (Real, Liang, So & Le 2020, section 3.1): lists of instructions for setup, prediction and
/// learning over scalars, vectors and matrices. This is the demonstration of the released code on linear regression
/// with four features (google-research/google-research, automl_zero/run_demo.sh).
///
/// Label and features (s0, v0) are read only. An instruction has 3 + 27 + 48 + 48 + 24 + 18 = 168 forms, constants
/// left out; functions have fixed lengths: 168^(10 + 2 + 8) =
/// 320,764,010,287,333,280,247,277,524,693,306,661,064,933,376 programs.
program linear {
  features 4
  memory { scalars 4, vectors 3, matrices 1 }
  setup    10 of [s_const, dot, s_sub, s_mul, sv_mul, v_add]
  predict  2 of [s_const, dot, s_sub, s_mul, sv_mul, v_add]
  learn    8 of [s_const, dot, s_sub, s_mul, sv_mul, v_add]
}
