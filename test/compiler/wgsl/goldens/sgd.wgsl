// sgd

struct Block {
  count: i32,
  width: i32,
  perGroup: i32,
  perRun: i32,
  lanes: i32,
  shift: u32,
  momentum: f32,
  decay: f32,
  nesterov: u32,
}

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(4) var<uniform> block: Block;
@group(0) @binding(5) var<uniform> starts: array<vec4i, 256>;

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
  let step_at = starts0.y;
  let velocity_at = starts0.z;
  let parameter_at = starts0.w;
  let rate = bitcast<f32>(step[step_at + 0]);
  let run = local >> u.shift;
  let start = (i32(group.x) + i32(group.y) * u.width) * u.perGroup + run * u.perRun + local - (run << u.shift);
  let end = min(start + u.perRun, u.count);
  if (start < end) {
    var i = start;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      let w = parameter[parameter_at + i];
      let d = gradient[gradient_at + i];
      let g = d + u.decay * w;
      let v = u.momentum * velocity[velocity_at + i] + g;
      velocity[velocity_at + i] = v;
      parameter[parameter_at + i] = w - rate * select(v, g + u.momentum * v, u.nesterov != 0);
      i += u.lanes;
      if (i >= end) {
        break;
      }
    }
  }
}
