// copy

struct Block {
  count: i32,
  width: i32,
  perGroup: i32,
  perRun: i32,
  lanes: i32,
  shift: u32,
  factor: f32,
}

@group(0) @binding(0) var<storage, read> in_a: array<vec4f>;
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
  let in_a_at = starts0.x;
  let y_at = starts0.y;
  let run = local >> u.shift;
  let start = (i32(group.x) + i32(group.y) * u.width) * u.perGroup + run * u.perRun + local - (run << u.shift);
  let end = min(start + u.perRun, u.count);
  if (start < end) {
    var i = start;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      let a = in_a[in_a_at + i];
      y[y_at + i] = a;
      i += u.lanes;
      if (i >= end) {
        break;
      }
    }
  }
}
