// cross_entropy_rows

struct Block {
  rows: i32,
  classes: i32,
  stride: i32,
  mean: i32,
  smoothing: f32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

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
  let result_at = starts0.z;
  let row = i32(group.x) * 8 + local;
  if (row < u.rows) {
    let label = labels[labels_at + row];
    let first = row * u.stride;
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
    let at_label = scores[scores_at + first + clamp(label, 0, u.classes - 1)];
    var below = 0.0;
    for (var k = 0; k < 2147483647; k++) {
      below += scores[scores_at + first + k] - largest;
      if (k + 1 >= u.classes) {
        break;
      }
    }
    let smoothed = u.smoothing * (at_label - largest - below / f32(u.classes));
    result[result_at + row] = select(0.0, log(total) + largest - at_label + smoothed, label >= 0);
  }
}
