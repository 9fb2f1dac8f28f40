// sgd

struct Block {
  count: i32,
  stride: i32,
  width: i32,
  momentum: f32,
  decay: f32,
  nesterov: u32,
}

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(4) var<uniform> block: Block;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let rate = bitcast<f32>(step[0]);
  let first_place = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  for (var i = first_place; i < u.count; i += u.stride) {
    let w = parameter[i];
    let d = gradient[i];
    let g = d + u.decay * w;
    let v = u.momentum * velocity[i] + g;
    velocity[i] = v;
    parameter[i] = w - rate * select(v, g + u.momentum * v, u.nesterov != 0);
  }
}
