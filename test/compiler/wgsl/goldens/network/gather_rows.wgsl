// gather_rows

struct Block {
  count: i32,
  width: i32,
  rowQuads: i32,
  inverseRow: f32,
  quads: i32,
  inverseQuads: f32,
  channels: i32,
}

@group(0) @binding(0) var<storage, read> data: array<f32>;
@group(0) @binding(1) var<storage, read> indices: array<i32>;
@group(0) @binding(2) var<storage, read> step: array<u32>;
@group(0) @binding(3) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(4) var<uniform> block: Block;
@group(0) @binding(5) var<uniform> starts: array<vec4i, 256>;

fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = bitcast<i32>(f32(a) * inverse + 8388608.0) - bitcast<i32>(8388608.0);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}

@compute @workgroup_size(64)
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
  let x_at = starts0.w;
  let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  if (i < u.count) {
    let row = divide(i, u.rowQuads, u.inverseRow);
    let place = i - row * u.rowQuads;
    let pixel = divide(place, u.quads, u.inverseQuads);
    let channel = (place - pixel * u.quads) * 4;
    let length = divide(u.rowQuads, u.quads, u.inverseQuads) * u.channels;
    let index = indices[indices_at + i32(step[step_at + 1]) + row];
    let there = index >= 0 && index < i32(arrayLength(&data)) / length;
    let start = select(0, index, there) * length + pixel * u.channels;
    let last = u.channels - 1;
    let v0 = select(0.0, data[data_at + start + min(channel + 0, last)], there && channel + 0 <= last);
    let v1 = select(0.0, data[data_at + start + min(channel + 1, last)], there && channel + 1 <= last);
    let v2 = select(0.0, data[data_at + start + min(channel + 2, last)], there && channel + 2 <= last);
    let v3 = select(0.0, data[data_at + start + min(channel + 3, last)], there && channel + 3 <= last);
    x[x_at + i] = vec4f(v0, v1, v2, v3);
  }
}
