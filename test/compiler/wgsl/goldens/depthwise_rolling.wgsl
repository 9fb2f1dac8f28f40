// depthwise_rolling_8_3
enable subgroups;

struct Block {
  tiles: i32,
  slices: i32,
  quads: i32,
  images: i32,
  pitch: i32,
  inversePitch: f32,
  firstColumn: i32,
  period: i32,
  sourceRows: i32,
  sourceColumns: i32,
  targetRows: i32,
  targetColumns: i32,
  sourceStepY: i32,
  inverseSourceStepY: f32,
  sourceOffsetY: i32,
  targetStepY: i32,
  inverseTargetStepY: f32,
  targetOffsetY: i32,
  sourceStepX: i32,
  sourceOffsetX: i32,
  targetStepX: i32,
  targetOffsetX: i32,
  spacingX: i32,
  phases: i32,
  weightPitch: i32,
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

fn divide_up(a: i32, b: i32, inverse: f32) -> i32 {
  return divide(a + 1025 * b - 1, b, inverse) - 1024;
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
  let quad = i32(group.y);
  let phase = i32(group.z);
  let tap0 = min(lane + 0, 8);
  let ky0 = tap0 / 3;
  let l0 = w[w_at + (ky0 * u.weightPitch + tap0 - ky0 * 3) * u.quads + quad];
  let tap1 = min(lane + 8, 8);
  let ky1 = tap1 / 3;
  let l1 = w[w_at + (ky1 * u.weightPitch + tap1 - ky1 * 3) * u.quads + quad];
  let w0_0 = subgroupShuffle(l0, 0u);
  let w0_1 = subgroupShuffle(l0, 1u);
  let w0_2 = subgroupShuffle(l0, 2u);
  let w1_0 = subgroupShuffle(l0, 3u);
  let w1_1 = subgroupShuffle(l0, 4u);
  let w1_2 = subgroupShuffle(l0, 5u);
  let w2_0 = subgroupShuffle(l0, 6u);
  let w2_1 = subgroupShuffle(l0, 7u);
  let w2_2 = subgroupShuffle(l1, 0u);
  let within = lane & (u.period - 1);
  let left1 = -1 * u.spacingX;
  let lane_left1 = u32(lane + left1) & 7u;
  let beyond_left1 = within + left1 < 0;
  let right1 = 1 * u.spacingX;
  let lane_right1 = u32(lane + right1) & 7u;
  let beyond_right1 = within + right1 >= u.period;
  let source_y = phase + u.sourceOffsetY;
  let source_begin = divide_up(-source_y - 0, u.sourceStepY, u.inverseSourceStepY);
  let source_end = divide_up(u.sourceRows - source_y, u.sourceStepY, u.inverseSourceStepY);
  let source_row = u.sourceColumns * u.quads;
  let target_y = phase + u.targetOffsetY;
  let target_begin = divide_up(-target_y - 0, u.targetStepY, u.inverseTargetStepY);
  let target_end = divide_up(u.targetRows - target_y, u.targetStepY, u.inverseTargetStepY);
  let target_row = u.targetColumns * u.quads;
  let begin = max(target_begin + -1, min(source_begin, target_begin + 1));
  let end = target_end + 1;
  let middle = clamp(source_end, begin, end);
  if (i32(group.x) < u.tiles) {
    var tile = i32(group.x);
    for (var tile_turn = 0; tile_turn < 2147483647; tile_turn++) {
      let place0 = tile * 8 + 0 + lane;
      let image0 = divide(place0, u.pitch, u.inversePitch);
      let along0 = place0 - image0 * u.pitch;
      let column0 = along0 + u.firstColumn;
      let source0_0_x = column0 * u.sourceStepX + u.sourceOffsetX + 0;
      let source0_0_exists = image0 < u.images && source0_0_x >= 0 && source0_0_x < u.sourceColumns;
      let source0_0_column = (image0 * u.sourceRows * u.sourceColumns + source0_0_x) * u.quads + quad;
      let source0_0_at = select(0, source0_0_column, source0_0_exists);
      let target0_0_x = column0 * u.targetStepX + u.targetOffsetX + 0;
      let target0_0_exists = image0 < u.images && target0_0_x >= 0 && target0_0_x < u.targetColumns;
      let target0_0_column = (image0 * u.targetRows * u.targetColumns + target0_0_x) * u.quads + quad;
      let target0_0_at = select(0, target0_0_column, target0_0_exists);
      var s0_0_0_0 = vec4f();
      var s0_0_0_1 = vec4f();
      if (begin < middle) {
        for (var t = begin; t < 2147483647; t++) {
          let x0_y = source_y + t * u.sourceStepY + 0;
          let x0_exists = x0_y >= 0 && x0_y < u.sourceRows;
          let x0_row = select(0, x0_y, x0_exists) * source_row;
          let x0_0_0 = select(vec4f(), x[x_at + source0_0_at + x0_row], x0_exists && source0_0_exists);
          let x0_0_0_moved_left1 = subgroupShuffle(x0_0_0, lane_left1);
          let x0_0_0_left1 = select(x0_0_0_moved_left1, vec4f(), beyond_left1);
          let x0_0_0_moved_right1 = subgroupShuffle(x0_0_0, lane_right1);
          let x0_0_0_right1 = select(x0_0_0_moved_right1, vec4f(), beyond_right1);
          let done0_0_0 = s0_0_0_0 + x0_0_0_left1 * w2_0 + x0_0_0 * w2_1 + x0_0_0_right1 * w2_2;
          s0_0_0_0 = s0_0_0_1 + x0_0_0_left1 * w1_0 + x0_0_0 * w1_1 + x0_0_0_right1 * w1_2;
          s0_0_0_1 = x0_0_0_left1 * w0_0 + x0_0_0 * w0_1 + x0_0_0_right1 * w0_2;
          let row0 = target_y + (t - 1) * u.targetStepY + 0;
          let row0_exists = row0 >= 0 && row0 < u.targetRows;
          if (row0_exists && target0_0_exists) {
            y[y_at + target0_0_at + row0 * target_row] = done0_0_0;
          }
          if (t + 1 >= middle) {
            break;
          }
        }
      }
      if (middle < end) {
        for (var t = middle; t < 2147483647; t++) {
          let row0 = target_y + (t - 1) * u.targetStepY + 0;
          let row0_exists = row0 >= 0 && row0 < u.targetRows;
          if (row0_exists && target0_0_exists) {
            y[y_at + target0_0_at + row0 * target_row] = s0_0_0_0;
          }
          s0_0_0_0 = s0_0_0_1;
          s0_0_0_1 = vec4f();
          if (t + 1 >= end) {
            break;
          }
        }
      }
      tile += u.slices;
      if (tile >= u.tiles) {
        break;
      }
    }
  }
}
