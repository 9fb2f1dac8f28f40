// average

struct Block {
  count: i32,
  width: i32,
  perGroup: i32,
  perRun: i32,
  lanes: i32,
  shift: u32,
}

@group(0) @binding(0) var<storage, read> parameter: array<vec4f>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> average: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let parameter_at = starts0.x;
  let step_at = starts0.y;
  let average_at = starts0.z;
  let share = bitcast<f32>(step[step_at + 5]);
  let run = local >> u.shift;
  let start = (i32(group.x) + i32(group.y) * u.width) * u.perGroup + run * u.perRun + local - (run << u.shift);
  let end = min(start + u.perRun, u.count);
  if (start < end) {
    var i = start;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      let old = average[average_at + i];
      average[average_at + i] = old + share * (parameter[parameter_at + i] - old);
      i += u.lanes;
      if (i >= end) {
        break;
      }
    }
  }
}
