// pointwise_8_8x8_transposed
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
  tiles: i32,
  slices: i32,
  weightRows: i32,
  weightQuads: i32,
  zero: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
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
  let w_at = starts0.y;
  let y_at = starts0.z;
  let first = i32(group.y) * 2;
  let entry0 = lane + 0;
  let row0 = first * 4 + entry0 / 2;
  let column0 = entry0 % 2;
  let exists0 = row0 < u.weightRows && column0 < u.weightQuads;
  let at0 = select(0, row0 * u.weightQuads + column0, exists0);
  let l0 = select(vec4f(), w[w_at + at0], exists0);
  let entry1 = lane + 8;
  let row1 = first * 4 + entry1 / 2;
  let column1 = entry1 % 2;
  let exists1 = row1 < u.weightRows && column1 < u.weightQuads;
  let at1 = select(0, row1 * u.weightQuads + column1, exists1);
  let l1 = select(vec4f(), w[w_at + at1], exists1);
  let w0_0 = subgroupShuffle(l0, 0u);
  let w0_1 = subgroupShuffle(l0, 1u);
  let w1_0 = subgroupShuffle(l0, 2u);
  let w1_1 = subgroupShuffle(l0, 3u);
  let w2_0 = subgroupShuffle(l0, 4u);
  let w2_1 = subgroupShuffle(l0, 5u);
  let w3_0 = subgroupShuffle(l0, 6u);
  let w3_1 = subgroupShuffle(l0, 7u);
  let w4_0 = subgroupShuffle(l1, 0u);
  let w4_1 = subgroupShuffle(l1, 1u);
  let w5_0 = subgroupShuffle(l1, 2u);
  let w5_1 = subgroupShuffle(l1, 3u);
  let w6_0 = subgroupShuffle(l1, 4u);
  let w6_1 = subgroupShuffle(l1, 5u);
  let w7_0 = subgroupShuffle(l1, 6u);
  let w7_1 = subgroupShuffle(l1, 7u);
  if (i32(group.x) < u.tiles) {
    var tile = i32(group.x);
    for (var tile_turn = 0; tile_turn < 2147483647; tile_turn++) {
      let place = tile * 8 + lane;
      let pixel = min(place, u.pixels - 1);
      let start = pixel * u.inputQuads;
      let to = pixel * u.outputQuads + first;
      let v0 = x[x_at + start + min(0, u.inputQuads - 1)];
      let v1 = x[x_at + start + min(1, u.inputQuads - 1)];
      let s0 = vec4f(u.zero) + v0.x * vec4f(w0_0.x, w1_0.x, w2_0.x, w3_0.x) + v0.y * vec4f(w0_0.y, w1_0.y, w2_0.y, w3_0.y) + v0.z * vec4f(w0_0.z, w1_0.z, w2_0.z, w3_0.z) + v0.w * vec4f(w0_0.w, w1_0.w, w2_0.w, w3_0.w) + v1.x * vec4f(w0_1.x, w1_1.x, w2_1.x, w3_1.x) + v1.y * vec4f(w0_1.y, w1_1.y, w2_1.y, w3_1.y) + v1.z * vec4f(w0_1.z, w1_1.z, w2_1.z, w3_1.z) + v1.w * vec4f(w0_1.w, w1_1.w, w2_1.w, w3_1.w);
      let s1 = vec4f(u.zero) + v0.x * vec4f(w4_0.x, w5_0.x, w6_0.x, w7_0.x) + v0.y * vec4f(w4_0.y, w5_0.y, w6_0.y, w7_0.y) + v0.z * vec4f(w4_0.z, w5_0.z, w6_0.z, w7_0.z) + v0.w * vec4f(w4_0.w, w5_0.w, w6_0.w, w7_0.w) + v1.x * vec4f(w4_1.x, w5_1.x, w6_1.x, w7_1.x) + v1.y * vec4f(w4_1.y, w5_1.y, w6_1.y, w7_1.y) + v1.z * vec4f(w4_1.z, w5_1.z, w6_1.z, w7_1.z) + v1.w * vec4f(w4_1.w, w5_1.w, w6_1.w, w7_1.w);
      if (place < u.pixels) {
        y[y_at + to + 0] = s0;
        if (first + 1 < u.outputQuads) {
          y[y_at + to + 1] = s1;
        }
      }
      tile += u.slices;
      if (tile >= u.tiles) {
        break;
      }
    }
  }
}
