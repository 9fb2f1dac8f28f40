// global_avg_pool

struct Block {
  count: i32,
  width: i32,
  quads: i32,
  inverseQuads: f32,
  pixels: i32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

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
  let x_at = starts0.x;
  let y_at = starts0.y;
  let i = (i32(group.x) + i32(group.y) * u.width) * 8 + local;
  if (i < u.count) {
    let image = divide(i, u.quads, u.inverseQuads);
    let first = image * u.pixels * u.quads + i - image * u.quads;
    var sum = vec4f();
    for (var p = 0; p < 2147483647; p++) {
      sum += x[x_at + first + p * u.quads];
      if (p + 1 >= u.pixels) {
        break;
      }
    }
    y[y_at + i] = sum / f32(u.pixels);
  }
}
