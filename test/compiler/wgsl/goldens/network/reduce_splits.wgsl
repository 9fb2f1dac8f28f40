// reduce_splits

struct Block {
  count: i32,
  splits: i32,
  width: i32,
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(64)
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
  let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  if (i < u.count) {
    var sum = vec4f();
    for (var s = 0; s < 2147483647; s++) {
      sum += partial[partial_at + s * u.count + i];
      if (s + 1 >= u.splits) {
        break;
      }
    }
    y[y_at + i] = sum;
  }
}
