// conv_pixels_8_4x8_3_sliding
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
  let quad = i32(group.y) * 2;
  let weight_row = (lane / 2) % 4;
  let column = min(quad + lane % 2, u.outputQuads - 1) + weight_row * u.outputQuads;
  var s0_0 = vec4f();
  var s0_1 = vec4f();
  var s1_0 = vec4f();
  var s1_1 = vec4f();
  var s2_0 = vec4f();
  var s2_1 = vec4f();
  var s3_0 = vec4f();
  var s3_1 = vec4f();
  let p0 = min(tile + 0, u.pixels - 8) + lane;
  let line0 = divide(p0, u.columns, u.inverseColumns);
  let image0 = divide(line0, u.rows, u.inverseRows);
  let column0 = p0 - line0 * u.columns;
  let row0 = line0 - image0 * u.rows;
  let y0 = row0 * u.strideY + u.offsetY;
  let x0 = column0 * u.strideX + u.offsetX;
  let start0 = image0 * u.inputHeight;
  let to0 = ((image0 * u.outputHeight + row0 * u.spreadY + u.shiftY) * u.outputWidth
  + column0 * u.spreadX + u.shiftX) * u.outputQuads;
  let p1 = min(tile + 8, u.pixels - 8) + lane;
  let line1 = divide(p1, u.columns, u.inverseColumns);
  let image1 = divide(line1, u.rows, u.inverseRows);
  let column1 = p1 - line1 * u.columns;
  let row1 = line1 - image1 * u.rows;
  let y1 = row1 * u.strideY + u.offsetY;
  let x1 = column1 * u.strideX + u.offsetX;
  let start1 = image1 * u.inputHeight;
  let to1 = ((image1 * u.outputHeight + row1 * u.spreadY + u.shiftY) * u.outputWidth
  + column1 * u.spreadX + u.shiftX) * u.outputQuads;
  let p2 = min(tile + 16, u.pixels - 8) + lane;
  let line2 = divide(p2, u.columns, u.inverseColumns);
  let image2 = divide(line2, u.rows, u.inverseRows);
  let column2 = p2 - line2 * u.columns;
  let row2 = line2 - image2 * u.rows;
  let y2 = row2 * u.strideY + u.offsetY;
  let x2 = column2 * u.strideX + u.offsetX;
  let start2 = image2 * u.inputHeight;
  let to2 = ((image2 * u.outputHeight + row2 * u.spreadY + u.shiftY) * u.outputWidth
  + column2 * u.spreadX + u.shiftX) * u.outputQuads;
  let p3 = min(tile + 24, u.pixels - 8) + lane;
  let line3 = divide(p3, u.columns, u.inverseColumns);
  let image3 = divide(line3, u.rows, u.inverseRows);
  let column3 = p3 - line3 * u.columns;
  let row3 = line3 - image3 * u.rows;
  let y3 = row3 * u.strideY + u.offsetY;
  let x3 = column3 * u.strideX + u.offsetX;
  let start3 = image3 * u.inputHeight;
  let to3 = ((image3 * u.outputHeight + row3 * u.spreadY + u.shiftY) * u.outputWidth
  + column3 * u.spreadX + u.shiftX) * u.outputQuads;
  let side_block = min(lane / 2, 3);
  let ph = min(tile + side_block * 8, u.pixels - 8) + 7;
  let lineh = divide(ph, u.columns, u.inverseColumns);
  let imageh = divide(lineh, u.rows, u.inverseRows);
  let columnh = ph - lineh * u.columns;
  let rowh = lineh - imageh * u.rows;
  let yh = rowh * u.strideY + u.offsetY;
  let xh = columnh * u.strideX + u.offsetX;
  let starth = imageh * u.inputHeight;
  let toh = ((imageh * u.outputHeight + rowh * u.spreadY + u.shiftY) * u.outputWidth
  + columnh * u.spreadX + u.shiftX) * u.outputQuads;
  let left = min(0, (u.tapsX - 1) * u.stepX);
  for (var tapY = 0; tapY < 2147483647; tapY++) {
    let iy0 = y0 + tapY * u.stepY;
    let ix0 = x0 + left;
    let inside0 = iy0 >= 0 && iy0 < u.inputHeight && ix0 >= 0 && ix0 < u.inputWidth;
    let from0 = select(0, ((start0 + iy0) * u.inputWidth + ix0) * u.inputQuads, inside0);
    let iy1 = y1 + tapY * u.stepY;
    let ix1 = x1 + left;
    let inside1 = iy1 >= 0 && iy1 < u.inputHeight && ix1 >= 0 && ix1 < u.inputWidth;
    let from1 = select(0, ((start1 + iy1) * u.inputWidth + ix1) * u.inputQuads, inside1);
    let iy2 = y2 + tapY * u.stepY;
    let ix2 = x2 + left;
    let inside2 = iy2 >= 0 && iy2 < u.inputHeight && ix2 >= 0 && ix2 < u.inputWidth;
    let from2 = select(0, ((start2 + iy2) * u.inputWidth + ix2) * u.inputQuads, inside2);
    let iy3 = y3 + tapY * u.stepY;
    let ix3 = x3 + left;
    let inside3 = iy3 >= 0 && iy3 < u.inputHeight && ix3 >= 0 && ix3 < u.inputWidth;
    let from3 = select(0, ((start3 + iy3) * u.inputWidth + ix3) * u.inputQuads, inside3);
    let iyh = yh + tapY * u.stepY;
    let ixh = xh + left + 1 + lane % 2;
    let insideh = iyh >= 0 && iyh < u.inputHeight && ixh >= 0 && ixh < u.inputWidth;
    let fromh = select(0, ((starth + iyh) * u.inputWidth + ixh) * u.inputQuads, insideh);
    for (var c = 0; c < 2147483647; c++) {
      let m0 = select(vec4f(), x[x_at + from0 + c], inside0);
      let m1 = select(vec4f(), x[x_at + from1 + c], inside1);
      let m2 = select(vec4f(), x[x_at + from2 + c], inside2);
      let m3 = select(vec4f(), x[x_at + from3 + c], inside3);
      let mh = select(vec4f(), x[x_at + fromh + c], insideh);
      for (var tapX = 0; tapX < 2147483647; tapX++) {
        let tap = (u.firstY + tapY * u.nextY) * u.kernelWidth + u.firstX + tapX * u.nextX;
        let weights = tap * u.weightRows * u.outputQuads + column;
        let seen = lane + tapX * u.stepX - left;
        let own = u32(seen) & 7u;
        let side = u32(max(seen - 8, 0));
        let beyond = seen >= 8;
        let v0 = select(subgroupShuffle(m0, own), subgroupShuffle(mh, side + 0u), beyond);
        let v1 = select(subgroupShuffle(m1, own), subgroupShuffle(mh, side + 2u), beyond);
        let v2 = select(subgroupShuffle(m2, own), subgroupShuffle(mh, side + 4u), beyond);
        let v3 = select(subgroupShuffle(m3, own), subgroupShuffle(mh, side + 6u), beyond);
        let first_row = weights + c * 4 * u.outputQuads;
        let w0 = w[w_at + first_row];
        let b0_0 = subgroupShuffle(w0, 0u);
        s0_0 += v0.x * b0_0;
        s1_0 += v1.x * b0_0;
        s2_0 += v2.x * b0_0;
        s3_0 += v3.x * b0_0;
        let b0_1 = subgroupShuffle(w0, 1u);
        s0_1 += v0.x * b0_1;
        s1_1 += v1.x * b0_1;
        s2_1 += v2.x * b0_1;
        s3_1 += v3.x * b0_1;
        let b1_0 = subgroupShuffle(w0, 2u);
        s0_0 += v0.y * b1_0;
        s1_0 += v1.y * b1_0;
        s2_0 += v2.y * b1_0;
        s3_0 += v3.y * b1_0;
        let b1_1 = subgroupShuffle(w0, 3u);
        s0_1 += v0.y * b1_1;
        s1_1 += v1.y * b1_1;
        s2_1 += v2.y * b1_1;
        s3_1 += v3.y * b1_1;
        let b2_0 = subgroupShuffle(w0, 4u);
        s0_0 += v0.z * b2_0;
        s1_0 += v1.z * b2_0;
        s2_0 += v2.z * b2_0;
        s3_0 += v3.z * b2_0;
        let b2_1 = subgroupShuffle(w0, 5u);
        s0_1 += v0.z * b2_1;
        s1_1 += v1.z * b2_1;
        s2_1 += v2.z * b2_1;
        s3_1 += v3.z * b2_1;
        if (tapX + 1 >= u.tapsX) {
          break;
        }
      }
      if (c + 1 >= u.inputQuads) {
        break;
      }
    }
    if (tapY + 1 >= u.tapsY) {
      break;
    }
  }
  if (tile + 0 + lane < u.pixels) {
    y[y_at + to0 + quad + 0] = s0_0;
    if (quad + 1 < u.outputQuads) {
      y[y_at + to0 + quad + 1] = s0_1;
    }
  }
  if (tile + 8 + lane < u.pixels) {
    y[y_at + to1 + quad + 0] = s1_0;
    if (quad + 1 < u.outputQuads) {
      y[y_at + to1 + quad + 1] = s1_1;
    }
  }
  if (tile + 16 + lane < u.pixels) {
    y[y_at + to2 + quad + 0] = s2_0;
    if (quad + 1 < u.outputQuads) {
      y[y_at + to2 + quad + 1] = s2_1;
    }
  }
  if (tile + 24 + lane < u.pixels) {
    y[y_at + to3 + quad + 0] = s3_0;
    if (quad + 1 < u.outputQuads) {
      y[y_at + to3 + quad + 1] = s3_1;
    }
  }
}
