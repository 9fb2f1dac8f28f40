// correct_rows

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
    var best = 0;
    if (1 < u.classes) {
      for (var k = 1; k < 2147483647; k++) {
        let score = scores[scores_at + first + k];
        best = select(best, k, score > largest);
        largest = max(largest, score);
        if (k + 1 >= u.classes) {
          break;
        }
      }
    }
    result[result_at + row] = select(0.0, 1.0, best == label);
  }
}
