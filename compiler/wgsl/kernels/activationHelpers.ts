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
  normal_density: `fn normal_density(x: vec4f) -> vec4f {
  return 0.3989422804014327 * exp(-0.5 * x * x);
}`,
};
