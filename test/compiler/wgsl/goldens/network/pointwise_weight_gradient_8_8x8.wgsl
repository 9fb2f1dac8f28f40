// pointwise_weight_gradient_8_8x8
enable subgroups;

struct Block {
  pixels: i32,
  inputQuads: i32,
  outputQuads: i32,
  columns: i32,
  inverseColumns: f32,
  rows: i32,
  inverseRows: f32,
  largeRows: i32,
  largeColumns: i32,
  strideY: i32,
  strideX: i32,
  perSlice: i32,
  resultRows: i32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(subgroup_invocation_id) invocation: u32,
) {
  let u = block;
  let lane = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let x_at = starts0.x;
  let g_at = starts0.y;
  let y_at = starts0.z;
  let first = i32(group.y) * 2;
  let column = lane % 2;
  let own = lane / 2;
  let quad = min(column, u.outputQuads - 1);
  let begin = i32(group.x) * u.perSlice;
  let end = min(begin + u.perSlice, u.pixels);
  let group0 = min(first + 0 + column, u.inputQuads - 1);
  var s0 = vec4f();
  var s1 = vec4f();
  var s2 = vec4f();
  var s3 = vec4f();
  var s4 = vec4f();
  var s5 = vec4f();
  var s6 = vec4f();
  var s7 = vec4f();
  if (begin < end) {
    var p = begin;
    for (var p_turn = 0; p_turn < 2147483647; p_turn++) {
      let place0 = p + 0 + own;
      let pixel0 = min(place0, end - 1);
      let start0 = pixel0 * u.inputQuads;
      let g0 = select(vec4f(), g[g_at + pixel0 * u.outputQuads + quad], place0 < end);
      let l0_0 = x[x_at + start0 + group0];
      let x0_0 = subgroupShuffle(l0_0, u32(lane - column + 0));
      let x0_1 = subgroupShuffle(l0_0, u32(lane - column + 1));
      let place1 = p + 4 + own;
      let pixel1 = min(place1, end - 1);
      let start1 = pixel1 * u.inputQuads;
      let g1 = select(vec4f(), g[g_at + pixel1 * u.outputQuads + quad], place1 < end);
      let l1_0 = x[x_at + start1 + group0];
      let x1_0 = subgroupShuffle(l1_0, u32(lane - column + 0));
      let x1_1 = subgroupShuffle(l1_0, u32(lane - column + 1));
      s0 += x0_0.x * g0 + x1_0.x * g1;
      s1 += x0_0.y * g0 + x1_0.y * g1;
      s2 += x0_0.z * g0 + x1_0.z * g1;
      s3 += x0_0.w * g0 + x1_0.w * g1;
      s4 += x0_1.x * g0 + x1_1.x * g1;
      s5 += x0_1.y * g0 + x1_1.y * g1;
      s6 += x0_1.z * g0 + x1_1.z * g1;
      s7 += x0_1.w * g0 + x1_1.w * g1;
      p += 8;
      if (p >= end) {
        break;
      }
    }
  }
  s0 += subgroupShuffleXor(s0, 2u);
  s1 += subgroupShuffleXor(s1, 2u);
  s2 += subgroupShuffleXor(s2, 2u);
  s3 += subgroupShuffleXor(s3, 2u);
  s4 += subgroupShuffleXor(s4, 2u);
  s5 += subgroupShuffleXor(s5, 2u);
  s6 += subgroupShuffleXor(s6, 2u);
  s7 += subgroupShuffleXor(s7, 2u);
  s0 += subgroupShuffleXor(s0, 4u);
  s1 += subgroupShuffleXor(s1, 4u);
  s2 += subgroupShuffleXor(s2, 4u);
  s3 += subgroupShuffleXor(s3, 4u);
  s4 += subgroupShuffleXor(s4, 4u);
  s5 += subgroupShuffleXor(s5, 4u);
  s6 += subgroupShuffleXor(s6, 4u);
  s7 += subgroupShuffleXor(s7, 4u);
  let row0 = first * 4 + 0 + own;
  if (own < 4 && row0 < u.resultRows && column < u.outputQuads) {
    y[y_at + (i32(group.x) * u.resultRows + row0) * u.outputQuads + column] = select(select(select(select(vec4f(), s0, own == 0), s1, own == 1), s2, own == 2), s3, own == 3);
  }
  let row1 = first * 4 + 4 + own;
  if (own < 4 && row1 < u.resultRows && column < u.outputQuads) {
    y[y_at + (i32(group.x) * u.resultRows + row1) * u.outputQuads + column] = select(select(select(select(vec4f(), s4, own == 0), s5, own == 1), s6, own == 2), s7, own == 3);
  }
}
