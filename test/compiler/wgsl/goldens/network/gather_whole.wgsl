// gather_whole

struct Block {
  count: i32,
  width: i32,
  length: i32,
  pitch: i32,
  inversePitch: f32,
}

@group(0) @binding(0) var<storage, read> data: array<i32>;
@group(0) @binding(1) var<storage, read> indices: array<i32>;
@group(0) @binding(2) var<storage, read> step: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<i32>;
@group(0) @binding(4) var<uniform> block: Block;
@group(0) @binding(5) var<uniform> starts: array<vec4i, 256>;

fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = bitcast<i32>(f32(a) * inverse + 8388608.0) - bitcast<i32>(8388608.0);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let data_at = starts0.x;
  let indices_at = starts0.y;
  let step_at = starts0.z;
  let y_at = starts0.w;
  let i = (i32(group.x) + i32(group.y) * u.width) * 8 + local;
  if (i < u.count) {
    let row = divide(i, u.pitch, u.inversePitch);
    let place = i - row * u.pitch;
    let index = indices[indices_at + i32(step[step_at + 1]) + row];
    let there = index >= 0 && index < i32(arrayLength(&data)) / u.length;
    let value = data[data_at + select(0, index, there) * u.length + min(place, u.length - 1)];
    y[y_at + i] = select(0, select(-1, value, there), place < u.length);
  }
}
