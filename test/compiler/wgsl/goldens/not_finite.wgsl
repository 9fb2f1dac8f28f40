// not_finite

struct Block {
  count: i32,
  width: i32,
  perGroup: i32,
  perRun: i32,
  lanes: i32,
  shift: u32,
}

@group(0) @binding(0) var<storage, read> numbers: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> alarm: array<atomic<u32>>;
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
  let numbers_at = starts0.x;
  let alarm_at = starts0.y;
  var most = vec4u();
  let run = local >> u.shift;
  let start = (i32(group.x) + i32(group.y) * u.width) * u.perGroup + run * u.perRun + local - (run << u.shift);
  let end = min(start + u.perRun, u.count);
  if (start < end) {
    var i = start;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      most = max(most, numbers[numbers_at + i] & vec4u(0x7fffffffu));
      i += u.lanes;
      if (i >= end) {
        break;
      }
    }
  }
  if (max(max(most.x, most.y), max(most.z, most.w)) >= 0x7f800000u) {
    atomicStore(&(alarm[alarm_at + 0]), 1u);
  }
}
