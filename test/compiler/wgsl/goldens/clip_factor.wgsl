// clip_factor

struct Block {
  count: i32,
  most: f32,
  nan: u32,
}

@group(0) @binding(0) var<storage, read> sums: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> clip: array<f32>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(1)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let sums_at = starts0.x;
  let clip_at = starts0.y;
  var sum = vec4f();
  if (local < u.count) {
    var i = local;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      sum += sums[sums_at + i];
      i += 1;
      if (i >= u.count) {
        break;
      }
    }
  }
  let total = (sum.x + sum.y) + (sum.z + sum.w);
  let ratio = u.most / (sqrt(total) + 1e-6);
  let finite = (bitcast<u32>(total) & 0x7f800000u) != 0x7f800000u;
  clip[clip_at + 0] = select(bitcast<f32>(u.nan), select(ratio, 1.0, ratio >= 1.0), finite);
}
