// depthwise_rolling_weight_gradient_8_3
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

fn divide_up(a: i32, b: i32, inverse: f32) -> i32 {
  return divide(a + 1025 * b - 1, b, inverse) - 1024;
}

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
  let quad = i32(group.y);
  let within = lane & (u.period - 1);
  let left1 = -1 * u.spacingX;
  let lane_left1 = u32(lane + left1) & 7u;
  let beyond_left1 = within + left1 < 0;
  let right1 = 1 * u.spacingX;
  let lane_right1 = u32(lane + right1) & 7u;
  let beyond_right1 = within + right1 >= u.period;
  var s0 = vec4f();
  var s1 = vec4f();
  var s2 = vec4f();
  var s3 = vec4f();
  var s4 = vec4f();
  var s5 = vec4f();
  var s6 = vec4f();
  var s7 = vec4f();
  var s8 = vec4f();
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
      for (var phase = 0; phase < 2147483647; phase++) {
        let source_y = phase + u.sourceOffsetY;
        let source_begin = divide_up(-source_y - 0, u.sourceStepY, u.inverseSourceStepY);
        let source_end = divide_up(u.sourceRows - source_y, u.sourceStepY, u.inverseSourceStepY);
        let source_row = u.sourceColumns * u.quads;
        let target_y = phase + u.targetOffsetY;
        let target_begin = divide_up(-target_y - 0, u.targetStepY, u.inverseTargetStepY);
        let target_end = divide_up(u.targetRows - target_y, u.targetStepY, u.inverseTargetStepY);
        let target_row = u.targetColumns * u.quads;
        let begin = max(source_begin, target_begin + -1);
        let end = min(source_end, target_end + 1);
        var g_0_0_1 = vec4f();
        var g_0_0_2 = vec4f();
        if (max(target_begin, begin - 1) < begin - -1) {
          for (var i = max(target_begin, begin - 1); i < 2147483647; i++) {
            let g_y = target_y + i * u.targetStepY + 0;
            let g_exists = g_y >= 0 && g_y < u.targetRows;
            let g_row = select(0, g_y, g_exists) * target_row;
            let g_0_0 = select(vec4f(), g[g_at + target0_0_at + g_row], g_exists && target0_0_exists);
            g_0_0_2 = g_0_0_1;
            g_0_0_1 = g_0_0;
            if (i + 1 >= begin - -1) {
              break;
            }
          }
        }
        if (begin < end) {
          for (var t = begin; t < 2147483647; t++) {
            let g_y = target_y + (t - -1) * u.targetStepY + 0;
            let g_exists = g_y >= 0 && g_y < u.targetRows;
            let g_row = select(0, g_y, g_exists) * target_row;
            let g_0_0 = select(vec4f(), g[g_at + target0_0_at + g_row], g_exists && target0_0_exists);
            let x0_y = source_y + t * u.sourceStepY + 0;
            let x0_exists = x0_y >= 0 && x0_y < u.sourceRows;
            let x0_row = select(0, x0_y, x0_exists) * source_row;
            let x0_0_0 = select(vec4f(), x[x_at + source0_0_at + x0_row], x0_exists && source0_0_exists);
            let x0_0_0_moved_left1 = subgroupShuffle(x0_0_0, lane_left1);
            let x0_0_0_left1 = select(x0_0_0_moved_left1, vec4f(), beyond_left1);
            let x0_0_0_moved_right1 = subgroupShuffle(x0_0_0, lane_right1);
            let x0_0_0_right1 = select(x0_0_0_moved_right1, vec4f(), beyond_right1);
            s0 += x0_0_0_left1 * g_0_0;
            s1 += x0_0_0 * g_0_0;
            s2 += x0_0_0_right1 * g_0_0;
            s3 += x0_0_0_left1 * g_0_0_1;
            s4 += x0_0_0 * g_0_0_1;
            s5 += x0_0_0_right1 * g_0_0_1;
            s6 += x0_0_0_left1 * g_0_0_2;
            s7 += x0_0_0 * g_0_0_2;
            s8 += x0_0_0_right1 * g_0_0_2;
            g_0_0_2 = g_0_0_1;
            g_0_0_1 = g_0_0;
            if (t + 1 >= end) {
              break;
            }
          }
        }
        if (phase + 1 >= u.phases) {
          break;
        }
      }
      tile += u.slices;
      if (tile >= u.tiles) {
        break;
      }
    }
  }
  var result0 = vec4f();
  var result1 = vec4f();
  s0 += subgroupShuffleXor(s0, 1u);
  s0 += subgroupShuffleXor(s0, 2u);
  s0 += subgroupShuffleXor(s0, 4u);
  result0 = select(result0, s0, lane == 0);
  s1 += subgroupShuffleXor(s1, 1u);
  s1 += subgroupShuffleXor(s1, 2u);
  s1 += subgroupShuffleXor(s1, 4u);
  result0 = select(result0, s1, lane == 1);
  s2 += subgroupShuffleXor(s2, 1u);
  s2 += subgroupShuffleXor(s2, 2u);
  s2 += subgroupShuffleXor(s2, 4u);
  result0 = select(result0, s2, lane == 2);
  s3 += subgroupShuffleXor(s3, 1u);
  s3 += subgroupShuffleXor(s3, 2u);
  s3 += subgroupShuffleXor(s3, 4u);
  result0 = select(result0, s3, lane == 4);
  s4 += subgroupShuffleXor(s4, 1u);
  s4 += subgroupShuffleXor(s4, 2u);
  s4 += subgroupShuffleXor(s4, 4u);
  result0 = select(result0, s4, lane == 5);
  s5 += subgroupShuffleXor(s5, 1u);
  s5 += subgroupShuffleXor(s5, 2u);
  s5 += subgroupShuffleXor(s5, 4u);
  result0 = select(result0, s5, lane == 6);
  s6 += subgroupShuffleXor(s6, 1u);
  s6 += subgroupShuffleXor(s6, 2u);
  s6 += subgroupShuffleXor(s6, 4u);
  result1 = select(result1, s6, lane == 0);
  s7 += subgroupShuffleXor(s7, 1u);
  s7 += subgroupShuffleXor(s7, 2u);
  s7 += subgroupShuffleXor(s7, 4u);
  result1 = select(result1, s7, lane == 1);
  s8 += subgroupShuffleXor(s8, 1u);
  s8 += subgroupShuffleXor(s8, 2u);
  s8 += subgroupShuffleXor(s8, 4u);
  result1 = select(result1, s8, lane == 2);
  if (lane + 0 < 12) {
    y[y_at + (i32(group.x) * 12 + lane + 0) * u.quads + quad] = result0;
  }
  if (lane + 8 < 12) {
    y[y_at + (i32(group.x) * 12 + lane + 8) * u.quads + quad] = result1;
  }
}
