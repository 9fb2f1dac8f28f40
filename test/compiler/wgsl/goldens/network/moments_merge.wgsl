// moments_merge

struct Block {
  rows: i32,
  quads: i32,
  slices: i32,
  apart: i32,
  span: i32,
  step: i32,
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let partial_at = starts0.x;
  let y_at = starts0.y;
  let quad = i32(group.x) * 8 + local;
  if (quad < u.quads) {
    let origin = partial[partial_at + 2 * quad];
    var mean = vec4f();
    for (var s = 0; s < 2147483647; s++) {
      let count = f32((min(s * u.apart + u.span, u.rows) - s * u.apart + u.step - 1) / u.step);
      mean += count * (partial[partial_at + 2 * (s * u.quads + quad)] - origin);
      if (s + 1 >= u.slices) {
        break;
      }
    }
    mean = origin + mean / f32(u.rows);
    var squares = vec4f();
    for (var s = 0; s < 2147483647; s++) {
      let count = f32((min(s * u.apart + u.span, u.rows) - s * u.apart + u.step - 1) / u.step);
      let at = 2 * (s * u.quads + quad);
      let distance = partial[partial_at + at] - mean;
      squares += partial[partial_at + at + 1] + count * distance * distance;
      if (s + 1 >= u.slices) {
        break;
      }
    }
    y[y_at + quad] = mean;
    y[y_at + u.quads + quad] = squares / f32(u.rows);
  }
}
