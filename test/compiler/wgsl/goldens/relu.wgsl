// relu

struct Block {
  count: i32,
  stride: i32,
  width: i32,
  start: i32,
  factor: f32,
}

@group(0) @binding(0) var<storage, read> in_a: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

fn relu(x: vec4f) -> vec4f {
  return select(x, vec4f(), x <= vec4f());
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
  let in_a_at = starts0.x;
  let y_at = starts0.y;
  let first = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  for (var i = first; i < u.count; i += u.stride) {
    let a = in_a[in_a_at + i + u.start];
    y[y_at + i] = relu(a);
  }
}
