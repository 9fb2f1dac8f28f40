// rmsprop

struct Block {
  count: i32,
  width: i32,
  perGroup: i32,
  perRun: i32,
  lanes: i32,
  shift: u32,
  decay: f32,
  alpha: f32,
  rest: f32,
  epsilon: f32,
  momentum: f32,
}

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> square: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(5) var<uniform> block: Block;
@group(0) @binding(6) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 2 + 0];
  let starts1 = starts[instance * 2 + 1];
  let gradient_at = starts0.x;
  let step_at = starts0.y;
  let square_at = starts0.z;
  let velocity_at = starts0.w;
  let parameter_at = starts1.x;
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
      let s = u.alpha * square[square_at + i] + u.rest * g * g;
      let v = u.momentum * velocity[velocity_at + i] + g / (sqrt(s) + u.epsilon);
      square[square_at + i] = s;
      velocity[velocity_at + i] = v;
      parameter[parameter_at + i] = w - rate * v;
      i += u.lanes;
      if (i >= end) {
        break;
      }
    }
  }
}
