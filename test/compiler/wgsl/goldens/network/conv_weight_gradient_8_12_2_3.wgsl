// conv_weight_gradient_8_12_2_3
enable subgroups;

struct Block {
  pixels: i32,
  perSplit: i32,
  columns: i32,
  inverseColumns: f32,
  rows: i32,
  inverseRows: f32,
  inputHeight: i32,
  inputWidth: i32,
  inputQuads: i32,
  inverseQuads: f32,
  outputQuads: i32,
  kernelWidth: i32,
  inverseWidth: f32,
  strideY: i32,
  strideX: i32,
  beforeY: i32,
  beforeX: i32,
  dilationY: i32,
  dilationX: i32,
  groups: i32,
  resultRows: i32,
  tilesDown: i32,
  inverseTilesDown: f32,
  layers: i32,
  inverseLayers: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
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
  let g_at = starts0.y;
  let y_at = starts0.z;
  let first = i32(group.x) * 3;
  let quad = i32(group.y) * 8 + lane;
  let column = min(quad, u.outputQuads - 1);
  let lane_pixel = lane % 2;
  let begin = i32(group.z) * u.perSplit;
  let end = min(begin + u.perSplit, u.pixels);
  let group0 = min(first + 0 + (lane / 2) % 3, u.groups - 1);
  let tap0 = divide(group0, u.inputQuads, u.inverseQuads);
  let channel0 = group0 - tap0 * u.inputQuads;
  let ky0 = divide(tap0, u.kernelWidth, u.inverseWidth);
  let dy0 = ky0 * u.dilationY - u.beforeY;
  let dx0 = (tap0 - ky0 * u.kernelWidth) * u.dilationX - u.beforeX;
  var s0_0 = vec4f();
  var s0_1 = vec4f();
  var s0_2 = vec4f();
  var s1_0 = vec4f();
  var s1_1 = vec4f();
  var s1_2 = vec4f();
  var s2_0 = vec4f();
  var s2_1 = vec4f();
  var s2_2 = vec4f();
  let first_line = divide(begin, u.columns, u.inverseColumns);
  let last_line = divide(end + u.columns - 1, u.columns, u.inverseColumns);
  if (first_line < last_line) {
    for (var line = first_line; line < 2147483647; line++) {
      let image = divide(line, u.rows, u.inverseRows);
      let line_start = line * u.columns;
      let line_begin = max(line_start, begin);
      let line_end = min(line_start + u.columns, end);
      let y = (line - image * u.rows) * u.strideY;
      let iy0 = y + dy0;
      let inside_y0 = iy0 >= 0 && iy0 < u.inputHeight;
      let at0 = (image * u.inputHeight + iy0) * u.inputWidth * u.inputQuads + channel0;
      var pixel = line_begin;
      loop {
        let ix0 = ((pixel + lane_pixel) - line_start) * u.strideX + dx0;
        let inside0 = inside_y0 && (pixel + lane_pixel) < line_end && ix0 >= 0 && ix0 < u.inputWidth;
        let v0 = select(vec4f(), x[x_at + select(0, at0 + ix0 * u.inputQuads, inside0)], inside0);
        let g0 = g[g_at + min(pixel + 0, u.pixels - 1) * u.outputQuads + column];
        let g1 = g[g_at + min(pixel + 1, u.pixels - 1) * u.outputQuads + column];
        let a0_0 = subgroupShuffle(v0, 0u);
        s0_0 += a0_0.x * g0;
        s0_1 += a0_0.y * g0;
        s0_2 += a0_0.z * g0;
        let a0_1 = subgroupShuffle(v0, 1u);
        s0_0 += a0_1.x * g1;
        s0_1 += a0_1.y * g1;
        s0_2 += a0_1.z * g1;
        let a1_0 = subgroupShuffle(v0, 2u);
        s1_0 += a1_0.x * g0;
        s1_1 += a1_0.y * g0;
        s1_2 += a1_0.z * g0;
        let a1_1 = subgroupShuffle(v0, 3u);
        s1_0 += a1_1.x * g1;
        s1_1 += a1_1.y * g1;
        s1_2 += a1_1.z * g1;
        let a2_0 = subgroupShuffle(v0, 4u);
        s2_0 += a2_0.x * g0;
        s2_1 += a2_0.y * g0;
        s2_2 += a2_0.z * g0;
        let a2_1 = subgroupShuffle(v0, 5u);
        s2_0 += a2_1.x * g1;
        s2_1 += a2_1.y * g1;
        s2_2 += a2_1.z * g1;
        continuing {
          pixel += 2;
          break if pixel >= line_end;
        }
      }
      if (line + 1 >= last_line) {
        break;
      }
    }
  }
  let to = (i32(group.z) * u.resultRows + first * 4) * u.outputQuads + quad;
  let rows = select(0, u.resultRows - first * 4, quad < u.outputQuads);
  if (0 < rows) {
    y[y_at + to + 0 * u.outputQuads] = s0_0;
  }
  if (1 < rows) {
    y[y_at + to + 1 * u.outputQuads] = s0_1;
  }
  if (2 < rows) {
    y[y_at + to + 2 * u.outputQuads] = s0_2;
  }
  if (3 < rows) {
    y[y_at + to + 3 * u.outputQuads] = vec4f();
  }
  if (4 < rows) {
    y[y_at + to + 4 * u.outputQuads] = s1_0;
  }
  if (5 < rows) {
    y[y_at + to + 5 * u.outputQuads] = s1_1;
  }
  if (6 < rows) {
    y[y_at + to + 6 * u.outputQuads] = s1_2;
  }
  if (7 < rows) {
    y[y_at + to + 7 * u.outputQuads] = vec4f();
  }
  if (8 < rows) {
    y[y_at + to + 8 * u.outputQuads] = s2_0;
  }
  if (9 < rows) {
    y[y_at + to + 9 * u.outputQuads] = s2_1;
  }
  if (10 < rows) {
    y[y_at + to + 10 * u.outputQuads] = s2_2;
  }
  if (11 < rows) {
    y[y_at + to + 11 * u.outputQuads] = vec4f();
  }
}
