// update_statistics_in_place

struct Block {
  quads: i32,
  momentum: f32,
  unbiased: f32,
}

@group(0) @binding(0) var<storage, read> fresh: array<vec4f>;
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
  let fresh_at = starts0.x;
  let y_at = starts0.y;
  let i = i32(group.x) * 8 + local;
  if (i < 2 * u.quads) {
    let factor = select(1.0, u.unbiased, i >= u.quads);
    y[y_at + i] = (1 - u.momentum) * y[y_at + i] + u.momentum * factor * fresh[fresh_at + i];
  }
}
