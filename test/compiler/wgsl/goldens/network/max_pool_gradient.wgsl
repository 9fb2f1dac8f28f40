// max_pool_gradient

struct Block {
  count: i32,
  width: i32,
  quads: i32,
  inverseQuads: f32,
  rows: i32,
  inverseRows: f32,
  columns: i32,
  inverseColumns: f32,
  otherRows: i32,
  otherColumns: i32,
  windowY: i32,
  windowX: i32,
  strideY: i32,
  strideX: i32,
  inverseStrideY: f32,
  inverseStrideX: f32,
  beforeY: i32,
  beforeX: i32,
}

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> places: array<vec4u>;
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
  let dy_at = starts0.x;
  let places_at = starts0.y;
  let result_at = starts0.z;
  let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  if (i < u.count) {
    let pixel = divide(i, u.quads, u.inverseQuads);
    let quad = i - pixel * u.quads;
    let line = divide(pixel, u.columns, u.inverseColumns);
    let column = pixel - line * u.columns;
    let image = divide(line, u.rows, u.inverseRows);
    let row = line - image * u.rows;
    let py = row + u.beforeY;
    let px = column + u.beforeX;
    let top = divide(max(py - u.windowY + u.strideY, 0), u.strideY, u.inverseStrideY);
    let bottom = min(divide(py, u.strideY, u.inverseStrideY) + 1, u.otherRows);
    let left = divide(max(px - u.windowX + u.strideX, 0), u.strideX, u.inverseStrideX);
    let right = min(divide(px, u.strideX, u.inverseStrideX) + 1, u.otherColumns);
    var sum = vec4f();
    if (top < bottom) {
      for (var wy = top; wy < 2147483647; wy++) {
        if (left < right) {
          for (var wx = left; wx < 2147483647; wx++) {
            let at = ((image * u.otherRows + wy) * u.otherColumns + wx) * u.quads + quad;
            let here = vec4u(u32((py - wy * u.strideY) * u.windowX + px - wx * u.strideX));
            sum += select(vec4f(), dy[dy_at + at], places[places_at + at] == here);
            if (wx + 1 >= right) {
              break;
            }
          }
        }
        if (wy + 1 >= bottom) {
          break;
        }
      }
    }
    result[result_at + i] = sum;
  }
}
