// bias_add

struct Block {
  rows: i32,
  quads: i32,
  slices: i32,
  apart: i32,
  span: i32,
  step: i32,
  channels: i32,
  width: i32,
  inverseQuads: f32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = bitcast<i32>(f32(a) * inverse + 8388608.0) - bitcast<i32>(8388608.0);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let x_at = starts0.x;
  let bias_at = starts0.y;
  let y_at = starts0.z;
  let thread = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  let slice = divide(thread, u.quads, u.inverseQuads);
  if (slice < u.slices) {
    let quad = thread - slice * u.quads;
    let begin = slice * u.apart;
    let end = min(begin + u.span, u.rows);
    let term = bias[bias_at + quad];
    if (begin < end) {
      var row = begin;
      for (var row_turn = 0; row_turn < 2147483647; row_turn++) {
        let i = row * u.quads + quad;
        y[y_at + i] = x[x_at + i] + term;
        row += u.step;
        if (row >= end) {
          break;
        }
      }
    }
  }
}
