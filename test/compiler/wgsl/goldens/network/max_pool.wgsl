// max_pool

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

@group(0) @binding(0) var<storage, read> image_in: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

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
  let image_in_at = starts0.x;
  let result_at = starts0.y;
  let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;
  if (i < u.count) {
    let pixel = divide(i, u.quads, u.inverseQuads);
    let quad = i - pixel * u.quads;
    let line = divide(pixel, u.columns, u.inverseColumns);
    let column = pixel - line * u.columns;
    let image = divide(line, u.rows, u.inverseRows);
    let row = line - image * u.rows;
    let y0 = row * u.strideY - u.beforeY;
    let x0 = column * u.strideX - u.beforeX;
    let top = max(y0, 0);
    let bottom = min(y0 + u.windowY, u.otherRows);
    let left = max(x0, 0);
    let right = min(x0 + u.windowX, u.otherColumns);
    var best = image_in[image_in_at + ((image * u.otherRows + top) * u.otherColumns + left) * u.quads + quad];
    if (top < bottom) {
      for (var y = top; y < 2147483647; y++) {
        if (left < right) {
          for (var x = left; x < 2147483647; x++) {
            let v = image_in[image_in_at + ((image * u.otherRows + y) * u.otherColumns + x) * u.quads + quad];
            best = select(best, v, v > best);
            if (x + 1 >= right) {
              break;
            }
          }
        }
        if (y + 1 >= bottom) {
          break;
        }
      }
    }
    result[result_at + i] = best;
  }
}
