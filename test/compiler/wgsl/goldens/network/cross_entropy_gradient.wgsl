// cross_entropy_gradient

struct Block {
  rows: i32,
  classes: i32,
  stride: i32,
  mean: i32,
  smoothing: f32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> dloss: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(0) @binding(4) var<uniform> block: Block;
@group(0) @binding(5) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let scores_at = starts0.x;
  let labels_at = starts0.y;
  let dloss_at = starts0.z;
  let result_at = starts0.w;
  let row = i32(group.x) * 8 + local;
  if (row < u.rows) {
    let label = labels[labels_at + row];
    let first = row * u.stride;
    var counted = 0;
    if (0 < u.rows * u.mean) {
      for (var r = 0; r < 2147483647; r++) {
        counted += select(0, 1, labels[labels_at + r] >= 0);
        if (r + 1 >= u.rows * u.mean) {
          break;
        }
      }
    }
    var largest = scores[scores_at + first];
    if (1 < u.classes) {
      for (var k = 1; k < 2147483647; k++) {
        largest = max(largest, scores[scores_at + first + k]);
        if (k + 1 >= u.classes) {
          break;
        }
      }
    }
    var others = 0.0;
    var own = 0.0;
    for (var k = 0; k < 2147483647; k++) {
      let e = exp(scores[scores_at + first + k] - largest);
      others += select(e, 0.0, k == label);
      own += select(0.0, e, k == label);
      if (k + 1 >= u.classes) {
        break;
      }
    }
    let total = others + own;
    let factor = select(0.0, dloss[dloss_at + 0] / f32(max(counted, 1)), label >= 0);
    for (var k = 0; k < 2147483647; k++) {
      let e = exp(scores[scores_at + first + k] - largest);
      let smoothed = u.smoothing * (select(0.0, 1.0, k == label) - 1 / f32(u.classes));
      result[result_at + first + k] = factor * (select(e, -others, k == label) / total + smoothed);
      if (k + 1 >= u.classes) {
        break;
      }
    }
    if (u.classes < u.stride) {
      for (var k = u.classes; k < 2147483647; k++) {
        result[result_at + first + k] = 0.0;
        if (k + 1 >= u.stride) {
          break;
        }
      }
    }
  }
}
