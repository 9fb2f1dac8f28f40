// pointwise_8_8x8
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
  let row0 = entry0 / 2;
  let column0 = first + entry0 % 2;
  let exists0 = row0 < u.weightRows && column0 < u.weightQuads;
  let at0 = select(0, row0 * u.weightQuads + column0, exists0);
  let l0 = select(vec4f(), w[w_at + at0], exists0);
  let entry1 = lane + 8;
  let row1 = entry1 / 2;
  let column1 = first + entry1 % 2;
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
      let s0 = vec4f(u.zero) + v0.x * w0_0 + v0.y * w1_0 + v0.z * w2_0 + v0.w * w3_0 + v1.x * w4_0 + v1.y * w5_0 + v1.z * w6_0 + v1.w * w7_0;
      let s1 = vec4f(u.zero) + v0.x * w0_1 + v0.y * w1_1 + v0.z * w2_1 + v0.w * w3_1 + v1.x * w4_1 + v1.y * w5_1 + v1.z * w6_1 + v1.w * w7_1;
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
