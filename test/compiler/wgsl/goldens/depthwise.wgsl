// depthwise

struct Block {
  count: i32,
  width: i32,
  quads: i32,
  inverseQuads: f32,
  height: i32,
  inverseHeight: f32,
  breadth: i32,
  inverseBreadth: f32,
  rows: i32,
  inverseRows: f32,
  columns: i32,
  inverseColumns: f32,
  kernelHeight: i32,
  kernelWidth: i32,
  pitch: i32,
  inversePitch: f32,
  strideY: i32,
  strideX: i32,
  inverseStrideY: f32,
  inverseStrideX: f32,
  beforeY: i32,
  beforeX: i32,
  dilationY: i32,
  dilationX: i32,
  lines: i32,
  perSlice: i32,
  weights: i32,
  inverseWeights: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

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
  let x_at = starts0.x;
  let w_at = starts0.y;
  let result_at = starts0.z;
  let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  if (i < u.count) {
    var sum = vec4f();
    let pixel = divide(i, u.quads, u.inverseQuads);
    let quad = i - pixel * u.quads;
    let line = divide(pixel, u.columns, u.inverseColumns);
    let column = pixel - line * u.columns;
    let image = divide(line, u.rows, u.inverseRows);
    let row = line - image * u.rows;
    let x0 = column * u.strideX - u.beforeX;
    for (var ky = 0; ky < 2147483647; ky++) {
      let iy = row * u.strideY - u.beforeY + ky * u.dilationY;
      if (iy >= 0 && iy < u.height) {
        let base = (image * u.height + iy) * u.breadth;
        for (var kx = 0; kx < 2147483647; kx++) {
          let ix = x0 + kx * u.dilationX;
          let inside = ix >= 0 && ix < u.breadth;
          let v = x[x_at + (base + select(0, ix, inside)) * u.quads + quad];
          sum += select(vec4f(), v, inside) * w[w_at + (ky * u.pitch + kx) * u.quads + quad];
          if (kx + 1 >= u.kernelWidth) {
            break;
          }
        }
      }
      if (ky + 1 >= u.kernelHeight) {
        break;
      }
    }
    result[result_at + i] = sum;
  }
}
