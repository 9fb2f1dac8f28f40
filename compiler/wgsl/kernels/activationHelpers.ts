/**
 * WGSL functions of activations. They are finite for every finite input, without relying on infinities, and
 * pass NaN on to the loss, where it is noticed.
 */

/** By name; a helper that calls another is listed after it. */
export const activationHelpers: Readonly<Record<string, string>> = {
  relu6: `fn relu6(x: vec4f) -> vec4f {
  return select(select(x, vec4f(), x <= vec4f()), vec4f(6), x >= vec4f(6));
}`,
  // exp(-|x|) is at most 1.
  sigmoid: `fn sigmoid(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  let above = 1 / (1 + e);
  return select(above, e * above, x < vec4f());
}`,
  softplus: `fn softplus(x: vec4f) -> vec4f {
  return select(x, vec4f(), x < vec4f()) + log(1 + exp(-abs(x)));
}`,
  // A series near zero, where the quotient would lose digits.
  squash: `fn squash(x: vec4f) -> vec4f {
  let e = exp(-2 * abs(x));
  let far = (1 - e) / (1 + e);
  let s = x * x;
  let near = x * (1 + s * (-1.0 / 3 + s * (2.0 / 15)));
  return select(select(far, -far, x < vec4f()), near, abs(x) < vec4f(0.1));
}`,
  // exp(x) where x is below zero, else 1.
  decay: `fn decay(x: vec4f) -> vec4f {
  return exp(select(vec4f(), x, x < vec4f()));
}`,
  // Share of the normal distribution below x: Abramowitz & Stegun 1964, 7.1.26, off by at most 1e-7.
  normal_share: `fn normal_share(x: vec4f) -> vec4f {
  let z = abs(x) * 0.7071067811865476;
  let t = 1 / (1 + 0.3275911 * z);
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * series * exp(-z * z);
  return select(1 - tail, tail, x < vec4f());
}`,
  // A series near zero, where the difference would lose digits.
  error_function: `fn error_function(x: vec4f) -> vec4f {
  let s = x * x;
  let near = x * 1.1283791670955126 * (1 - s * (1.0 / 3 - s * (0.1 - s * (1.0 / 42 - s / 216))));
  return select(2 * normal_share(x * 1.4142135623730951) - 1, near, s < vec4f(0.1));
}`,
  // WGSL's own sine and cosine may be off by 2^-11 (section 15.7.4), and are on some adapters. Cody & Waite 1980, chapter 8: what
  // is left of whole quarter turns, in three parts of pi/2 whose products with up to 2^13 turns are exact, and Taylor's series up
  // to pi/4. The cosine is the sine a quarter turn on.
  turned_sine: `fn turned_sine(x: vec4f, quarter_turns: i32) -> vec4f {
  let turns = round(x * 0.6366197723675814);
  let r = ((x - turns * 1.5703125) - turns * 4.837512969970703125e-4) - turns * 7.54978995489188216e-8;
  let quarter = (vec4i(turns) + quarter_turns) & vec4i(3);
  let s = r * r;
  let odd = r * (1 - s * (1.0 / 6 - s * (1.0 / 120 - s * (1.0 / 5040 - s / 362880))));
  let even = 1 - s * (0.5 - s * (1.0 / 24 - s * (1.0 / 720 - s * (1.0 / 40320 - s / 3628800))));
  let size = select(odd, even, (quarter & vec4i(1)) == vec4i(1));
  return select(size, -size, quarter >= vec4i(2));
}`,
  // Minus infinity at 0, by a division, for some adapters answer a finite number there.
  logarithm: `fn logarithm(x: vec4f) -> vec4f {
  return select(log(x), -1 / abs(x), x == vec4f());
}`,
  normal_density: `fn normal_density(x: vec4f) -> vec4f {
  return 0.3989422804014327 * exp(-0.5 * x * x);
}`,
};
