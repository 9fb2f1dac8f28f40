// squares

struct Block {
  count: i32,
  stride: i32,
}

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;
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
  let gradient_at = starts0.x;
  let sums_at = starts0.y;
  let first = i32(group.x) * 64 + local;
  var sum = vec4f();
  if (first < u.count) {
    var i = first;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      let g = gradient[gradient_at + i];
      sum += g * g;
      i += u.stride;
      if (i >= u.count) {
        break;
      }
    }
  }
  sums[sums_at + first] = sum;
}
