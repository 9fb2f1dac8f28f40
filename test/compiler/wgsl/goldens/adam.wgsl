// adam

struct Block {
  count: i32,
  width: i32,
  perGroup: i32,
  perRun: i32,
  lanes: i32,
  shift: u32,
  decay: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> second: array<vec4f>;
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
  let first_at = starts0.z;
  let second_at = starts0.w;
  let parameter_at = starts1.x;
  let rate = bitcast<f32>(step[step_at + 0]);
  let c0 = bitcast<f32>(step[step_at + 3]);
  let c1 = bitcast<f32>(step[step_at + 4]);
  let run = local >> u.shift;
  let start = (i32(group.x) + i32(group.y) * u.width) * u.perGroup + run * u.perRun + local - (run << u.shift);
  let end = min(start + u.perRun, u.count);
  if (start < end) {
    var i = start;
    for (var i_turn = 0; i_turn < 2147483647; i_turn++) {
      let w = parameter[parameter_at + i];
      let d = gradient[gradient_at + i];
      let g = d + u.decay * w;
      let m = u.beta1 * first[first_at + i] + u.rest1 * g;
      let v = u.beta2 * second[second_at + i] + u.rest2 * g * g;
      first[first_at + i] = m;
      second[second_at + i] = v;
      parameter[parameter_at + i] = w - rate * c0 * m / (sqrt(v) * c1 + u.epsilon);
      i += u.lanes;
      if (i >= end) {
        break;
      }
    }
  }
}
