// batch_norm_gradient_sums_partial_gated

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

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(3) var<storage, read> gate_scale: array<vec4f>;
@group(0) @binding(4) var<storage, read> gate_shift: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<uniform> block: Block;
@group(0) @binding(7) var<uniform> starts: array<vec4i, 256>;

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
  let starts0 = starts[instance * 2 + 0];
  let starts1 = starts[instance * 2 + 1];
  let dy_at = starts0.x;
  let x_at = starts0.y;
  let statistics_at = starts0.z;
  let gate_scale_at = starts0.w;
  let gate_shift_at = starts1.x;
  let y_at = starts1.y;
  let thread = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  let slice = divide(thread, u.quads, u.inverseQuads);
  if (slice < u.slices) {
    let quad = thread - slice * u.quads;
    let begin = slice * u.apart;
    let end = min(begin + u.span, u.rows);
    let mean = statistics[statistics_at + quad];
    let inverse = 1 / sqrt(statistics[statistics_at + u.quads + quad] + u.epsilon);
    let gate_factor = gate_scale[gate_scale_at + quad];
    let gate_term = gate_shift[gate_shift_at + quad];
    var sum = vec4f();
    var products = vec4f();
    if (begin < end) {
      var row = begin;
      for (var row_turn = 0; row_turn < 2147483647; row_turn++) {
        let i = row * u.quads + quad;
        let xhat = (x[x_at + i] - mean) * inverse;
        let d = select(vec4f(), dy[dy_at + i], gate_factor * xhat + gate_term > vec4f());
        sum += d;
        products += d * xhat;
        row += u.step;
        if (row >= end) {
          break;
        }
      }
    }
    y[y_at + 2 * thread] = sum;
    y[y_at + 2 * thread + 1] = products;
  }
}
