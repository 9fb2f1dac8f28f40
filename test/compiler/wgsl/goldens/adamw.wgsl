// adamw

struct Block {
  count: i32,
  stride: i32,
  width: i32,
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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let rate = bitcast<f32>(step[0]);
  let c0 = bitcast<f32>(step[3]);
  let c1 = bitcast<f32>(step[4]);
  let first_place = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  for (var i = first_place; i < u.count; i += u.stride) {
    let w = parameter[i];
    let d = gradient[i];
    let g = d;
    let m = u.beta1 * first[i] + u.rest1 * g;
    let v = u.beta2 * second[i] + u.rest2 * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = w - rate * u.decay * w - rate * c0 * m / (sqrt(v) * c1 + u.epsilon);
  }
}
