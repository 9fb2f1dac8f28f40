// conv_pixels_8_4x4_4
enable subgroups;

struct Block {
  pixels: i32,
  columns: i32,
  inverseColumns: f32,
  rows: i32,
  inverseRows: f32,
  inputHeight: i32,
  inputWidth: i32,
  inputQuads: i32,
  outputHeight: i32,
  outputWidth: i32,
  outputQuads: i32,
  weightRows: i32,
  kernelWidth: i32,
  strideY: i32,
  strideX: i32,
  offsetY: i32,
  offsetX: i32,
  stepY: i32,
  stepX: i32,
  tapsY: i32,
  tapsX: i32,
  firstY: i32,
  firstX: i32,
  nextY: i32,
  nextX: i32,
  spreadY: i32,
  spreadX: i32,
  shiftY: i32,
  shiftX: i32,
  tilesWidth: i32,
  layers: i32,
  inverseLayers: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = bitcast<i32>(f32(a) * inverse + 8388608.0) - bitcast<i32>(8388608.0);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(subgroup_invocation_id) invocation: u32,
) {
  let u = block;
  let lane = i32(invocation);
  let instance = divide(i32(workgroup.z), u.layers, u.inverseLayers);
  let group = vec3u(workgroup.xy, u32(i32(workgroup.z) - instance * u.layers));
  let starts0 = starts[instance * 1 + 0];
  let x_at = starts0.x;
  let w_at = starts0.y;
  let y_at = starts0.z;
  let tile = (i32(group.x) + i32(group.z) * u.tilesWidth) * 32;
  let quad = i32(group.y) * 1;
  let weight_row = (lane / 1) % 4;
  let column = min(quad + lane % 1, u.outputQuads - 1) + weight_row * u.outputQuads;
  var s0_0 = vec4f();
  var s1_0 = vec4f();
  var s2_0 = vec4f();
  var s3_0 = vec4f();
  let p0 = min(tile + 0 + lane, u.pixels - 1);
  let line0 = divide(p0, u.columns, u.inverseColumns);
  let image0 = divide(line0, u.rows, u.inverseRows);
  let column0 = p0 - line0 * u.columns;
  let row0 = line0 - image0 * u.rows;
  let y0 = row0 * u.strideY + u.offsetY;
  let x0 = column0 * u.strideX + u.offsetX;
  let start0 = image0 * u.inputHeight;
  let to0 = ((image0 * u.outputHeight + row0 * u.spreadY + u.shiftY) * u.outputWidth
  + column0 * u.spreadX + u.shiftX) * u.outputQuads;
  let p1 = min(tile + 8 + lane, u.pixels - 1);
  let line1 = divide(p1, u.columns, u.inverseColumns);
  let image1 = divide(line1, u.rows, u.inverseRows);
  let column1 = p1 - line1 * u.columns;
  let row1 = line1 - image1 * u.rows;
  let y1 = row1 * u.strideY + u.offsetY;
  let x1 = column1 * u.strideX + u.offsetX;
  let start1 = image1 * u.inputHeight;
  let to1 = ((image1 * u.outputHeight + row1 * u.spreadY + u.shiftY) * u.outputWidth
  + column1 * u.spreadX + u.shiftX) * u.outputQuads;
  let p2 = min(tile + 16 + lane, u.pixels - 1);
  let line2 = divide(p2, u.columns, u.inverseColumns);
  let image2 = divide(line2, u.rows, u.inverseRows);
  let column2 = p2 - line2 * u.columns;
  let row2 = line2 - image2 * u.rows;
  let y2 = row2 * u.strideY + u.offsetY;
  let x2 = column2 * u.strideX + u.offsetX;
  let start2 = image2 * u.inputHeight;
  let to2 = ((image2 * u.outputHeight + row2 * u.spreadY + u.shiftY) * u.outputWidth
  + column2 * u.spreadX + u.shiftX) * u.outputQuads;
  let p3 = min(tile + 24 + lane, u.pixels - 1);
  let line3 = divide(p3, u.columns, u.inverseColumns);
  let image3 = divide(line3, u.rows, u.inverseRows);
  let column3 = p3 - line3 * u.columns;
  let row3 = line3 - image3 * u.rows;
  let y3 = row3 * u.strideY + u.offsetY;
  let x3 = column3 * u.strideX + u.offsetX;
  let start3 = image3 * u.inputHeight;
  let to3 = ((image3 * u.outputHeight + row3 * u.spreadY + u.shiftY) * u.outputWidth
  + column3 * u.spreadX + u.shiftX) * u.outputQuads;
  var tapY = 0;
  var tapX = 0;
  let taps = u.tapsY * u.tapsX;
  if (0 < taps) {
    for (var t = 0; t < 2147483647; t++) {
      let tap = (u.firstY + tapY * u.nextY) * u.kernelWidth + u.firstX + tapX * u.nextX;
      let weights = tap * u.weightRows * u.outputQuads + column;
      let iy0 = y0 + tapY * u.stepY;
      let ix0 = x0 + tapX * u.stepX;
      let inside0 = iy0 >= 0 && iy0 < u.inputHeight && ix0 >= 0 && ix0 < u.inputWidth;
      let from0 = select(0, ((start0 + iy0) * u.inputWidth + ix0) * u.inputQuads, inside0);
      let iy1 = y1 + tapY * u.stepY;
      let ix1 = x1 + tapX * u.stepX;
      let inside1 = iy1 >= 0 && iy1 < u.inputHeight && ix1 >= 0 && ix1 < u.inputWidth;
      let from1 = select(0, ((start1 + iy1) * u.inputWidth + ix1) * u.inputQuads, inside1);
      let iy2 = y2 + tapY * u.stepY;
      let ix2 = x2 + tapX * u.stepX;
      let inside2 = iy2 >= 0 && iy2 < u.inputHeight && ix2 >= 0 && ix2 < u.inputWidth;
      let from2 = select(0, ((start2 + iy2) * u.inputWidth + ix2) * u.inputQuads, inside2);
      let iy3 = y3 + tapY * u.stepY;
      let ix3 = x3 + tapX * u.stepX;
      let inside3 = iy3 >= 0 && iy3 < u.inputHeight && ix3 >= 0 && ix3 < u.inputWidth;
      let from3 = select(0, ((start3 + iy3) * u.inputWidth + ix3) * u.inputQuads, inside3);
      for (var c = 0; c < 2147483647; c++) {
        let v0 = select(vec4f(), x[x_at + from0 + c], inside0);
        let v1 = select(vec4f(), x[x_at + from1 + c], inside1);
        let v2 = select(vec4f(), x[x_at + from2 + c], inside2);
        let v3 = select(vec4f(), x[x_at + from3 + c], inside3);
        let first_row = weights + c * 4 * u.outputQuads;
        let w0 = w[w_at + first_row];
        let b0_0 = subgroupShuffle(w0, 0u);
        s0_0 += v0.x * b0_0;
        s1_0 += v1.x * b0_0;
        s2_0 += v2.x * b0_0;
        s3_0 += v3.x * b0_0;
        let b1_0 = subgroupShuffle(w0, 1u);
        s0_0 += v0.y * b1_0;
        s1_0 += v1.y * b1_0;
        s2_0 += v2.y * b1_0;
        s3_0 += v3.y * b1_0;
        let b2_0 = subgroupShuffle(w0, 2u);
        s0_0 += v0.z * b2_0;
        s1_0 += v1.z * b2_0;
        s2_0 += v2.z * b2_0;
        s3_0 += v3.z * b2_0;
        let b3_0 = subgroupShuffle(w0, 3u);
        s0_0 += v0.w * b3_0;
        s1_0 += v1.w * b3_0;
        s2_0 += v2.w * b3_0;
        s3_0 += v3.w * b3_0;
        if (c + 1 >= u.inputQuads) {
          break;
        }
      }
      tapX++;
      let wrap = tapX == u.tapsX;
      tapY += select(0, 1, wrap);
      tapX = select(tapX, 0, wrap);
      if (t + 1 >= taps) {
        break;
      }
    }
  }
  if (tile + 0 + lane < u.pixels) {
    y[y_at + to0 + quad + 0] = s0_0;
  }
  if (tile + 8 + lane < u.pixels) {
    y[y_at + to1 + quad + 0] = s1_0;
  }
  if (tile + 16 + lane < u.pixels) {
    y[y_at + to2 + quad + 0] = s2_0;
  }
  if (tile + 24 + lane < u.pixels) {
    y[y_at + to3 + quad + 0] = s3_0;
  }
}
